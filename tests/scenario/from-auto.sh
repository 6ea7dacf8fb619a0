# from=auto: whose name is in From follows the author's DMARC policy, whether his own
# signature survives, and what the recipient's domain understands.
. "$SRC/tests/scenario/lib.sh"
printf '_dmarc.one.example\tv=DMARC1; p=reject\n' >"$zone"
site_new 'dkim2-receivers = two.example'
author_key

# sent NAME MUNGED KEPT WHY: the message signed.eml, called NAME, goes out like this
sent() {
	rm -f "$out"/*
	receive <signed.eml
	turn || fail "run $1"
	is "$1: copies" 3 "$(copies)"
	is "$1: munged" "$2" "$(grep -l '^From: "Ann via dev" <dev@lists.example>\|^From: Ann via dev <dev@lists.example>' "$out"/*.eml | wc -l)"
	is "$1: kept" "$3" "$(grep -l '^From: Ann <ann@one.example>' "$out"/*.eml | wc -l)"
	ladle trace "$1@one.example" >trace
	has trace "$4"
}

# Nothing of the body or of signed fields is touched: his signature is worth as much as before.
message bare-list >plain.eml
sign_dkim1 plain.eml >signed.eml || fail sign
sent bare-list 0 3 "the author's own signature survives"
verify_copies
has "$out/001.eml" 'DKIM-Signature'

ladle list set dev subject-tag='[dev]' || fail set
message tagged >plain.eml
sign_dkim1 plain.eml >signed.eml || fail sign
sent tagged 3 0 'has a DMARC policy'
verify_copies

# A chain that goes on: kept where that is understood, munged elsewhere.
message chained >plain.eml
sign_dkim2 plain.eml >signed.eml || fail sign
sent chained 2 1 'From split'
verify_copies
kept=$(grep -l '^From: Ann <ann@one.example>' "$out"/*.eml)
has "${kept%.eml}.env" '<ben@two.example>'
ladle trace --json chained@one.example >trace.json
has trace.json '"split":true'

ladle list set dev never-munge=one.example || fail set
message never >plain.eml
sign_dkim1 plain.eml >signed.eml || fail sign
sent never 0 3 'never-munge'

ladle list set dev never-munge= always-munge=one.example || fail set
printf '_dmarc.one.example\tv=DMARC1; p=none\n' >zone.new
grep -v '^_dmarc' "$zone" >>zone.new
mv zone.new "$zone"
dns_stop; dns_start
message always >plain.eml
sign_dkim1 plain.eml >signed.eml || fail sign
sent always 3 0 'always-munge'
verify_copies

ladle list set dev always-munge= || fail set
message nothing >plain.eml
sign_dkim1 plain.eml >signed.eml || fail sign
sent nothing 0 3 'asks for nothing'
