#!/bin/sh
#
# The manual: mandoc finds no warning, every page of ours that a page names
# exists, every command of the program has its page, and every setting is an
# item of a page in section 5.

LC_ALL=C
export LC_ALL
cd "${SRC:-$(dirname "$0")/../..}" || exit 1
ladle=${LADLE:-${BUILD:-.}/ladle}
bad=0

complain() {
	echo "$*"
	bad=1
}

pages=$(ls doc/*.1 doc/*.5 2>/dev/null)
if [ -z "$pages" ]; then
	echo "there are no manual pages in doc/"
	exit 77
fi

if command -v mandoc >/dev/null 2>&1; then
	# shellcheck disable=SC2086
	mandoc -T lint -W warning $pages || bad=1
else
	no_mandoc="mandoc is not installed (Debian package mandoc)"
fi

for page in $pages; do
	for reference in $(sed -n 's/^\.Xr \(ladle[a-z.-]*\) \([15]\).*/\1.\2/p' "$page" | sort -u); do
		[ -f "doc/$reference" ] || complain "$page: there is no doc/$reference"
	done
done

if [ ! -x "$ladle" ]; then
	[ "$bad" = 0 ] || exit 1
	echo "there is no program '$ladle' yet to compare with"
	exit 77
fi

names=$("$ladle" help --names)
[ -n "$names" ] || complain "'ladle help --names' prints nothing"
settings=$("$ladle" help --settings)
[ -n "$settings" ] || complain "'ladle help --settings' prints nothing"

# One command a line, words apart: "list create" may have a page of its own or
# be an item of ladle-list.1.
documented_command() {
	page=doc/ladle-$(printf '%s' "$1" | tr ' ' '-').1
	[ -f "$page" ] && return 0
	parent=doc/ladle-${1%% *}.1
	word=${1##* }
	[ "$word" != "$1" ] && [ -f "$parent" ] &&
		tr -d '\\' <"$parent" | grep -qE "^\.(It|Ss|Nm).*[ ]$word( |\$)"
}

# A name in a page: the first argument of an item, dashes escaped or not.
documented_setting() {
	cat doc/*.5 2>/dev/null | tr -d '\\' | grep -qE "^\.It( [A-Z][a-z])?( [^ ]+ ,)* $1( |\$)"
}

while IFS= read -r name; do
	[ -z "$name" ] || documented_command "$name" || complain "doc: no page for 'ladle $name'"
done <<END
$names
END
while IFS=' 	=' read -r name rest; do
	[ -z "$name" ] || documented_setting "$name" || complain "doc: the setting '$name' is not in a page of section 5"
done <<END
$settings
END

[ "$bad" = 0 ] || exit 1
if [ -n "${no_mandoc:-}" ]; then
	echo "$no_mandoc"
	exit 77
fi
exit 0
