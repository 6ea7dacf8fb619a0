# A stranger's post is held; accepted it goes out, once; discarded it does not.
. "$SRC/tests/scenario/lib.sh"
site_new
message stranger | sed "s/^From:.*/From: eve@four.example/" | ladle receive -f eve@four.example "$list"
message other | sed "s/^From:.*/From: eve@four.example/" | ladle receive -f eve@four.example "$list"
turn || fail run
is copies 0 "$(copies)"
is held 2 "$(ladle held ls dev | wc -l)"
ladle held accept 1 || fail accept
ladle held discard 2 || fail discard
ladle held accept 1 2>again && fail 'accepted twice'
turn || fail run
is copies 3 "$(copies)"
is held 0 "$(ladle held ls | wc -l)"
