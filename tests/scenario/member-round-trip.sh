# What member export prints, member import reads: names, delivery, umlauts; and
# what a spreadsheet puts before the first line.
. "$SRC/tests/scenario/lib.sh"
site_new
printf '\357\273\277"Ü, X" <u@b.example>\r\nBjörn <bj@b.example>\nplain@b.example\nquiet@b.example\tnomail\n' >in
ladle member import dev in >/dev/null || fail import
ladle member export dev >first || fail export
has first '"Ü, X" <u@b.example>'
has first "^quiet@b.example.nomail$"
ladle list create other@lists.example >/dev/null
ladle member import other first >/dev/null || fail 'import again'
ladle member export other >second
cmp first second || fail 'not the same'
printf 'L\344tin <l@b.example>\n' | ladle member import dev 2>said && fail 'Latin-1 accepted'
has said ':1: not UTF-8'
ladle member add dev "$list" 2>said && fail 'a list in itself'
has said 'is the list itself'
