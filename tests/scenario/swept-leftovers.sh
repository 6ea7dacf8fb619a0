# What kills have left in the data folders is gone after a day, and only that.
. "$SRC/tests/scenario/lib.sh"
site_new
post one
touch "$site/data/spool/tmp/old" "$site/data/spool/tmp/young"
touch -d '2 days ago' "$site/data/spool/tmp/old"
mkdir -p "$site/data/msg/ab"
touch -d '2 days ago' "$site/data/msg/ab/.name.x.tmp"
nobody=ab/$(printf '%062d' 0)
echo x >"$site/data/msg/$nobody"
touch -d '2 days ago' "$site/data/msg/$nobody"
# One from before the post was there: its bytes are named by a row.
turn || fail run
for blob in "$site"/data/msg/*/*; do touch -d '3 days ago' "$blob"; done
touch -d '2 days ago' "$site/data/swept"
turn || fail run
is 'spool/tmp' young "$(ls "$site/data/spool/tmp")"
is 'blobs' 1 "$(find "$site/data/msg" -type f | wc -l)"
# Not twice a day.
touch -d '2 days ago' "$site/data/spool/tmp/young"
turn || fail run
is 'spool/tmp a moment later' young "$(ls "$site/data/spool/tmp")"
is copies 3 "$(copies)"
