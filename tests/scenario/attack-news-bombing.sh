# Who has an address of a big domain names somebody else's there to lists that are closed, or
# where that is no member: no list writes to who has not asked.
. "$SRC/tests/scenario/lib-request.sh"
request_new subscribe-policy=closed
victim=victim@one.example
for i in 1 2 3 4 5 6; do
	ladle list create "l$i@lists.example" subscribe-policy=closed >/dev/null || fail create
	to=l$i+request@lists.example send x "$joe" "subscribe $victim"
	to=l$i+request@lists.example send x "$joe" "unsubscribe $victim"
done
turn || fail run
is 'letters to who asked for nothing' 0 "$(letters "$victim")"
ask request "$joe" subscribe
is 'letters to who asked' 1 "$(letters "$joe")"
