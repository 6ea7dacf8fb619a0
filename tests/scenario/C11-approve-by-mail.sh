# C11: mail to a moderator's addresses approves, refuses, discards; tokens are good for one message, one action, one moderator, once; a machine's
# answer is no word.
. "$SRC/tests/scenario/lib-moderation.sh"
moderation_new
for name in one two three four; do
	stranger $name
done
turn || fail run
is held 4 "$(ladle held ls dev | wc -l)"

# An answer of whatever text approves, and every copy is what was held.
say accept "$(token accept 1 $mod1)" </dev/null
say_header='Auto-Submitted: auto-replied' say accept "$(token accept 2 $mod1)" </dev/null
say_header='Subject: Out of Office: Re: held' say accept "$(token accept 2 $mod1)" </dev/null
message x | ladle receive -f '' "dev+accept-$(token accept 2 $mod1)@lists.example"
turn || fail run
is copies 3 "$(copies)"
is 'a machine does not approve' waiting "$(state 2)"
has run.log 'reason="accept of held message 1 by mod@mods.example"'
has run.log 'sent by a machine (Auto-Submitted)'
is state accepted "$(state 1)"
is 'who decided' $mod1 "$(decided_by 1)"
ladle held show 1 >shown || fail show
has shown '^# accepted by mod@mods.example on .* UTC by mail$'

# The second moderator is too late, and the first one's token is used up.
say accept "$(token accept 1 $mod2)" $mod2 </dev/null
say discard "$(token discard 1 $mod1)" </dev/null
# Tokens of another action, message, list, and of who is no moderator.
say reject "$(token accept 2 $mod1)" </dev/null
say accept "$(token accept 2 $mod1 2)" </dev/null
say accept "$(token accept 2 eve@four.example)" </dev/null
say accept "$(token accept 99 $mod1)" </dev/null
turn || fail run
is copies 3 "$(copies)"
is state accepted "$(state 1)"
is state waiting "$(state 2)"
has run.log 'accept of held message 1 by two@mods.example: held message 1 was accepted by mod@mods.example on'
has run.log 'discard of held message 1 by mod@mods.example: held message 1 was accepted by'
has run.log 'accept of held message 99 by mod@mods.example: no held message 99'
is 'tokens that are none' 3 "$(grep -c "a moderator's address without a valid token" run.log)"

# Refused with a reason, above the quote; discarded; from another address of his.
printf 'Not on topic.\n\nOn Friday, dev wrote:\n> Hello\n' | say reject "$(token reject 2 $mod2)" $mod2
say discard "$(token discard 3 $mod1)" elsewhere@seven.example </dev/null
turn || fail run
is refused refused "$(state 2)"
ladle held show --json 2 >shown
has shown '"note":"Not on topic."'
is discarded discarded "$(state 3)"
ladle audit dev >trail || fail audit
has trail "mail.*$mod1.*held accept.*1.*eve@four.example: about one"
has run.log 'discard of held message 3 by mod@mods.example, sent by elsewhere@seven.example'

# Who is no moderator any more has a token no more.
ladle list set dev moderators=$mod2
say accept "$(token accept 4 $mod1)" </dev/null
turn || fail run
is state waiting "$(state 4)"
is copies 3 "$(copies)"
