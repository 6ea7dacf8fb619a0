# A member whose address is dead gets a score, at most once a day, is due for a probe and at
# last without mail; a complaint ends it at once; undo and reset take it back. When many
# fail together, nobody is scored, and it can be seen why.
. "$SRC/tests/scenario/lib.sh"
needs_clock
mkdir -p "$out"
{
	printf 'rcpt %s reply 550 5.1.1 no such user here\n' "$member2"
	for i in 1 2 3 4 5 6; do
		printf 'rcpt p%s@policy.example reply 550 5.7.26 unauthenticated, DMARC policy is reject\n' $i
		printf 'rcpt d%s@dead.example reply 550 5.1.1 no such user\n' $i
	done
} >script
sink_start -r script
site_new
now=$(date +%s)
standing() { ladle bounce show dev "$1" | sed -n '1s/^# //p'; }
delivery() { ladle member ls dev | grep "^$1" | cut -f 2-; }
day=0
# a post, a day after the one before; the second run counts what the first could not deliver
next_post() {
	day=$((day + 1))
	LADLE_NOW=$((now + day * 86400 + 60))
	export LADLE_NOW
	post "day$day" && turn && turn || fail run
}
# What came back on days before.
history() {
	sqlite3 "$site/data/ladle.db" "INSERT INTO bounce_event (list, member, address, domain, post,
		complaint, class, hard, source, status, reply, at) SELECT list, id, address, 'two.example',
		$1, 0, 1, 1, 0, '5.1.1', x'676f6e65', $2 FROM member WHERE address = '$member2'" || fail sqlite3
}
history 101 $((now - 2 * 86400))
history 102 $((now - 86400))
history 103 $((now - 86400 + 100))
is 'twice a day' "$member2: good, score 2.00 over 2 posts" "$(standing "$member2")"
history 104 "$now"
next_post
standing "$member2" | grep -q 'probed since .* score 4.00 over 4 posts' || fail "$(standing "$member2")"
ladle bounce ls --class address-dead dev >events
is events 5 "$(wc -l <events)"
has events "$member2	1	address-dead, hard	relay	counts	550 5.1.1 no such user here"

# The probe is refused as well: no mail for him, and warnings.
turn && turn || fail run
standing "$member2" | grep -q 'disabled since' || fail "$(standing "$member2")"
[ "$(delivery "$member2")" != "$(delivery "$member3")" ] || fail 'mail goes on'
sink_stop
sed "/$member2/d" script >script.new && sink_start -r script.new
LADLE_NOW=$((LADLE_NOW + 7 * 86400 + 10))
turn && turn || fail run
warning=$(grep -l "<$member2>" "$out"/*.env) || fail 'no warning'
has "${warning%.env}.eml" '^Subject: You get no mail from dev for now'
answer=$(sed -n 's/^Reply-To: //p' "${warning%.env}.eml" | tr -d '<>\r')
message 'Re: You get no mail' | ladle receive -f "$member2" "$answer"
turn || fail run
is 'after an answer' "$member2: good, score 0.00 over 0 posts" "$(standing "$member2")"
is 'mail again' "$(delivery "$member3")" "$(delivery "$member2")"
message 'again' | ladle receive -f "$member2" "$answer"
day=$((day + 8))
sink_stop
sink_start -r script
next_post
has run.log 'event=held .*mail for a return address that is no report'
ladle bounce ls dev >events

# Undone, what followed goes, too.
ladle bounce undo "$(sed -n '1s/	.*//p' events)" >said || fail undo
has said '^undid 1 event'
is 'one undone' "$member2: good, score 0.00 over 0 posts" "$(standing "$member2")"
history 105 "$LADLE_NOW"
is 'one more' "$member2: good, score 1.00 over 1 posts" "$(standing "$member2")"
ladle bounce reset dev "$member2" >said || fail reset
is reset "$member2: good, score 0.00 over 0 posts" "$(standing "$member2")"

# All of a domain: for a policy, and for what a broken server says of everybody.
for i in 1 2 3 4 5 6; do echo "p$i@policy.example"; echo "d$i@dead.example"; done |
	ladle member import dev - >/dev/null || fail import
next_post
ladle bounce stats dev >stats || fail stats
has stats '^group	[0-9]*	post [0-9]*: 6 of 6 of the members at dead.example, address-dead	550 5.1.1 no such user'
has stats '^group	[0-9]*	post [0-9]*: 6 of 6 of the members at policy.example, policy-or-auth	550 5.7.26'
for address in d1@dead.example d6@dead.example p1@policy.example; do
	is "$address" "$address: good, score 0.00 over 0 posts" "$(standing "$address")"
done
ladle bounce ls --domain dead.example dev >events
is 'in the group' 6 "$(grep -c '	group [0-9]*	' events)"

# The owners are told once.
ladle list set dev owners=owner@own.example || fail owners
rm -f "$out"/*
LADLE_NOW=$((LADLE_NOW + 1000))
turn && turn || fail run
post last && turn || fail run
alerts=$(grep -l '<owner@own.example>' "$out"/*.env | wc -l)
is alerts 1 "$alerts"
alert=$(grep -l '<owner@own.example>' "$out"/*.env)
has "${alert%.env}.eml" '^Subject: dev: many copies came back'
has "${alert%.env}.eml" 'Came back: 6 of 6'

# Complaints: without mail at once, and back when it was a mistake.
copy=$(grep -l "^<$member3>" "$out"/*.env | tail -n 1)
back=$(sed -n '1s/[<>]//gp' "$copy")
printf 'From: fbl@p.example\nSubject: x\nContent-Type: multipart/report; report-type=feedback-report; boundary=b
\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1\nUser-Agent: x\n\n--b--\n' |
	ladle receive -f '' "$back"
before=$(delivery "$member3")
turn || fail run
is 'a complaint' 'complained' "$(standing "$member3" | sed 's/.*: \([a-z]*\) since.*/\1/')"
[ "$before" != "$(delivery "$member3")" ] || fail 'mail goes on after a complaint'
ladle bounce undo "$(ladle bounce ls | grep "	complaint	" | cut -f 1)" >/dev/null || fail 'undo the complaint'
is 'taken back' "$before" "$(delivery "$member3")"
ladle bounce ls --json dev >events.json && has events.json '"kind":"complaint"'
ladle bounce stats --json dev >stats.json && has stats.json '"forged":0'

# A mistake in the site's own rules is told, and stops nothing; a rule of its own comes first.
echo 'bounce-classes = rules.txt' >>"$site/ladle.conf"
echo 'content soft 5.1.1 * "what do they know" no such user here' >"$site/rules.txt"
ladle bounce classes >rules && has rules '^content soft 5.1.1 \* "what do they know" no such'
echo 'content mild * * "x"' >"$site/rules.txt"
ladle bounce classes >rules 2>&1 && fail 'a mistake in the rules is accepted'
has rules 'rules.txt": line 1: hard or soft, not "mild"'
next_post
has run.log 'event=bounce-classes .*line 1: hard or soft'
