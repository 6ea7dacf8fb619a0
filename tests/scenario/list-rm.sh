# A list with members goes only with --force; then its queue and held mail go, too, and
# mail to it is refused.
. "$SRC/tests/scenario/lib.sh"
mkdir -p "$out"
printf 'rcpt %s reply 450 4.2.1 come back later\n' "$member2" >script
sink_start -r script
site_new
ladle list create other@lists.example >/dev/null && ladle member add other "$member3" >/dev/null
post one
message held | sed 's/^From:.*/From: eve@four.example/' | ladle receive -f eve@four.example "$list"
turn || fail run
is copies 2 "$(copies)"
is 'held before' 1 "$(ladle held ls | wc -l)"
is 'queue before' 1 "$(ladle queue ls | wc -l)"
ladle list rm dev >said 2>&1 && fail 'a list with members'
has said 'has 3 members'
has said force
is 'lists before' 2 "$(ladle list ls | wc -l)"
ladle list rm --force dev || fail 'list rm'
is lists 1 "$(ladle list ls | wc -l)"
is held 0 "$(ladle held ls | wc -l)"
is queue 0 "$(ladle queue ls | wc -l)"
ladle list rm --force dev 2>said && fail 'removed twice'
has said 'no list "dev"'
ladle queue retry --all >/dev/null || fail retry
message late | receive
turn || fail 'run without the list'
is 'copies after it' 2 "$(copies)"
ladle held ls --refused | grep -q 'no list has the address' || fail 'it was not refused'
# The same name again is another list.
ladle list create dev@lists.example >/dev/null || fail 'create again'
is members 0 "$(ladle member ls dev | wc -l)"
ladle list rm dev || fail 'an empty list'
is "other's members" 1 "$(ladle member ls other | wc -l)"
