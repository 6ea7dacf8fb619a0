# C10: after hold-expiry a held message is discarded, or refused; an older signature is said to
# end, and then what is accepted leaves without it, under the list's own.
. "$SRC/tests/scenario/lib-moderation.sh"
needs_clock
now=$(date +%s)
LADLE_NOW=$now
export LADLE_NOW
moderation_new
author_key
ladle list create long@lists.example hold-expiry=30d hold-expired=reject moderated=yes >/dev/null
ladle list create ever@lists.example hold-expiry=0 >/dev/null
ladle member add long@lists.example "$member2" >/dev/null
stranger one
for name in old older; do
	message $name >plain.eml
	"$LADLE" sign --key author/data/keys/one.example/a1.pem --selector a1 --domain one.example \
		--mf "$member1" --rt long@lists.example plain.eml >signed.eml || fail sign
	ladle receive -f "$member1" long@lists.example <signed.eml
done
list=ever@lists.example stranger two
turn || fail run
is held 4 "$(ladle held ls | wc -l)"
ladle held show 1 >shown
has shown '^# waits until .*, then it is discarded$'
ladle held show 2 >shown
has shown '^# its DKIM2 signature is good until '

# 8 days later
LADLE_NOW=$((now + 8 * 86400))
turn || fail run
is waiting 3 "$(ladle held ls | wc -l)"
is state discarded "$(state 1)"
ladle held show 1 >shown
has shown '^# discarded, as nobody decided in time, on .* UTC by expiry$'
has run.log 'event=expired list=dev@lists.example messages=1'
ladle held accept 1 2>err && fail 'accepted what has expired'
has err 'held message 1 was discarded, as nobody decided in time'

# 20 days: signatures are over, the post is not.
LADLE_NOW=$((now + 20 * 86400))
ladle held accept 2 >/dev/null || fail accept
turn || fail run
is copies 1 "$(copies)"
ladle trace old@one.example >trace
has trace 'opaque'
copy=$(member_copies)
"$LADLE" verify --now $LADLE_NOW --mf "$(sed -n 1p "${copy%.eml}.env")" --rt "$(sed -n 2p "${copy%.eml}.env")" \
	--dns "$zone" "$copy" >verify.log || { cat verify.log; fail 'does not verify'; }

# 31 days: the other list says no, by itself; one list keeps for ever.
LADLE_NOW=$((now + 31 * 86400))
turn || fail run
is state refused "$(state 3)"
is waiting 1 "$(ladle held ls | wc -l)"
# And a long time after it is forgotten.
LADLE_NOW=$((now + 200 * 86400))
touch -d "@$((now))" "$site/data/swept"
turn || fail run
ladle held show 3 2>err && fail 'remembered'
is waiting 1 "$(ladle held ls | wc -l)"
