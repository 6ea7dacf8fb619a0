# Owners hear of who came and went: each time, once a day, never. A list can be full.
. "$SRC/tests/scenario/lib-request.sh"
needs_clock
LADLE_NOW=$(date +%s)
export LADLE_NOW
own=own@six.example
request_new owners=$own subscribe-policy=open unsubscribe-policy=open owner-notices=each
turn || fail run
ask subscribe "$joe"
letter "$own"
has letter '^Subject: dev: joe@one.example has joined'
ladle member add --quiet dev q@four.example >/dev/null && turn
ask unsubscribe "$joe"
is 'letters, one for each' 2 "$(letters "$own")"
letter "$own"
has letter 'joe@one.example has left'
ladle list set dev owner-notices=daily
ask subscribe kim@one.example
is 'letters before the day is over' 2 "$(letters "$own")"
LADLE_NOW=$((LADLE_NOW + 86400))
turn || fail run
is 'letters after a day' 3 "$(letters "$own")"
letter "$own"
has letter 'kim@one.example'
has letter 'There are 5 members now'
LADLE_NOW=$((LADLE_NOW + 86400))
turn || fail run
is 'letters when nothing changed' 3 "$(letters "$own")"
ladle list set dev owner-notices=off member-limit=5
ladle member add dev more@four.example 2>said && fail 'over the limit by command'
has said 'may have 5 members'
ask subscribe lee@one.example
is_member lee@one.example && fail 'over the limit by mail'
printf 'x1@four.example\n' | ladle member import dev 2>said && fail 'over the limit by import'
ladle member rm dev q@four.example >/dev/null
LADLE_NOW=$((LADLE_NOW + 86400))
ask subscribe lee@one.example
is_member lee@one.example || fail 'there is room'
is 'letters when off' 3 "$(letters "$own")"
