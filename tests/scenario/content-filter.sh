# Parts of a post are refused, held, discarded or stripped by rules; what is
# stripped is in no copy and in no recipe, and a moderator's word changes only what
# is held.
. "$SRC/tests/scenario/lib.sh"
site_new
author_key

# one: a copy that is there
one() {
	find "$out" -name '*.eml' | head -n 1
}

# with NAME TYPE FILE: a post of ann's with an attachment that can be found again
with() {
	message "$1" | sed '/^$/,$d'
	printf 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n'
	printf -- '--b\nContent-Type: text/plain\n\nThe text.\n'
	printf -- '--b\nContent-Type: %s\nContent-Disposition: attachment; filename="%s"\n' "$2" "$3"
	printf 'Content-Transfer-Encoding: base64\n\nUkVNT1ZFRC1CWVRFUw==\n--b--\n'
}

ladle list set dev content-filter='strip type */x' 2>error && fail 'a rule that is none'
has error 'list set: content-filter: line 1: "strip type \*/x": types such as'
ladle list set dev 'content-filter=reject extension exe,scr\ndiscard type application/x-worm
' 2>error || { cat error; fail 'list set'; }
ladle list set dev 'content-filter=reject extension exe,scr\ndiscard type application/x-worm\nhold part-size 1M\nhold type application/zip\nstrip type image/*' \
	unauthenticated=accept footer='-- \nThe footer.' || fail 'list set'

with refused application/octet-stream 'photo.jpg.EXE' | receive
with dropped application/x-worm a.bin | receive
with held application/zip a.zip | receive
turn || fail run
is copies 0 "$(copies)"
has run.log 'event=refused .*rule=content.*photo.jpg.EXE'
has run.log 'event=discarded .*rule=content'
is held 1 "$(ladle held ls dev | wc -l)"
is reason 'part 3, application/zip "a.zip": content-filter has "hold type application/zip"' "$(held_reason)"
ladle held accept "$(ladle held ls dev | cut -f 1)" || fail 'accept what is held'
turn || fail run
is 'copies of what was accepted' 3 "$(copies)"
has "$(one)" UkVNT1ZFRC1CWVRFUw
rm "$out"/*

# signed by the author, so that without the filter the chain would go on
with stripped image/png cat.png | sed 's/$/\r/' >plain.eml
sign_dkim2 plain.eml >signed.eml || fail sign
receive <signed.eml
turn || fail run
is 'copies of what was stripped' 3 "$(copies)"
verify_copies
for copy in "$out"/*.eml; do
	hasnt "$copy" 'UkVNT1ZFRC1CWVRFUw\|REMOVED'
	has "$copy" '^image/png "cat.png", 13 bytes\]'
	has "$copy" '^From: .*via dev.*<dev@lists.example>'
	has "$copy" 'The footer\.'
	is 'our instance only' 1 "$(grep -c '^Message-Instance: ' "$copy")"
	has "$copy" '^DKIM2-Signature: i=1;'
	tr -d '\r\n\t ' <"$copy" | grep -q 'Message-Instance:m=1;r=' && fail 'a recipe'
done
ladle trace stripped@one.example >trace || fail trace
has trace 'mode opaque, From munged'
has trace 'removed image/png "cat.png"'

# a moderator's accept does not bring back what is stripped, nor what is refused
rm "$out"/*
ladle list set dev moderated=yes || fail 'list set'
with moderated image/png cat.png | receive
turn || fail run
is held 1 "$(ladle held ls dev | wc -l)"
ladle held accept "$(ladle held ls dev | cut -f 1)" || fail accept
turn || fail run
is 'copies of what was moderated' 3 "$(copies)"
hasnt "$(one)" 'UkVNT1ZFRC1CWVRFUw'
ladle list set dev content-filter= || fail 'list set'
with waits application/octet-stream a.exe | receive
turn || fail run
ladle list set dev content-filter='reject extension exe' || fail 'list set'
ladle held accept "$(ladle held ls dev | cut -f 1)" 2>error && fail 'accepted what is refused'
has error 'cannot be sent: part 3, application/octet-stream "a.exe"'

# alternatives
rm "$out"/*
ladle list set dev moderated=no content-filter= collapse-alternative=yes || fail 'list set'
{
	message both | sed '/^$/,$d'
	printf 'MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n'
	printf -- '--b\nContent-Type: text/plain; charset=us-ascii\n\nThe text.\n'
	printf -- '--b\nContent-Type: text/html\n\n<p>REMOVED\n--b--\n'
} | receive
turn || fail run
is 'copies of one text' 3 "$(copies)"
hasnt "$(one)" 'REMOVED\|^--b'
has "$(one)" 'The text\.'
has "$(one)" 'The footer\.'
has "$(one)" '^Content-Type: text/plain; charset=us-ascii'
verify_copies

# Comments in front of the name, nested as deep as one likes.
awk 'BEGIN {
	print "From: a@b.example\nTo: dev@lists.example\nSubject: x\nMIME-Version: 1.0"
	print "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhi\n--b"
	for (i = 0; i < 200; i++) { front = front "("; back = back ")" }
	print "Content-Type: application/octet-stream " front back "; name=\"a.exe\"\n\nMZ\n--b--" }' >deep.eml
ladle list set dev content-filter='reject extension exe' nonmember=accept || fail set
ladle explain dev deep.eml >said || fail explain
has said 'would be refused by rule "content"'
