# A member's private mail, signed by DKIM1 as most do it, sent to the list by who got it: with
# another Subject and To above the signed ones. It is not the member's post.
. "$SRC/tests/scenario/lib-request.sh"
request_new
written "$member1" eve@evil.example hello 'My private note to Eve.'
sed 's/\r*$/\r/' plain.eml >once.eml
body=$(sed '1,/^\r*$/d' once.eml | openssl dgst -sha256 -binary | base64)
dkim="DKIM-Signature: v=1; a=ed25519-sha256; c=simple/simple; d=one.example; s=a1;"
dkim="$dkim h=from:to:subject; bh=$body; b="
{
	for field in From To Subject; do grep "^$field:" once.eml; done
	printf '%s' "$dkim"
} | openssl dgst -sha256 -binary >digest
openssl pkeyutl -sign -rawin -inkey author/data/keys/one.example/a1.pem -in digest \
	-out signature || fail openssl
{
	printf 'Subject: I resign\r\nTo: <%s>\r\n' "$list"
	printf '%s%s\r\n' "$dkim" "$(base64 -w 0 signature)"
	cat once.eml
} | ladle receive -f eve@evil.example "$list" || fail receive
turn || fail run
is 'copies of a private mail' 0 "$(find "$out" -name '*.env' | wc -l)"
is reason 'a second Subject, To or Cc stands above the one that the author signed' "$(held_reason)"
