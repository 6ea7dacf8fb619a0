# A post without Message-ID and Date gets both, so that readers can thread it and trace can
# find it; undone, it is as it came. With modify=none it stays without.
. "$SRC/tests/scenario/lib.sh"
site_new
ladle list set dev from=munge || fail set
message one | sed '/^Date:/d; /^Message-ID:/d' >plain.eml
receive <plain.eml
turn || fail run
is copies 3 "$(copies)"
copy=$out/001.eml
has "$copy" '^Date: ...,.* +0000'
id=$(sed -n 's/^Message-ID: <\(.*\)>.*/\1/p' "$copy")
[ -n "$id" ] || fail 'no Message-ID'
ladle trace "$id" >trace || fail 'trace does not know it'
has trace 'about one'
verify_copies
copy=$out/001.eml
"$LADLE" undo --to 0 "$copy" >undone.eml || fail undo
is hash "$("$LADLE" hash plain.eml)" "$("$LADLE" hash undone.eml)"

rm -f "$out"/*
ladle list set dev modify=none from=keep || fail set
receive <plain.eml
turn || fail run
hasnt "$(find "$out" -name '*.eml' | head -n 1)" '^Message-ID:'
