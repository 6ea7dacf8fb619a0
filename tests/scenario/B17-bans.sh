# Bans keep from subscribing and posting, on a list or the site, for a while or for ever.
. "$SRC/tests/scenario/lib-request.sh"
needs_clock
LADLE_NOW=$(date +%s)
export LADLE_NOW
request_new subscribe-policy=open
ladle list create other@lists.example subscribe-policy=open >/dev/null
ladle ban add --list dev --reason 'rude, again' bad@one.example >said || fail 'ban add'
ladle ban add --days 2 '^spam[0-9]*@' >/dev/null && ladle ban add evil.example >/dev/null || fail 'ban add'
ladle ban add '^((' 2>said && fail 'a bad pattern'
has said 'bad pattern'
ladle ban ls --list dev >bans
has bans 'list	address	bad@one.example	-	rude, again'
has bans 'site	domain	evil.example'
is 'of the site' 2 "$(ladle ban ls | wc -l)"
for who in bad@one.example spam1@one.example; do
	send subscribe "$who"
	is "letters to $who" 0 "$(letters "$who")"
done
to=other+subscribe@lists.example ask x bad@one.example
is_member bad@one.example && fail banned
is_member spam1@one.example && fail 'banned by pattern'
is_member bad@one.example other || fail 'not banned from this one'
has run.log 'the address is banned'
# Posts of a banned member go nowhere, and nobody is told.
ladle ban add --list dev "$member1" >/dev/null
before=$(copies)
post one
turn || fail run
is copies "$before" "$(copies)"
has run.log 'event=discarded.*rule=banned'
ladle ban rm --list dev "$member1" || fail 'ban rm'
ladle ban rm --list dev "$member1" 2>said && fail 'there is none'
has said 'is not banned'
LADLE_NOW=$((LADLE_NOW + 2 * 86400))
ask subscribe spam1@one.example
is_member spam1@one.example || fail 'the ban is over'
ladle audit >trail
has trail 'site.*ban add	evil.example'
has trail 'dev@lists.example.*ban add	bad@one.example	rude, again'
has trail 'ban rm'
