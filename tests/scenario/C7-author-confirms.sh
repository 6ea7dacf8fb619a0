# A stranger confirms his post before a moderator sees it; who is not proven is asked nothing.
. "$SRC/tests/scenario/lib-request.sh"
needs_clock
request_new moderators=mod@mods.example nonmember=confirm
# stranger NAME FROM: a signed post; plain: without a signature
stranger() {
	message "$1" | sed "s/^From: .*/From: Eve <$2>/" >plain.eml
	sign_dkim1 plain.eml >signed.eml || fail sign
	ladle receive -f "$2" "$list" <"${3:-signed.eml}" || fail receive
	turn || fail run
}
copies_of_posts() {
	grep -L -x '<>' "$out"/*.env 2>/dev/null | wc -l
}
stranger one eve@one.example
is 'moderators see nothing' 0 "$(letters mod@mods.example)"
is 'held' 1 "$(ladle held ls dev | wc -l)"
ladle held show 1 >shown
has shown '# its author was asked to confirm it'
letter eve@one.example
has letter 'about one'
# A second one within the day is asked nothing, and is for the moderators at once.
stranger two eve@one.example
is 'one question a day' 1 "$(letters eve@one.example)"
is 'the second one' 1 "$(letters mod@mods.example)"
# Nor is who is not proven, at another address or in the same name.
stranger three ann2@one.example plain.eml
is 'asked without proof' 0 "$(letters ann2@one.example)"
is 'the third one' 2 "$(letters mod@mods.example)"
# The answer: now they see it, once; the bytes are what was held.
answer_to eve@one.example
is 'after the answer' 3 "$(letters mod@mods.example)"
letter mod@mods.example
has letter 'confirmed it'
has letter 'Content-Type: message/rfc822'
has letter 'about one'
answer_to eve@one.example
is 'the answer again' 3 "$(letters mod@mods.example)"
is 'no copies yet' 0 "$(copies_of_posts)"
ladle held accept 1 || fail accept
turn || fail run
is 'copies' 3 "$(copies_of_posts)"
# Two days later the question is asked again; who does not answer is in no reminder, and expires.
ladle held discard 2 3 || fail discard
LADLE_NOW=$(($(date +%s) + 172800))
export LADLE_NOW
stranger four eve@one.example
ladle held ls --json >rows
has rows '"asked":true'
LADLE_NOW=$((LADLE_NOW + 172800))
turn || fail run
is 'no reminder' 3 "$(letters mod@mods.example)"
LADLE_NOW=$((LADLE_NOW + 6 * 86400))
turn || fail run
is 'expired' 0 "$(ladle held ls | wc -l)"
