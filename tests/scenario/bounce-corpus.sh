# Reports of mail systems, by shape and by maker: who could not be reached is found in 98 %
# of them and hard and soft told apart in 95 %; no other message is taken for a report.
# LADLE_CORPUS: a folder with the whole sets (bounces/, or beside it) and other mail.
. "$SRC/tests/scenario/lib.sh"

# figure NAME LINE
figure() { echo "$2" | sed "s/.*$1=\([0-9]*\).*/\1/"; }

# at_least PERCENT WHAT FOUND OF
at_least() {
	[ $((100 * $3)) -ge $(($1 * $4)) ] || { cat misses; fail "$2: $3 of $4, wanted $1 %"; }
}

# all FOLDER: both sets, the misses listed. What is 98 % of the whole sets is less of the part
# in the tree, where shapes are rare on purpose.
all() {
	"$TOOLS/bouncecheck" set "$1/set-of-emails/EXPECTED.tsv" "$2" >misses || fail set
	one=$(tail -n 1 misses)
	"$TOOLS/bouncecheck" flufl "$1/flufl.bounce/EXPECTED.tsv" "$1/flufl.bounce" >>misses ||
		fail flufl
	two=$(tail -n 1 misses)
	messages=$(($(figure messages "$one") + $(figure messages "$two")))
	recipient=$(($(figure recipient "$one") + $(figure recipient "$two")))
	hardness=$(($(figure hardness "$one") + $(figure hardness "$two")))
	echo "$1: messages=$messages recipient=$recipient hardness=$hardness"
	at_least "$3" recipient "$recipient" "$messages"
	at_least "$4" hardness "$hardness" "$messages"
}

# none FOLDER: what is read as a report and has no part for machines is one all the same:
# two that broken generators made.
none() {
	find "$1" -type f ! -name LICENSE* ! -name README* ! -path '*/bounces/*' |
		"$TOOLS/bouncecheck" none >misses || fail none
	if grep -v -e '^a part message/' -e '^messages=' misses |
		grep -v -e 'multipart-wo-boundary\.raw' -e 'msg_25\.txt'; then
		fail 'something is taken for a report'
	fi
}

bounces=$SRC/tests/corpus/bounces
all "$bounces" "$bounces/set-of-emails" 96 93
none "$SRC/tests/corpus/mail"
if [ -n "${LADLE_CORPUS:-}" ]; then
	for bounces in "$LADLE_CORPUS/bounces" "$LADLE_CORPUS/../bounces"; do
		[ ! -d "$bounces" ] ||
			all "$bounces" "$bounces/set-of-emails/maildir/bsd" 98 95
	done
	none "$LADLE_CORPUS"
fi
