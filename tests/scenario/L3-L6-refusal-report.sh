# A refused author is told once, by a signed report to the address that a signature vouches
# for, with the message as it came; where nothing vouches, nobody is told.
. "$SRC/tests/scenario/lib.sh"
needs_clock
now=$(date +%s)
LADLE_NOW=$now
export LADLE_NOW
site_new 'workers = 1'
author_key
ladle member rm dev "$member1" >/dev/null && ladle list set dev nonmember=reject broken-signature=reject ||
	fail 'list set'
peer=${D2PEER:-$SRC/../d2peer-build/target/release/d2peer}

crlf() { sed 's/\r*$/\r/'; }

# told NAME NUMBER: the last thing done made so many reports in all
told() {
	turn || fail "run: $1"
	is "reports after $1" "$2" "$(copies)"
}

# report N: the Nth report verifies, and comes from nobody
report() {
	dsn=$out/00$1.eml
	is 'return path' '<>' "$(sed -n 1p "$out/00$1.env")"
	"$LADLE" verify --mf '<>' --rt "$(sed -n 2p "$out/00$1.env")" --dns "$zone" "$dsn" >verify.log ||
		fail "report $1: $(cat verify.log)"
	is signatures 1 "$(sed '/^\r*$/q' "$dsn" | grep -c '^DKIM2-Signature:')"
	has "$dsn" '^Content-Type: multipart/report;'
	has "$dsn" '^Auto-Submitted: auto-replied'
}

# Signed with DKIM2: to mf=, whatever is in From.
message one | crlf >one.eml
sign_dkim2 one.eml >signed.eml || fail sign
receive <signed.eml
told 'a signed post' 1
report 1
is to "<$member1>" "$(sed -n 2p "$out/001.env")"
has "$dsn" '^From: dev <dev+owner@lists.example>'
has "$dsn" '^In-Reply-To: <one@one.example>'
has "$dsn" '^Final-Recipient: rfc822; dev@lists.example'
has "$dsn" '^Status: 5.7.2'
has "$dsn" '^Diagnostic-Code: x-ladle; the author is not a member'
has "$dsn" '^Content-Type: message/rfc822'
sed -n '/^Content-Description: The message as/,$p' "$dsn" | sed '1,2d' | sed -e '$d' >returned.eml
head -c "$(wc -c <signed.eml)" returned.eml | cmp -s - signed.eml || fail 'not what was sent came back'
if [ -x "$peer" ]; then
	"$peer" dsn-verify --dns "$zone" --mf '<>' --rt "$member1" --now "$now" "$dsn" >peer.log ||
		fail "the other implementation: $(cat peer.log)"
fi
ladle trace one@one.example >trace
has trace 'held 1, refused'
has trace "own mail m1 (refusal) to $member1: sent"

# Nothing vouches: no signature, somebody else's address, another envelope, another text; and
# what no person wrote, the report itself among it.
ladle receive -f '' "$list" <"$dsn"
message two | receive
sed 's/<one@/<six@/' one.eml >six.eml
sign_dkim1 six.eml >dkim1.eml || fail sign
ladle receive -f victim@five.example "$list" <dkim1.eml
ladle receive -f victim@five.example "$list" <signed.eml
sed 's/^Hello/Hallo/' signed.eml | receive
ladle receive -f '' "$list" <signed.eml
{ printf 'Precedence: bulk\r\n'; cat one.eml; } >bulk.eml
sign_dkim2 bulk.eml | receive
{ printf 'Auto-Submitted: auto-replied\r\n'; cat one.eml; } >auto.eml
sign_dkim2 auto.eml | receive
told 'what nothing vouches for' 1
ladle held ls --refused >refused
for why in 'no signature vouches for its sender' 'what is signed is not the address it came from' \
	'its newest DKIM2-Signature does not verify' 'it is list or bulk mail'; do
	has refused "nobody is told: $why"
done

# DKIM1 alone, and the author is the sender.
receive <dkim1.eml
told 'a DKIM1 signature' 2
report 2
is to "<$member1>" "$(sed -n 2p "$out/002.env")"

# Nobody is there; and a message that is too large to come back whole.
sed 's/<one@/<seven@/' one.eml >seven.eml
"$LADLE" sign --key author/data/keys/one.example/a1.pem --selector a1 --domain one.example \
	--mf "$member1" --rt nobody@lists.example seven.eml | ladle receive -f "$member1" nobody@lists.example
told 'an unknown list' 3
report 3
has "$dsn" '^Status: 5.1.1'
has "$dsn" '^From: .*MAILER-DAEMON@lists.example'
{ sed 's/<one@/<eight@/' one.eml; head -c 160000 /dev/zero | tr '\0' x | fold -w 80; echo; } | crlf >large.eml
sign_dkim2 large.eml | receive
told 'a large post' 4
report 4
has "$dsn" '^Content-Type: text/rfc822-headers'
hasnt "$dsn" '^xxxx'

# Four an hour to one address.
message nine | crlf >nine.eml
sign_dkim2 nine.eml >nine.signed && receive <nine.signed
told 'too many' 4
ladle held ls --refused | grep -q 'nobody is told: the address was told often enough' || fail held
ladle status >status
has status '^refusals *4 told, [0-9]* silent'
LADLE_NOW=$((now + 3601))
message ten | crlf >ten.eml
sign_dkim2 ten.eml >ten.signed || fail sign
receive <ten.signed
told 'an hour later' 5

# explain says it beforehand.
ladle explain -f "$member1" --dns "$zone" dev signed.eml >explained || fail explain
has explained '^nobody would be told: the address was told of this very message'
message eleven >eleven.eml
sign_dkim2 eleven.eml >signed.eml || fail sign
ladle explain -f "$member1" --dns "$zone" dev signed.eml >explained || fail explain
has explained "^a report would go to <$member1>"
ladle explain -f victim@five.example --dns "$zone" dev signed.eml >explained
has explained '^nobody would be told: its newest DKIM2-Signature does not verify'
message two >two.eml
ladle explain --json -f "$member1" --dns "$zone" dev two.eml | grep -q '"refusal":{"to":"","code":"unsigned"' ||
	fail 'explain --json'
