#!/bin/sh
#
# Every parser of strangers' bytes has a fuzz target with seeds. The list is
# tests/lint/parsers: header, target. A header that declares a function *_parse
# belongs on the list, or into tests/lint/exempt with a reason:
#     fuzzed src/folder/file.h reason

LC_ALL=C
export LC_ALL
cd "${SRC:-$(dirname "$0")/../..}" || exit 1
bad=0

complain() {
	echo "$*"
	bad=1
}

line=0
while read -r header target rest; do
	line=$((line + 1))
	case $header in
	'' | '#'*) continue ;;
	esac
	where="tests/lint/parsers:$line"
	fuzz=tests/fuzz/${target}_fuzz.c
	if [ -z "$target" ] || [ -n "$rest" ]; then
		complain "$where: not of the form 'header target'"
	elif [ ! -f "$header" ]; then
		complain "$where: there is no $header"
	elif [ ! -f "$fuzz" ]; then
		complain "$where: there is no $fuzz"
	elif ! grep -q LLVMFuzzerTestOneInput "$fuzz"; then
		complain "$fuzz: no LLVMFuzzerTestOneInput"
	fi
	if [ -f "$fuzz" ] && [ -z "$(find "tests/fuzz/seeds/$target" -type f 2>/dev/null | head -n 1)" ]; then
		complain "$where: no seeds in tests/fuzz/seeds/$target"
	fi
done <tests/lint/parsers

for header in $(grep -lE '^[a-z].*[a-z0-9]_parse\(' src/*/*.h 2>/dev/null); do
	grep -q "^${header}[[:space:]]" tests/lint/parsers && continue
	grep -q "^fuzzed $header [^ ]" tests/lint/exempt 2>/dev/null && continue
	complain "$header: declares a parser and is not in tests/lint/parsers"
done
exit "$bad"
