# An author's DKIM1 signature. Nothing changed: it still passes. Changed: it passes on
# the message that the recipe of the new origin leads back to.
. "$SRC/tests/e2e/lib-postfix.sh"
mail_new
run_start
message kept >plain.eml
sign_dkim1 plain.eml >kept.eml || fail sign
submit kept.eml "$member1" "$list" || fail submit
wait_copies 3
ladle trace kept@one.example >trace
has trace 'mode plain, From kept'
verify_copies
has verify.log '^DKIM1 pass: one.example'

ladle list set dev subject-tag='[dev]' footer='-- \nThe list' from=munge || fail set
rm -f "$out"/*
message changed >plain.eml
sign_dkim1 plain.eml >changed.eml || fail sign
submit changed.eml "$member1" "$list" || fail submit
wait_copies 3
ladle trace changed@one.example >trace
has trace 'mode new-origin, From munged'
verify_copies
has verify.log '^DKIM1 pass: one.example.*on the original'
undo_equals changed.eml
# Undone, it is the author's again.
"$LADLE" verify --dns "127.0.0.1:$dns_port" undone.eml >undone.log || { cat undone.log; fail undone; }
has undone.log '^DKIM1 pass: one.example'
run_stop
