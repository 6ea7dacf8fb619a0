# The usual edits (subject tag, footer, list fields) fit into 500 octets of Message-Instance where
# the footer is put in place and into 700 where the message is wrapped, whatever its size.
: "${TOOLS:?}" "${SRC:?}"
"$TOOLS/editcost" "$SRC/tests/corpus/mail" "$SRC/tests/corpus/dkim1"
