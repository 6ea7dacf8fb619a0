# C14: two moderators at the same moment, one distribution; the other is told who was first, and
# when. In bulk, what was decided meanwhile is passed over. Nothing in bulk without --yes.
. "$SRC/tests/scenario/lib-moderation.sh"
moderation_new
for name in 1 2 3 4 5 6; do
	stranger m$name
done
stranger spam spam@five.example
turn || fail run
is held 7 "$(ladle held ls | wc -l)"

ladle held accept --by ann 1 >a.out 2>a.err &
first=$!
ladle held accept --by ben 1 >b.out 2>b.err
second_status=$?
wait $first
first_status=$?
is 'one of two' 65 $((first_status + second_status))
cat a.err b.err >errs
has errs 'held message 1 was accepted by [ab][en]n on .* UTC by cli already'
turn || fail run
is copies 3 "$(copies)"

# A rejection is the end for all but who takes it back.
ladle held reject --by ann --reason 'Off topic.' 2 >/dev/null || fail reject
ladle held accept --by ben 2 2>err && fail 'accepted what ann refused'
has err 'held message 2 was refused by ann on'
ladle held accept --by ben --refused 2 >/dev/null || fail 'taken back'
ladle held show 2 >shown
has shown '^# accepted by ben on'

# What fits is counted first.
ladle held discard --sender @five.example >said || fail count
is count '1 would be discarded; --yes does it' "$(cat said)"
ladle held discard --yes --sender @five.example >said || fail discard
is done '1 discarded, 0 passed over' "$(tail -n 1 said)"
is state discarded "$(state 7)"
ladle held ls --count >said
is counts "4	$list	nonmember" "$(cut -f 1-3 said)"
ladle held reject --yes --list dev --older 1d >said || fail older
is older '0 rejected, 0 passed over' "$(cat said)"
ladle held accept --all 3 2>err
is usage 64 $?
ladle held accept 2>err
is usage 64 $?
ladle held accept --yes --rule nonmember --allow >said || fail bulk
is done '4 accepted and allowed, 0 passed over' "$(tail -n 1 said)"
turn || fail run
is copies 18 "$(copies)"
is waiting 0 "$(ladle held ls | wc -l)"
