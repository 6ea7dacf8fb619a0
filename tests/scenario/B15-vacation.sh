# No mail for some days; it comes again by itself.
. "$SRC/tests/scenario/lib-request.sh"
needs_clock
LADLE_NOW=$(date +%s)
export LADLE_NOW
request_new
got() { grep -lF "<$member1>" "$out"/*.env | xargs -n 1 sh -c 'sed -n 1p "$0"' | grep -c 'dev+b-' || :; }
ask request "$member1" 'set nomail-14d'
post one
turn || fail run
is 'copies during the vacation' 0 "$(got)"
LADLE_NOW=$((LADLE_NOW + 14 * 86400))
message two >two.eml
ladle receive -f "$member1" "$list" <two.eml
turn || fail run
is 'copies after it' 1 "$(got)"
