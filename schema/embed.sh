#!/bin/sh
#
# embed.sh FILE...: prints the C source of the table in src/store/schema.h.
# Every FILE is called NNN.sql; order and uniqueness of the numbers are checked,
# because a step that is skipped or run twice would ruin a database.

LC_ALL=C
export LC_ALL

printf '/* Written by schema/embed.sh. */\n#include "store/schema.h"\n\n'
printf 'const struct schema_step schema_steps[] = {\n'
count=0
for file; do
	name=${file##*/}
	number=${name%.sql}
	case $number in
	[0-9][0-9][0-9]) ;;
	*) printf 'embed.sh: %s: the name must be NNN.sql\n' "$file" >&2; exit 1 ;;
	esac
	count=$((count + 1))
	while [ "${number#0}" != "$number" ]; do number=${number#0}; done
	if [ "$number" != "$count" ]; then
		printf 'embed.sh: %s: expected step %03d\n' "$file" "$count" >&2
		exit 1
	fi
	printf '\t{%s,\n' "$number"
	# ? is escaped since ??/ and its kind are trigraphs in C11.
	sed 's/[\\"?]/\\&/g; s/^/\t"/; s/$/\\n"/' "$file" || exit 1
	# A file without text still needs an expression.
	printf '\t""},\n'
done
printf '\t{0, NULL}\n};\n\n'
printf 'const size_t schema_steps_count = %d;\n' "$count"
