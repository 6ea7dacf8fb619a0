# A member has the site send all that it may in an hour but one, and asks for a new address: it
# is not his because the question to it could not be sent.
. "$SRC/tests/scenario/lib-request.sh"
LADLE_NOW=$(date +%s)
export LADLE_NOW
request_new
victim=victim@two.example
sqlite3 "$site/data/ladle.db" "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
	WHERE i < 999) INSERT INTO answer (key, list, kind, at)
	SELECT 'a' || i || '@one.example', 1, 1, $LADLE_NOW FROM n" || fail answers
ask request "$member1" "changeaddr $victim"
is 'letters to the new address' 0 "$(letters "$victim")"
LADLE_NOW=$((LADLE_NOW + 3601))
[ "$(letters "$member1")" = 0 ] || answer_to "$member1"
is_member "$victim" && fail 'one answer was enough'
is_member "$member1" || fail 'the member is gone'
