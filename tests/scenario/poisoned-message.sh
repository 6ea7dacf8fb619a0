# A message that kills process each time: after 5 attempts it is set aside, the others
# go through meanwhile, and queue retry brings it back.
. "$SRC/tests/scenario/lib.sh"
case $("$LADLE" --version) in *debug*) ;; *) echo 'needs a debug build, for fault points'; exit 77 ;; esac
site_new
now=$(date +%s)
LADLE_NOW=$now
export LADLE_NOW
# The first message that is handled kills.
poisoned_turn() {
	rm -f state
	env LADLE_FAULT=process-begin:1:kill LADLE_FAULT_STATE="$TMPDIR/state" "$LADLE" -C "$site/ladle.conf" \
		run --once >>run.log 2>&1
	is "exit of run, $1" 75 $?
}
post poison
poisoned_turn 'attempt 1'
post other
turn || fail run
is 'copies of the other' 3 "$(copies)"
for n in 2 3 4 5; do
	ladle queue ls >queue
	has queue "waiting	$((n - 1)) attempts"
	LADLE_NOW=$((now + n * 1000))
	poisoned_turn "attempt $n"
done
LADLE_NOW=$((now + 6000))
post third
turn || fail run
is 'copies of the others' 6 "$(copies)"
ladle queue ls >queue
is 'what waits' 1 "$(wc -l <queue)"
has queue '	stuck	5 attempts'
has run.log 'event=stuck'
LADLE_NOW=$((now + 99000))
turn || fail run
is 'copies without the stuck one' 6 "$(copies)"
ladle queue retry "$(cut -f 1 queue)" >/dev/null || fail retry
turn || fail run
is copies 9 "$(copies)"
ladle trace poison@one.example >trace || fail trace
is 'what waits at the end' 0 "$(ladle queue ls | wc -l)"
