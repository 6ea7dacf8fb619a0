# 110 MB: exit 0, what is kept is bounded, held with the reason.
. "$SRC/tests/scenario/lib.sh"
site_new
{ message big; yes 'seventy-six columns of text that say nothing but are there to fill the room' | head -c 110000000; } | receive
is exit 0 $?
size=$(stat -c %s "$site"/data/spool/new/*)
[ "$size" -le 104858000 ] || fail "spool file of $size octets"
turn || fail run
is reason 'the message is over the size limit: over 104857600 bytes, of which the first are here' "$(held_reason)"
