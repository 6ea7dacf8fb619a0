# Members post; a post of somebody else is held, or what the setting nonmember says.
. "$SRC/tests/scenario/lib.sh"
site_new
stranger() {
	message "$1" | sed 's/^From: .*/From: Eve <eve@stranger.example>/' |
		ladle receive -f eve@stranger.example "$list" || fail receive
	turn || fail run
}
post member || fail receive
turn || fail run
is 'of a member' 3 "$(copies)"

stranger default
is 'of a stranger' 3 "$(copies)"
ladle held ls >held
has held 'eve@stranger.example.*about default'

ladle list set dev nonmember=accept && stranger accept
is accepted 6 "$(copies)"
ladle list set dev nonmember=reject && stranger reject
ladle list set dev nonmember=discard && stranger discard
is 'refused and discarded' 6 "$(copies)"
is held 1 "$(ladle held ls | wc -l)"
ladle held ls --refused >refused
is refused 1 "$(grep -c 'about reject' refused)"
hasnt refused 'about discard'
ladle trace discard@one.example >trace
has trace 'discard'
