# Names that mail to a command or to people who run mail would need are refused, as are names that
# hold a delimiter. Capitals are the same name.
. "$SRC/tests/scenario/lib.sh"
"$LADLE" init "$site" >/dev/null || fail init
refused() {
	ladle list create "$1@lists.example" 2>said >&2 && fail "created $1"
	has said "$2"
}
for word in owner request help subscribe unsubscribe confirm bounces; do
	refused "dev-$word" "ends in \"$word\", which is a command"
	refused "$word" "ends in \"$word\", which is a command"
done
for name in postmaster abuse mailer-daemon hostmaster webmaster root noreply; do
	refused "$name" 'is reserved (RFC 2142)'
done
refused dev+team "a-z, 0-9 and, inside, '-', '_', '.'"
refused 'dev team' 'list create'
refused .dev 'list create'
refused dev- "a-z, 0-9"
refused abcdefghijklmnopqrstuvwxyz12 'must have 1 to 27 characters'
ladle list create DEV@Lists.Example >made || fail create
has made '^created dev@lists.example$'
refused dev 'dev@lists.example'
for name in devowner my-list a.b_c help-desk subscribers bounces-of-joy; do
	ladle list create "$name@lists.example" >/dev/null || fail "create $name"
done
ladle list set dev aliases=dev-request@old.example 2>said && fail 'reserved alias'
has said 'ends in "request"'
