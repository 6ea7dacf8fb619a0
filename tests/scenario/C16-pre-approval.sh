# C16: a pass lets a post through a moderated list, in a field or in the address; nobody sees
# it; revoked, or of another list, it is worth nothing.
. "$SRC/tests/scenario/lib-moderation.sh"
moderation_new moderated=yes
author_key
ladle list create other@lists.example >/dev/null
ladle list pass --new cron dev >made || fail pass
pass=$(sed -n 's/^X-Ladle-Approve: //p' made)
address=$(sed -n 2p made)
is address "dev+post-$pass@lists.example" "$address"
hasnt "$site/data/ladle.db" "$pass"

post held
# In a field, under a signature that is as good as before.
message field >plain.eml
sign_dkim2 plain.eml >signed.eml || fail sign
{ printf 'X-Ladle-Approve: %s\n' "$pass"; cat signed.eml; } | receive
# In the address, that the mail server and the author's program put into the header.
{
	printf 'Received: from x by y for <%s>; Fri, 27 Nov 2026 12:00:00 +0000\n' "$address"
	message address | sed "s/^To:.*/To: Dev <dev+POST-$(echo "$pass" | tr a-z A-Z)@lists.example>/"
} | ladle receive -f "$member1" "$address"
turn || fail run
is copies 6 "$(copies)"
is held 1 "$(ladle held ls | wc -l)"
verify_copies
grep -il -e "$pass" "$out"/*.eml && fail 'the pass went out'
grep -q 'i=2;' "$out"/*.eml || fail 'the chain does not go on'
is 'To is the list' 3 "$(grep -l '^To: Dev <dev@lists.example>' "$out"/*.eml | wc -l)"
ladle list pass dev >shown
hasnt run.log "$pass"
is 'uses, label' '2	cron' "$(cut -f 4,5 shown)"

# In the text it is shown to all: held. Of another list, wrong, revoked: as if there were none.
message text "My pass is $pass." | sed "1i X-Ladle-Approve: $pass" | receive
message wrong | ladle receive -f "$member1" dev+post-aaaaaaaaaaaaaaaaaaaaaaaaaa@lists.example
message other | sed "1i X-Ladle-Approve: $pass" | ladle receive -f "$member1" other@lists.example
turn || fail run
ladle list pass --rm 1 dev || fail revoke
ladle list pass --rm 1 dev 2>err && fail 'revoked twice'
message revoked | sed "1i X-Ladle-Approve: $pass" | receive
turn || fail run
is copies 6 "$(copies)"
ladle held ls >shown
is held 5 "$(wc -l <shown)"
has shown 'the text holds the pass with which it was sent'
has shown 'posting address without a valid pass'
