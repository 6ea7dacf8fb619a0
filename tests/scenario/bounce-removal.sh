# Mail to a dead address stops; three warnings, a week between them, then the member is
# removed; a run too few changes nothing, one too many neither. Who answers stays.
. "$SRC/tests/scenario/lib.sh"
needs_clock
mkdir -p "$out"
for member in "$member2" "$member3"; do
	echo "rcpt $member reply 550 5.1.1 no such user here"
done >script
now=$(date +%s)
LADLE_NOW=$now
export LADLE_NOW
sink_start -r script
site_new 'workers = 1'
sqlite3 "$site/data/ladle.db" "WITH RECURSIVE day(n) AS (SELECT 1 UNION SELECT n + 1 FROM day WHERE n < 4)
	INSERT INTO bounce_event (list, member, address, domain, post, complaint, class, hard, source,
	status, reply, at) SELECT list, id, address, 'x.example', 100 + n, 0, 1, 1, 0, '5.1.1', x'78',
	$now - n * 86400 FROM member, day WHERE address IN ('$member2', '$member3')" || fail sqlite3
post one && turn && turn && turn || fail run
state() { ladle bounce show dev "$1" | sed -n '1s/.*: \([a-z-]*\) since.*/\1/p'; }
is 'dead, his probe, too' disabled "$(state "$member2")"
is 'the other' disabled "$(state "$member3")"

# Meanwhile the mail works again, but nobody answers.
: >script
kill -HUP "$sink_pid"
disabled=$LADLE_NOW
rm -f "$out"/*
# at DAY SECONDS
at() {
	LADLE_NOW=$((disabled + $1 * 86400 + $2))
	turn || fail run
}
letters() { grep -l "^<$1>" "$out"/*.env 2>/dev/null | wc -l; }
week=0
for day in 7 14 21; do
	at $day -60
	is "before day $day" $week "$(letters "$member2")"
	week=$((week + 1))
	at $day 60
	is "warnings at day $day" $week "$(letters "$member2")"
	at $day 120
	is "once at day $day" $week "$(letters "$member2")"
	has "$(ls "$out"/*.eml | tail -n 1)" '^Subject: You get no mail from dev for now'
done
post meanwhile && turn || fail run
is 'no posts for them' 3 "$(letters "$member2")"

# The other one answers his third warning.
answer=$(sed -n 's/^Reply-To: //p' "$(grep -l "^To: .*$member3" "$out"/*.eml | tail -n 1)" | tr -d '<>\r')
message 'Re: You get no mail' | ladle receive -f "$member3" "$answer"
turn || fail run
is 'who answered' good "$(ladle bounce show dev "$member3" | sed -n '1s/.*: \(good\),.*/\1/p')"
at 28 -60
is 'the day before' disabled "$(state "$member2")"
at 28 60
at 28 120
ladle member ls dev >members
hasnt members "$member2"
has members "$member3"
is 'the last letter' 4 "$(letters "$member2")"
has "$(grep -l "^To: .*$member2" "$out"/*.eml | tail -n 1)" '^Subject: .*dev'
ladle audit >trail || fail audit
has trail "$member2.*mail came back for four weeks"
at 60 0
is 'nothing after that' 4 "$(letters "$member2")"
