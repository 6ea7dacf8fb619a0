# Somebody's first posts are held until a moderator has let enough of them pass; then too many
# in an hour are held, far too many refused, and the next hour all is well. The same for a list.
. "$SRC/tests/scenario/lib.sh"
needs_clock
site_new
ladle list set dev moderate-first=2 || fail set
LADLE_NOW=1790000000
export LADLE_NOW
post first
turn || fail run
is reason "one of the author's first posts" "$(held_reason)"
post second
turn || fail run
ladle held accept 1 2 >/dev/null || fail accept
post third
turn || fail run
is 'copies of a member who is known' 9 "$(copies)"

LADLE_NOW=1790100000
cat >rules <<'END'
reject "Not more than 4 posts an hour." if author-posts in 1h >= 4
hold "not more than 2 posts an hour" if author-posts in 1h >= 2
hold "not more than 6 posts a day on this list" if list-posts in 1d >= 6
END
ladle rules set dev rules || fail set
for n in 1 2 3 4 5; do post "hour-$n"; done
turn || fail run
is copies 15 "$(copies)"
is held 2 "$(ladle held ls | grep -c 'not more than 2')"
is refused 1 "$(ladle held ls --refused | grep -c 'Not more than 4')"
LADLE_NOW=1790103601
post 'an-hour-later'
message of-another | sed "s/$member1/$member2/" >other.eml
ladle receive -f "$member2" "$list" <other.eml
turn || fail run
is copies 18 "$(copies)"
is 'the whole list' 1 "$(ladle held ls | grep -c 'posts a day on this list')"
ladle rules test dev other.eml >said || fail test
has said 'rules:1 *no: author-posts in 3600s: 1$'
ladle list set dev moderate-first=0 || fail set
LADLE_NOW=1790200000
message next-day | sed "s/$member1/$member2/" | ladle receive -f "$member2" "$list"
turn || fail run
is copies 21 "$(copies)"
