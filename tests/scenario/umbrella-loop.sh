# Lists that are each other's members, a list that is its own, and two ways to one
# list: everybody gets the post once per list, and what comes back is written down, not held.
. "$SRC/tests/scenario/lib.sh"
site_new
author_key
ladle list create back@lists.example >/dev/null && ladle list create side@lists.example >/dev/null || fail create
ladle member add dev back@lists.example side@lists.example self@lists.example >/dev/null &&
	ladle member add back dev@lists.example side@lists.example back-only@six.example >/dev/null &&
	ladle member add side side-only@seven.example >/dev/null || fail 'member add'
ladle list set dev aliases=self@lists.example || fail set
ladle member add dev SELF@lists.example 2>itself && fail 'the list itself as a member'
has itself '"SELF@lists.example" is the list itself'
message loop >plain.eml
sign_dkim2 plain.eml >signed.eml || fail sign
receive <signed.eml
turn || fail run
is copies 5 "$(copies)"
is spool 0 "$(spool_count)"
is held 0 "$(ladle held ls | wc -l)"
is stuck 0 "$(find "$site/data/spool/stuck" -type f | wc -l)"
verify_copies
ladle trace loop@one.example >trace
is posts 3 "$(grep -c '^post 1 of' trace)"
is 'came back' 2 "$(grep -c 'was on this list already: its List-Id or X-Loop is the list.s (handed over by list' trace)"
is 'second way' 1 "$(grep -c 'distributed already (handed over by list' trace)"
turn || fail 'another run'
is copies 5 "$(copies)"

# The same without DKIM2.
message bare | sed "s/$member1/$member2/" | receive
turn || fail run
is copies 10 "$(copies)"
is held 0 "$(ladle held ls | wc -l)"

# Nor do lists that hide where a post comes from send it round for ever.
rm "$out"/*
for name in here there; do
	ladle list create "$name@lists.example" >/dev/null &&
		ladle list set "$name" anonymous=yes rules= nonmember=accept unauthenticated=accept || fail "create $name"
done
ladle member add here there@lists.example here-only@eight.example >/dev/null &&
	ladle member add there here@lists.example there-only@nine.example >/dev/null || fail 'member add'
message round | ladle receive -f "$member1" here@lists.example
timeout 20 "$LADLE" -C "$site/ladle.conf" run --once >>run.log 2>&1 || fail 'it goes round'
is copies 2 "$(copies)"
ladle trace round@one.example >trace
is held 0 "$(ladle held ls | wc -l)"
