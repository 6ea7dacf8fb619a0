# Killed between the relay's answer, the journal and the settled batch, or there is no
# room for a journal: what the journal says was sent is not sent again.
. "$SRC/tests/scenario/lib-fault.sh"
run_ready
fault_some journal-reserve kill enospc eio
fault_some journal-add kill
fault_some journal-empty kill
faults_done 12
