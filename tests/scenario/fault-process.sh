# The process station is killed round its transaction and before it removes the
# spool file: each message becomes a post once.
. "$SRC/tests/scenario/lib-fault.sh"
run_ready
for point in process-begin process-commit process-unlink; do
	fault_each $point kill
done
faults_done 9
# No point that a run passes is forgotten by these scenarios.
cut -d ' ' -f 1 calls | while read -r point; do
	grep -q -w -e "$point" "$SRC"/tests/scenario/fault-*.sh || fail "nothing tests $point"
done || exit 1
