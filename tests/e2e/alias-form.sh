# Lists in a domain that has users too: aliases, local(8), the envelope from the
# environment. What local(8) puts before the message is no part of it: a chain goes on.
. "$SRC/tests/e2e/lib-postfix.sh"
aliases=$TMPDIR/aliases.d/aliases
cat >main.cf <<END
mydestination = lists.example
alias_maps = hash:$aliases
recipient_delimiter = +
END
install -d -o "$user" aliases.d && contrib sendmail/aliases.example >"$aliases" &&
	chown "$user" "$aliases" || fail aliases
mail_new
postalias -c "$pf" "hash:$aliases" || fail postalias
ladle list set dev subject-tag='[dev]' from=munge || fail set

message one >plain.eml
sign_dkim2 plain.eml >one.eml || fail sign
submit one.eml "$member1" "$list" || fail submit
until_true spool_has_one
cat "$site"/data/spool/new/* >arrived
has arrived '^From: <ann@one.example>$'
has arrived "^Recipient: $list\$"
has arrived '^From ann@one.example '
has arrived "^X-Original-To: $list"
run_start
wait_copies 3
ladle trace one@one.example >trace
has trace 'mode continue, From munged'
verify_copies
undo_equals one.eml
for copy in "$out"/*.eml; do
	hasnt "$copy" '^From ann'
	hasnt "$copy" '^X-Mailbox-Line'
done

# The null sender and an extension.
rm -f "$out"/*
run_stop
submit plain.eml '' 'dev+b-aaaa@lists.example' || fail submit
until_true spool_has_one
cat "$site"/data/spool/new/* >arrived
has arrived '^From: <>$'
has arrived '^Recipient: dev+b-aaaa@lists.example$'
run_start

# A program that cannot be loaded, for example: kept, not bounced.
mv "$program" "$program.away"
printf '#!/bin/sh\nexit 127\n' >"$program" && chmod 755 "$program"
message two >plain.eml
sign_dkim2 plain.eml >two.eml || fail sign
submit two.eml "$member1" "$list" || fail submit
until_true postfix_defers
mv "$program.away" "$program"
postqueue -c "$pf" -f
wait_copies 3
run_stop
