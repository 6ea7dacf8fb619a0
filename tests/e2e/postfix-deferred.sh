# Whatever is wrong with Ladle, Postfix keeps the mail and reports to nobody; when
# it works again the mail is delivered, once.
. "$SRC/tests/e2e/lib-postfix.sh"
mail_new
run_start

deferrals=0
deferrals_logged() {
	[ "$(grep -c "to=<$list>, relay=ladle, .* dsn=4\.3\.0, status=deferred" mail.log)" = "$deferrals" ]
}

# defers NAME: a post now is deferred; nothing comes out, least of all a report.
defers() {
	deferrals=$((deferrals + 1))
	post "$1"
	until_true postfix_defers
	until_true deferrals_logged
	is "copies of $1" 0 "$(copies)"
	is "spooled of $1" 0 "$(spool_count)"
}

# Postfix is told to try again.
delivers() {
	postqueue -c "$pf" -f
	wait_copies 3
	rm -f "$out"/*
}

chmod 500 "$site/data/spool/tmp"
defers unwritable
chmod 700 "$site/data/spool/tmp"
delivers

mv "$program" "$program.away"
defers missing
mv "$program.away" "$program"
delivers

# Killed, as by an administrator or a system without memory.
mv "$program" "$program.away"
printf '#!/bin/sh\nkill -s KILL $$\n' >"$program" && chmod 755 "$program"
defers killed
mv "$program.away" "$program"
delivers
run_stop
