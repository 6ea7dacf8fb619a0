# A member's bare post: held where the author's domain asks for it by DMARC, and only there.
. "$SRC/tests/scenario/lib.sh"
printf '_dmarc.one.example\tv=DMARC1; p=reject\n' >"$zone"
site_new 'trusted-authserv-id = mx.lists.example'
author_key

# policy TEXT: another record of the author's domain. The old one may be kept: a new name each time.
policy() {
	grep -v '^_dmarc' "$zone" >zone.new
	[ -z "$1" ] || printf '_dmarc.one.example\t%s\n' "$1" >>zone.new
	mv zone.new "$zone"
	kill -HUP "$dns_pid"
}

# expect NAME COPIES HELD
expect() {
	turn || fail "run after $1"
	is "$1: copies" "$2" "$(copies)"
	is "$1: held" "$3" "$(ladle held ls | wc -l)"
}

post bare
expect reject 0 1
ladle held ls >held
has held 'one.example asks by DMARC to reject what is not proved'
ladle trace bare@one.example >trace
has trace unauthenticated

# Proved by the mail server's SPF, and by nobody else's.
result() {
	printf 'Authentication-Results: %s; spf=pass smtp.mailfrom=%s\n' "$1" "$member1"
}
{ result mx.stranger.example; message by-stranger; } | receive
expect stranger 0 2
{ result mx.lists.example; message by-spf; } | receive
expect spf 3 2
for copy in "$out"/*.eml; do
	has "$copy" 'dmarc=pass'
	hasnt "$copy" 'spf=pass'
done

# SPF does not make it a domain that signs: without the policy a bare post passes.
policy 'v=DMARC1; p=none'
post none
expect none 6 2
policy 'v=DMARC1; p=quarantine; t=y'
post testing
expect testing 9 2
policy 'v=DMARC1; p=reject; t=y'
post reject-testing
expect reject-testing 9 3
policy '@SERVFAIL'
post unknown
expect unknown 9 3
ladle queue ls >queue
has queue 'could not be found out: DNS does not answer'
policy ''
ladle queue retry --all >/dev/null || fail retry
expect no-record 12 3

# Signed, and the strictest policy.
policy 'v=DMARC1; p=reject; adkim=s'
message signed >plain.eml
sign_dkim1 plain.eml >signed.eml || fail sign
receive <signed.eml
expect signed 15 3
