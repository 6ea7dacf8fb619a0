# Killed on either side of a commit, whoever makes it.
. "$SRC/tests/scenario/lib-fault.sh"
run_ready
fault_some commit kill
fault_some committed kill
faults_done 8
