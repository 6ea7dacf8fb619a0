#!/bin/sh
#
# run.sh SRC SECONDS TARGET...: runs each fuzz target for SECONDS, in the build
# folder. What it learns stays in fuzz/corpus/TARGET, an input that breaks it
# goes to fuzz/findings/. Seeds are only read. tests/fuzz/TARGET.dict, when
# there, is its dictionary.

LC_ALL=C
export LC_ALL
src=$1 seconds=$2
shift 2
mkdir -p fuzz/findings || exit 1
bad=0

for name; do
	corpus=fuzz/corpus/$name
	log=fuzz/$name.log
	mkdir -p "$corpus" || exit 1
	set -- "$corpus"
	[ -d "$src/tests/fuzz/seeds/$name" ] && set -- "$@" "$src/tests/fuzz/seeds/$name"
	[ -f "$src/tests/fuzz/$name.dict" ] && set -- "-dict=$src/tests/fuzz/$name.dict" "$@"
	if "fuzz/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=65536 \
		-print_final_stats=1 -artifact_prefix="fuzz/findings/$name-" "$@" >"$log" 2>&1; then
		printf 'ok fuzz/%s (%s runs)\n' "$name" \
			"$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
	else
		printf 'not ok fuzz/%s (%s)\n' "$name" "$log"
		tail -n 40 "$log" | sed 's/^/    /'
		bad=1
	fi
done
exit "$bad"
