# SIGHUP: the configuration is read anew; with a mistake in it run goes on as before.
. "$SRC/tests/scenario/lib.sh"
site_new
"$LADLE" -C "$site/ladle.conf" run >run.log 2>&1 &
run=$!
until_true test -s "$site/data/run.lock"
has_copies() { [ "$(copies)" = "$1" ]; }
post before
until_true has_copies 3
sed -i 's/^hostname = .*/hostname = new.lists.example/' "$site/ladle.conf"
kill -HUP "$run"
until_true grep -q 'event=reload' run.log
post after
until_true has_copies 6
is 'named anew' 3 "$(grep -l 'by new.lists.example (Ladle)' "$out"/*.eml | wc -l)"

cp "$site/ladle.conf" good.conf
printf 'workesr = 2\n' >>"$site/ladle.conf"
kill -HUP "$run"
until_true grep -q 'event=reload.*workesr' run.log
cp good.conf "$site/ladle.conf"
post later
until_true has_copies 9
kill "$run"
wait "$run"
is exit 0 $?
