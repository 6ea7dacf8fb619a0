# Killed between any two steps of reports and refusals: each is one event, scored once, and
# what follows from it is sent once.
. "$SRC/tests/scenario/lib-fault.sh"
mkdir -p "$out"
now=$(date +%s)
LADLE_NOW=$now
export LADLE_NOW
printf 'rcpt %s reply 550 5.1.1 no such user here\n' "$member2" >script
sink_start -r script
site_new 'workers = 1'
post one && turn || fail run
is copies 2 "$(copies)"

# A report twice, one that is forged, and a complaint; the refusal is no event yet.
back() { sed -n '1s/[<>]//gp' "$(grep -l "^<$1>" "$out"/*.env)"; }
back1=$(back "$member1") back3=$(back "$member3")
dsn() {
	printf 'From: MAILER-DAEMON@x.example\nSubject: Undelivered\nMIME-Version: 1.0\nContent-Type: '
	printf 'multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nIt failed.\n--b\n'
	printf 'Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.x.example\n\n'
	printf 'Final-Recipient: rfc822; %s\nAction: failed\nStatus: 5.1.1\n\n--b--\n' "$member3"
}
for to in "$back3" "$back3" dev-bounces@lists.example; do
	dsn | ladle receive -f '' "$to" || fail receive
done
printf 'From: fbl@x.example\nSubject: x\nContent-Type: multipart/report;
 report-type=feedback-report; boundary=b\n\n--b\nContent-Type: message/feedback-report\n
Feedback-Type: abuse\nVersion: 1\nUser-Agent: x\n\n--b--\n' | ladle receive -f '' "$back1"
# What came back before: two members are over the bound now.
for day in 1 2 3 4; do
	sqlite3 "$site/data/ladle.db" "INSERT INTO bounce_event (list, member, address, domain, post,
		complaint, class, hard, source, status, reply, at) SELECT list, id, address, 'x.example',
		100 + $day, 0, 1, 1, 0, '5.1.1', x'78', $((now - day * 86400)) FROM member
		WHERE address IN ('$member2', '$member3')" || fail sqlite3
done
kill -HUP "$sink_pid"
rm -f "$out"/*
cp -a "$site" ready

# What the reports have brought about, each thing as often as it was done. A probe's number
# has the time in it.
result() {
	sqlite3 "$site/data/ladle.db" "SELECT 'event', address, CASE WHEN post < 1 << 40 THEN post END,
		complaint, class, hard, source, status, void FROM bounce_event ORDER BY 2, 3, 4;
		SELECT 'standing', member, state, warnings, delivery FROM bounce_member ORDER BY 2;
		SELECT 'tally', what, name, n, total, grp FROM bounce_tally ORDER BY 2, 3;
		SELECT 'forged', n FROM bounce_forged; SELECT 'bans', count(*) FROM ban;
		SELECT 'trail', what, count(*) FROM audit GROUP BY 2 ORDER BY 2;
		SELECT 'mail', kind, recipient, count(*) FROM outbox GROUP BY 2, 3 ORDER BY 2, 3"
	echo "spool $(spool_count)"
}
run_with LADLE_FAULT_STATE="$TMPDIR/calls" || fail 'run without faults'
run_with X=x || fail 'another run'
result >wanted
cat wanted
is 'events of the post' 3 "$(grep -c '^event|[^|]*|1|' wanted)"
has wanted "^event|$member2||0|1|1|2|" # its probe came back, too
is probes 2 "$(grep -c '^mail|probe|.*|1$' wanted)"
has wanted '^forged|1$'
has wanted '^bans|1$'
has wanted '^spool 0$'

# each POINT CALL…: killed at these calls, and then run to the end
each() {
	point=$1
	shift
	for n; do
		[ "$n" -le "$(calls_of calls "$point")" ] || continue
		rm -rf "$site" state
		cp -a ready "$site"
		run_with LADLE_FAULT="$point:$n:kill" LADLE_FAULT_STATE="$TMPDIR/state"
		[ "$(calls_of state "$point")" -ge "$n" ] || fail "$point $n: not reached"
		injected=$((injected + 1))
		for later in 150 300; do
			run_with LADLE_NOW=$((now + later)) || fail "$point $n: run"
		done
		result >found
		cmp -s wanted found || { diff wanted found; fail "$point $n: another result"; }
	done
}
each process-begin 1 2 4
each process-commit 1 2 4
each process-unlink 1 2 4
each bounce-commit 1 2
for point in commit committed sql; do
	each $point $(some_of "$(calls_of calls $point)")
done
faults_done 18
