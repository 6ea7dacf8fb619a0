# A second run says who is at work, and leaves with 75; afterwards there may be another.
. "$SRC/tests/scenario/lib.sh"
site_new
"$LADLE" -C "$site/ladle.conf" run >run.log 2>&1 &
run=$!
until_true test -s "$site/data/run.lock"
for how in '' --once; do
	# shellcheck disable=SC2086 # no argument when empty
	ladle run $how >said 2>&1
	is "exit of the second run $how" 75 $?
	has said "run.lock\": process $run has it"
done
ladle status >status
has status 'is at work'
kill "$run"
wait "$run"
is 'exit of the first' 0 $?
turn || fail 'run after it'
