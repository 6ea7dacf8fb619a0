# By hand: a hop that hands a message on inside one system names the domain that signs
# next. It is good in the middle of a chain, with the right name, and nowhere else.
. "$SRC/tests/scenario/lib.sh"
"$LADLE" init author >/dev/null || fail init
for domain in one.example lists.example two.example; do
	"$LADLE" -C author/ladle.conf key gen --algorithm ed25519 --selector s1 "$domain" >/dev/null || fail gen
done
"$LADLE" -C author/ladle.conf key dns --tsv >keys.tsv || fail dns

sign() { # DOMAIN OPTION…
	domain=$1
	shift
	"$LADLE" sign --key "author/data/keys/$domain/s1.pem" --selector s1 --domain "$domain" "$@"
}

verify() { # FILE
	"$LADLE" verify --mf dev-b@two.example --rt x@three.example --dns keys.tsv "$1" >said
}

message one >plain.eml
sign one.example --mf "$member1" --rt "$list" plain.eml >1.eml || fail 'first'
sign lists.example --nd two.example --flags exploded 1.eml >2.eml || fail 'imaginary'
tr -d ' \r\n' <2.eml | grep -q 'd=lists.example;nd=two.example;f=exploded;s=' || fail 'no nd= in it'
sign two.example --mf dev-b@two.example --rt x@three.example --flags exploded 2.eml >3.eml || fail 'last'
verify 3.eml || fail "$(cat said)"
has said 'handed on by lists.example (i=2, .*) to two.example: pass'

verify 2.eml
is 'nd= on the newest' 1 $?
has said 'i=2 tag=nd was unexpected'
sign lists.example --nd one.example 1.eml >wrong.eml || fail 'another name'
sign two.example --mf dev-b@two.example --rt x@three.example wrong.eml >wrong3.eml || fail 'last of it'
verify wrong3.eml
is 'another name' 1 $?
has said 'i=3 nd= does not match'
sign lists.example --nd two.example --mf a@lists.example --rt b@two.example 1.eml 2>said
is 'both' 64 $?
sign one.example --flags explodd --mf "$member1" --rt "$list" plain.eml >4.eml 2>said
is 'no such flag' 64 $?
has said 'none of feedback, feedhere, exploded'
