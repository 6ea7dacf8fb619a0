# Somebody holds the database's lock: receive does not care, run waits for it.
. "$SRC/tests/scenario/lib.sh"
site_new
mkfifo gate
{ printf 'BEGIN EXCLUSIVE;\n'; cat gate; } | sqlite3 "$site/data/ladle.db" &
lock=$!
exec 3>gate
until_true sh -c "! sqlite3 -cmd '.timeout 0' '$site/data/ladle.db' 'BEGIN IMMEDIATE; ROLLBACK;' 2>/dev/null"
post locked
(exec 3>&-; turn) &
run=$!
is 'copies while locked' 0 "$(copies)"
exec 3>&-
wait "$lock"
wait "$run" || fail run
is copies 3 "$(copies)"
