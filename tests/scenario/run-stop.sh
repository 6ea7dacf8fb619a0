# SIGTERM in the middle of a fan-out: the batch that is under way is finished and
# settled, so nobody has a copy twice, then run ends with 0.
. "$SRC/tests/scenario/lib.sh"
mkdir -p "$out"
printf 'dot * delay 50\n' >script
sink_start -r script
site_new 'workers = 1' 'smtp-connections = 1'
seq -f 'm%.0f@many.example' 150 | ladle member import dev >/dev/null || fail import
post stop
"$LADLE" -C "$site/ladle.conf" run >run.log 2>&1 &
run=$!
some_copies() { [ "$(copies)" -ge 3 ]; }
until_true some_copies
kill "$run"
wait "$run"
is exit 0 $?
is 'copies of one batch' 100 "$(copies)"
hasnt run.log 'level=error'
turn || fail run
is copies 153 "$(copies)"
is recipients 153 "$(sed -s -n 2p "$out"/*.env | sort -u | wc -l)"
