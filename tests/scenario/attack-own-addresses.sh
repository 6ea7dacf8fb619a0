# A member wants addresses of lists here for his own: no question goes to their owners or readers.
. "$SRC/tests/scenario/lib-request.sh"
LADLE_NOW=$(date +%s)
export LADLE_NOW
request_new
ladle list create other@lists.example >/dev/null || fail create
for who in dev+owner dev-owner dev+request dev+b-aaaa dev other other+confirm-aaaa DEV+Owner; do
	send request "$member1" "alias $who@lists.example"
	send request "$member1" "changeaddr $who@LISTS.example"
	turn || fail run
	LADLE_NOW=$((LADLE_NOW + 86401))
done
is 'letters to addresses of lists' 0 "$(grep -il '@lists.example>' "$out"/*.env | wc -l)"
