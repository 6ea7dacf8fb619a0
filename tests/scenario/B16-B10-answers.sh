# Who is a member already is told so, once a day; welcome and goodbye can be off.
. "$SRC/tests/scenario/lib-request.sh"
request_new subscribe-policy=open unsubscribe-policy=open
ask subscribe "$member1"
letter "$member1"
has letter 'already'
ask subscribe "$member1"
is 'told twice' 1 "$(letters "$member1")"
ask unsubscribe "$joe"
letter "$joe"
has letter 'not a member'
ask subscribe "$joe"
letter "$joe"
has letter '^Subject: Welcome'
hasnt letter '^List-Unsubscribe-Post'
ladle list set dev welcome=no goodbye=no
ask subscribe kim@one.example
is_member kim@one.example || fail 'not subscribed'
ask unsubscribe kim@one.example
is_member kim@one.example && fail 'not left'
is 'letters when they are off' 0 "$(letters kim@one.example)"
