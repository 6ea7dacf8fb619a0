# queue drop gives up on recipients that wait, or on a message that is stuck.
. "$SRC/tests/scenario/lib.sh"
needs_clock
mkdir -p "$out"
printf 'rcpt %s reply 450 4.2.1 come back later\n' "$member2" >script
sink_start -r script
site_new
post one
turn || fail run
is copies 2 "$(copies)"
ladle queue show 1 >queue
has queue "$member2	deferred"
ladle queue drop 1 >said || fail drop
has said 'dropped 1'
is 'what waits' 0 "$(ladle queue ls | wc -l)"
ladle trace one@one.example "$member2" >trace
has trace "$member2: failed.*dropped by hand"
ladle trace one@one.example "$member1" >trace
has trace "$member1: sent"
ladle queue retry --all >/dev/null
turn || fail run
is 'copies afterwards' 2 "$(copies)"
for id in 99 none 00/../x; do
	ladle queue drop "$id" 2>said && fail "dropped $id"
done

# A message that waits for its turn, and one that is no spool file and gets stuck.
post two
name=$(basename "$(find "$site/data/spool/new" -type f)")
ladle queue drop "$name" >/dev/null || fail 'drop of a message'
turn || fail run
is 'copies of the dropped' 2 "$(copies)"
is 'spool' 0 "$(spool_count)"
echo junk >"$site/data/spool/new/0.junk"
now=$(date +%s)
for n in 1 2 3 4 5 6; do
	LADLE_NOW=$((now + n * 1000))
	export LADLE_NOW
	turn || fail "run $n"
done
is 'spool after all attempts' 0 "$(spool_count)"
ladle queue ls >queue
has queue '0.junk	stuck	5 attempts.*is not a complete spool file'
ladle queue drop 0.junk >/dev/null || fail 'drop of a stuck message'
is 'stuck files' 0 "$(find "$site/data/spool/stuck" -type f | wc -l)"
turn || fail run
is 'what waits at the end' 0 "$(ladle queue ls | wc -l)"
ladle status >status
has status '0 waiting, 0 stuck'
