# An author's DKIM2 chain goes on: every copy verifies behind two passages through
# Postfix, and undone it is what the author sent.
. "$SRC/tests/e2e/lib-postfix.sh"
algorithms='rsa ed25519'
mail_new
ladle list set dev subject-tag='[dev]' footer='-- \nThe list' from=munge || fail set
run_start
message signed 'One line.
.a line with a dot before it
From the start of a line' >plain.eml
sign_dkim2 plain.eml >signed.eml || fail sign
submit signed.eml "$member1" "$list" || fail submit
wait_copies 3
ladle trace signed@one.example >trace
has trace 'mode continue, From munged'
has dns.log 'query\[TXT\] a1._domainkey.one.example'
verify_copies
for copy in "$out"/*.eml; do
	has "$copy" '^DKIM2-Signature: i=2; m=2;'
	has "$copy" '^Subject: \[dev\] about signed'
done
undo_equals signed.eml

# Postfix takes other forms of the address too; the signature names what was written.
# What Postfix would complete in mail of its own users stays as it is.
ladle list set dev subject-tag= footer= from=keep || fail set
rm -f "$out"/*
message other | sed '/^Date:/d; s/^To:.*/To: dev\nCc: colleagues/' >plain.eml
list=Dev@LISTS.example
sign_dkim2 plain.eml >other.eml || fail sign
submit other.eml "$member1" "$list" || fail submit
wait_copies 3
ladle trace other@one.example >trace
has trace 'mode continue, From kept'
is 'Date, of the list and no other' 1 "$(grep -c '^Date:' "$(find "$out" -name '*.eml' | head -n 1)")"
verify_copies
undo_equals other.eml
run_stop
