# C10: moderators are reminded once a day of what waits; before a signature is too old they are
# warned, once.
. "$SRC/tests/scenario/lib-moderation.sh"
needs_clock
now=$(date +%s)
LADLE_NOW=$now
export LADLE_NOW
moderation_new hold-expiry=30d moderated=yes moderators=
author_key
message signed >plain.eml
sign_dkim2 plain.eml | receive
stranger two
turn || fail run
is 'to the owner' 2 "$(letters $owner | wc -l)"
LADLE_NOW=$((now + 3600 * 20))
turn || fail run
is 'not yet' 2 "$(letters $owner | wc -l)"
LADLE_NOW=$((now + 3600 * 23))
turn || fail run
turn || fail run
letter=$(letters $owner '2 waiting')
is 'one reminder' 1 "$(echo "$letter" | wc -w)"
has "$letter" '1  ann@one.example  about signed'
LADLE_NOW=$((now + 3600 * 24 * 10 + 7200))
turn || fail run
LADLE_NOW=$((LADLE_NOW + 7200))
turn || fail run
is 'next reminder' 2 "$(letters $owner '2 waiting' | wc -l)"
letter=$(letters $owner 'waits too long')
is 'one warning' 1 "$(echo "$letter" | wc -w)"
has "$letter" 'ann@one.example'
before=$(letters $owner waiting | wc -l)
ladle held discard --all --yes >/dev/null
LADLE_NOW=$((now + 3600 * 24 * 20))
turn || fail run
is 'nothing waits' "$before" "$(letters $owner waiting | wc -l)"
