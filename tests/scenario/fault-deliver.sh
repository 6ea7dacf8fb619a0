# A worker is killed with a claim, while it signs, after the relay took a copy and
# before it settles: nobody is left out, and twice has it only who was in flight.
. "$SRC/tests/scenario/lib-fault.sh"
run_ready
fault_some deliver-claimed kill
fault_some deliver-sign kill
fault_some deliver-accepted kill
fault_some deliver-settle kill
faults_done 12
