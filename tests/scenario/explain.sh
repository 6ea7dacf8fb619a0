# explain says what run would do, rule by rule and edit by edit, and does nothing itself:
# its raw copy is the one that the relay then gets, byte for byte but for times and tokens.
. "$SRC/tests/scenario/lib.sh"
site_new
author_key
ladle list set dev subject-tag='[dev]' footer='-- \nThe list' from=munge personal-unsubscribe=no || fail set

# state: all that is on disk of the site, but for files that every start of SQLite touches
state() { find "$site/data/spool" "$site/data/msg" "$site/data/keys" -type f | sort; ladle queue ls; ladle held ls; ladle list show dev; }

message signed 'One line.' >plain.eml
sign_dkim2 plain.eml >signed.eml || fail sign
state >before
ladle explain -f "$member1" dev signed.eml >said || fail explain
has said '^DKIM2 pass'
has said '  accept             decides: no rule objects'
has said 'would be accepted by rule "accept"'
has said 'copies with From munged: mode continue'
has said '    - Subject: about signed'
has said '    + Subject: \[dev\] about signed'
has said '    + The list'
has said 'recipe, [0-9]* bytes: {"h":{'
ladle explain --json dev signed.eml >said.json || fail json
has said.json '"decision":"accept"'
has said.json '"mode":"continue"'
ladle explain --diff dev signed.eml >said.diff || fail diff
has said.diff '^-Subject: about signed'
has said.diff '^+Subject: \[dev\] about signed'
ladle explain --rcpt "$member2" --raw dev signed.eml >raw.eml || fail raw
state >after
cmp -s before after || { diff before after; fail 'something was stored'; }
is sent 0 "$(copies)"

receive <signed.eml
turn || fail run
is copies 3 "$(copies)"
copy=$(grep -l "<$member2>" "$out"/*.env)
# What differs from run to run: times, signatures, the id in Received.
same() {
	"$LADLE" hash --header "$1" | sed '/^received:/d'
	sed '1,/^\r*$/d' "$1"
}
same raw.eml >raw.same
same "${copy%.env}.eml" >sent.same
cmp -s raw.same sent.same || { diff raw.same sent.same; fail 'the raw copy is not the one that was sent'; }
"$LADLE" verify --mf "$(sed -n 1p "$copy")" --rt "<$member2>" --dns "$zone" raw.eml >verify.log ||
	{ cat verify.log; fail 'the raw copy does not verify'; }

# As a mailbox file has it.
{ echo 'From ann@one.example Fri Nov 27 12:00:00 2026'; cat signed.eml; } >boxed.eml
LADLE_NOW=$(date +%s)
export LADLE_NOW
ladle explain --diff -f "$member1" dev signed.eml >said.1 || fail explain
ladle explain --diff -f "$member1" dev boxed.eml >said.2 || fail 'explain boxed'
cmp said.1 said.2 || fail 'a mailbox file'

# What would not be accepted, and what cannot be made at all.
sed 's/^From:.*/From: Eve <eve@four.example>/; s/^Message-ID:.*/Message-ID: <x@four.example>/' plain.eml >stranger.eml
ladle explain dev stranger.eml >said || fail stranger
has said 'would be held by rule "nonmember"'
has said '  unauthenticated\|copies with From munged: mode new-origin'
printf 'Subject: no author\n\nx\n' >bare.eml
ladle explain -f '' dev bare.eml >said || fail bare
has said 'would be held by rule "author"'
ladle explain --raw --rcpt nobody@two.example dev signed.eml >raw 2>err
is 'no member' 65 $?
has err 'is not a member of "dev"'
ladle explain --raw dev signed.eml >raw 2>err
is 'no recipient' 64 $?
ladle explain nolist signed.eml >raw 2>err
is 'no list' 65 $?
