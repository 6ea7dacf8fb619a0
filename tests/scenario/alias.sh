# A list under two domains: what is sent to the other one goes over a hop of that domain,
# so that the chain of custody holds; without a key for it a new chain begins.
. "$SRC/tests/scenario/lib.sh"
site_new
author_key
ladle list set dev 'aliases=dev@example.net, Devel@lists.example' || fail 'set aliases'
ladle list ls >ls
is lists 1 "$(wc -l <ls)"
ladle list create dev@example.net 2>taken && fail 'created a list at an alias'
has taken 'dev@example.net'
ladle list create other@lists.example rules= >/dev/null || fail create
ladle list set other aliases=dev@lists.example 2>taken && fail 'the address of a list as an alias'
has taken 'aliases: "dev@lists.example" is an address of a list already'
ladle list set other aliases=DEV@example.NET 2>taken && fail 'an alias twice'
for bad in nobody dev-request@example.net 'a@example.net,,b@example.net' postmaster@example.net; do
	ladle list set other aliases="$bad" 2>taken && fail "alias $bad"
	has taken '^ladle list set: aliases: '
done
is 'other has none' 'aliases = ' "$(ladle list show other | grep ^aliases)"

# to_alias NAME ADDRESS: ann's post, signed, arrives at another address of the list
to_alias() {
	message "$1" >plain.eml
	list=$2 sign_dkim2 plain.eml >signed.eml || fail sign
	ladle receive -f "$member1" "$2" <signed.eml
	turn || fail run
}

first() {
	ls "$out"/*.eml | head -n 1
}

# No key for example.net yet.
to_alias nokey dev@example.net
is copies 3 "$(copies)"
verify_copies
ladle trace nokey@one.example >trace
has trace 'mode new-origin, From munged: the domain of the address it came to has no key here'
is hops 1 "$(grep -c '^DKIM2-Signature:' "$(first)")"
"$LADLE" undo "$(first)" >undone.eml || fail undo
is hash "$("$LADLE" hash plain.eml)" "$("$LADLE" hash undone.eml)"

ladle key gen --algorithm ed25519 --selector n1 example.net >/dev/null || fail 'key gen'
ladle key dns --tsv example.net >>"$zone"
kill -HUP "$dns_pid"
rm "$out"/*
to_alias hop dev@example.net
is copies 3 "$(copies)"
verify_copies
ladle trace hop@one.example >trace
has trace 'mode continue, From kept: .*a hop of the address it came to'
has trace 'a hop of example.net before the list'
is hops 3 "$(grep -c '^DKIM2-Signature:' "$(first)")"
is instances 2 "$(grep -c '^Message-Instance:' "$(first)")"
grep -A 1 '^DKIM2-Signature: i=2' "$(first)" | tr -d '\r\n ' >hop
has hop 'd=example.net;nd=lists.example;'
"$LADLE" undo "$(first)" >undone.eml || fail undo
is hash "$("$LADLE" hash signed.eml)" "$("$LADLE" hash undone.eml)"
# All copies carry the same hop: it is signed once.
is 'hops that differ' 1 "$(for c in "$out"/*.eml; do sed -n '/^DKIM2-Signature: i=2/,/^[^ \t]/p' "$c" |
	sed '$d' | cksum; done | sort -u | wc -l)"

# An alias at the list's own domain needs no hop.
rm "$out"/*
to_alias same devel@lists.example
is copies 3 "$(copies)"
verify_copies
is hops 2 "$(grep -c '^DKIM2-Signature:' "$(first)")"

# What else an address of the list may be, the alias is too.
message command | ladle receive -f "$member1" dev-request@example.net
message leave | ladle receive -f "$member2" "dev+unsubscribe-$(
	sed -n 's/^List-Unsubscribe: <mailto:dev+unsubscribe-\([a-z0-9]*\)@.*/\1/p' "$(first)")@example.net"
turn || fail run
has run.log 'to=dev-request@example.net .*rule=request'
is members 2 "$(ladle member ls dev | wc -l)"

# Taken away, it is an address like any other.
ladle list set dev aliases= || fail 'unset'
message gone | ladle receive -f "$member1" dev@example.net
turn || fail run
ladle held ls --refused | grep -q 'no list has the address "dev@example.net"' || fail 'the alias is still there'
ladle list set other aliases=dev@example.net || fail 'an alias that is free again'

# A list that knows this one by its alias: the hand-over came to that domain, too.
ladle list set other aliases= && ladle list set dev aliases=dev@example.net &&
	ladle member add other dev@example.net >/dev/null || fail 'member add'
rm "$out"/*
message inner >plain.eml
ladle list set other nonmember=accept && list=other@lists.example sign_dkim2 plain.eml >signed.eml || fail sign
ladle receive -f "$member1" other@lists.example <signed.eml
turn || fail run
is copies 2 "$(copies)"
verify_copies
is hops 4 "$(grep -c '^DKIM2-Signature:' "$(first)")"
"$LADLE" undo --to 1 "$(first)" >undone.eml || fail undo
is hash "$("$LADLE" hash signed.eml)" "$("$LADLE" hash undone.eml)"
