# Killed again while it recovers from a kill: what a dead worker's claims and journal
# say is not lost by that.
. "$SRC/tests/scenario/lib-fault.sh"
run_ready
rm -rf "$site" "$out"/*
cp -a ready "$site"
run_with LADLE_FAULT=deliver-accepted:9:kill LADLE_FAULT_STATE="$TMPDIR/state"
rm -rf ready
cp -a "$site" ready
cp -a "$out" ready-out
rm calls
run_with LADLE_FAULT_STATE="$TMPDIR/calls" || fail 'recovery'
settle 'recovery without faults' 2
in_flight=4
fault_some commit kill
fault_some committed kill
fault_some journal-empty kill
faults_done 9
