# The members are shown to an owner alone, where the list allows it, and after a question.
. "$SRC/tests/scenario/lib-request.sh"
request_new owners=own@one.example
ladle member set dev --set hide "$member2" || fail hide
ask request own@one.example who
letter own@one.example
hasnt letter "$member1"
ladle list set dev roster=owners
ask request "$member1" who
letter "$member1"
hasnt letter "$member3"
bare request own@one.example who
before=$(letters own@one.example)
ask request own@one.example who
letter own@one.example
has letter '^Subject: Please confirm: show the members'
answer_to own@one.example
letter own@one.example
has letter "$member1"
has letter "$member3"
hasnt letter "$member2"
is letters $((before + 2)) "$(letters own@one.example)"
