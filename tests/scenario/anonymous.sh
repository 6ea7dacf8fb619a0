# On an anonymous list nothing in a copy's header tells who wrote it; threads hold
# together all the same, and only who has the site can find the author.
. "$SRC/tests/scenario/lib.sh"
site_new
author_key
ladle list set dev anonymous=yes from=keep unauthenticated=accept \
	subject-tag='[dev]' || fail 'list set'

# one: a copy that is there; value FIELD: of that
one() {
	find "$out" -name '*.eml' | head -n 1
}

value() {
	sed -n "/^$1: /{s/^$1: //;s/\r//;p;q;}" "$(one)"
}

telling() {
	sed 's/^Subject:/User-Agent: Annmail\nX-Originating-IP: [192.0.2.7]\nReceived: from ann.one.example by mx; Fri, 27 Nov 2026 12:00:00 +0000\nOrganization: One\n&/'
}

message first | telling | sed 's/$/\r/' >plain.eml
sign_dkim1 plain.eml >once.eml && sign_dkim2 once.eml >signed.eml || fail sign
ladle explain dev signed.eml >said || fail explain
has said '  edits behind what was taken out'
ladle explain --diff dev signed.eml >said || fail explain
has said '^-User-Agent: Annmail'
receive <signed.eml
turn || fail run
is copies 3 "$(copies)"
verify_copies
for copy in "$out"/*.eml; do
	sed '/^\r*$/q' "$copy" >header
	# Not just "ann": that comes up in signatures and tokens.
	hasnt header 'ann@\|Ann \|Annmail\|one\.example\|192\.0\.2\.7\|Organization'
	has header '^From: dev <dev@lists.example>'
	has header '^Subject: \[dev\] about first'
	has header '^DKIM2-Signature: i=1;'
	tr -d '\r\n\t ' <header | grep -q 'Message-Instance:m=1;r=' && fail 'a recipe'
done
first=$(value Message-ID)
case $first in
"<"*"@lists.example>") ;;
*) fail "Message-ID $first" ;;
esac
is 'one identifier for all' 1 "$(sed -n '/^Message-ID: /p' "$out"/*.eml | sort -u | wc -l)"

# ben answers what he has got; ann her own, by the identifier in her folder of sent
# mail; cid tries ann's, which would tell him that she wrote it
rm "$out"/*
reply() {
	message "$1" | sed "s/^From:.*/From: $2/; s/^Subject:/References: $3\nIn-Reply-To: $4\n&/"
}
reply second "$member2" "<x@nowhere.example> $first" "$first" | receive
turn || fail run
is references "$first" "$(value References)"
is in-reply-to "$first" "$(value In-Reply-To)"
second=$(value Message-ID)
rm "$out"/*
reply third "$member1" "<first@one.example> $second" "<first@one.example>" | receive
turn || fail run
is in-reply-to "$first" "$(value In-Reply-To)"
is references "$first" "$(value References)"
has "$(one)" "^ $second"
hasnt "$(one)" 'first@one'
rm "$out"/*
reply fourth "$member3" "<first@one.example>" "<first@one.example>" | receive
turn || fail run
is copies 3 "$(copies)"
hasnt "$(one)" '^In-Reply-To\|^References'

# trace finds it by both names; the log knows only the author's
id=$(printf '%s' "$first" | tr -d '<>')
ladle trace "$id" >by-new || fail 'trace by the new identifier'
ladle trace first@one.example >by-old || fail 'trace by the old identifier'
cmp by-new by-old || fail 'two answers'
has by-new "by $member1"
has by-new "sent as $first"
hasnt run.log "$id"
has run.log 'first@one.example'

# without a Message-ID there is a new one all the same
rm "$out"/*
message none | sed '/^Message-ID/d' | receive
turn || fail run
id=$(value Message-ID "$(one)" | tr -d '<>')
ladle trace "$id" | grep -q "by $member1" || fail 'trace of a post without identifier'
