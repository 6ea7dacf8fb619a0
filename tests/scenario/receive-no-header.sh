# A message whose first line is no field is all body: held.
. "$SRC/tests/scenario/lib.sh"
site_new
printf 'just a line\nand another\n' | receive
is exit 0 $?
turn || fail run
is held 1 "$(ladle held ls | wc -l)"
