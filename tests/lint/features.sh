#!/bin/sh
#
# doc/features against the scenarios, in both directions: every row is there once, in
# order; a row that is done, or done in part, names scenarios that exist, the others
# name none; and a scenario whose name begins with the IDs of rows is named by these.
# IDs of groups that the page has not count nothing.

LC_ALL=C
export LC_ALL
cd "${SRC:-$(dirname "$0")/../..}" || exit 1
features=doc/features
if [ ! -f "$features" ]; then
	echo "there is no $features"
	exit 1
fi

# "scenario NAME" for each file, then the table.
{
	find tests/scenario tests/e2e -name '*.sh' 2>/dev/null | sed 's|.*/||; s|\.sh$||' | sort |
		grep -v -e '^lib' -e '^run$' | sed 's/^/scenario /'
	echo table
	cat "$features"
} | awk '
BEGIN {
	# Rows of each group.
	groups = split("A 14 B 22 C 25 H 4 K 3 L 10", group, " ")
	for (i = 1; i < groups; i += 2)
		for (n = 1; n <= group[i + 1]; n++) order[++rows] = group[i] n
	for (i = 1; i <= rows; i++) known[order[i]] = 1
	split("Y part open later no", words, " ")
	for (i in words) states[words[i]] = 1
	next_row = 1
}
function complain(text) { print text; bad = 1 }
function end_row() {
	if (!row) return
	shown = state[row] == "Y" || state[row] == "part"
	if (shown && !named[row]) complain(where[row] ": " row " is \"" state[row] "\" and names no scenario")
	if (!shown && named[row]) complain(where[row] ": " row " is \"" state[row] "\" and names a scenario")
	row = ""
}
!table && $1 == "scenario" { exists[$2] = 1; next }
!table { table = 1; line = 0; next }
{ line++; place = "doc/features:" line }
/^[A-Z][0-9]+[ \t]/ {
	end_row()
	row = $1
	if (row in state) complain(place ": " row " is there twice")
	else if (!(row in known)) complain(place ": there is no row " row)
	else if (order[next_row] != row) complain(place ": " row " where " order[next_row] " should be")
	for (next_row = 1; next_row <= rows && order[next_row] != row; next_row++);
	next_row++
	state[row] = $2
	where[row] = place
	if (!($2 in states)) complain(place ": " row " has no state")
	if (NF < 3) complain(place ": " row " says nothing")
	next
}
/^[ \t]/ && row {
	for (i = 1; i <= NF; i++) {
		named[row]++
		names[row, $i] = 1
		if (!($i in exists)) complain(place ": there is no scenario " $i)
	}
	next
}
{ end_row() }
END {
	end_row()
	for (i = 1; i <= rows; i++)
		if (!(order[i] in state)) complain("doc/features: " order[i] " is missing")
	for (name in exists) {
		n = split(name, part, "-")
		for (i = 1; i <= n && part[i] ~ /^[A-Z][0-9]+$/; i++)
			if (part[i] in known && !((part[i], name) in names))
				complain("tests/scenario/" name ".sh: " part[i] " in doc/features does not name it")
	}
	exit bad
}'
