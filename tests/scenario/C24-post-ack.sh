# A word to the author when his post went out: who asked for it (set ack), and is proven; not to
# others, not to a machine, and no more than the answers of a day.
. "$SRC/tests/scenario/lib-request.sh"
request_new
from=$member1
# said: how many such notes the author has
said() {
	grep -l '^Subject: Your message to dev was distributed' "$out"/*.eml 2>/dev/null | wc -l
}
# signed NAME: a post of hers with a signature
signed() {
	message "$1" >plain.eml
	sign_dkim1 plain.eml | receive || fail receive
	turn || fail run
}
signed one
is 'not asked for' 0 "$(said)"
ask request "$from" 'set ack'
signed two
is 'asked for' 1 "$(said)"
tr -d '\r' <"$(grep -l '^Subject: Your message to dev was distributed' "$out"/*.eml)" >letter
has letter '^Auto-Submitted: auto-replied'
has letter '^In-Reply-To: <two@one.example>'
has letter '^List-Id:'
# Without a proof the post is let through here, and nobody is written to.
ladle list set dev unauthenticated=accept || fail set
post three
turn || fail run
is 'without a proof' 1 "$(said)"
# One that waited: when it goes out, not before.
ladle list set dev moderated=yes || fail set
signed four
is 'while it waits' 1 "$(said)"
ladle held accept 1 || fail accept
turn || fail run
is 'when it went out' 2 "$(said)"
ladle list set dev moderated=no || fail set
for name in five six seven eight; do signed "$name"; done
is 'five answers a day' 4 "$(said)"
