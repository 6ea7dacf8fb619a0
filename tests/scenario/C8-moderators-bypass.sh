# C8, C9: on a moderated list moderators are not held, if it is them; who only says that he is
# one is. Nobody who forges a member's From gets through where DMARC or the past says that he
# signs.
. "$SRC/tests/scenario/lib-moderation.sh"
moderation_new moderated=yes "moderators=$member1"
author_key
message signed >plain.eml
sign_dkim1 plain.eml >signed.eml || fail sign
receive <signed.eml
turn || fail run
is 'the moderator posts' 3 "$(copies)"
post forged
turn || fail run
is copies 3 "$(copies)"
is reason 'the list is moderated' "$(held_reason)"
ladle list set dev moderators-bypass=no
sed 's/^Message-ID:.*/Message-ID: <2@one.example>/' plain.eml >again.eml
sign_dkim1 again.eml | receive
turn || fail run
is copies 3 "$(copies)"
is held 2 "$(ladle held ls | wc -l)"

# A members-only list: a bare From of a domain that signed before, of one with a DMARC policy,
# and of one that nothing is known of (which is worth what unauthenticated says).
ladle list set dev moderated=no
printf '_dmarc.two.example\tv=DMARC1; p=reject\n' >>"$zone"
kill -HUP "$dns_pid"
post forged-again
message dmarc | sed "s/^From:.*/From: <$member2>/" | ladle receive -f eve@four.example "$list"
message unknown | sed "s/^From:.*/From: <$member3>/" | ladle receive -f eve@four.example "$list"
turn || fail run
is 'only the unknown one' 6 "$(copies)"
ladle held ls >shown
has shown 'asks by DMARC to reject'
has shown "mail of the author's domain was signed before"
ladle list set dev unauthenticated=hold
message unknown2 | sed "s/^From:.*/From: <$member3>/" | ladle receive -f eve@four.example "$list"
turn || fail run
is held 5 "$(ladle held ls | wc -l)"

# An allowed author posts as a member does, not on his word alone.
ladle list set dev allowed-authors=eve@four.example unauthenticated=auto
stranger allowed
turn || fail run
is allowed 9 "$(copies)"
printf '_dmarc.four.example\tv=DMARC1; p=quarantine\n' >>"$zone"
kill -HUP "$dns_pid"
stranger allowed2
turn || fail run
is 'not without proof' 9 "$(copies)"
