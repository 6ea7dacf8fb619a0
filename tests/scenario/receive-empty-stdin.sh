# Nothing on standard input: accepted, then held with the reason.
. "$SRC/tests/scenario/lib.sh"
site_new
receive </dev/null
is exit 0 $?
turn || fail run
is held 1 "$(ladle held ls | wc -l)"
is copies 0 "$(copies)"
