# The relay is down: deferred; it comes back: everybody has it, once.
. "$SRC/tests/scenario/lib.sh"
site_new
sink_stop
post down
turn || fail run
is 'copies' 0 "$(copies)"
ladle queue show 1 >queue
has queue deferred
ladle status >status
has status '^relay *down since 20.*: smtp://127.0.0.1'
ladle status --json >status
hasnt status '"relay_down_since":0,'
sink_start
ladle queue retry --all >/dev/null || fail retry
turn || fail run
is copies 3 "$(copies)"
is recipients 3 "$(sed -s -n 2p "$out"/*.env | sort -u | wc -l)"
ladle trace down@one.example "$member2" >trace
has trace "$member2: sent"
ladle status >status
has status '^relay *no trouble known'
