# The connection drops inside DATA: deferred, sent later, once.
. "$SRC/tests/scenario/lib.sh"
mkdir -p "$out"
printf 'data %s times 1 drop-in-data 100\n' "$member2" >script
sink_start -r script
site_new
post drop
turn || fail run
ladle trace drop@one.example "$member2" >trace
has trace "$member2: deferred"
ladle queue retry --all >/dev/null
turn || fail run
is copies 3 "$(copies)"
