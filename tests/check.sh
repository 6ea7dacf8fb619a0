#!/bin/sh
#
# check.sh PART...: runs parts of the tests (unit, replay, lint, interop, scenario, e2e)
# and sums them in the last line. make calls it, with SRC and BUILD set to
# absolute folders. Every check prints one line that starts with "ok", "not ok"
# or "skip"; whatever a check says itself is kept in check/, and shown indented
# when it failed. Unit tests are counted one by one.

LC_ALL=C
export LC_ALL
: "${SRC:?}" "${BUILD:?}"
LADLE=$BUILD/ladle
TOOLS=$BUILD/tools
export SRC BUILD LADLE TOOLS
# What would change the program under test.
unset LADLE_NOW LADLE_FAULT LADLE_FAULT_STATE

passed=0 failed=0 skipped=0
logs=$BUILD/check
mkdir -p "$logs" || exit 1

# The lines of a finished part, counted by how they start.
count() {
	passed=$((passed + $(grep -c '^ok ' "$1")))
	failed=$((failed + $(grep -c '^not ok ' "$1")))
	skipped=$((skipped + $(grep -c '^skip ' "$1")))
}

# judge NAME STATUS LOG: prints the line of one check.
judge() {
	case $2 in
	0) printf 'ok %s\n' "$1" ;;
	77) printf 'skip %s: %s\n' "$1" "$(tail -n 1 "$3")" ;;
	*)
		printf 'not ok %s (exit %s)\n' "$1" "$2"
		tail -n 80 "$3" | sed 's/^/    /'
		;;
	esac
}

part_unit() {
	if [ ! -x "$BUILD/tests-unit" ]; then
		printf 'skip unit: configure did not find check (Debian package check)\n' | tee "$logs/unit"
		count "$logs/unit"
		return
	fi
	# In memory where there is room: what the units prove does not depend on a disk.
	room=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
	if [ -w /dev/shm ] && [ "${room:-0}" -gt 1000000 ]; then
		work=$(mktemp -d /dev/shm/ladle.XXXXXX) || exit 1
	else
		work=$(mktemp -d) || exit 1
	fi
	# Side by side: those that only compute or end nothing (a process for each test
	# would cost them more than the test), those that wait long, and all others.
	rules="auth mail rules base/ascii base/codec base/err base/span base/utf8"
	tables="flow store/fanout store/fanout_model store/held store/inbox store/lists
		store/members store/posts"
	others=''
	for suite in "$SRC"/tests/unit/*/*_test.c; do
		suite=${suite#"$SRC/tests/unit/"} suite=${suite%_test.c}
		case " $rules $tables " in
		*[[:space:]]"$suite"[[:space:]]* | *[[:space:]]"${suite%/*}"[[:space:]]*) ;;
		*) others="$others $suite" ;;
		esac
	done
	# shellcheck disable=SC2086 # lists
	CK_FORK=no TMPDIR=$work "$BUILD/tests-unit" $rules >"$logs/unit.1.log" 2>&1 &
	unit_1=$!
	# shellcheck disable=SC2086
	CK_FORK=no TMPDIR=$work "$BUILD/tests-unit" $tables >"$logs/unit.2.log" 2>&1 &
	unit_2=$!
	# shellcheck disable=SC2086
	TMPDIR=$work "$BUILD/tests-unit" $others >"$logs/unit.3.log" 2>&1 &
	unit_3=$!
	wait "$unit_1" "$unit_2" "$unit_3"
	rm -rf "$work"
	for log in "$logs"/unit.[123].log; do
		cat "$log"
		# Anything but a complete last line means that the runner itself died.
		# shellcheck disable=SC2046 # two numbers
		set -- $(sed -n '$s/^unit: \([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$log")
		if [ $# = 2 ]; then
			passed=$((passed + $1)) failed=$((failed + $2))
		else
			printf 'not ok unit: the runner did not finish\n'
			failed=$((failed + 1))
		fi
	done
}

part_replay() {
	for target in "$SRC"/tests/fuzz/*_fuzz.c; do
		[ -f "$target" ] || continue
		name=$(basename "$target" _fuzz.c)
		seeds=$SRC/tests/fuzz/seeds/$name
		[ -d "$seeds" ] || seeds=''
		# shellcheck disable=SC2086 # no argument without seeds
		timeout 120 "$BUILD/fuzz/$name-replay" $seeds >"$logs/replay-$name.log" 2>&1
		judge "replay/$name" $? "$logs/replay-$name.log"
	done | tee "$logs/replay"
	count "$logs/replay"
}

part_lint() {
	for script in "$SRC"/tests/lint/*.sh; do
		[ -f "$script" ] || continue
		name=$(basename "$script" .sh)
		sh "$script" </dev/null >"$logs/lint-$name.log" 2>&1
		judge "lint/$name" $? "$logs/lint-$name.log"
	done | tee "$logs/lint"
	count "$logs/lint"
}

# What it found out is shown in any case.
part_interop() {
	if [ -n "$interop_beside" ]; then wait "$interop_pid"; else run_interop; fi
	grep '^interop:' "$logs/interop.log" | sed 's/^/# /'
	judge interop "$(cat "$logs/interop.status")" "$logs/interop.log" | tee "$logs/interop"
	count "$logs/interop"
}

# scripts KIND JOBS SECONDS: every script in tests/KIND, or those in SCENARIOS.
scripts() {
	sh "$SRC/tests/scenario/run.sh" "$@" | tee "$logs/$1.lines"
	count "$logs/$1.lines"
}

# What waits a lot goes beside what computes, where both are wanted: the end-to-end tests
# beside the units, the other implementation beside the scenarios.
e2e_beside='' interop_beside=''
case " $* " in
*' unit '*' e2e '*) e2e_beside=yes ;;
esac
case " $* " in
*' scenario '*' interop '*) interop_beside=yes ;;
esac

run_e2e() {
	sh "$SRC/tests/scenario/run.sh" e2e 1 "${LADLE_TEST_SECONDS:-120}" >"$logs/e2e.lines" 2>&1
}

run_interop() {
	sh "$SRC/tests/interop/run.sh" </dev/null >"$logs/interop.log" 2>&1
	echo $? >"$logs/interop.status"
}

for part; do
	case $part in
	unit)
		[ -z "$e2e_beside" ] || { run_e2e & e2e_pid=$!; }
		part_unit
		;;
	replay) part_replay ;;
	lint) part_lint ;;
	interop) part_interop ;;
	scenario)
		[ -z "$interop_beside" ] || { run_interop & interop_pid=$!; }
		scripts scenario "${JOBS:-3}" "${LADLE_TEST_SECONDS:-60}"
		;;
	e2e)
		if [ -n "$e2e_beside" ]; then wait "$e2e_pid"; else run_e2e; fi
		cat "$logs/e2e.lines"
		count "$logs/e2e.lines"
		;;
	*) printf "check.sh: no part '%s'\n" "$part" >&2; exit 64 ;;
	esac
done

printf '%d %d %d\n' "$passed" "$failed" "$skipped" >"$logs/total"
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
# Nothing passed is no success either.
[ "$failed" = 0 ] && [ "$passed" != 0 ]
