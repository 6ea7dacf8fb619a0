#!/bin/sh
#
# Builds Ladle with the sanitizers and every internal check and runs all tests,
# end-to-end ones included, and, when there is a d2peer (tests/interop/run.sh), those
# against it. The last line of output is
#     N passed, M failed, K skipped
# and the exit status is 0 when none failed.
#
# On Debian it needs nothing installed beforehand (see contrib/deps.sh).
#     LADLE_BUILD=DIR      the build folder, instead of build-test
#     LADLE_NO_INSTALL=1   install nothing: name what is missing, exit 69
# Arguments go to configure.

LC_ALL=C
export LC_ALL
root=$(cd "$(dirname "$0")/.." && pwd -P) || exit 1
build=${LADLE_BUILD:-$root/build-test}

. "$root/contrib/deps.sh"
deps_install build test || exit

# What fails before there is a test counts as one.
give_up() {
	printf '%s\n' "$1"
	printf '0 passed, 1 failed, 0 skipped\n'
	exit 1
}

# What is tested runs much longer than it takes to optimise it a little; the tests do not.
: "${CFLAGS=-O1 -g1}" "${TEST_CFLAGS=-O0 -g1}"
export CFLAGS TEST_CFLAGS

mkdir -p "$build" && cd "$build" || give_up "cannot use the build folder '$build'"
sh "$root/configure" --enable-asan --enable-debug --enable-werror "$@" || give_up 'configure failed'
make -j2 check-programs || give_up 'the build failed'

rm -f check/total
# make interop has 500 messages.
INTEROP_COUNT=${INTEROP_COUNT:-60}
export INTEROP_COUNT
# Three at a time, since many of them wait.
make -s check JOBS=3 PARTS='unit replay lint scenario e2e interop'
status=$?
read -r passed failed skipped <check/total || give_up 'the tests did not finish'
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
exit "$status"
