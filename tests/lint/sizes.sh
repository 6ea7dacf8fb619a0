#!/bin/sh
#
# Lengths against the budgets: functions median <= 15, p90 <= 40, none over 80
# lines; files median about 200, none over 600; lines <= 100 columns with tabs of
# 8. Medians, p90 and wide lines are only reported, in the last two lines. What
# is over a hard limit fails, unless tests/lint/exempt has a line for it with a
# reason:
#     sizes src/folder/file.c reason
#     sizes src/folder/file.c:function reason
#
# A function starts at a line without indentation that holds its name and "(",
# opens with "{" at the start of a line or at the end of that one, and ends with
# "}" at the start of a line. Its length counts from the name to that brace.

LC_ALL=C
export LC_ALL
cd "${SRC:-$(dirname "$0")/../..}" || exit 1

lengths=$(mktemp) || exit 1
trap 'rm -f "$lengths"' EXIT

# shellcheck disable=SC2046 # names without spaces
find src -name '*.[ch]' | sort | xargs awk '
function close_file() {
	if (file) print "file", file, lines
}
function function_name(text) {
	sub(/[ \t]*\(.*/, "", text)
	sub(/.*[ \t*]/, "", text)
	return text
}
FNR == 1 { close_file(); file = FILENAME; start = 0; inside = 0 }
{
	lines = FNR
	wide = $0
	gsub(/[\200-\277]/, "", wide)
	columns = 0
	while ((tab = index(wide, "\t"))) {
		columns += tab - 1
		columns += 8 - columns % 8
		wide = substr(wide, tab + 1)
	}
	columns += length(wide)
	if (columns > 100) print "wide", file ":" FNR, columns
}
inside && /^}/ { print "function", file ":" name, FNR - start + 1, start; inside = 0; start = 0; next }
inside { next }
/^[A-Za-z_][^;=]*\(/ && !/^(typedef|struct [a-z_0-9]* \{|enum|union)/ && !start {
	start = FNR
	name = function_name($0)
}
/^\{.*}[ \t]*$/ && start { print "function", file ":" name, FNR - start + 1, start; start = 0; next }
/^\{/ && start { inside = 1; next }
/\)[ \t]*\{[ \t]*$/ && start { inside = 1; next }
/;[ \t]*$/ || /;[ \t]*\/\*.*\*\/$/ || /^#/ || /^$/ { start = 0 }
END { close_file() }
' >"$lengths"

exempt=tests/lint/exempt
[ -f "$exempt" ] || exempt=/dev/null

sort -k 1,1 -k 3,3n "$lengths" | awk -v exempt="$exempt" '
BEGIN {
	while ((getline line < exempt) > 0) {
		n = split(line, word, /[ \t]+/)
		if (word[1] != "sizes") continue
		if (n < 3) { print exempt ": " word[2] " has no reason"; bad = 1 }
		allowed[word[2]] = 1
	}
}
function over(where, what, text) {
	if (where in allowed) { used[where] = 1; return }
	print what ": " text
	bad = 1
}
$1 == "function" {
	function_length[++functions] = $3
	split($2, place, ":")
	if ($3 > 80) over($2, place[1] ":" $4, place[2] " has " $3 " lines, at most 80")
}
$1 == "file" {
	file_length[++files] = $3
	if ($3 > 600) over($2, $2, $3 " lines, at most 600")
}
$1 == "wide" {
	wide++
	if ($3 > widest) { widest = $3; widest_place = $2 }
}
function note(value, budget) { return value > budget ? " (over " budget ")" : "" }
END {
	for (where in allowed) {
		if (where in used) continue
		print exempt ": " where " needs no exemption"
		bad = 1
	}
	median = functions ? function_length[int((functions + 1) / 2)] : 0
	p90 = functions ? function_length[int((functions * 9 + 9) / 10)] : 0
	middle = files ? file_length[int((files + 1) / 2)] : 0
	printf "%d functions: median %d%s, p90 %d%s, longest %d; %d files: median %d, longest %d lines\n",
		functions, median, note(median, 15), p90, note(p90, 40),
		functions ? function_length[functions] : 0,
		files, middle, files ? file_length[files] : 0
	if (wide) printf "lines over 100 columns: %d, the widest is %s with %d\n", wide, widest_place, widest
	exit bad
}
'
