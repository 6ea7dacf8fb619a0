# A verified chain goes on with a recipe; undone, the copy is what the author sent.
. "$SRC/tests/scenario/lib.sh"
site_new
author_key
ladle list set dev subject-tag='[dev]' footer='-- \nThe list' from=munge || fail set
message signed 'One line.' >plain.eml
sign_dkim2 plain.eml >signed.eml || fail sign
receive <signed.eml
turn || fail run
is copies 3 "$(copies)"
ladle trace signed@one.example >trace
has trace 'mode continue, From munged'
verify_copies
"$LADLE" undo "$out/001.eml" >undone.eml || fail undo
is 'hash' "$("$LADLE" hash signed.eml)" "$("$LADLE" hash undone.eml)"
is 'header' "$("$LADLE" hash --header signed.eml)" "$("$LADLE" hash --header undone.eml)"
