# run waits for work without looking again and again: a post is at its members at once;
# SIGTERM ends it with 0.
. "$SRC/tests/scenario/lib.sh"
site_new
"$LADLE" -C "$site/ladle.conf" run >run.log 2>&1 &
run=$!
until_true test -s "$site/data/run.lock"
has_copies() { [ "$(copies)" = "$1" ]; }
for n in 1 2; do
	post "post$n"
	until_true has_copies $((3 * n))
done
# Held mail that a moderator accepts goes out by the same means.
message stranger | sed 's/^From:.*/From: eve@four.example/' | ladle receive -f eve@four.example "$list"
is_held() { [ "$(ladle held ls | wc -l)" = 1 ]; }
until_true is_held
ladle held accept 1 >/dev/null || fail 'held accept'
until_true has_copies 9
kill "$run"
wait "$run"
is exit 0 $?
hasnt run.log 'level=error'
is spool 0 "$(spool_count)"
is 'what waits' 0 "$(ladle queue ls | wc -l)"
