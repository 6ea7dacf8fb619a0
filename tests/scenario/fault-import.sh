# An import that is killed, or meets a full disk, has done nothing or all; done again, all.
. "$SRC/tests/scenario/lib-fault.sh"
site_new
awk 'BEGIN { for (i = 0; i < 500; i++) printf "m%03d@four.example\n", (i * 77) % 500 }' >many
cp -a "$site" ready
import() { env "$@" "$LADLE" -C "$site/ladle.conf" member import dev many >>run.log 2>&1; }
trail() { ladle audit dev | grep -c 'member import'; }
import LADLE_FAULT_STATE="$TMPDIR/calls" || fail import
# fault POINT N ACTION, as lib-fault.sh wants it
fault() {
	rm -rf "$site" state
	cp -a ready "$site"
	import LADLE_FAULT="$1:$2:$3" LADLE_FAULT_STATE="$TMPDIR/state"
	reached=$(calls_of state "$1")
	[ "${reached:-0}" -ge "$2" ] || return 1
	injected=$((injected + 1))
	members=$(ladle member export dev | wc -l)
	case $members-$(trail) in
	3-0 | 503-1) ;;
	*) fail "$*: $members members, $(trail) lines of the trail" ;;
	esac
	import || fail "$*: import after it"
	is "$*: members" 503 "$(ladle member export dev | wc -l)"
	is "$*: lines of the trail" 1 "$(trail)"
}
for point in commit committed sql; do
	fault_some $point kill
done
fault_some sql enospc
fault_some sql eio
faults_done 8
