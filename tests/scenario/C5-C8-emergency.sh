# One switch holds everything, whatever the rules say, but what an owner or moderator writes
# and proves to have written. A moderated list asks moderators nothing either.
. "$SRC/tests/scenario/lib.sh"
site_new
author_key
# without what moderators are told
posts() { grep -l "^List-Post: " "$out"/*.eml | wc -l; }
ladle list set dev emergency=yes rules=accept moderators="$member1" owners=x@six.example || fail set
post forged
message real >plain.eml
sign_dkim2 plain.eml | receive
turn || fail run
is reason 'an emergency: all posts are held' "$(held_reason)"
is copies 3 "$(posts)"
ladle list set dev emergency=no moderated=yes rules= || fail set
message real-2 >plain.eml
sign_dkim2 plain.eml | receive
message other | sed "s/$member1/$member2/" | ladle receive -f "$member2" "$list"
turn || fail run
is copies 6 "$(posts)"
is held 1 "$(ladle held ls | grep -c 'the list is moderated')"
