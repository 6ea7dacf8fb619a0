# The law: what a list sends, undone, is what it received, for every message of
# the corpus that is accepted, with tag, footer, list fields and munged From all
# on; and every copy verifies. LADLE_CORPUS: another folder of messages.
"$TOOLS/corpusundo" "${LADLE_CORPUS:-$SRC/tests/corpus/mail}"
