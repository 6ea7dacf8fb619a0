# A token is good once, for its list, action and address, and not for ever.
. "$SRC/tests/scenario/lib-request.sh"
needs_clock
LADLE_NOW=$(date +%s)
export LADLE_NOW
start=$LADLE_NOW
request_new
ladle list create other@lists.example >/dev/null
ask subscribe "$joe"
token=$(token_for "$joe")
is 'length of the token' 26 "${#token}"
# Of another list.
to=other+confirm-$token@lists.example ask x "$joe"
is_member "$joe" other && fail 'another list'
# In another role.
to=dev+unsubscribe-$token@lists.example ask x "$joe"
to=dev+accept-$token@lists.example ask x "$joe"
is_member "$joe" && fail 'another action'
# Guessed and broken ones.
bad=$(echo "$token" | tr 'a-y' 'b-z')
to=dev+confirm-$bad@lists.example bare x "$joe"
to=dev+confirm-@lists.example bare x "$joe"
is_member "$joe" && fail guessed
# Too late: 7 days.
LADLE_NOW=$((start + 7 * 86400))
to=dev+confirm-$token@lists.example bare x "$joe"
is_member "$joe" && fail 'too late'
has run.log 'no token of this list that still counts'
# In time, sent by anybody who holds it, and only once.
ask subscribe "$joe"
token=$(token_for "$joe")
LADLE_NOW=$((start + 14 * 86400 - 1))
to=dev+confirm-$token@lists.example bare x somebody@four.example
is_member "$joe" || fail 'in time'
is_member somebody@four.example && fail 'the wrong one'
ladle member rm dev "$joe" >/dev/null
to=dev+confirm-$token@lists.example ask x "$joe"
is_member "$joe" && fail 'used twice'
# An invitation lives 14 days.
ladle member add --invite dev inv@one.example >/dev/null && turn || fail invite
token=$(token_for inv@one.example)
LADLE_NOW=$((LADLE_NOW + 14 * 86400 - 1))
to=dev+confirm-$token@lists.example bare x inv@one.example
is_member inv@one.example || fail 'the invitation'
exit 0
