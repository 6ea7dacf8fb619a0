# Leaving where moderators decide: held, told, accepted or refused; with a question before.
. "$SRC/tests/scenario/lib-request.sh"
request_new owners=own@one.example moderators=mod@one.example unsubscribe-policy=moderate
ladle member add dev b1@one.example b2@one.example b3@one.example >/dev/null
bare unsubscribe b1@one.example
is 'unproven' 0 "$(ladle held ls | wc -l)"
ask unsubscribe b1@one.example
ask unsubscribe b1@one.example
is_member b1@one.example || fail 'before the moderator'
is 'requests that wait' 1 "$(ladle held ls | wc -l)"
letter b1@one.example
has letter 'Your request to leave dev'
letter mod@one.example
has letter 'b1@one.example would like to leave'
accept=$(sed -n 's/^ *\(dev+accept-[a-z2-7]*@lists.example\).*/\1/p' letter)
ladle held show 1 >shown
has shown 'b1@one.example .*wants to leave dev@'
ladle held ls --json >rows
has rows '"kind":"leave"'
to=$accept ask x mod@one.example
is_member b1@one.example && fail 'after the moderator'
letter b1@one.example
has letter 'no longer\|not .*member\|left'
ask unsubscribe b2@one.example
ladle held reject --reason 'we need you' 2 >/dev/null || fail reject
turn || fail run
is_member b2@one.example || fail 'refused'
letter b2@one.example
has letter 'we need you'
has letter 'still a member'
# Who went meanwhile is gone: the moderator's word does no harm.
ladle list set dev unsubscribe-policy=confirm+moderate
ask unsubscribe b3@one.example
is 'requests that wait' 0 "$(ladle held ls | wc -l)"
answer_to b3@one.example
is_member b3@one.example || fail 'confirmed, not moderated'
is 'requests that wait' 1 "$(ladle held ls | wc -l)"
ladle member rm dev b3@one.example >/dev/null || fail rm
ladle held accept 3 || fail accept
ladle audit dev >trail
has trail 'b1@one.example	let go by a moderator'
