#!/bin/sh
#
# embed.sh FILE...: prints the C source of the built-in texts (src/rules/notice.h).
# Every FILE is called LANGUAGE/NAME.txt. What is in them is checked by the tests.

LC_ALL=C
export LC_ALL

printf '/* Written by templates/embed.sh. */\n#include "rules/notice.h"\n\n'
printf 'const struct notice_builtin notice_builtins[] = {\n'
for file; do
	name=${file##*/}
	folder=${file%/*}
	printf '\t{"%s", "%s",\n' "${folder##*/}" "${name%.txt}"
	# ? is escaped since ??/ and its kind are trigraphs in C11.
	sed 's/[\\"?]/\\&/g; s/^/\t"/; s/$/\\n"/' "$file" || exit 1
	# A file without text still needs an expression.
	printf '\t""},\n'
done
printf '};\n\n'
printf 'const size_t notice_builtins_count = sizeof(notice_builtins) / sizeof(notice_builtins[0]);\n'
