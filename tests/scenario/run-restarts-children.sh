# A child that dies is started again, and goes on where the dead one was: nobody is
# left out, and twice has it only who was in flight.
. "$SRC/tests/scenario/lib.sh"
mkdir -p "$out"
printf 'dot * delay 20\n' >script
sink_start -r script
site_new 'workers = 1' 'smtp-connections = 2'
seq -f 'm%.0f@many.example' 37 | ladle member import dev >/dev/null || fail import
"$LADLE" -C "$site/ladle.conf" run >run.log 2>&1 &
run=$!
two_children() { [ "$(pgrep -P "$run" | wc -l)" = 2 ]; }
until_true two_children
process=$(pgrep -P "$run" | sort -n | head -n 1)
deliver=$(pgrep -P "$run" | sort -n | tail -n 1)
post one
some_copies() { [ "$(copies)" -ge 5 ]; }
until_true some_copies
kill -s KILL "$deliver"
all_have() { [ "$(find "$out" -name '*.env' -exec sed -s -n 2p {} + | sort -u | wc -l)" = 40 ]; }
until_true all_have
has run.log 'event=restart station=deliver ended="signal 9"'
done_now() { [ "$(ladle queue ls | wc -l)" = 0 ]; }
until_true done_now
twice=$(($(copies) - 40))
[ "$twice" -le 2 ] || fail "$twice copies twice; there were 2 connections"
kill -s KILL "$process"
rm -f "$out"/*
post two
until_true all_have
has run.log 'event=restart station=process ended="signal 9"'
kill "$run"
wait "$run"
is exit 0 $?
