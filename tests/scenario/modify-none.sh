# A list that may not change anything: the chain goes on without a new instance, what was signed is
# the end of every copy, and the author's signatures of both kinds verify on it.
. "$SRC/tests/scenario/lib.sh"
site_new
author_key
ladle list set dev modify=none subject-tag='[dev]' footer='The list' reply-to=list || fail set
message kept 'One line.' >plain.eml
sign_dkim1 plain.eml >dkim1.eml || fail sign
sign_dkim2 dkim1.eml >signed.eml || fail sign
receive <signed.eml
turn || fail run
is copies 3 "$(copies)"
ladle trace kept@one.example >trace
has trace 'mode continue, From kept'
verify_copies
size=$(wc -c <signed.eml)
for copy in "$out"/*.eml; do
	is 'Message-Instance fields' 1 "$(grep -c '^Message-Instance:' "$copy")"
	is 'DKIM2-Signature fields' 2 "$(grep -c '^DKIM2-Signature:' "$copy")"
	hasnt "$copy" '^List-'
	is header "$("$LADLE" hash --header signed.eml)" "$("$LADLE" hash --header "$copy")"
	is hash "$("$LADLE" hash signed.eml)" "$("$LADLE" hash "$copy")"
	tail -c "$size" "$copy" | cmp -s - signed.eml || fail 'the post is not the end of its copy'
done

# A field of the author's that other lists have a personal one in place of stays his.
rm "$out"/*
message letter 'One line.' | sed '1i List-Unsubscribe: <mailto:stop@one.example>' >plain.eml
sign_dkim1 plain.eml >dkim1.eml || fail sign
sign_dkim2 dkim1.eml >signed.eml || fail sign
receive <signed.eml
turn || fail run
is copies 3 "$(copies)"
verify_copies
for copy in "$out"/*.eml; do
	is unsubscribe '<mailto:stop@one.example>' "$(sed -n 's/^List-Unsubscribe: //p' "$copy" | tr -d '\r')"
done
