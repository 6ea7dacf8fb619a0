# Killed between any two steps of an approval, by mail and by command: one distribution.
. "$SRC/tests/scenario/lib-fault.sh"
. "$SRC/tests/scenario/lib-moderation.sh"
faults_ready
posts=m1@one.example
stranger m1
run_with X=x || fail 'run before'
ladle list set dev moderators=$mod1 || fail set
cp -a "$site" waiting

say accept "$(token accept 1 $mod1)" </dev/null
cp -a "$site" ready
run_with LADLE_FAULT_STATE="$TMPDIR/calls" || fail 'run without faults'
settle 'no fault' 0
is copies 7 "$(copies)"
for point in moderate-decided moderate-posted process-begin process-commit process-unlink; do
	fault_each $point kill
done

# By command; tried again it is done, or was. What run then does is tested elsewhere.
accept_with() {
	env "$@" "$LADLE" -C "$site/ladle.conf" held accept 1 >accept.log 2>&1
}
rm -rf ready
cp -a waiting ready
rm -rf "$site" "$out"/*
cp -a ready "$site"
accept_with LADLE_FAULT_STATE="$TMPDIR/accept-calls" || { cat accept.log; fail accept; }
for point in moderate-begin moderate-decided moderate-posted moderate-commit commit committed sql; do
	last=$(calls_of accept-calls $point)
	for n in $(some_of "$last"); do
		[ "$n" -le "$last" ] || continue
		rm -rf "$site" "$out"/* state
		cp -a ready "$site"
		accept_with LADLE_FAULT="$point:$n:kill" LADLE_FAULT_STATE="$TMPDIR/state"
		status=$?
		is "$point $n: killed" 137 $status
		injected=$((injected + 1))
		accept_with X=x || grep -q 'was accepted by' accept.log || { cat accept.log; fail "$point $n"; }
		run_with X=x || fail "$point $n: run"
		settle "$point $n" 0
		is "$point $n: copies" 7 "$(copies)"
	done
done

# What comes round: killed, it is done at the next turn, once.
for point in expire-commit remind-commit; do
	days=8
	[ $point = expire-commit ] || days=2
	rm -rf "$site" "$out"/* state
	cp -a waiting "$site"
	run_with LADLE_NOW=$((now + days * 86400)) LADLE_FAULT="$point:1:kill" LADLE_FAULT_STATE="$TMPDIR/state"
	is "$point: state" waiting "$(state 1)"
	injected=$((injected + 1))
	for round in 1 2; do
		run_with LADLE_NOW=$((now + days * 86400 + round)) || fail "$point: run"
	done
	[ $days = 2 ] || is expired discarded "$(state 1)"
	[ $days = 8 ] || is 'one reminder' 1 "$(letters $mod1 waiting | wc -l)"
done
faults_done 17
