# One address for all lists of a domain: lists, which, unsubscribe *, help; nothing else, and
# nothing for who is not proven.
. "$SRC/tests/scenario/lib-request.sh"
request_new
echo 'robot = lists@lists.example' >>"$site/ladle.conf"
ladle list create other@lists.example unsubscribe-policy=open >/dev/null
ladle list create shut@lists.example unsubscribe-policy=closed >/dev/null
ladle list create far@elsewhere.example >/dev/null
for name in dev other shut far; do ladle member add $name kim@one.example >/dev/null; done
to=lists@lists.example
robot() {
	to=lists@lists.example ask x "$@"
}
to=lists@lists.example bare x kim@one.example 'unsubscribe *'
is 'unproven' 0 "$(letters kim@one.example)"
robot kim@one.example which
letter kim@one.example
has letter '^From: .*lists+request@lists.example'
hasnt letter '^List-Id'
has letter 'other@lists.example'
hasnt letter elsewhere
robot kim@one.example lists
letter kim@one.example
has letter 'shut@lists.example'
# What it does not do: said once, and not done.
robot pat@one.example 'subscribe'
letter pat@one.example
has letter 'unsubscribe \*'
robot pat@one.example '' 'set nomail'
is 'helped once' 1 "$(letters pat@one.example)"
to=lists-help@lists.example ask x lou@one.example
letter lou@one.example
has letter '^Subject: Help for the mailing lists at lists.example'
to=lists@lists.example ask x jo@one.example 'unsubscribe *'
letter jo@one.example
has letter 'not a member of any'
# All at once, by one question; a list that lets nobody go keeps him, others of the site too.
robot kim@one.example 'unsubscribe *'
letter kim@one.example
has letter 'dev@lists.example'
hasnt letter elsewhere
is_member kim@one.example || fail 'without an answer'
answer_to kim@one.example
ladle member find kim@one.example >found
is 'lists left' 'far@elsewhere.example
shut@lists.example' "$(cut -f 1 found | sort)"
# Mail servers are told of the address; what is bounced to it belongs to nobody.
ladle aliases >all
has all '^lists@lists.example$'
ladle aliases postfix-recipients >recipients
has recipients '^/^lists('
message x | ladle receive -f '' lists+owner@lists.example
turn || fail run
has run.log 'rule=no-list .*lists+owner@lists.example'
