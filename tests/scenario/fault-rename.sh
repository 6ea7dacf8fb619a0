# Killed before a file gets its name, or it does not get it.
. "$SRC/tests/scenario/lib-fault.sh"
run_ready
fault_some rename kill enospc eio
faults_done 9
