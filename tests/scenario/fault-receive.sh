# receive is killed, or cannot write, sync or rename, at every point, or allocate: the
# MTA keeps the message and tries again, and each post is distributed once.
. "$SRC/tests/scenario/lib-fault.sh"
faults_ready
ladle member rm dev m4@four.example m5@five.example m6@six.example m7@seven.example >/dev/null
posts=''
tries=0

# receive_fault POINT N ACTION: false when there is no such call.
receive_fault() {
	tries=$((tries + 1))
	name=r$tries
	posts="$posts $name@one.example"
	{ message "$name" | sed "s/$member1/$member2/"; cat long; } >in.eml
	rm -f state
	env LADLE_FAULT="$1:$2:$3" LADLE_FAULT_STATE="$TMPDIR/state" "$LADLE" -C "$site/ladle.conf" \
		receive -f "$member2" "$list" <in.eml 2>said
	status=$?
	reached=$(calls_of state "$1")
	[ "${reached:-0}" -ge "$2" ] || { is 'receive without its fault' 0 "$status"; return 1; }
	injected=$((injected + 1))
	case $3 in
	kill) is "$*" 137 "$status" ;;
	*) is "$*" 75 "$status" ;;
	esac
	receive <in.eml
	is "$* again" 0 $?
}

# More than the 64 kB that are read at once.
head -c 70000 /dev/zero | tr '\0' x | fold -w 70 >long
for what in 'spool-write kill enospc eio' 'write kill enospc eio' 'spool-sync kill enospc eio' \
	'spool-rename kill enospc eio' 'fsync kill enospc eio'; do
	point=${what%% *}
	for action in ${what#* }; do
		n=1
		while receive_fault "$point" "$n" "$action"; do
			n=$((n + 1))
		done
		echo "$point $action: $((n - 1))"
	done
done
for n in 1 2 10; do
	receive_fault alloc $n kill
	receive_fault alloc $n enomem
done
settle 'all posts' 0
faults_done 30
