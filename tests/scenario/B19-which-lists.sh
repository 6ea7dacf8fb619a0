# which answers to the address itself alone; lists shows what is advertised.
. "$SRC/tests/scenario/lib-request.sh"
request_new 'description=Development'
ladle list create other@lists.example advertised=no >/dev/null
ladle list create third@lists.example >/dev/null
ladle list create far@elsewhere.example >/dev/null
ladle member add other "$member1" >/dev/null && ladle member add far "$member1" >/dev/null
bare request "$member1" which
is 'an unproven From' 0 "$(letters "$member1")"
ask request "$member1" which
letter "$member1"
has letter 'dev@lists.example'
has letter 'Development'
has letter 'other@lists.example'
hasnt letter 'third@'
hasnt letter 'elsewhere'
ask request "$joe" lists
letter "$joe"
has letter 'third@lists.example'
hasnt letter 'other@'
hasnt letter 'elsewhere'
ask request kim@one.example which
letter kim@one.example
has letter 'not a member of any'
