# Memory ends, in whichever process: it leaves with 75, and the next run goes on.
. "$SRC/tests/scenario/lib-fault.sh"
run_ready
fault_some alloc kill enomem
faults_done 7
