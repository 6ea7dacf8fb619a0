# Nobody becomes a member before the address itself has answered; a reply is enough.
. "$SRC/tests/scenario/lib-request.sh"
request_new
bare subscribe "$joe"
is 'letters after an unproven request' 0 "$(letters "$joe")"
has run.log 'nothing proves who wrote it'
ask subscribe "$joe"
is 'letters' 1 "$(letters "$joe")"
is_member "$joe" && fail 'subscribed without an answer'
letter "$joe"
has letter '^Auto-Submitted: auto-generated'
has letter '^DKIM2-Signature:'
has letter '^Subject: Please confirm: join dev?'
hasnt letter '^Subject:.*request'
grep '^From:' letter | grep -q 'dev+confirm-[a-z2-7]\{26\}@lists.example' || fail 'no token in From'
# The database does not hold the token.
word=$(letter_from)
token=${word#dev+confirm-} token=${token%@*}
if grep -aq "$token" "$site/data/ladle.db" "$site/data/ladle.db-wal"; then fail 'the token is kept'; fi
answer_to "$joe"
is_member "$joe" || fail 'not subscribed by the reply'
letter "$joe"
has letter '^Subject: Welcome'
has letter 'dev@lists.example'
ladle audit dev >trail
has trail 'mail:joe@one.example	member add	joe@one.example	confirmed'
# By subject, and by a line of the text, to the request address.
for how in subject text; do
	who=$how@one.example
	ask request "$who" subscribe
	letter "$who"
	word=$(letter_from)
	token=${word#dev+confirm-} token=${token%@*}
	case $how in
	subject) ask request "$who" "Re: confirm $token" ;;
	text) ask request "$who" hello "\nCONFIRM $(echo "$token" | tr a-z A-Z)\n" ;;
	esac
	is_member "$who" || fail "not subscribed by $how"
done

