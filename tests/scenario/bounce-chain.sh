# Three lists at three sites, each a member of the one before. What fails behind a list is
# known to that list alone: it answers for its members, and a report goes no further. Nobody
# learns the addresses behind the next.
. "$SRC/tests/scenario/lib.sh"
needs_clock
now=$(date +%s)
LADLE_NOW=$now
export LADLE_NOW
mkdir -p "$out"
echo 'rcpt dead@eight.example reply 550 5.1.1 no such user here' >script
sink_start -r script
site_new 'workers = 1'
author_key
# next SITE DOMAIN: another site
next() {
	"$LADLE" init "$1" >/dev/null || fail init
	printf 'workers = 1\nhostname = mx.%s\nsmtp-url = smtp://127.0.0.1:%s\ndns-servers = 127.0.0.1:%s\n' \
		"$2" "$sink_port" "$dns_port" >>"$1/ladle.conf"
	"$LADLE" -C "$1/ladle.conf" key gen --algorithm ed25519 --selector k1 "$2" >/dev/null &&
		"$LADLE" -C "$1/ladle.conf" key dns --tsv "$2" >>"$zone" || fail "key of $2"
}
next second six.example
next third seven.example
kill -HUP "$dns_pid"
ladle member rm dev "$member2" "$member3" >/dev/null && ladle member add dev ops@six.example >/dev/null || fail add
"$LADLE" -C second/ladle.conf list create ops@six.example nonmember=accept altered=accept rules= subject-tag='[ops]' >/dev/null &&
	"$LADLE" -C second/ladle.conf member add ops core@seven.example >/dev/null &&
	"$LADLE" -C third/ladle.conf list create core@seven.example nonmember=accept altered=accept rules= subject-tag='[core]' >/dev/null &&
	"$LADLE" -C third/ladle.conf member add core dead@eight.example alive@nine.example >/dev/null || fail lists

# at SITE ENVELOPE-SENDER RECIPIENT FILE: it takes FILE and does what is to be done
at() {
	"$LADLE" -C "$1/ladle.conf" receive -f "$2" "$3" <"$4" || fail "receive at $1"
	"$LADLE" -C "$1/ladle.conf" run --once >>run.log 2>&1 || fail "run of $1"
}
# to ADDRESS: sets mail, the newest to it, and from
to() {
	mail=$(grep -l "^<$1>$" "$out"/*.env | tail -n 1)
	[ "$mail" ] || fail "nothing to $1"
	from=$(sed -n '1s/[<>]//gp' "$mail")
	mail=${mail%.env}.eml
}
# through NAME: a post from its author to the door of the third list
through() {
	rm -f "$out"/*
	message "$1" | sed 's/$/\r/' >plain.eml
	sign_dkim2 --now "$now" plain.eml >signed.eml || fail sign
	at site "$member1" "$list" signed.eml
	to ops@six.example
	at second "$from" ops@six.example "$mail"
	to core@seven.example
	is signatures 3 "$(grep -c '^DKIM2-Signature' "$mail")"
}
events() { "$LADLE" -C "$1/ladle.conf" bounce ls | cut -f 3-; }

through one
at third "$from" core@seven.example "$mail"
"$LADLE" -C third/ladle.conf run --once >>run.log 2>&1 || fail 'second run of third'
is 'what the third knows' dead@eight.example "$(events third | cut -f 1)"
is 'all the mail there was' 4 "$(copies)" # ann, ops, core, alive
is 'what the others know' '' "$(events site)$(events second)"

# The third list is gone. A list manager never answers list mail; a mail server would.
"$LADLE" -C third/ladle.conf list rm --force core >rm.log 2>&1 || fail "$(cat rm.log)"
through two
back=$from
before=$(copies)
{ printf 'Received: from mx.six.example by mx.seven.example\r\n'; cat "$mail"; } >arrived.eml
at third "$back" core@seven.example arrived.eml
has run.log 'nobody is told: it is list or bulk mail'
is 'no report' "$before" "$(copies)"
{
	printf 'From: mailer-daemon@seven.example\nTo: <%s>\nSubject: Undelivered\n' "$back"
	printf 'Message-ID: <r@seven.example>\nDate: Fri, 27 Nov 2026 12:00:00 +0000\nMIME-Version: 1.0\n'
	printf 'Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nGone.\n'
	printf -- '--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.seven.example\n\n'
	printf 'Final-Recipient: rfc822; core@seven.example\nAction: failed\nStatus: 5.1.1\n'
	printf '\n--b\nContent-Type: message/rfc822\n\n'
	cat arrived.eml
	printf '\n--b--\n'
} | sed 's/\r*$/\r/' >report.eml
# signed SITE DOMAIN KEY: the report
signed() {
	"$LADLE" sign --key "$1/data/keys/$2/$3.pem" --selector "$3" --domain "$2" --mf '<>' --rt "$back" \
		report.eml || fail sign
}
signed third seven.example k1 >genuine.eml
sed -i 's/mailer-daemon@seven/mailer-daemon@one/' report.eml
signed author one.example a1 >forged.eml
# Of a domain that the copy was not sent to: forged; then the genuine one.
at second '' "$back" forged.eml
is forged '' "$(events second)"
has run.log 'forged failure: it is signed by a domain that the copy was not sent to'
at second '' "$back" genuine.eml
events second >known
has known '^core@seven.example	1*2	.*	dkim2	counts'
is 'one event' 1 "$(wc -l <known)"
is 'it goes no further' "$before" "$(copies)"
is 'the first knows nothing' '' "$(events site)"
for copy in "$out"/*.eml; do
	case $(sed -n 2p "${copy%.eml}.env") in
	"<$member1>" | '<ops@six.example>') hasnt "$copy" 'seven.example\|eight.example' ;;
	esac
done
