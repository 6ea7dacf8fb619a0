# C13: accepted, and what the author writes from now on is as good as a member's; no more than
# that: an author who proves nothing where members have to is held.
. "$SRC/tests/scenario/lib-moderation.sh"
moderation_new
stranger one
stranger two
turn || fail run
letter=$(letters $mod1 | head -n 1)
allow=$(address_in "$letter" accept-allow | sed 's/.*accept-allow-//; s/@.*//')
say accept-allow "$allow" </dev/null
turn || fail run
is copies 3 "$(copies)"
ladle list show dev >shown
has shown '^allowed-authors = eve@four.example$'
stranger three
turn || fail run
is copies 6 "$(copies)"
# The same again changes nothing; by command, for many.
ladle held accept --allow 2 >/dev/null || fail allow
ladle list show dev >shown
has shown '^allowed-authors = eve@four.example$'
stranger four fay@five.example
turn || fail run
ladle held accept --allow 3 >/dev/null || fail allow
ladle list show dev >shown
has shown '^allowed-authors = eve@four.example, fay@five.example$'
ladle audit dev >trail || fail audit
has trail 'allowed-authors'
ladle list set dev unauthenticated=hold
stranger five
turn || fail run
is held 1 "$(ladle held ls | wc -l)"
has run.log 'rule=unauthenticated'
