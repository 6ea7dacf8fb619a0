# A forged request for a victim at 100 lists; the same by the victim's own domain.
. "$SRC/tests/scenario/lib-request.sh"
request_new
i=1
while [ $i -le 100 ]; do
	ladle list create "l$i@lists.example" >/dev/null || fail 'list create'
	written "$joe" "l$i+subscribe@lists.example" '' ''
	ladle receive -f "$joe" "l$i+subscribe@lists.example" <plain.eml || fail receive
	i=$((i + 1))
done
turn || fail run
is 'letters after 100 forged requests' 0 "$(letters "$joe")"
for i in 1 2 3 4 5 6 1 2 3; do
	to=l$i+subscribe@lists.example send x "$joe" 'buy this' 'and that'
done
turn || fail run
is 'letters after proven requests at 6 lists' 3 "$(letters "$joe")"
if grep -lE 'buy this|and that' "$out"/*.eml; then fail 'the text of the request is in the answer'; fi
