# Killed before a sync, or it fails: what was promised to be durable is not taken back.
. "$SRC/tests/scenario/lib-fault.sh"
run_ready
fault_some fsync kill enospc eio
faults_done 12
