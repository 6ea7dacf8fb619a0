# An author whose domain asks to reject what it did not sign posts to 500 members at a domain
# that heeds it: nobody is scored, and the owners get one alert that says why. With from=auto
# all of them get it. (IETF 99: hundreds lost their subscriptions.)
. "$SRC/tests/scenario/lib.sh"
needs_clock
printf '_dmarc.one.example\tv=DMARC1; p=reject\n' >"$zone"
mkdir -p "$out"
echo 'rcpt *@strict.example reply 550 5.7.1 rejected by DMARC policy of one.example' >script
now=$(date +%s)
LADLE_NOW=$now
export LADLE_NOW
sink_start -r script
site_new
seq -f 'm%.0f@strict.example' 500 | ladle member import dev >/dev/null &&
	ladle list set dev owners=owner@own.example subject-tag='[dev]' from=keep rules= >/dev/null || fail set
author_key
# The author signs; the tag breaks it. NAME
signed_post() { message "$1" | sign_dkim1 | receive; }
signed_post first && turn && turn || fail run
is 'copies elsewhere' 3 "$(copies)"
ladle bounce stats >stats || fail stats
has stats '^group	[0-9]*	post 1: 500 of 500 of the members at strict.example, policy-or-auth	550 5.7.1'
for i in 1 250 500; do
	ladle bounce show dev m$i@strict.example >shown
	has shown 'good, score 0.00 over 0 posts'
done
is 'standings that are not good' 0 "$(sqlite3 "$site/data/ladle.db" 'SELECT count(*) FROM bounce_member')"
is 'events that count' 0 "$(sqlite3 "$site/data/ladle.db" 'SELECT count(*) FROM bounce_event WHERE void = 0')"
for round in 1 2 3; do
	LADLE_NOW=$((now + round * 1000))
	turn || fail run
done
is 'one letter' 4 "$(copies)"
alert=$(grep -l '<owner@own.example>' "$out"/*.env)
has "${alert%.env}.eml" '^Subject: dev: many copies came back'
has "${alert%.env}.eml" 'Came back: 500 of 500'
has "${alert%.env}.eml" "rejected by DMARC policy"

# The list takes such authors' addresses over, so that nothing is rejected.
sink_stop
# That server now finds a From that is ours to sign.
: >script
sink_start -r script
rm -f "$out"/*
ladle list set dev from=auto || fail set
signed_post second && turn || fail run
is 'all have it' 503 "$(copies)"
is 'in the name of the list' 503 "$(grep -l "^From: .*<$list>" "$out"/*.eml | wc -l)"
is 'still nobody' 1 "$(ladle bounce stats | grep -c '^group')"
