# Mail for a list that does not exist: exit 0, held, the reason names the address.
. "$SRC/tests/scenario/lib.sh"
site_new
message lost | ladle receive -f "$member1" nosuch@lists.example
is exit 0 $?
turn || fail run
is reason 'no list has the address "nosuch@lists.example"' "$(held_reason)"
