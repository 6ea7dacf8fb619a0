# run is killed with two workers at work; the next has one: it takes over what the
# other had claimed.
. "$SRC/tests/scenario/lib.sh"
mkdir -p "$out"
printf 'dot * delay 50\n' >script
sink_start -r script
site_new 'workers = 2' 'smtp-connections = 1'
seq -f 'm%.0f@many.example' 150 | ladle member import dev >/dev/null || fail import
post one
setsid "$LADLE" -C "$site/ladle.conf" run --once >run.log 2>&1 &
run=$!
some_copies() { [ "$(copies)" -ge 10 ]; }
until_true some_copies
kill -s KILL -- "-$run"
wait "$run" 2>/dev/null
gone() { ! pgrep -s "$run" >/dev/null; }
until_true gone
for worker in 0 1; do
	[ -s "$site/data/journal/$worker" ] || fail "worker $worker had nothing to do"
done
echo 'workers = 1' >one-worker
sed '/^workers/d' "$site/ladle.conf" >>one-worker
cp one-worker "$site/ladle.conf"
kill "$sink_pid"
wait "$sink_pid"
sink_start
turn || fail run
is recipients 153 "$(find "$out" -name '*.env' -exec sed -s -n 2p {} + | sort -u | wc -l)"
twice=$(($(copies) - 153))
[ "$twice" -le 2 ] || fail "$twice copies twice; there were 2 connections"
is 'what waits' 0 "$(ladle queue ls | wc -l)"
