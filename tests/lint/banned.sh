#!/bin/sh
#
# Calls that src/ does without. The list of base/banned.h also holds where a
# macro does not reach (a call in a macro that nobody uses, a function pointer);
# ctype and the locale never; the allocator only in base.

LC_ALL=C
export LC_ALL
cd "${SRC:-$(dirname "$0")/../..}" || exit 1

banned=$(sed -n 's/^#undef \([a-z_0-9]*\)$/\1/p' src/base/banned.h)
if [ -z "$banned" ]; then
	echo "src/base/banned.h: no list of calls"
	exit 1
fi

# shellcheck disable=SC2046 # names without spaces
awk -v banned="$banned" '
BEGIN {
	n = split(banned " isalpha isdigit isalnum isspace isupper islower ispunct isprint " \
		"iscntrl isxdigit isgraph isblank tolower toupper strcoll strxfrm setlocale " \
		"strcasecmp strncasecmp alloca strdupa", names, /[ \n]+/)
	for (i = 1; i <= n; i++) never[names[i]] = 1
	n = split("malloc calloc realloc reallocarray free strdup strndup asprintf vasprintf", names, " ")
	for (i = 1; i <= n; i++) allocator[names[i]] = 1
}
FNR == 1 {
	comment = 0
	in_base = FILENAME ~ /^src\/base\//
}
FILENAME == "src/base/banned.h" { next }
{
	line = $0
	gsub(/\\./, "", line)
	gsub(/"[^"]*"/, "\"\"", line)
	if (comment) {
		if (!match(line, /\*\//)) next
		line = substr(line, RSTART + 2)
		comment = 0
	}
	while (match(line, /\/\*/)) {
		before = substr(line, 1, RSTART - 1)
		line = substr(line, RSTART + 2)
		if (!match(line, /\*\//)) { comment = 1; line = before; break }
		line = before " " substr(line, RSTART + 2)
	}
	sub(/\/\/.*/, "", line)
	while (match(line, /[A-Za-z_][A-Za-z_0-9]*/)) {
		word = substr(line, RSTART, RLENGTH)
		previous = RSTART > 1 ? substr(line, RSTART - 1, 1) : " "
		line = substr(line, RSTART + RLENGTH)
		# A member, or a word that only looks like the call.
		if (previous ~ /[.>]/ || line !~ /^[ \t]*[(,;)]/) continue
		# As a plain word these are parameter and variable names.
		if (line !~ /^[ \t]*\(/ && word ~ /^(free|gets|system)$/) continue
		if (word in never || (word in allocator && !in_base)) {
			printf "%s:%d: %s\n", FILENAME, FNR, word
			bad = 1
		}
	}
}
END { exit bad }
' $(find src -name '*.[ch]' | sort)
