# An accepted message is byte for byte the held one, with the envelope it came with: the chain
# goes on, and undoing what the list did gives the author's bytes.
. "$SRC/tests/scenario/lib-moderation.sh"
moderation_new moderated=yes subject-tag='[dev]' footer='-- \nThe list'
author_key
message odd "$(printf 'Trailing \t \n\n.dot\nFrom here\n\303\244\377')" >plain.eml
sign_dkim2 plain.eml >signed.eml || fail sign
receive <signed.eml
turn || fail run
ladle held show --raw 1 >raw.eml || fail show
"$LADLE" verify --mf "$member1" --rt "$list" --dns "$zone" raw.eml >/dev/null || fail 'held does not verify'
ladle held accept 1 >/dev/null || fail accept
turn || fail run
is copies 3 "$(copies)"
verify_copies
for copy in $(member_copies); do
	grep -q 'i=2;' "$copy" || fail 'the chain does not go on'
	"$LADLE" undo --to 1 "$copy" | sed '1,/^\r*$/d' >undone.body || fail undo
	sed '1,/^\r*$/d' raw.eml | cmp - undone.body || fail 'another body'
	"$LADLE" undo --to 1 "$copy" | grep -a '^Subject:' | grep -q 'about odd' || fail 'another subject'
done
