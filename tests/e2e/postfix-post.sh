# An unsigned post. From kept: plain copies, which only the list's DKIM1 signs.
# From munged: a new origin, and its recipe leads back to what was sent.
. "$SRC/tests/e2e/lib-postfix.sh"
mail_new
run_start
post plain
wait_copies 3
ladle trace plain@one.example >trace
has trace 'mode plain, From kept'
is recipients 3 "$(sed -s -n 2p "$out"/*.env | sort -u | wc -l)"
for copy in "$out"/*.eml; do
	verify_copy "$copy" >verify.log
	has verify.log '^DKIM2 none'
	has verify.log '^DKIM1 pass: lists.example'
done
has "$out/001.eml" '^From: Ann <ann@one.example>'
has "$out/001.env" '^<dev+b-[a-z2-7]*@lists.example>$'

ladle list set dev from=munge subject-tag='[dev]' footer='-- \nThe list' || fail set
rm -f "$out"/*
post munged
wait_copies 3
ladle trace munged@one.example >trace
has trace 'mode new-origin, From munged'
verify_copies
undo_equals munged.eml
run_stop
