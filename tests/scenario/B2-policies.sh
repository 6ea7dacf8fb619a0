# Who may become a member, by policy; what a From alone is worth; moderators decide.
. "$SRC/tests/scenario/lib-request.sh"
request_new owners=own@one.example moderators=mod@one.example
# policy POLICY ADDRESS: asks once
policy() {
	ladle list set dev "subscribe-policy=$1" || fail set
	ask subscribe "$2"
}
policy open a1@one.example
is_member a1@one.example || fail open
letter a1@one.example
has letter '^Subject: Welcome'
bare subscribe a2@one.example
is_member a2@one.example && fail 'open to an unproven From'
policy closed a3@one.example
is_member a3@one.example && fail closed
letter a3@one.example
has letter 'is a closed list'
policy invite a4@one.example
is_member a4@one.example && fail invite
ladle member add --invite dev a4@one.example >said || fail 'member add --invite'
has said 'asked 1'
turn || fail run
letter a4@one.example
has letter 'invite'
answer_to a4@one.example
is_member a4@one.example || fail 'the invitation was answered'
policy moderate a5@one.example
is_member a5@one.example && fail 'before the moderator'
letter a5@one.example
has letter 'waiting'
ask subscribe a5@one.example
is 'requests that wait' 1 "$(ladle held ls | wc -l)"
ladle held accept 1 || fail accept
turn || fail run
is_member a5@one.example || fail 'after the moderator'
letter a5@one.example
has letter '^Subject: Welcome'
policy confirm+moderate a6@one.example
is 'requests that wait' 0 "$(ladle held ls | wc -l)"
answer_to a6@one.example
is_member a6@one.example && fail 'confirmed, not moderated'
is 'requests that wait' 1 "$(ladle held ls | wc -l)"
ladle held reject 2 >/dev/null || fail reject
turn || fail run
letter a6@one.example
has letter 'declined'
is_member a6@one.example && fail 'refused'
ladle audit dev >trail
has trail 'a5@one.example	let in by a moderator'
exit 0
