# What verify says by its exit code, and what people are told; strangers do not get at the terminal.
. "$SRC/tests/scenario/lib.sh"
site_new
author_key
message one >plain.eml
sign_dkim2 plain.eml >dkim2.eml || fail sign
sign_dkim1 plain.eml >dkim1.eml || fail sign
sed 's/^Hello/Hallo/' dkim2.eml >forged.eml
sed 's/^From:.*/From: eve@four.example/' plain.eml >other.eml
sign_dkim1 other.eml >other-dkim1.eml || fail sign
sed 's/	.*/	TEMPFAIL/' "$zone" >later.tsv
: >empty.tsv

# verdict FILE CODE ZONE STATE [OPTIONS]
verdict() {
	file=$1 code=$2 keys=$3 state=$4
	shift 4
	"$LADLE" verify --dns "$keys" "$@" "$file" >said
	is "verify $file with $keys" "$code" $?
	"$LADLE" verify --json --dns "$keys" "$@" "$file" >said.json
	is "verify --json $file" "$code" $?
	is "state of $file" "$state" "$(sqlite3 :memory: "SELECT json_extract(readfile('said.json'), '\$.state')")"
}
verdict dkim2.eml 0 "$zone" fully-verified
has said '^DKIM2 pass: fully verified, 1 hop, 1 revision$'
has said "^written by Ann <$member1> on Fri, 27 Nov 2026 12:00:00 +0000\$"
has said 'From is authentic: signed by one.example'
has said "^sent to you by one.example (i=1, .*) for <$list>: pass\$"
verdict dkim2.eml 0 "$zone" fully-verified --mf "$member1" --rt "$list"
verdict dkim2.eml 1 "$zone" failed --mf "$member1" --rt eve@four.example
has said 'hop i=1 (one.example): it was sent to others than it came to'
has said 'FAIL: DKIM2-Signature i=1 RCPT TO <eve@four.example> did not match$'
verdict forged.eml 1 "$zone" failed
has said 'body hash sha256 mismatch'
verdict dkim2.eml 1 empty.tsv invalid
has said 'its key is not in the DNS'
verdict dkim2.eml 75 later.tsv temporary
verdict dkim1.eml 0 "$zone" author-verified
verdict dkim1.eml 75 later.tsv temporary
verdict other-dkim1.eml 1 "$zone" unverified
verdict plain.eml 2 "$zone" unsigned
has said 'From is not proved: nothing signs it'

printf 'From: \033[2J\302\205 <eve@four.example>\nSubject: x\nDKIM-Signature: v=1; d=\033[31m; s=\007\n\n.\n' >odd.eml
verdict odd.eml 1 "$zone" unverified
LC_ALL=C grep -q "$(printf '[\001-\010\016-\037\177]')" said && fail 'control characters'
exit 0
