# One transaction with two lists as recipients: each gets it once, and the chain, whose
# signature names both, goes on at both.
. "$SRC/tests/e2e/lib-postfix.sh"
other=ops@lists.example
mail_new
ladle list create "$other" rules= >/dev/null || fail 'list create'
ladle member add "$other" "$member1" "$member2" >/dev/null || fail 'member add'
sed 's/dev/ops/' "$pf/ladle-recipients" >more && cat more >>"$pf/ladle-recipients"
postfix -c "$pf" reload >>postfix.log 2>&1 || fail reload
run_start
message both | sed "s/^To:.*/&, $other/" >plain.eml
sign_dkim2 --rt "$other" plain.eml >both.eml || fail sign
submit both.eml "$member1" "$list" "$other" || fail submit
wait_copies 5
ladle trace both@one.example >trace
is 'posts that continue' 2 "$(grep -c 'mode continue' trace)"
verify_copies
undo_equals both.eml
is 'copies of dev' 3 "$(grep -l '^<dev+b-' "$out"/*.env | wc -l)"
is 'copies of ops' 2 "$(grep -l '^<ops+b-' "$out"/*.env | wc -l)"
run_stop
