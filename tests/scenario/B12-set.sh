# A member changes how mail comes, by a proven From alone.
. "$SRC/tests/scenario/lib-request.sh"
request_new
options() { ladle member find "$member1" | cut -f 3; }
bare request "$member1" 'set nomail'
is 'an unproven From' '' "$(options)"
is 'letters' 0 "$(letters "$member1")"
ask request "$member1" hello 'set digest\nset ack\nset nomail-14d\nset lang de\n-- \nset both\n'
options >said
has said '^digest-mime,ack,lang de,until [0-9]*$'
letter "$member1"
has letter '^Subject:.*dev'
has letter '^In-Reply-To: <ask2@one.example>'
has letter '^Auto-Submitted: auto-replied'
ask request "$member1" 'set mail'
is 'again' 'ack,lang de' "$(options)"
ask request "$member1" 'set everything'
is 'wrong' 'ack,lang de' "$(options)"
ask request "$joe" 'set nomail'
letter "$joe"
has letter 'not a member'
ladle audit dev >trail
has trail 'mail:ann@one.example	member set	ann@one.example	digest-mime'
