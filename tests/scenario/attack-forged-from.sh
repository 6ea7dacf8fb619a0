# Somebody writes in the name of a member. Where his domain asks for proof, he is no member to
# any rule; where it does not, a list that wants proof does not distribute him either. The
# member himself, who can prove it, gets through.
. "$SRC/tests/scenario/lib.sh"
printf '_dmarc.two.example\tv=DMARC1; p=reject\n' >"$zone"
site_new
author_key
ladle list create --preset private closed@lists.example >/dev/null &&
	ladle member add closed "$member1" "$member2" >/dev/null || fail create
echo 'accept if member' | ladle rules set dev - || fail set

# forged LIST MEMBER: by mallory's envelope, with no signature
forged() {
	message "${2%@*}-$1" | sed "s/$member1/$2/; s/^To:.*/To: $1@lists.example/" |
		ladle receive -f mallory@evil.example "$1@lists.example"
}
forged dev "$member2"
forged closed "$member1"
forged closed "$member2"
message real | sed 's/^To:.*/To: closed@lists.example/' >plain.eml
"$LADLE" sign --key author/data/keys/one.example/a1.pem --selector a1 --domain one.example \
	--mf "$member1" --rt closed@lists.example plain.eml >signed.eml || fail sign
ladle receive -f "$member1" closed@lists.example <signed.eml
turn || fail run
said() { has run.log "event=$2 .*message-id=$1@one.example rule=$3 reason=\"$4"; }
said ben-dev held unauthenticated 'no signature proves .* asks by DMARC to reject'
said ann-closed held rules:3 'nothing proves who wrote it'
said ben-closed refused rules:2 'Only members may write to this list.'
said real accepted accept ''
is copies 2 "$(copies)"

# A domain that was seen to sign is one that does; where nobody wants a proof, a list that
# takes members at their word does so.
forged dev "$member1"
forged dev "$member3"
turn || fail run
said ann-dev held unauthenticated ".* mail of the author's domain was signed before"
said cid-dev accepted rules:1 'accept if member'
