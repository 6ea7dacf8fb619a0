# Leaving: a question first, at once where the list is open, not at all where it is closed;
# the personal address always works, with one mail and no question.
. "$SRC/tests/scenario/lib-request.sh"
request_new
ladle member add dev b1@one.example b2@one.example b3@one.example b4@one.example >/dev/null
bare unsubscribe b1@one.example
is 'letters after an unproven request' 0 "$(letters b1@one.example)"
ask unsubscribe b1@one.example
is_member b1@one.example || fail 'left without an answer'
answer_to b1@one.example
is_member b1@one.example && fail 'not left'
letter b1@one.example
has letter '^Subject:.*dev'
ladle list set dev unsubscribe-policy=open
bare unsubscribe b2@one.example
is_member b2@one.example || fail 'an unproven From has left'
ask unsubscribe b2@one.example
is_member b2@one.example && fail open
ladle list set dev unsubscribe-policy=closed goodbye=no
ask unsubscribe b3@one.example
is_member b3@one.example || fail closed
letter b3@one.example
has letter 'is a closed list'
post one
turn || fail run
copy=$(grep -l '^<b3@one.example>' "$out"/*.env | tail -n 1)
address=$(sed -n 's/^List-Unsubscribe: <mailto:\(.*\)>.*/\1/p' "${copy%.env}.eml")
before=$(letters b3@one.example)
printf 'From: x@nowhere.example\n\n' | ladle receive -f x@nowhere.example "$address"
turn || fail run
is_member b3@one.example && fail 'personal address'
is 'goodbye=no' "$before" "$(letters b3@one.example)"
# Not a member: said once a day.
ask unsubscribe b2@one.example
n=$(letters b2@one.example)
letter b2@one.example
has letter 'not a member'
ask unsubscribe b2@one.example
is 'said twice' "$n" "$(letters b2@one.example)"
ladle audit dev >trail
has trail 'b3@one.example	personal address'
