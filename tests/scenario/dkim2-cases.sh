# The committed DKIM2 cases are what tests/tools/d2cases makes of its table.

: "${SRC:?}" "${TOOLS:?}"
exec "$TOOLS/d2cases" -c "$SRC/tests/corpus/dkim2/negative"
