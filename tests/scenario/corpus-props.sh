# Every message of the corpus goes through lists of all kinds: each copy verifies, undone
# it is what came, and a reader sees the old text and the list's.
# LADLE_CORPUS names another folder of messages, each of which goes through all lists, and
# each copy is made twice; here a message sees a third of the lists.
: "${TOOLS:?}" "${SRC:?}"
mkdir copies
keys=$SRC/tests/corpus/dkim1/keys.tsv
# Where memory came from is worth less than the time it takes to write down.
ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}malloc_context_size=1"
export ASAN_OPTIONS
if [ -n "${LADLE_CORPUS:-}" ]; then
	"$TOOLS/corpusprops" -e 8 -k "$keys" -o copies "$LADLE_CORPUS" >corpus.log
else
	"$TOOLS/corpusprops" -l 3 -t 3 -e 2 -k "$keys" -o copies "$SRC/tests/corpus/mail" \
		"$SRC/tests/corpus/dkim1" >corpus.log
fi
status=$?
grep '^refused' corpus.log
grep '^FAILED' corpus.log | head -n 50
tail -n 21 corpus.log
if command -v python3 >/dev/null && python3 -c '' 2>/dev/null; then
	python3 "$SRC/tests/props/reader.py" copies >reader.log || status=1
	grep '^FAILED' reader.log | head -n 50
	tail -n 2 reader.log
else
	echo 'skipped: what a reader sees (no python3)'
fi
exit "$status"
