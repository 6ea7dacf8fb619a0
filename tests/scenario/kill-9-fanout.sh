# kill -9 of run in the middle of a fan-out: everybody has it afterwards; twice
# has it only who was in flight (at most the connections of all workers).
. "$SRC/tests/scenario/lib.sh"
mkdir -p "$out"
printf 'dot * delay 10\n' >script
sink_start -r script
site_new 'workers = 2' 'smtp-connections = 2'
seq -f 'm%.0f@many.example' 300 | ladle member import dev >/dev/null || fail import
post kill
for round in 1 2 3; do
	before=$(copies)
	setsid "$LADLE" -C "$site/ladle.conf" run --once >>run.log 2>&1 &
	run=$!
	until_true sh -c "[ \$(find '$out' -name '*.env' | wc -l) -gt $((before + 20)) ]"
	kill -s KILL -- "-$run"
	wait "$run" 2>/dev/null
	until_true sh -c "! pgrep -s $run >/dev/null"
done
turn || fail run
is recipients 303 "$(sed -s -n 2p "$out"/*.env | sort -u | wc -l)"
twice=$(sed -s -n 2p "$out"/*.env | sort | uniq -d | wc -l)
echo "sent twice: $twice"
[ "$twice" -le 12 ] || fail "$twice copies twice; 3 kills of 4 connections allow 12"
