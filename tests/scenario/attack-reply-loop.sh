# Two lists are set on each other: what one has written comes to every address of the other, with
# the list's own signature, and somebody writes to one in the name of the other.
. "$SRC/tests/scenario/lib-request.sh"
request_new
ladle list create ops@lists.example subscribe-policy=open >/dev/null || fail create
ask request "$joe" help
is 'one answer' 1 "$(letters "$joe")"
letter "$joe"
all=$(find "$out" -name '*.env' | wc -l)
for to in ops ops+request ops-request ops+help ops+subscribe ops+unsubscribe ops+nonsense dev+request dev; do
	for from in '' dev+request@lists.example "$joe"; do
		ladle receive -f "$from" "$to@lists.example" <letter || fail receive
	done
done
turn || fail run
turn || fail run
is 'mail caused by it' "$all" "$(find "$out" -name '*.env' | wc -l)"
for command in help subscribe 'subscribe address=ops@lists.example' nonsense; do
	to=dev+request@lists.example bare x ops+request@lists.example "$command"
	to=dev+request@lists.example bare x ops@lists.example "$command"
	to=ops+request@lists.example bare x dev-request@lists.example "$command"
done
is 'mail caused in their names' "$all" "$(find "$out" -name '*.env' | wc -l)"
is 'posts' '' "$(ladle queue ls)"
