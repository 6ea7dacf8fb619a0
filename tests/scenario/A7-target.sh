# Another address in the command: asked is always that address, and only where the
# writer's domain can answer for it.
. "$SRC/tests/scenario/lib-request.sh"
request_new subscribe-policy=open unsubscribe-policy=open
ask subscribe-kim=one.example "$joe"
is_member kim@one.example && fail 'without a question'
is 'letters to the writer' 0 "$(letters "$joe")"
letter kim@one.example
has letter '^Subject: Please confirm'
hasnt letter 'joe'
answer_to kim@one.example
is_member kim@one.example || fail 'not subscribed'
ask unsubscribe-kim=one.example "$joe"
is_member kim@one.example || fail 'left without a question'
answer_to kim@one.example
is_member kim@one.example && fail 'not left'
# Of a domain that the signature does not speak for; and unproven.
ask subscribe-victim=two.example "$joe"
ask request "$joe" 'subscribe address=victim@two.example'
bare subscribe-lee=one.example "$joe"
is 'letters to the victim' 0 "$(letters victim@two.example)"
is 'letters to lee' 0 "$(letters lee@one.example)"
