# A report about mail for the owners goes back to the hop before, with the message as that
# hop had sent it, and tells nothing of where it went. What proves nothing goes nowhere.
. "$SRC/tests/scenario/lib.sh"
needs_clock
now=$(date +%s)
LADLE_NOW=$now
export LADLE_NOW
site_new 'workers = 1'
author_key
owner=dev+owner@lists.example bounces=dev+owner-bounces@lists.example
ladle list set dev owners=otto@six.example || fail set
peer=${D2PEER:-$SRC/../d2peer-build/target/release/d2peer}

# Otto's server is a Ladle of its own, where nobody is called otto.
"$LADLE" init other >/dev/null || fail init
printf 'workers = 1\nhostname = mx.six.example\nsmtp-url = smtp://127.0.0.1:%s\ndns-servers = 127.0.0.1:%s\n' \
	"$sink_port" "$dns_port" >>other/ladle.conf
"$LADLE" -C other/ladle.conf key gen --algorithm ed25519 --selector o1 six.example >/dev/null &&
	"$LADLE" -C other/ladle.conf key dns --tsv six.example >>"$zone" || fail 'key'
kill -HUP "$dns_pid"

# forwarded NAME: a message for the owner that ann signed, and what otto's server says to it
forwarded() {
	message "$1" | sed 's/$/\r/' >plain.eml
	"$LADLE" sign --key author/data/keys/one.example/a1.pem --selector a1 --domain one.example \
		--mf "$member1" --rt "$owner" plain.eml >"$1.eml" || fail sign
	ladle receive -f "$member1" "$owner" <"$1.eml"
	turn || fail run
	copy=$(ls "$out"/*.eml | tail -n 1)
	{ printf 'Received: from mx.lists.example by mx.six.example\r\n'; cat "$copy"; } |
		"$LADLE" -C other/ladle.conf receive -f "$bounces" otto@six.example
	"$LADLE" -C other/ladle.conf run --once >>run.log 2>&1 || fail 'the other run'
	report=$(ls "$out"/*.eml | tail -n 1)
	is 'it reported' "<$bounces>" "$(sed -n 2p "${report%.eml}.env")"
}

forwarded one
is copies 2 "$(copies)"
ladle receive -f '' "$bounces" <"$report"
turn || fail run
is copies 3 "$(copies)"
dsn=$out/003.eml
is envelope "<> <$member1>" "$(paste -sd' ' "$out/003.env")"
"$LADLE" verify --mf '<>' --rt "$member1" --dns "$zone" "$dsn" >verify.log || fail "$(cat verify.log)"
has "$dsn" "^Final-Recipient: rfc822; $owner"
has "$dsn" '^Status: 5.1.1'
hasnt "$dsn" 'six.example'
hasnt "$dsn" otto
sed -n '/^Content-Description: The message as/,$p' "$dsn" | sed '1,2d' >returned.eml
head -c "$(wc -c <one.eml)" returned.eml | cmp -s - one.eml || fail 'it is not what the hop before had sent'
if [ -x "$peer" ]; then
	"$peer" dsn-verify --dns "$zone" --mf '<>' --rt "$member1" --now "$now" "$dsn" >peer.log ||
		fail "the other implementation: $(cat peer.log)"
fi
ladle trace one@one.example >trace
has trace "own mail m2 (refusal) to $member1: sent"

# Once; and never for what is altered, unsigned, of another domain, or no report.
ladle receive -f '' "$bounces" <"$report"
sed 's/^Hello/Hallo/' "$report" | ladle receive -f '' "$bounces"
forwarded two
sed '/^Action/s/failed/delayed/' "$report" | ladle receive -f '' "$bounces"
sed '1,/^DKIM-Signature/{/^DKIM2\|^Message-Instance\|^ /d}' "$report" | ladle receive -f '' "$bounces"
ladle receive -f otto@six.example "$bounces" <"$report"
ladle receive -f '' "$bounces" <plain.eml
# Signed well, by somebody whom the copy was not sent to.
sed -n '/^From:/,$p' "$report" | sed '1s/.*/From: mailer-daemon@one.example\r/' >forged.eml
"$LADLE" sign --key author/data/keys/one.example/a1.pem --selector a1 --domain one.example \
	--mf '<>' --rt "$bounces" forged.eml >forged.signed || fail sign
ladle receive -f '' "$bounces" <forged.signed
before=$(copies)
turn || fail run
is 'copies afterwards' "$before" "$(copies)"
is 'what waits' 0 "$(ladle queue ls | wc -l)"
is held 0 "$(ladle held ls | wc -l)"
for why in 'nobody is told: the address was told of this very message' 'it is not signed by DKIM2, or does not verify' \
	'not a report' 'went to its domain'; do
	has run.log "owners: .*$why"
done
# The genuine one is believed all the same.
ladle receive -f '' "$bounces" <"$report"
turn || fail run
is 'copies at the end' $((before + 1)) "$(copies)"

# Three hops: the owner of the first list is the owner's address of a second, whose owner is
# nobody at a third. Each hop is told by the next, and gets back what it had sent.
"$LADLE" init third >/dev/null || fail init
sed 's/six/seven/' other/ladle.conf | grep '^[a-z]' >>third/ladle.conf
"$LADLE" -C third/ladle.conf key gen --algorithm ed25519 --selector t1 seven.example >/dev/null &&
	"$LADLE" -C third/ladle.conf key dns --tsv seven.example >>"$zone" || fail 'key'
kill -HUP "$dns_pid"
"$LADLE" -C other/ladle.conf list create ops@six.example owners=lost@seven.example >/dev/null || fail create
ladle list set dev owners=ops+owner@six.example || fail set

# at SITE MAIL-FROM RECIPIENT FILE: it takes FILE, and NEWEST is what it sends
at() {
	"$LADLE" -C "$1/ladle.conf" receive -f "$2" "$3" <"$4"
	"$LADLE" -C "$1/ladle.conf" run --once >>run.log 2>&1 || fail "run of $1"
	newest=$(ls "$out"/*.eml | tail -n 1)
}

message three | sed 's/$/\r/' >plain.eml
"$LADLE" sign --key author/data/keys/one.example/a1.pem --selector a1 --domain one.example \
	--mf "$member1" --rt "$owner" plain.eml >three.eml || fail sign
at site "$member1" "$owner" three.eml
first=$newest
at other "$bounces" ops+owner@six.example "$first"
second=$newest
is signatures 3 "$(grep -c '^DKIM2-Signature' "$second")"
at third ops+owner-bounces@six.example lost@seven.example "$second"
is 'third tells second' '<ops+owner-bounces@six.example>' "$(sed -n 2p "${newest%.eml}.env")"
at other '' ops+owner-bounces@six.example "$newest"
is 'second tells first' "<$bounces>" "$(sed -n 2p "${newest%.eml}.env")"
hasnt "$newest" seven.example
# returned WHAT: it came back, byte for byte
returned() {
	sed -n '/^Content-Description: The message as/,$p' "$newest" | sed '1,2d' >returned.eml
	head -c "$(wc -c <"$1")" returned.eml | cmp -s - "$1" || fail "$1 did not come back"
}
returned "$first"
at site '' "$bounces" "$newest"
is 'first tells the author' "<$member1>" "$(sed -n 2p "${newest%.eml}.env")"
hasnt "$newest" six.example
returned three.eml
