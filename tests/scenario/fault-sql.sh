# A statement is not finished: killed, the disk is full, or it cannot be read.
. "$SRC/tests/scenario/lib-fault.sh"
run_ready
fault_some sql kill enospc eio
faults_done 9
