# An invitation is good for 14 days; after a week there is one reminder, with a token of its own.
. "$SRC/tests/scenario/lib-request.sh"
needs_clock
LADLE_NOW=$(date +%s)
export LADLE_NOW
request_new subscribe-policy=invite
turn
ladle member add --invite dev i1@one.example i2@one.example >/dev/null && turn || fail invite
first=$(token_for i1@one.example)
to=dev+confirm-$(token_for i2@one.example)@lists.example bare x i2@one.example
is_member i2@one.example || fail 'not invited'
LADLE_NOW=$((LADLE_NOW + 7 * 86400))
turn || fail run
LADLE_NOW=$((LADLE_NOW + 86400))
turn || fail run
is 'letters, one a reminder' 2 "$(letters i1@one.example)"
second=$(token_for i1@one.example)
[ "$first" != "$second" ] || fail 'the same token'
to=dev+confirm-$first@lists.example bare x i1@one.example
is_member i1@one.example && fail 'the old token'
to=dev+confirm-$second@lists.example bare x i1@one.example
is_member i1@one.example || fail 'the new token'
ladle audit dev >trail
has trail 'member invite	i1@one.example'
has trail 'member add	i1@one.example	invited'
