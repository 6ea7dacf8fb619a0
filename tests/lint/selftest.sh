#!/bin/sh
#
# Do the checks still find anything? Each is run on a small tree that is clean,
# where it must pass, and then with one planted mistake after the other, where
# it must fail and name the place.

LC_ALL=C
export LC_ALL
lint=$(cd "${SRC:-$(dirname "$0")/../..}/tests/lint" && pwd) || exit 1
compiler=${CC:-cc}
top=$(mktemp -d) || exit 1
trap 'rm -rf "$top"' EXIT
bad=0

# A new clean tree, and into it.
fresh() {
	cd / && rm -rf "$top/tree" && mkdir "$top/tree" && cd "$top/tree" || exit 1
	for layer in base mail auth rules store net flow cli; do mkdir -p "src/$layer"; done
	mkdir -p tests/lint tests/fuzz/seeds/addr doc obj/base
	printf '#undef strcpy\n#define strcpy(a, b) sorry\n' >src/base/banned.h
	printf '#include <stdio.h>\nint span_len(int n);\n' >src/base/span.h
	cat >src/base/span.c <<-'END'
	#include "base/span.h"

	/* strcpy(a, b) in a comment, TODOs, and "strcpy(" in a string are fine. */
	static const char *const names[] = {"strcpy(a)", "b"};

	int span_len(int n)
	{
		static const int table[] = {1, 2, 3};

		return table[n % 3] + names[n % 2][0];
	}
	END
	printf '#include "base/span.h"\nint addr_parse(int n);\n' >src/mail/addr.h
	printf '#include "mail/addr.h"\n\nint addr_parse(int n)\n{\n\treturn span_len(n);\n}\n' >src/mail/addr.c
	printf '#include "cli/cli.h"\n#include "base/span.h"\n' >src/main.c
	printf '#include "mail/addr.h"\nint LLVMFuzzerTestOneInput(void);\n' >tests/fuzz/addr_fuzz.c
	printf 'a@b\n' >tests/fuzz/seeds/addr/one
	printf 'src/mail/addr.h addr\n' >tests/lint/parsers
	printf '# none\n' >tests/lint/exempt
	page ladle-list.1 ladle-list 1 >doc/ladle-list.1
	page ladle.conf.5 ladle.conf 5 >doc/ladle.conf.5
	cat >>doc/ladle.conf.5 <<-'END'
	The settings are:
	.Bl -tag -width Ds
	.It Ic data\-folder
	Where the data is.
	.It Ic hostname , Ic host
	Our name.
	.El
	See
	.Xr ladle-list 1 .
	END
	cat >ladle <<-'END'
	#!/bin/sh
	case $2 in
	--names) echo list ;;
	--settings) printf 'data-folder path\nhostname text\n' ;;
	esac
	END
	chmod +x ladle
	mkdir -p tests/scenario
	printf 'true\n' >tests/scenario/A1-A3-first.sh
	printf 'true\n' >tests/scenario/other.sh
	features >doc/features
	compile base/span
}

# A table of rows of which three are done.
features() {
	printf 'Features\n\nA  Group\n\n'
	for group in A:14 B:22 C:25 H:4 K:3 L:10; do
		awk -v group="${group%:*}" -v n="${group#*:}" 'BEGIN {
			for (i = 1; i <= n; i++) print group i (group == "A" && i < 4 ? " Y" : " open") " text"
		}'
	done | sed 's/^A[13] .*/&\n    A1-A3-first/; s/^A2 .*/&\n    other/'
}

page() {
	printf '.Dd January 1, 2026\n.Dt %s %s\n.Os\n.Sh NAME\n.Nm %s\n.Nd a page\n.Sh DESCRIPTION\nText.\n' \
		"$(printf '%s' "${1%.*}" | tr a-z A-Z)" "$3" "$2"
}

compile() {
	# shellcheck disable=SC2086
	$compiler $compile_flags -Isrc -c -o "obj/$1.o" "src/$1.c" || { echo "cannot compile"; bad=1; }
}

check() {
	SRC=$top/tree BUILD=$top/tree LADLE=$top/tree/ladle sh "$lint/$1.sh" >"$top/out" 2>&1
}

passes() {
	check "$1" && return
	printf '%s.sh fails with %s on a clean tree:\n' "$1" "$?"
	cat "$top/out"
	bad=1
}

# fails CHECK TEXT: it must fail with 1 and say TEXT.
fails() {
	check "$1"
	status=$?
	if [ "$status" = 1 ] && grep -qF "$2" "$top/out"; then
		fresh
		return
	fi
	printf "%s.sh does not find '%s' (exit %s):\n" "$1" "$2" "$status"
	cat "$top/out"
	bad=1
	fresh
}

# lines N: a function body of so many lines.
lines() {
	awk -v n="$1" 'BEGIN { while (n-- > 0) print "\tx();" }'
}

compile_flags='-O0 -fPIE'
fresh

passes layers
printf '#include "mail/addr.h"\n' >>src/base/span.c
fails layers 'src/base/span.c:12: base may not include "mail/addr.h"'
printf '#include "net/dns.h"\n' >src/store/db.c
fails layers 'src/store/db.c:1:'
printf '# include "store/db.h"\n' >src/net/dns.h
fails layers 'src/net/dns.h:1:'
printf '#include "span.h"\n' >src/base/buf.c
fails layers 'src/base/buf.c:1:'
mkdir src/util
fails layers 'src/util: '

passes thirdparty
printf '#include <openssl/evp.h>\n' >src/base/hash.c
fails thirdparty 'src/base/hash.c:1: <openssl/evp.h>'
printf '\n#include <jansson.h>\n' >src/rules/a.c
fails thirdparty 'src/rules/a.c:2:'
printf '#include <idn2.h>\n' >src/auth/a.c
fails thirdparty 'src/auth/a.c:1:'
printf '#include <pcre2.h>\n' >src/flow/a.c
fails thirdparty 'src/flow/a.c:1:'
printf '#include <sqlite3.h>\n' >src/flow/a.c
fails thirdparty 'src/flow/a.c:1:'
printf '#include <curl/curl.h>\n' >src/store/a.c
fails thirdparty 'src/store/a.c:1:'
printf '#include <ctype.h>\n' >src/mail/a.c
fails thirdparty 'src/mail/a.c:1:'
printf '#include <openssl/evp.h>\n#include <jansson.h>\n#include <sys/stat.h>\n' >src/auth/ok.c
passes thirdparty
fresh

passes globals
for plant in 'int counter;' 'static int calls = 1; int f(void) { return calls++; }' \
	'int f(void) { static int last; return last++; }' '_Thread_local int each;' \
	'const char *name = "a";'; do
	for flags in '-O0' '-O2 -fPIE' '-fcommon' '-g -fsanitize=address,undefined'; do
		printf '%s\n' "$plant" >src/base/plant.c
		# shellcheck disable=SC2086
		$compiler $flags -c -o obj/base/plant.o src/base/plant.c 2>/dev/null || continue
		fails globals 'src/base/plant.c: '
	done
done
compile_flags='-g -fsanitize=address,undefined'
if $compiler $compile_flags -Isrc -c -o obj/base/span.o src/base/span.c 2>/dev/null; then
	passes globals
fi
compile_flags='-O0 -fPIE'
fresh

passes banned
printf '\tstrcpy(a, b); /* fine? */\n' >>src/mail/addr.c
fails banned 'src/mail/addr.c:7: strcpy'
printf '\t/* why */ x = (isdigit (c));\n' >>src/mail/addr.c
fails banned 'src/mail/addr.c:7: isdigit'
printf '\tsort(list, strcasecmp);\n' >>src/mail/addr.c
fails banned 'src/mail/addr.c:7: strcasecmp'
printf '\tfree(p);\n' >>src/mail/addr.c
fails banned 'src/mail/addr.c:7: free'
printf '\tfree(p); self->free(p); x.malloc(1);\n' >>src/base/span.c
passes banned
fresh

passes sizes
{ printf 'int f(int a,\n\tint b)\n{\n'; lines 77; printf '}\n'; } >src/base/plant.c
fails sizes 'src/base/plant.c:1: f has 81 lines'
{ printf 'int f(void)\n{\n'; lines 77; printf '}\n'; } >src/base/plant.c
passes sizes
{ printf 'static inline struct a *f(void) {\n'; lines 80; printf '}\n'; } >src/base/plant.h
fails sizes 'src/base/plant.h:1: f has 82 lines'
{ printf 'int f(void);\n'; lines 600; } >src/base/plant.h
fails sizes 'src/base/plant.h: 601 lines'
{ printf 'sizes src/base/plant.h a table\n' >tests/lint/exempt; lines 601; } >src/base/plant.h
passes sizes
printf 'sizes src/base/plant.h\n' >tests/lint/exempt
fails sizes 'has no reason'
printf 'sizes src/base/span.c a table\n' >tests/lint/exempt
fails sizes 'src/base/span.c needs no exemption'
printf '\t%093d\n' 1 >>src/base/span.c
passes sizes
grep -qF 'over 100 columns: 1, the widest is src/base/span.c:12 with 101' "$top/out" ||
	{ echo "sizes.sh does not count wide lines"; bad=1; }
fresh

if command -v mandoc >/dev/null 2>&1; then
	passes manpages
	printf '.Nonsense\n' >>doc/ladle-list.1
	fails manpages 'doc/ladle-list.1:9'
fi
printf '.Xr ladle-nothing 1\n' >>doc/ladle-list.1
fails manpages 'there is no doc/ladle-nothing.1'
rm doc/ladle-list.1
sed 's/^\.Xr.*/x/' doc/ladle.conf.5 >x && mv x doc/ladle.conf.5
fails manpages "no page for 'ladle list'"
sed 's/hostname/name/' doc/ladle.conf.5 >x && mv x doc/ladle.conf.5
fails manpages "the setting 'hostname'"
printf '#!/bin/sh\nexit 1\n' >ladle
fails manpages "'ladle help --names' prints nothing"
rm ladle
check manpages
[ $? = 77 ] || { echo "manpages.sh does not skip without a program"; bad=1; }
fresh

passes words
for word in T''ODO F''IXME X''XX; do
	printf '/* %s: later */\n' "$word" >>src/base/span.c
	fails words 'src/base/span.c:12:'
done
printf 'cd %s\n' /w''ork/x >tests/a.sh
fails words 'tests/a.sh:1:'
printf 'see https://%s.io/\n' crates >doc/notes
fails words 'doc/notes:1:'
mkdir -p tests/vectors
printf 'X''XX\n' >tests/vectors/mail
printf 'mktemp a.XXXXXX\n' >tests/a.sh
passes words
fresh

passes fuzzed
rm tests/fuzz/addr_fuzz.c
fails fuzzed 'tests/lint/parsers:1: there is no tests/fuzz/addr_fuzz.c'
rm tests/fuzz/seeds/addr/one
fails fuzzed 'no seeds'
rm src/mail/addr.h
fails fuzzed 'there is no src/mail/addr.h'
printf 'int main(void);\n' >tests/fuzz/addr_fuzz.c
fails fuzzed 'no LLVMFuzzerTestOneInput'
printf 'bool date_parse(struct span text);\n' >src/mail/date.h
fails fuzzed 'src/mail/date.h: declares a parser'

passes features
printf 'true\n' >tests/scenario/B2-new.sh
fails features 'tests/scenario/B2-new.sh: B2 in doc/features does not name it'
rm tests/scenario/other.sh
fails features 'there is no scenario other'
sed 's/^A3 Y/A3 open/' doc/features >x && mv x doc/features
fails features 'A3 is "open" and names a scenario'
sed '/^    other/d' doc/features >x && mv x doc/features
fails features 'A2 is "Y" and names no scenario'
sed '/^C9 /d' doc/features >x && mv x doc/features
fails features 'C9 is missing'
sed 's/^K1 /K2 /' doc/features >x && mv x doc/features
fails features 'K2 is there twice'
sed 's/^L1 open/L1 done/' doc/features >x && mv x doc/features
fails features 'L1 has no state'
printf 'Z1 Y text\n' >>doc/features
fails features 'there is no row Z1'
rm doc/features
fails features 'there is no doc/features'

exit "$bad"
