# A command in a member's name by who has one signed mail of his: a Subject above the signed
# one. (As a hop of a DKIM2 chain: tests/unit/auth/verify_test.c.)
. "$SRC/tests/scenario/lib-request.sh"
request_new unsubscribe-policy=open
to=dev+request@lists.example

# The author's signature covers Subject once, as most do. RFC 8463 signs the digest.
signed_once() {
	body=$(sed '1,/^\r*$/d' "$1" | openssl dgst -sha256 -binary | base64)
	dkim="DKIM-Signature: v=1; a=ed25519-sha256; c=simple/simple; d=one.example; s=a1;"
	dkim="$dkim h=from:to:subject; bh=$body; b="
	{
		for field in From To Subject; do grep "^$field:" "$1" | tail -n 1; done
		printf '%s' "$dkim"
	} | openssl dgst -sha256 -binary >digest
	openssl pkeyutl -sign -rawin -inkey author/data/keys/one.example/a1.pem -in digest \
		-out signature || fail openssl
	printf '%s%s\r\n' "$dkim" "$(base64 -w 0 signature)"
	cat "$1"
}

written "$member1" "$to" hello 'Good morning.'
sed 's/\r*$/\r/' plain.eml >once.eml
signed_once once.eml >asked.eml
"$LADLE" verify --dns "$zone" asked.eml >said
has said 'DKIM1 pass'
{
	printf 'Subject: unsubscribe\r\n'
	cat asked.eml
} | ladle receive -f "$joe" "$to" || fail receive
turn || fail run
is_member "$member1" || fail 'a Subject that nobody signed was obeyed'
is letters 0 "$(letters "$member1")"
