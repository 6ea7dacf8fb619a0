# C9, C11, C12, C14 through the real mail: each moderator gets the message with why, the verdict
# in words, and addresses of his own; a plain reply approves; what is written above the quote is
# the reason; who comes too late is told, once.
. "$SRC/tests/scenario/lib-moderation.sh"
moderation_new
author_key
# Fields and names of strangers stay what they are: no field, no address of theirs gets in.
message one 'One line.' >plain.eml
sed 's/^From:.*/From: "Eve\\"\r\n\tBcc: x@seven.example" <eve@one.example>/;s/^Subject:.*/Subject: =?utf-8?q?a=0D=0ABcc:_x@seven.example?=/' plain.eml >odd.eml
sign_dkim2 odd.eml | ladle receive -f "$member1" "$list"
stranger two
stranger three
turn || fail run
is 'letters to each' '3 3 0' "$(letters $mod1 | wc -l) $(letters $mod2 | wc -l) $(letters $owner | wc -l)"
verify_copies
letter=$(letters $mod1 "(1) is waiting" | head -n 1)
has "$letter" '^Auto-Submitted: auto-generated'
has "$letter" '^Content-Type: multipart/mixed'
has "$letter" '^Content-Type: message/rfc822'
has "$letter" 'the author is not a member: eve@one.example'
has "$letter" 'DKIM2 pass: fully verified'
hasnt "$letter" '^Bcc:'
is 'from nobody' '<>' "$(sed -n 1p "${letter%.eml}.env")"
# The attached message is the held one, octet for octet.
ladle held show --raw 1 >raw.eml
sed '1,/^Content-Description: the message that waits/d' "$letter" | sed '1d' >attached
head -c "$(stat -c %s raw.eml)" attached | cmp - raw.eml || fail 'the attached message is another'

# A plain reply approves, whatever is in it.
printf 'ok\n\nOn Friday dev wrote:\n> ...\n' | answer "$letter" $mod1
# The other moderator, later: told, once, and nothing else happens.
second=$(letters $mod2 "(1) is waiting" | head -n 1)
answer "$second" $mod2 </dev/null
answer "$second" $mod2 </dev/null
turn || fail run
is copies 3 "$(copies)"
is state accepted "$(state 1)"
told=$(letters $mod2 'decided already')
is 'told once' 1 "$(echo "$told" | wc -l)"
has "$told" "^It was accepted by $mod1, 20"
has "$told" '^Auto-Submitted: auto-replied'
has "$told" '^In-Reply-To: <'
is 'the first hears nothing' 3 "$(letters $mod1 | wc -l)"

# The other addresses of the letter.
letter=$(letters $mod1 | sed -n 2p)
printf 'Not here.\n\n> quoted\n' |
	say reject "$(address_in "$letter" reject | sed 's/.*reject-//;s/@.*//')"
letter=$(letters $mod2 | sed -n 3p)
say discard "$(address_in "$letter" discard | sed 's/.*discard-//;s/@.*//')" $mod2 </dev/null
turn || fail run
is 'one refused, one discarded' 'refused discarded' "$(state 2) $(state 3)"
ladle held show --json 2 | grep -q '"note":"Not here."' || fail 'no reason'

# What cannot be done is said to who wanted it.
ladle list set dev message-size=1k list-message-size=1k 2>/dev/null || ladle list set dev list-message-size=2k
message large "$(head -c 3000 /dev/zero | tr '\0' x | fold -w 70)" | receive
turn || fail run
large=$(letters $mod1 'is waiting' | tail -n 1)
has "$large" 'list-message-size'
has "$large" 'allows 2048'
answer "$large" $mod1 </dev/null
turn || fail run
has "$(letters $mod1 'could not be done')" 'held message 4 cannot be sent'
is state waiting "$(state 4)"

# An autoresponder's answer to Reply-To; a loop of a list that is its own moderator; the null
# sender: no mail follows from any.
ladle list set dev list-message-size=0 moderators="$list, dev+owner@lists.example"
before=$(find "$out" -name '*.env' | wc -l)
stranger five
for round in 1 2; do
	for mail in "$out"/*.env; do
		[ "$(sed -n 2p "$mail")" != "<dev+owner@lists.example>" ] || ladle receive -f '' "$list" <"${mail%.env}.eml"
	done
	turn || fail run
done
is 'one letter' 1 $(($(find "$out" -name '*.env' | wc -l) - before - $(letters $owner | wc -l)))

# Nobody gets mail about more than a hundred in an hour.
ladle list set dev moderators=$mod1
sqlite3 "$site/data/ladle.db" "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
	INSERT INTO held (list, state, kind, blob, mail_from, recipient, author, subject, message_id, rule, reason,
	verdict, arrived, decided, size, truncated) SELECT list, state, kind, blob, mail_from, recipient, author,
	subject, message_id, rule, reason, verdict, arrived, decided, size, truncated FROM held, n WHERE id = 4"
before=$(letters $mod1 | wc -l)
stranger flood
turn || fail run
is 'no letter' "$before" "$(letters $mod1 | wc -l)"
