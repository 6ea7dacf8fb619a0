#!/bin/sh
#
# make interop: DKIM2 by Ladle and by an independent implementation, d2peer, on the same
# messages, both ways (tests/tools/interop.c). The peer is
#
#     D2PEER=PATH               this program
#     ../d2peer-build           next to the source tree, when it was built there
#     ../shared/tools/d2peer    built with cargo, when both are there
#
# Without any of them it is skipped: exit status 77 after saying why.
#
#     INTEROP_COUNT=N  messages (500)     INTEROP_SEED=N  of the first one (1)

LC_ALL=C
export LC_ALL
: "${SRC:?}" "${TOOLS:?}" "${BUILD:?}"
cases=$SRC/tests/corpus/dkim2/negative
source=$SRC/../shared/tools/d2peer
built=$SRC/../d2peer-build/target/release/d2peer

if [ -n "${D2PEER:-}" ]; then
	peer=$D2PEER
elif [ -x "$built" ]; then
	peer=$built
elif [ -f "$source/Cargo.toml" ] && command -v cargo >/dev/null 2>&1; then
	peer=$BUILD/d2peer/release/d2peer
	(cd "$source" && CARGO_TARGET_DIR=$BUILD/d2peer \
		timeout "${INTEROP_BUILD_SECONDS:-180}" cargo build --quiet --release -j2 --ignore-rust-version) || {
		echo 'interop: d2peer could not be built (in time: INTEROP_BUILD_SECONDS)'
		exit 77
	}
else
	echo 'interop: no d2peer (D2PEER=PATH names one)'
	exit 77
fi
[ -x "$peer" ] || { echo "interop: no program '$peer'"; exit 1; }

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
TMPDIR=$work "$TOOLS/interop" -c "$cases" "$SRC/tests/interop/negative.tsv" "$peer" &&
	"$TOOLS/interop" -n "${INTEROP_COUNT:-500}" -s "${INTEROP_SEED:-1}" "$peer" "$cases/keys" "$work"
