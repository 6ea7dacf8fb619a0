# By command: at once and without a word, with a welcome, after a question.
. "$SRC/tests/scenario/lib-request.sh"
request_new
ladle member add dev a1@one.example >said || fail add
has said 'added 1'
ladle member add --welcome --mode digest-mime dev a2@one.example >/dev/null || fail welcome
ladle member add --confirm --mode nomail dev a3@one.example >said || fail confirm
has said 'asked 1'
ladle member add --confirm dev a3@one.example 2>said && fail 'asked twice'
has said 'waits for the address'
ladle member add --confirm dev a1@one.example >said || fail 'a member'
has said 'already there'
ladle member add --welcome --quiet dev a4@one.example 2>said && fail 'both'
turn || fail run
is 'a word to who was added' 0 "$(letters a1@one.example)"
letter a2@one.example
has letter '^Subject: Welcome'
is_member a3@one.example && fail 'without an answer'
answer_to a3@one.example
ladle member find a3@one.example >said || fail 'not subscribed'
has said 'nomail'
ladle audit dev >trail
has trail 'cli:.*member add	a2@one.example	digest-mime'
has trail 'cli:.*member ask	a3@one.example'
has trail 'mail:a3@one.example	member add	a3@one.example	confirmed'
