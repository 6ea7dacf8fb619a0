# What is written to blobs and journals is not, by a kill or an error.
. "$SRC/tests/scenario/lib-fault.sh"
run_ready
fault_some write kill enospc eio
faults_done 12
