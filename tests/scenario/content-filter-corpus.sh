# Whatever the message, once images are stripped another MIME reader finds none in
# it, and no defect that was not there before.
. "$SRC/tests/scenario/lib.sh"
if ! python3 -c 'import email.policy' 2>/dev/null; then
	echo 'SKIP: there is no python3 to read the copies with'
	exit 77
fi
site_new
ladle member rm dev "$member2" && ladle member rm dev "$member3" || fail 'member rm'
ladle list set dev nonmember=accept unauthenticated=accept broken-signature=accept \
	personal-unsubscribe=no collapse-alternative=yes \
	content-filter='strip type image/*' || fail 'list set'

# Images in the places where readers get them wrong, beside the messages of others.
mkdir cases
python3 - cases <<'PYTHON'
import base64, os, sys
png = "Content-Type: image/png; name=x.png\nContent-Transfer-Encoding: base64\n\nUkVNT1ZFRA==\n"
def multi(kind, boundary, *parts):
    return ("Content-Type: multipart/%s; boundary=\"%s\"\n\n" % (kind, boundary)
            + "".join("--%s\n%s\n" % (boundary, p) for p in parts) + "--%s--\n" % boundary)
text = "Content-Type: text/plain\n\nhello\n"
html = "Content-Type: text/html\n\n<p>hello\n"
rfc822 = "Content-Type: message/rfc822\n\nSubject: in\n"
cases = {
    "last": multi("mixed", "b", text, png),
    "first": multi("mixed", "b", png, text),
    "only-images": multi("mixed", "b", png, png),
    "related": multi("alternative", "a", text, multi("related", "r", html, png)),
    "no-text": multi("related", "r", html, png),
    "deep": multi("mixed", "1", text, multi("mixed", "2", text, multi("mixed", "3", text, png))),
    "attached": multi("mixed", "b", text, rfc822 + multi("mixed", "c", text, png)),
    "attached-image": multi("mixed", "b", text, rfc822 + png),
    "digest": multi("digest", "d", "\nSubject: 1\n\nx\n", "\nSubject: 2\n" + png),
    "unclosed": multi("mixed", "b", text, png).replace("--b--\n", ""),
    "prefix": multi("mixed", "b", text, multi("mixed", "bb", text, png)),
    "case": multi("mixed", "b", text, png.replace("image/png", "IMAGE/Png")),
    "empty-part": multi("mixed", "b", text, "", png),
    "comment": multi("mixed", "b", text, png.replace("image/png", "image/png (no/yes)")),
}
for name, body in cases.items():
    with open(os.path.join(sys.argv[1], name), "w") as f:
        f.write("From: ann@one.example\nTo: dev@lists.example\nSubject: %s\n"
                "Message-ID: <%s@case>\nMIME-Version: 1.0\n%s" % (name, name, body))
PYTHON

find "$SRC/tests/corpus/mail" cases -type f ! -name 'README*' ! -name 'LICENSE*' | sort >files
while read -r file; do
	ladle receive -f "$member1" "$list" <"$file" || fail "receive $file"
done <files
turn || fail run
# What is held is looked at by a moderator, who lets it pass.
ladle held ls dev | cut -f 1 | while read -r id; do
	ladle held accept "$id" 2>>refused || :
done
turn || fail run
[ "$(copies)" -ge 45 ] || fail "only $(copies) copies"

python3 - "$out" <<'PYTHON' || fail 'python3 disagrees'
import email, email.policy, glob, os, sys
bad = images = notes = 0
for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.eml"))):
    with open(path, "rb") as f:
        raw = f.read()
    # compat32 is the parser that never fails
    m = email.message_from_bytes(raw, policy=email.policy.compat32)
    for part in m.walk():
        if part.get_content_maintype() == "image":
            print(path, "has", part.get_content_type(), m["Message-ID"])
            bad += 1
    if b"has removed a part" in raw:
        notes += 1
        for part in m.walk():
            wrong = [d for d in part.defects if type(d).__name__ not in
                     ("CloseBoundaryNotFoundDefect",)]
            if wrong:
                print(path, m["Message-ID"], wrong)
                bad += 1
        if b"@case>" in raw and b"UkVNT1ZFRA" in raw:
            print(path, m["Message-ID"], "still has the image")
            bad += 1
print(notes, "copies with a note")
sys.exit(1 if bad or notes < 10 else 0)
PYTHON
