# No forged report counts: not for another member or post, with an old token or that of
# another list, with an edited body, from a domain that the copy was not sent to. The
# genuine one counts once, and one whose keys cannot be fetched waits.
. "$SRC/tests/scenario/lib.sh"
needs_clock
site_new
author_key
now=$(date +%s)
LADLE_NOW=$now
export LADLE_NOW
ladle list create other@lists.example >/dev/null || fail 'list create'
ladle member add other "$member3" >/dev/null || fail 'member add'
message one | sign_dkim2 --now "$now" >signed.eml || fail sign
receive <signed.eml
turn || fail run
is copies 3 "$(copies)"

# copy_to MEMBER: sets copy
copy_to() { copy=$(grep -l "^<$1>" "$out"/*.env) && copy=${copy%.env}; }
copy_to "$member3"
back3=$(sed -n '1s/[<>]//gp' "$copy.env") mail3=$copy.eml
copy_to "$member2"
back2=$(sed -n '1s/[<>]//gp' "$copy.env")

# A key of the member's domain, and one of a stranger.
for domain in three.example evil.example; do
	"$LADLE" -C author/ladle.conf key gen --algorithm ed25519 --selector k1 $domain >/dev/null &&
		"$LADLE" -C author/ladle.conf key dns --tsv $domain >>"$zone" || fail "key of $domain"
done
kill -HUP "$dns_pid"

# dsn TO COPY [STATUS]: a report about member3 that returns COPY, for TO
dsn() {
	printf 'From: MAILER-DAEMON@three.example\nTo: <%s>\nSubject: Undelivered\n' "$1"
	printf 'Message-ID: <%s@three.example>\nDate: Fri, 27 Nov 2026 12:00:00 +0000\n' "$$$(wc -c <"$2")"
	printf 'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status;\n boundary=b\n'
	printf '\n--b\n\nNo such user.\n--b\nContent-Type: message/delivery-status\n\n'
	printf 'Reporting-MTA: dns; mx.three.example\n\nFinal-Recipient: rfc822; %s\n' "$member3"
	printf 'Action: failed\nStatus: %s\nDiagnostic-Code: smtp; 550 %s no such user\n' \
		"${3:-5.1.1}" "${3:-5.1.1}"
	printf '\n--b\nContent-Type: message/rfc822\n\n'
	cat "$2"
	printf '\n--b--\n'
}
sign_as() {
	domain=$1 to=$2
	"$LADLE" sign --key "author/data/keys/$domain/k1.pem" --selector k1 --domain "$domain" \
		--mf '' --rt "$to" --now "$LADLE_NOW"
}
events() { ladle bounce ls | wc -l; }
forged() { ladle bounce stats | sed -n 's/^forged\t\t//p'; }

# forge TO REASON: what is in report.eml, which will be called forged for that reason
n=0
forge() {
	n=$((n + 1))
	ladle receive -f '' "$1" <report.eml || fail "receive $2"
	echo "$2" >>reasons
}

dsn "$back3" "$mail3" | sign_as three.example "$back3" >genuine.eml
sed 's/^Hello\./Hallo./' "$mail3" >edited.eml
cmp -s edited.eml "$mail3" && fail 'nothing was edited'
dsn "$back2" "$mail3" | sign_as three.example "$back2" >report.eml
forge "$back2" 'it returns the copy of another member'
dsn "$back2" "$mail3" >report.eml
forge "$back2" 'it returns the copy of another member'
dsn "$back3" edited.eml | sign_as three.example "$back3" >report.eml
forge "$back3" 'the copy that it returns is not as we signed it'
sed 's/no such user/quite dead/' genuine.eml >report.eml
forge "$back3" 'its DKIM2 chain does not verify: FAIL: Message-Instance m=1 body hash sha256 mismatch'
dsn "$back3" "$mail3" | sed '1s/.*/From: postmaster@evil.example/' |
	sign_as evil.example "$back3" >report.eml
forge "$back3" 'it is signed by a domain that the copy was not sent to'
token=${back3#dev+b-} token=${token%@*}
dsn "$back3" "$mail3" >report.eml
forge "dev+b-$(echo "$token" | tr a-y b-z)@lists.example" 'the token of its address does not verify'
dsn "$back3" "$mail3" >report.eml
forge "other+b-$token@lists.example" 'the token of its address does not verify'
dsn "$back3" "$mail3" >report.eml
forge dev-bounces@lists.example 'the token of its address does not verify'
for old in dev-bounces+cid=three.example dev+bounces-1-cid=three.example \
	dev-return-1-cid=three.example bounce+cid==a==three.example==dev; do
	forge $old@lists.example 'its address is of another list manager, which anybody can write'
done
turn || fail run
is 'forged ones that count' 0 "$(events)"
is 'forged ones' "$n" "$(forged)"
sed -n 's/.*reason="forged failure: \(.*\)"/\1/p' run.log >said
cmp -s reasons said || { diff reasons said; fail 'other reasons'; }
# The envelope that it was signed for is not the one that it came with.
ladle bounce explain -a dev-bounces@lists.example genuine.eml >said || fail explain
has said '^authentic: no, its DKIM2 chain does not verify'
ladle bounce explain -a "$back3" genuine.eml >said || fail explain
has said '^authentic: yes, it is signed by DKIM2'
has said "post 1, member 3 $member3"
is 'explain stores nothing' 0 "$(events)"

# The DNS fails: put back, not dropped, not scored.
grep -v 'k1._domainkey.three' "$zone" >less.tsv
cp "$zone" all.tsv
{ cat less.tsv; printf 'k1._domainkey.three.example\t@SERVFAIL\n'; } >"$zone"
kill -HUP "$dns_pid"
ladle receive -f '' "$back3" <genuine.eml
turn || fail run
is 'events before the DNS answers' 0 "$(events)"
is 'forged before the DNS answers' "$n" "$(forged)"
is spool 1 "$(spool_count)"
cp all.tsv "$zone"
kill -HUP "$dns_pid"
LADLE_NOW=$((now + 100))
turn || fail run
is 'the genuine one' 1 "$(events)"
ladle bounce ls >events
has events "$member3	1	address-dead, hard	dkim2	counts	550 5.1.1"

# Again, and without its signature at the same address: the same event.
ladle receive -f '' "$back3" <genuine.eml
dsn "$back3" "$mail3" | ladle receive -f '' "$back3"
turn || fail run
is 'twice' 1 "$(events)"
ladle trace one@one.example "$member3" >traced
has traced '    came back .*, address-dead: 550 5.1.1 no such user'
ladle bounce show dev "$member3" >shown
has shown 'good, score 1.00 over 1 posts'

# A delay, and later than a return address is good for.
dsn "$back2" /dev/null 4.4.1 | sed 's/Action: failed/Action: delayed/' | ladle receive -f '' "$back2"
turn || fail run
is 'a delay' 1 "$(events)"
LADLE_NOW=$((now + 40 * 86400))
dsn "$back2" /dev/null >old.eml
ladle receive -f '' "$back2" <old.eml
turn || fail run
is 'old token' 1 "$(events)"
is 'old token is forged' $((n + 1)) "$(forged)"
