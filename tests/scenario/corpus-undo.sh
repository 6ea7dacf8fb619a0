# Every message of the corpus goes through a list; undone, each copy is what came.
# LADLE_CORPUS names another folder of messages.
: "${TOOLS:?}" "${SRC:?}"
"$TOOLS/corpusundo" "${LADLE_CORPUS:-$SRC/tests/corpus/mail}" >corpus.log
status=$?
[ "$status" = 0 ] || tail -n 20 corpus.log
tail -n 1 corpus.log
exit "$status"
