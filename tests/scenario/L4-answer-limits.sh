# Five answers a day to an address and list, one of each kind that says nothing new; a
# machine gets none, and two that answer each other stop after one.
. "$SRC/tests/scenario/lib-request.sh"
needs_clock
LADLE_NOW=$(date +%s)
export LADLE_NOW
request_new
for i in 1 2 3 4 5 6 7; do send request "$member1" which; done
turn || fail run
is 'answers in a day' 5 "$(letters "$member1")"
LADLE_NOW=$((LADLE_NOW + 86401))
ask request "$member1" which
is 'answers on the next day' 6 "$(letters "$member1")"
# Machines.
for header in 'Auto-Submitted: auto-replied' 'Precedence: bulk' 'List-Id: <a.b.example>' \
	'Content-Type: multipart/report; boundary=b' 'X-Autoreply: yes'; do
	send request "$joe" help
done
header=
turn || fail run
is 'answers to machines' 0 "$(letters "$joe")"
written "$joe" dev+request@lists.example help ''
sign_dkim1 plain.eml >asked.eml
ladle receive -f '' dev+request@lists.example <asked.eml && turn || fail run
is 'answers to the null sender' 0 "$(letters "$joe")"
# A responder that says nothing of being one: it answers what it gets, as often as it gets it.
ask request "$joe" 'hello there'
for i in 1 2 3; do
	letter "$joe"
	to=$(letter_from) ask x "$joe" 'Re: I am away' 'I am away until Monday.'
done
is 'answers to a responder' 1 "$(letters "$joe")"
