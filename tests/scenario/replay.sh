# The same signed message again, over other hops: held by default, as its first signature
# was distributed here before; not when a hop says that it made copies.
. "$SRC/tests/scenario/lib.sh"
site_new
author_key
"$LADLE" init hops >/dev/null || fail init
for domain in four.example five.example; do
	"$LADLE" -C hops/ladle.conf key gen --algorithm ed25519 --selector h1 $domain >/dev/null &&
		"$LADLE" -C hops/ladle.conf key dns --tsv $domain >>"$zone" || fail 'key'
done
kill -HUP "$dns_pid"
reason='Duplicate message with no exploded flag'

# forwarded DOMAIN FILE [OPTION…]: FILE, sent on to the list by a hop of DOMAIN
forwarded() {
	hop=$1 hop_file=$2
	shift 2
	"$LADLE" sign --key "hops/data/keys/$hop/h1.pem" --selector h1 --domain "$hop" \
		--mf "x@$hop" --rt "$list" "$@" "$hop_file" >"$hop.eml" || fail "sign $hop"
	"$LADLE" verify --mf "x@$hop" --rt "$list" --dns "$zone" "$hop.eml" >verify.log ||
		{ cat verify.log; fail "$hop does not verify"; }
	ladle receive -f "x@$hop" "$list" <"$hop.eml"
	turn || fail run
}

# NAME, signed for both forwarders
signed_for() {
	message "$1" >plain.eml
	"$LADLE" sign --key author/data/keys/one.example/a1.pem --selector a1 --domain one.example \
		--mf "$member1" --rt x@four.example --rt x@five.example plain.eml >signed.eml || fail sign
}

signed_for first
forwarded four.example signed.eml
is copies 3 "$(copies)"
# Received again from the spool or by the mail server: the very same, not a replay.
ladle receive -f x@four.example "$list" <four.example.eml
turn || fail run
is copies 3 "$(copies)"
is held 0 "$(ladle held ls | wc -l)"

forwarded five.example signed.eml
is copies 3 "$(copies)"
is reason "$reason" "$(held_reason)"
ladle held ls --json >held.json
has held.json '"rule":"replay"'
# A moderator may want it all the same.
ladle held accept 1 >/dev/null || fail accept
turn || fail run
is copies 6 "$(copies)"

ladle list set dev replay=discard || fail set
forwarded five.example signed.eml --nonce again
is copies 6 "$(copies)"
is held 0 "$(ladle held ls | wc -l)"
ladle trace first@one.example >trace
has trace "$reason"
ladle list set dev replay=reject || fail set
forwarded five.example signed.eml --nonce once-more
is refused 1 "$(ladle held ls --refused | wc -l)"
grep -l '^<x@five.example>' "$out"/*.env >report || fail 'the hop that sent it again was not told'
rm "$(cat report)"
ladle list set dev replay=accept || fail set
forwarded five.example signed.eml --nonce and-again
is copies 9 "$(copies)"

# A list on the way says that there are copies: another post with this Message-ID, no replay.
ladle list set dev replay=hold || fail set
signed_for second
forwarded four.example signed.eml
forwarded five.example signed.eml --flags exploded
is copies 12 "$(copies)"
is reason 'another post with this Message-ID was distributed already' "$(held_reason)"
ladle held discard 3 >/dev/null || fail discard

# Another list has its own memory; another message with the same words is another.
ladle list create other@lists.example nonmember=accept rules= >/dev/null && ladle member add other "$member2" >/dev/null
list=other@lists.example forwarded five.example signed.eml
is copies 13 "$(copies)"
