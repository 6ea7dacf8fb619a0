# A stop is heard at once also while the supervisor waits to start a dead child again,
# and a second child that dies meanwhile is not forgotten.
. "$SRC/tests/scenario/lib.sh"
site_new 'workers = 1'
"$LADLE" -C "$site/ladle.conf" run >run.log 2>&1 &
run=$!
two_children() { [ "$(pgrep -P "$run" | wc -l)" = 2 ]; }
until_true two_children
for child in $(pgrep -P "$run"); do
	kill -s KILL "$child"
done
both_said() { [ "$(grep -c event=restart run.log)" = 2 ]; }
until_true both_said
before=$(date +%s%N)
kill "$run"
wait "$run"
is exit 0 $?
took=$((($(date +%s%N) - before) / 1000000))
[ "$took" -lt 3000 ] || fail "the stop took $took ms"
