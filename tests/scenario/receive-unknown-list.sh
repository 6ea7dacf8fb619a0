# Mail for a list that does not exist: exit 0, refused, the reason names the address.
. "$SRC/tests/scenario/lib.sh"
site_new
message lost | ladle receive -f "$member1" nosuch@lists.example
is exit 0 $?
turn || fail run
is held 0 "$(ladle held ls | wc -l)"
ladle held ls --refused >refused
has refused 'no list has the address "nosuch@lists.example" (nobody is told: no signature'
is copies 0 "$(copies)"
