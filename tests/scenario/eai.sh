# An author and a member with UTF-8 local parts, to relays with and without SMTPUTF8: what a
# member gets is decided by the session that would carry it, and nobody's row is a failure.
. "$SRC/tests/scenario/lib.sh"
mkdir -p "$out"
sink_start --no-smtputf8
site_new
author_key
author=пётр@one.example reader=用户@five.example
ladle member add "$list" "$author" "$reader" >/dev/null || fail 'member add'
ladle list set dev subject-tag='[dev]' footer='-- \nThe list' unauthenticated=accept || fail set

# wide NAME: a post of the author's, unsigned, as NAME.eml
wide() {
	message "$1" | sed "s/^From:.*/From: Пётр <$author>/; s/^Subject:.*/Subject: Новости $1/; s/^To:.*/To: Анна <анна@one.example>, $list/" >"$1.eml"
}

by_author() {
	"$LADLE" sign --key author/data/keys/one.example/a1.pem --selector a1 --domain one.example \
		--mf "$author" --rt "$list" "$1" || fail "sign $1"
}

# undone COPY FILE REVISION: undo of the copy is the received FILE, as far as it is hashed
undone() {
	"$LADLE" undo --to "$3" "$1" >undone.eml || fail "undo $1"
	is "undone $1" "$("$LADLE" hash "$2")" "$("$LADLE" hash undone.eml)"
}

# clean COPY: the header is ASCII and the author's address in no address field
clean() {
	sed '/^\r*$/q' "$1" >header
	LC_ALL=C grep -q '[^ -~	]' header.lf && fail "$1 is not ASCII"
	has header '^From: =?utf-8?.*via_*.*dev@lists.example>\|^From: =?utf-8?B?.*?= <dev@lists.example>'
	has header '^X-Original-From:'
	hasnt header '^Reply-To:'
}

# A chain that goes on, in ASCII. Four copies; nobody for whom there is no way fails.
wide signed
by_author signed.eml >in.eml
ladle explain -f "$author" --rcpt "$member2" dev in.eml >said || fail explain
has said 'copies with From kept, needing SMTPUTF8: mode continue'
has said 'From munged, in ASCII for a mail server without SMTPUTF8: mode continue'
has said "^$member2 gets From kept, mode continue"
has said '^  without SMTPUTF8 in ASCII: From munged, mode continue'
ladle explain -f "$author" --rcpt "$reader" dev in.eml >said || fail explain
has said '^  without SMTPUTF8 nothing: the address needs SMTPUTF8'
ladle explain -f "$author" --rcpt "$member2" --raw --ascii dev in.eml >raw.eml || fail raw
tr -d '\r' <raw.eml | sed '/^$/q' >header.lf
clean raw.eml
ladle receive -f "$author" "$list" <in.eml
turn || fail run
is copies 3 "$(copies)"
verify_copies
for copy in "$out"/*.eml; do
	tr -d '\r' <"$copy" | sed '/^$/q' >header.lf
	clean "$copy"
	undone "$copy" in.eml 1
done
ladle trace signed@one.example "$member2" >trace
has trace '  without SMTPUTF8 in ASCII: mode continue, From munged'
has trace "$member2: sent .*(in ASCII)"
has trace '5 recipients: 3 sent, 0 deferred, 0 failed, 2 skipped'
ladle trace signed@one.example "$reader" >trace
has trace 'skipped .*the address needs SMTPUTF8: 5.6.7 '
ladle trace --json signed@one.example "$reader" >trace
has trace '"smtputf8":true,"ascii":true'
has trace '"state":"skipped"'
is queue 0 "$(ladle queue ls | wc -l)"
has run.log 'skipped=2'
has run.log 'failed=0'

# No chain: a new one begins, which gives the author's message back all the same.
rm -f "$out"/*
wide bare
ladle receive -f "$author" "$list" <bare.eml
turn || fail run
is 'bare: copies' 3 "$(copies)"
verify_copies
undone "$out/004.eml" bare.eml 0
ladle trace bare@one.example >trace
has trace 'mode plain, From kept'
has trace 'in ASCII: mode new-origin, From munged'

# What needs it is not the author's address: From stays, the rest is encoded.
rm -f "$out"/*
message subject | sed 's/^Subject:.*/Subject: Grüße/' >subject.eml
receive <subject.eml
turn || fail run
is 'subject: copies' 3 "$(copies)"
is 'subject: From kept' 3 "$(grep -l '^From: Ann <ann@one.example>' "$out"/*.eml | wc -l)"
is 'subject: encoded' 3 "$(grep -l '^Subject: \[dev\] =?utf-8?' "$out"/*.eml | wc -l)"

# A name that is no UTF-8, one of 900 octets in two scripts, a group.
rm -f "$out"/*
message overlong | sed "s/^From:.*/From: $(printf '\300\257') <$member1>/" | receive
long=$(printf 'Πέτρος Пётр %.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40)
message long | sed "s/^From:.*/From: $long <$author>/" >long.eml
ladle receive -f "$author" "$list" <long.eml
message group | sed "s/^From:.*/From: Команда: Пётр <$author>, Ann <$member1>;/" | receive
turn || fail run
is 'hostile: copies' 6 "$(copies)"
is 'hostile: held' 1 "$(ladle held ls | wc -l)"
for copy in "$out"/*.eml; do
	tr -d '\r' <"$copy" | sed '/^$/q' >header.lf
	LC_ALL=C grep -q '[^ -~	]' header.lf && fail "$copy is not ASCII"
	is "lines of $copy" 0 "$(awk 'length > 998' header.lf | wc -l)"
done
copy=$(grep -l '<long@one' "$out"/*.eml | head -n 1)
undone "$copy" long.eml 0

# There are fields that have no ASCII form.
rm -f "$out"/*
wide id
sed 's/^Message-ID:.*/Message-ID: <и@one.example>/' id.eml | ladle receive -f "$author" "$list"
turn || fail run
is 'id: copies' 0 "$(copies)"
ladle trace и@one.example "$member2" >trace
has trace 'not in ASCII: Message-ID has no ASCII form'
has trace 'skipped .*there is no ASCII form of it'

# The list may say that there are no such copies; a copy that needs nothing goes out.
rm -f "$out"/*
ladle list set dev eai=skip || fail set
wide skip
ladle receive -f "$author" "$list" <skip.eml
post plain
turn || fail run
is 'skip: copies' 3 "$(copies)"
is 'skip: of the other post' 3 "$(grep -l '^Message-ID: <plain@' "$out"/*.eml | wc -l)"
ladle trace skip@one.example "$member2" >trace
has trace '0 sent, 0 deferred, 0 failed, 5 skipped'
has trace 'skipped .*the list has eai=skip'
ladle explain -f "$author" --rcpt "$member2" dev skip.eml >said || fail explain
has said 'without SMTPUTF8 nothing: there is no ASCII form: the list has eai=skip'

# A relay that has it, and one whose first session does not say so, and one further on that
# does not take it for one recipient.
ladle list set dev eai=munge || fail set
sink_stop
printf 'ehlo * times 1 reply 250 mx.sink\\nPIPELINING\\n8BITMIME\nrcpt %s times 1 reply 553 5.6.7 no UTF-8 there\n' "$member3" >script
sink_start -r script
rm -f "$out"/*
wide both
by_author both.eml >in.eml
ladle receive -f "$author" "$list" <in.eml
turn || fail run
ladle trace both@one.example >trace
has trace ' 0 deferred, 0 failed'
copy=$(grep -l "<$member3>" "$out"/*.env)
hasnt "${copy%.env}.eml" '^From: Пётр'
verify_copies
for copy in "$out"/*.eml; do
	undone "$copy" in.eml 1
done

# From kept for some and munged for others: in ASCII it is one form for all.
sink_stop
sink_start --no-smtputf8
printf 'dkim2-receivers = two.example\n' >>"$site/ladle.conf"
printf '_dmarc.one.example\tv=DMARC1; p=reject\n' >>"$zone"
dns_stop; dns_start
split() {
	rm -f "$out"/*
	wide "$1"
	by_author "$1.eml" >in.eml
	ladle receive -f "$author" "$list" <in.eml
	turn || fail run
	is "$1: copies" "$2" "$(copies)"
	is "$1: From kept" "$3" "$(grep -l "^From: Пётр <$author>" "$out"/*.eml | wc -l)"
	is "$1: author in Reply-To" "$4" "$(grep -l "^Reply-To: =.*<$author>" "$out"/*.eml | wc -l)"
	verify_copies
	for copy in "$out"/*.eml; do
		undone "$copy" in.eml 1
	done
}
split narrow 3 0 0
sink_stop
sink_start
split again 5 1 4
