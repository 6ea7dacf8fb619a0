# Whoever says that mail comes too fast is left in peace, for all of the domain; who greylists
# is asked again after 5 minutes and not before.
. "$SRC/tests/scenario/lib.sh"
needs_clock
mkdir -p "$out"
echo 'rcpt *@slow.example times 1 reply 450 4.7.1 too many messages, slow down
rcpt *@grey.example times 1 reply 450 4.2.0 Greylisted, come back' >script
sink_start -r script
now=$(date +%s)
LADLE_NOW=$now
export LADLE_NOW
site_new 'workers = 1' 'smtp-connections = 1'
ladle member add dev a@slow.example b@Slow.example c@slow.example d@grey.example >/dev/null || fail add
post one && turn || fail run
is copies 3 "$(copies)"
# replies LIKE: of those whose reply is so
replies() { sqlite3 "$site/data/ladle.db" "SELECT count(*) FROM fan_exception WHERE CAST(reply AS TEXT) LIKE '$1'"; }
is asked 1 "$(replies '450 4.7.1 %')"
is 'not asked' 2 "$(replies 'not tried: mail comes too fast for its domain')"

# When each is due: seconds from now
due() { sqlite3 "$site/data/ladle.db" "SELECT next_at - $now FROM fan_exception WHERE address LIKE '$1'"; }
between() { for at; do [ "$at" -ge "$least" ] && [ "$at" -le "$most" ] || fail "due in $at s"; done; }
least=310 most=372
between $(due 'd@grey.example')
least=810 most=1110
between $(due '%@slow.example')
LADLE_NOW=$((now + 400))
turn || fail run
is 'with the greylisted one' 4 "$(copies)"
LADLE_NOW=$((now + 1200))
turn || fail run
is all 7 "$(copies)"
