# C12, C15: the author is told that his post waits, and why it was refused, if a signature
# vouches for his address, and nobody else ever is.
. "$SRC/tests/scenario/lib-moderation.sh"
needs_clock
moderation_new moderated=yes
author_key

signed() {
	message "$1" >plain.eml
	sign_dkim2 plain.eml | receive
}

signed one
post bare
stranger stranger
{
	echo 'Auto-Submitted: auto-generated'
	message machine
} >machine.eml
sign_dkim2 machine.eml | receive
turn || fail run
held=$(letters $member1)
is 'one author knows that it waits' 1 "$(echo "$held" | wc -w)"
has "$held" '^Subject: Your message to dev is waiting'
has "$held" 'the list is moderated'
has "$held" '^Auto-Submitted: auto-replied'
has "$held" '^In-Reply-To: <one@one.example>'
is 'from nobody' '<>' "$(sed -n 1p "${held%.eml}.env")"

# Refused: by mail, with what was written above the quote; by command, of a file.
letter=$(letters $mod1 | head -n 1)
printf 'Too long,\nplease shorten it.\n\n> quoted text\n' |
	say reject "$(address_in "$letter" reject | sed 's/.*reject-//; s/@.*//')"
turn || fail run
report=$(letters $member1 'not accepted')
is 'a report' 1 "$(echo "$report" | wc -w)"
has "$report" 'Too long, please shorten it\.'
has "$report" '^Content-Type: multipart/report'
has "$report" '^Action: failed'
hasnt "$report" 'quoted text'
hasnt "$report" 'mods.example'
verify_copies
ladle held show --json 1 >shown
has shown '"note":"Too long,\\nplease shorten it."'
echo 'Nobody vouches for it.' >reason
ladle held reject --reason-file reason 2 3 4 >said || fail reject
is 'nobody is told' 3 "$(grep -c 'nobody is told' said)"
turn || fail run
is 'no more mail' '2 0' "$(letters $member1 | wc -l) $(letters eve@four.example | wc -l)"

# The setting; a stranger who is vouched for is told only where all are.
told() {
	ladle list set dev "hold-notice=$1" && signed "$1$2" && turn || fail run
	is "$1" "$3" "$(letters $member1 'is waiting' | wc -l)"
}
told none 1 1
told members 1 2
ladle member rm dev "$member1" >/dev/null
told members 2 2
told all 1 3

# Nobody decides: refused after the time, and told.
now=$(date +%s)
ladle list set dev hold-expired=reject hold-expiry=1d
LADLE_NOW=$((now + 90000)) turn || fail run
is expired 'refused' "$(state 8)"
has "$(letters $member1 'not accepted' | tail -n 1)" 'no moderator has decided'
# The addresses have ended with it.
letter=$(letters $mod1 | tail -n 1)
LADLE_NOW=$((now + 90001))
export LADLE_NOW
answer "$letter" $mod1 </dev/null
turn || fail run
is 'still refused' 'refused' "$(state 8)"
has run.log 'held message 8 was refused, as nobody decided in time'
