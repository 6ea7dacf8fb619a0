# 2,000 header fields are over the limit: accepted, held with the reason.
. "$SRC/tests/scenario/lib.sh"
site_new
{ seq -f 'X-%.0f: x' 2000; message many; } | receive
is exit 0 $?
turn || fail run
is held 1 "$(ladle held ls | wc -l)"
held_reason | grep -q 'field' || fail "reason: $(held_reason)"
