# undo gives back every revision; the diffs that undo --diff shows lead from each to the
# next, by patch(1), octet by octet.
. "$SRC/tests/scenario/lib.sh"
corpus=$SRC/tests/corpus/dkim2/mail-auth-0.15.1-spec08/expected

# Without the fields of DKIM2, which diffs leave out.
without() {
	awk '
	body { print; next }
	/^\r?$/ { body = 1; print; next }
	!/^[ \t]/ { skip = tolower($0) ~ /^(dkim2-signature|message-instance)[ \t]*:/ }
	!skip { print }
	' "$1"
}

wire() { sed 's/\r*$/\r/' "$1"; }

# goes_to NAME TOP FILE: every revision of FILE below TOP, with patch(1) up to FILE itself
goes_to() {
	wire "$3" >newest.eml
	"$LADLE" hash newest.eml >"$2.hash" || fail "$1: hash"
	without newest.eml >newest
	to=0
	while [ "$to" -lt "$2" ]; do
		"$LADLE" undo --to "$to" newest.eml >older.eml || fail "$1: --to $to"
		"$LADLE" undo --diff --to "$to" newest.eml >older.diff || fail "$1: --diff --to $to"
		without older.eml >older
		is "$1: revisions above $to" "$(($2 - to))" "$(($(grep -c '^--- m=' older.diff) + ${4:-0} * (to == 0)))"
		if [ -z "$no_patch" ]; then
			patch -s older <older.diff || { cat older.diff; fail "$1: patch from $to"; }
			cmp older newest || fail "$1: patched from $to"
		fi
		to=$((to + 1))
	done
	"$LADLE" undo --diff newest.eml >all.diff
	"$LADLE" undo --diff --to 0 newest.eml | cmp - all.diff || fail "$1: --diff is all"
	"$LADLE" undo --to "$2" newest.eml 2>said && fail "$1: --to $2 is no change"
	has said "is at revision $2, so --to is a number from 0 to $(($2 - 1))\$"
}

no_patch=''
command -v patch >/dev/null 2>&1 || no_patch=yes

# Four revisions; the first has no recipe, so 0 is 1.
goes_to chain 4 "$corpus/d2_07_chain_hop6.eml" 1
has all.diff '^+++ m=4 (test4.dkim2.com)$'
has all.diff '^--- m=3$'

# A list that begins a chain, so that 0 is the author's message.
site_new
ladle list set dev subject-tag='[dev]' footer='-- \nThe list' from=munge || fail set
post one 'One line.'
turn || fail run
goes_to list 1 "$out/001.eml"
has all.diff '^+++ m=1 (lists.example)$'
has all.diff '^-Subject: about one'
has all.diff '^+Subject: \[dev\] about one'

# What cannot be undone says what can be done.
refused() {
	# shellcheck disable=SC2086 # an option, or none
	"$LADLE" undo $3 "$1" 2>said && fail "$1: undone"
	is "$1" "$2" $?
	has said "$4"
}
message plain >plain.eml
refused plain.eml 65 '' 'no Message-Instance.*ladle verify'
refused plain.eml 65 --diff 'no Message-Instance.*ladle verify'
printf 'no message\n' >text
refused text 65 '' 'begins with its header fields'
"$LADLE" hash text 2>said && fail 'hash of no message'
has said 'begins with its header fields'
sed 's/^\(Message-Instance:\).*m=1;/\1 m=3;/' "$out/001.eml" >gap.eml
refused gap.eml 65 --diff 'm=.*(ladle verify'
[ -z "$no_patch" ] || {
	echo 'patch is not installed (Debian package patch)'
	exit 77
}
