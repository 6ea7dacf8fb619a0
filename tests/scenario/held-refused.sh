# A refusal can be taken back: the post goes out after all, or is thrown away; once.
. "$SRC/tests/scenario/lib.sh"
site_new
ladle list set dev nonmember=reject || fail set
for name in one two; do
	message $name | sed "s/^From:.*/From: eve@four.example/" | ladle receive -f eve@four.example "$list"
done
turn || fail run
is refused 2 "$(ladle held ls --refused | wc -l)"
ladle held accept 1 >/dev/null || fail accept
ladle held discard 2 >/dev/null || fail discard
ladle held accept 2 2>again && fail 'accepted what was discarded'
ladle held discard 1 2>again && fail 'discarded what was accepted'
turn || fail run
is copies 3 "$(copies)"
is refused 0 "$(ladle held ls --refused | wc -l)"
