# Many posts at the same time, through as many connections: each member gets each once.
. "$SRC/tests/e2e/lib-postfix.sh"
mail_new
run_start
pids=''
for n in 1 2 3 4 5 6 7 8; do
	post "at-once-$n" &
	pids="$pids $!"
done
for pid in $pids; do
	wait "$pid" || fail 'a post was not taken'
done
wait_copies 24
for n in 1 2 3 4 5 6 7 8; do
	grep -l "^Message-ID: <at-once-$n@" "$out"/*.eml | sed 's/eml$/env/' | xargs sed -s -n 2p | sort -u >rcpts
	is "members who have post $n" 3 "$(wc -l <rcpts)"
done
run_stop
