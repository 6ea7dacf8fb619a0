# Once a year each member is told that he is one, and how to leave: in pages, each once; not who
# is new, has a pause or gets no mail as his came back.
. "$SRC/tests/scenario/lib-request.sh"
needs_clock
now=$(date +%s)
LADLE_NOW=$now
export LADLE_NOW
request_new
# days N: a turn so many days from now
days() {
	LADLE_NOW=$((now + $1 * 86400 + ${2:-0}))
	turn || fail run
}
seq -f 'm%03g@two.example' 1 250 | ladle member import dev - >/dev/null || fail import
days 40
ladle member add dev new@one.example >/dev/null
is 'not asked for' 0 "$(copies)"
ladle list set dev reminder=yearly || fail set
sqlite3 "$site/data/ladle.db" "UPDATE member SET delivery = 1 WHERE address = 'm001@two.example';
	INSERT INTO bounce_member SELECT id, list, 3, $now, 0, 0, 0 FROM member
	WHERE address = 'm001@two.example';
	UPDATE member SET joined = $now + 39 * 86400 WHERE id BETWEEN 20 AND 230;
	UPDATE member SET paused = $now + 90 * 86400 WHERE address = 'm002@two.example';" || fail sqlite3
days 40 3700
is 'in the first page' 17 "$(copies)"
days 40 3730
is 'in the pause' 17 "$(copies)"
days 40 3800
is 'in both' 40 "$(copies)"
is 'each once' 40 "$(grep -h '^<[^>]' "$out"/*.env | sort -u | wc -l)"
for who in m001@two.example m002@two.example new@one.example; do
	is "to $who" 0 "$(letters $who)"
done
letter m250@two.example
has letter '^Auto-Submitted: auto-generated'
has letter 'Subject: You are a member of dev'
address=$(sed -n 's/^ *\(dev+unsubscribe-[a-z2-7]*@lists.example\)$/\1/p' letter)
printf 'From: x@nowhere.example\n\n' | ladle receive -f x@nowhere.example "$address"
days 41
is_member m250@two.example && fail 'the personal address'
sent=$(copies)
days 300
is 'within the year' "$sent" "$(copies)"
ladle member ls dev | sed -n '11,245p' | cut -f 1 | xargs "$LADLE" -C "$site/ladle.conf" member rm dev >/dev/null || fail rm
sent=$(copies)
days 406
[ "$(copies)" -gt $((sent + 5)) ] || fail 'the next year'
