# A header field of 300 kB is over the limit: accepted, held with the reason.
. "$SRC/tests/scenario/lib.sh"
site_new
{ printf 'X-Large: '; head -c 300000 /dev/zero | tr '\0' x; echo; message large; } | receive
is exit 0 $?
turn || fail run
is held 1 "$(ladle held ls | wc -l)"
held_reason | grep -q 'header' || fail "reason: $(held_reason)"
