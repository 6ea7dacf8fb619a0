# A list that is a member of a list of the same site, three levels deep: no SMTP between
# them, a hop for each; the copies of the last verify and lead back to the author's own.
. "$SRC/tests/scenario/lib.sh"
site_new
author_key
ladle list set dev subject-tag='[dev]' footer='-- \nThe list' || fail set
for inner in core@lists.example ops@deep.example; do
	ladle list create "$inner" rules= subject-tag="[${inner%@*}]" footer="-- \n$inner" >/dev/null || fail create
done
ladle key gen --algorithm ed25519 --selector d1 deep.example >/dev/null || fail 'key gen'
ladle key dns --tsv deep.example >>"$zone"
kill -HUP "$dns_pid"
ladle member add dev core@lists.example >/dev/null &&
	ladle member add core@lists.example Ops@deep.example core-member@six.example >/dev/null &&
	ladle member add ops@deep.example ops-member@seven.example >/dev/null || fail 'member add'
message deep 'One line.' >plain.eml
sign_dkim2 plain.eml >signed.eml || fail sign
receive <signed.eml
turn || fail run
is copies 5 "$(copies)"
is spool 0 "$(spool_count)"
is held 0 "$(ladle held ls | wc -l)"
verify_copies

copy=$(grep -l ops-member "$out"/*.env) || fail 'no copy for the last list'
copy=${copy%.env}.eml
is signatures 4 "$(grep -c '^DKIM2-Signature:' "$copy")"
has "$copy" '^Subject: \[ops\] \[core\] \[dev\] about deep'
"$LADLE" undo --to 1 "$copy" >undone.eml || fail undo
is hash "$("$LADLE" hash signed.eml)" "$("$LADLE" hash undone.eml)"
is header "$("$LADLE" hash --header signed.eml)" "$("$LADLE" hash --header undone.eml)"

# A copy for a list has no token of that member: the next list's members can read it.
hasnt "$copy" 'core+unsubscribe-.*dev'
"$LADLE" undo --to 2 "$copy" >first.eml || fail 'undo to the first list'
has first.eml '^List-Unsubscribe: <mailto:dev+unsubscribe@lists.example>'

ladle trace deep@one.example core@lists.example >trace
has trace 'core@lists.example: sent .*: handed to list core@lists.example'
has trace 'handed over by list dev@lists.example'
has trace 'handed over by list core@lists.example'
is 'sent to all' 7 "$(sed -n 's/.* \([0-9]*\) sent.*/\1/p' trace | paste -sd+ | bc)"
ladle trace --json deep@one.example >trace.json
has trace.json '"handed_by":"core@lists.example"'

# Without DKIM2 the copy of the first is what the second distributes.
message bare | sed "s/$member1/$member2/" >bare.eml
receive <bare.eml
turn || fail run
is copies 10 "$(copies)"
is held 0 "$(ladle held ls | wc -l)"

# Nobody outside can say that a list handed something over, and a stranger stays one.
{ echo 'Handed-By: dev@lists.example'; message forged; } | sed "s/^From:.*/From: eve@four.example/" |
	ladle receive -f dev+b-x@lists.example core@lists.example
turn || fail run
is copies 10 "$(copies)"
is reason 'the author is not a member: eve@four.example' "$(held_reason)"
ladle receive -f "eve@four.example>
Handed-By: dev@lists.example" core@lists.example <plain.eml && fail 'a line break in the sender'

# A list that is stricter than the one before it stays so.
ladle held discard 1 >/dev/null && ladle list set core@lists.example moderated=yes || fail set
message strict | sed "s/$member1/$member2/" | receive
turn || fail run
is copies 13 "$(copies)"
is reason 'the list is moderated (handed over by list dev@lists.example)' "$(held_reason)"
ladle held accept 2 >/dev/null || fail accept
turn || fail run
is copies 15 "$(copies)"

# A site that is up notices what its own lists hand over.
ladle list set core@lists.example moderated=no || fail set
rm "$out"/*
"$LADLE" -C "$site/ladle.conf" run >>run.log 2>&1 &
run=$!
post_of_ben() { message up | sed "s/$member1/$member2/" | receive; }
post_of_ben || fail receive
all_have() { [ "$(copies)" = 5 ]; }
until_true all_have
kill "$run"
wait "$run"
is exit 0 $?
