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
# A fork copies what the sanitizer keeps of freed memory, and there are thousands of them.
# Where it guesses wrong what a loaded library has for a thread, it stops the leak check.
ASAN_OPTIONS=${ASAN_OPTIONS:-quarantine_size_mb=2:malloc_context_size=10:intercept_tls_get_addr=0}
export ASAN_OPTIONS

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

# In memory where there is room: what is proved does not depend on a disk.
roomy() {
	room=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
	if [ -w /dev/shm ] && [ "${room:-0}" -gt 2000000 ]; then
		echo /dev/shm
	else
		echo "${TMPDIR:-/tmp}"
	fi
}

# run_units LOG FORK SUITE…
run_units() {
	log=$logs/$1.log fork=$2
	shift 2
	CK_FORK=$fork TMPDIR=$work "$BUILD/tests-unit" "$@" >"$log" 2>&1
}

part_unit() {
	if [ ! -x "$BUILD/tests-unit" ]; then
		printf 'skip unit: configure did not find check (Debian package check)\n' | tee "$logs/unit"
		count "$logs/unit"
		return
	fi
	work=$(mktemp -d "$(roomy)/ladle.XXXXXX") && chmod 711 "$work" || exit 1
	# Only these end the process or change it for good: a process for each test costs
	# more than the test.
	ending='base/buf base/env base/fault base/file base/json base/mem store/blob store/db'
	compute='' others=''
	for suite in "$SRC"/tests/unit/*/*_test.c; do
		suite=${suite#"$SRC/tests/unit/"} suite=${suite%_test.c}
		case " $ending " in
		*" $suite "*) continue ;;
		esac
		case $suite in
		auth/* | mail/* | rules/* | base/*) compute="$compute $suite" ;;
		*) others="$others $suite" ;;
		esac
	done
	# shellcheck disable=SC2086 # lists
	{
		run_units unit.1 no $compute &
		unit_1=$!
		run_units unit.2 no $others &
		unit_2=$!
		run_units unit.3 yes $ending
	}
	wait "$unit_1" "$unit_2"
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

run_replay() {
	for target in "$SRC"/tests/fuzz/*_fuzz.c; do
		[ -f "$target" ] || continue
		name=$(basename "$target" _fuzz.c)
		seeds=$SRC/tests/fuzz/seeds/$name
		[ -d "$seeds" ] || seeds=''
		# shellcheck disable=SC2086 # no argument without seeds
		timeout 120 "$BUILD/fuzz/$name-replay" $seeds >"$logs/replay-$name.log" 2>&1
		judge "replay/$name" $? "$logs/replay-$name.log"
	done
}

run_lint() {
	for script in "$SRC"/tests/lint/*.sh; do
		[ -f "$script" ] || continue
		name=$(basename "$script" .sh)
		sh "$script" >"$logs/lint-$name.log" 2>&1
		judge "lint/$name" $? "$logs/lint-$name.log"
	done
}

# What it found out is shown in any case.
run_interop() {
	sh "$SRC/tests/interop/run.sh" >"$logs/interop.log" 2>&1
	status=$?
	grep '^interop:' "$logs/interop.log" | sed 's/^/# /'
	judge interop "$status" "$logs/interop.log"
}

run_e2e() {
	sh "$SRC/tests/scenario/run.sh" e2e 1 "${LADLE_TEST_SECONDS:-120}" 2>&1
}

# Every script in tests/scenario, or those in SCENARIOS.
part_scenario() {
	TMPDIR=$(roomy) sh "$SRC/tests/scenario/run.sh" scenario "${JOBS:-3}" \
		"${LADLE_TEST_SECONDS:-60}" | tee "$logs/scenario.lines"
	count "$logs/scenario.lines"
}

# lane PART…: those that are wanted, one after the other. Two lanes run beside the units and
# the scenarios, so that no core is idle: one of what waits a lot, and one of what computes.
lane() {
	for part; do
		case " $wanted " in
		*" $part "*) "run_$part" >"$logs/$part.lines" </dev/null ;;
		esac
	done
}

wanted=$*
for part; do
	case $part in
	unit | scenario | e2e | interop | replay | lint) ;;
	*) printf "check.sh: no part '%s'\n" "$part" >&2; exit 64 ;;
	esac
done
lane e2e interop &
lane_1=$!
lane replay lint &
lane_2=$!
for part; do
	case $part in
	unit | scenario) "part_$part" ;;
	esac
done
wait "$lane_1" "$lane_2"
for part; do
	case $part in
	e2e | interop | replay | lint)
		cat "$logs/$part.lines"
		count "$logs/$part.lines"
		;;
	esac
done

printf '%d %d %d\n' "$passed" "$failed" "$skipped" >"$logs/total"
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
# Nothing passed is no success either.
[ "$failed" = 0 ] && [ "$passed" != 0 ]
