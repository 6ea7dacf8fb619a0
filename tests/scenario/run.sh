#!/bin/sh
#
# run.sh KIND JOBS SECONDS: runs the tests tests/KIND/*.sh (but this file), JOBS
# at a time and each for at most SECONDS. SCENARIOS, when set, is a list of
# names to run instead of all.
#
# A test is a shell script. It finds LADLE (the program), TOOLS (the folder of
# the test tools), SRC (the source tree) and TMPDIR (an empty folder of its own,
# also its current folder and HOME). It ends with 0 for passed, 77 for skipped
# (the last line it printed is the reason), anything else for failed. What it
# printed is in check/KIND/NAME.log. Processes it leaves behind are killed.
#
# With KEEP=1 the folders stay and are named.

LC_ALL=C
export LC_ALL
: "${SRC:?}" "${BUILD:?}"

run_one() {
	kind=$1 seconds=$2 script=$3
	name=$(basename "$script" .sh)
	log=$BUILD/check/$kind/$name.log
	# A short name: a socket's path is limited to some 100 bytes.
	work=$(mktemp -d "${TMPDIR:-/tmp}/ladle.XXXXXX") || exit 1
	cd "$work" || exit 1
	TMPDIR=$work HOME=$work
	export TMPDIR HOME LADLE TOOLS SRC BUILD
	group=''
	trap '[ -z "$group" ] || kill -s KILL -- "-$group" 2>/dev/null; rm -rf "$work"; exit 1' HUP INT TERM

	# timeout leads a process group of its own, and its number names that group.
	timeout -k 5 "$seconds" sh "$script" >"$log" 2>&1 </dev/null &
	group=$!
	wait "$group"
	status=$?
	kill -s KILL -- "-$group" 2>/dev/null

	case $status in
	0) line="ok $kind/$name" ;;
	77) line="skip $kind/$name: $(tail -n 1 "$log")" ;;
	124 | 137) line="not ok $kind/$name (stopped after $seconds s)" ;;
	*) line="not ok $kind/$name (exit $status)" ;;
	esac
	[ "${KEEP:-}" = 1 ] && line="$line [$work]"
	printf '%s\n' "$line"
	case $line in
	not*) printf '%s\n' "$name" >>"$BUILD/check/$kind/failed" ;;
	esac
	cd / || exit 1
	if [ "${KEEP:-}" != 1 ]; then
		chmod -R u+rwX "$work" 2>/dev/null
		rm -rf "$work"
	fi
	exit 0
}

if [ "$1" = --one ]; then
	shift
	run_one "$@"
fi

kind=$1 jobs=$2 seconds=$3
logs=$BUILD/check/$kind
rm -rf "$logs"
mkdir -p "$logs" || exit 1

for script in "$SRC/tests/$kind"/*.sh; do
	[ -f "$script" ] || continue
	name=$(basename "$script" .sh)
	# run.sh is this file; lib*.sh is what tests share.
	case $name in
	run | lib | lib-* | lib_*) continue ;;
	esac
	# The long ones first, so that none is left alone at the end.
	case $name in
	*corpus*) rank=1 ;;
	fault-*) rank=2 ;;
	*) rank=3 ;;
	esac
	case " ${SCENARIOS:-$name} " in
	*" $name "*) printf '%s %s\n' "$rank" "$script" ;;
	esac
done | sort -s -k 1,1n | cut -d ' ' -f 2- >"$logs/list"

xargs -P "$jobs" -n 1 sh "$SRC/tests/scenario/run.sh" --one "$kind" "$seconds" <"$logs/list"

[ -f "$logs/failed" ] || exit 0
sort "$logs/failed" | while read -r name; do
	printf -- '--- %s/%s\n' "$kind" "$name"
	tail -n 60 "$logs/$name.log" | sed 's/^/    /'
done
exit 1
