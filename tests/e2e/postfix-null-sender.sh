# MAIL FROM:<>. A report for the list, and a real one of Postfix about a copy that
# could not be delivered: the null sender arrives as such, and nobody gets an answer.
. "$SRC/tests/e2e/lib-postfix.sh"
mkdir -p "$out"
printf 'rcpt %s reply 550 5.1.1 no such user here\n' "$member3" >script
sink_start -r script
mail_new

# spooled: waits for the one message that ladle receive takes, and copies it to "arrived".
spooled() {
	until_true spool_has_one
	cat "$site"/data/spool/new/* >arrived
	until_true postfix_idle
}

message report | sed 's/^From:.*/From: MAILER-DAEMON@one.example/' >report.eml
submit report.eml '' "$list" || fail submit
spooled
has arrived '^From: <>$'
has arrived "^Recipient: $list\$"
turn || fail run
is 'held' 1 "$(ladle held ls | wc -l)"

post bounced
spooled
turn || fail run
spooled
until_true grep -q "to=<$member3>, .* dsn=5\.1\.1, status=bounced" mail.log
has arrived '^From: <>$'
has arrived '^Recipient: dev+b-[a-z2-7]*@lists.example$'
has arrived '^Content-Type: multipart/report'
has arrived "^Final-Recipient: rfc822; $member3"
turn || fail run
until_true postfix_idle
is 'copies: only those of the post' 2 "$(copies)"
is spool 0 "$(spool_count)"
is stuck 0 "$(find "$site/data/spool/stuck" -type f | wc -l)"
