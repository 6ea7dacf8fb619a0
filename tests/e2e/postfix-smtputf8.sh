# Addresses and header fields in UTF-8: author, member, return path. SMTPUTF8 is asked
# for where it must be, and every copy verifies.
. "$SRC/tests/e2e/lib-postfix.sh"
mail_new
author=юра@one.example
reader=δοκιμή@two.example
ladle member add "$list" "$author" "$reader" >/dev/null || fail 'member add'
ladle list set dev subject-tag='[dev]' from=munge || fail set
run_start
message wide | sed "s/^From:.*/From: Юра <$author>/; s/^Subject:.*/Subject: о чём речь/" >plain.eml
member1=$author
sign_dkim2 plain.eml >wide.eml || fail sign
submit wide.eml "$author" "$list" || fail submit
wait_copies 5
has smtp.log '^> MAIL FROM:.* SMTPUTF8$'
ladle trace wide@one.example >trace
has trace 'mode continue, From munged'
verify_copies
undo_equals wide.eml
grep -q "^<$reader>" "$out"/*.env || fail "no copy for $reader"
for params in "$out"/*.params; do
	has "$params" '^MAIL .* SMTPUTF8'
done
has "$out/001.eml" '^Subject: \[dev\] о чём речь'
run_stop
