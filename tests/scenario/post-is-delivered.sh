# A member's post reaches every member once, signed by the list.
. "$SRC/tests/scenario/lib.sh"
site_new
post one
turn || fail run
is copies 3 "$(copies)"
is recipients 3 "$(sed -s -n 2p "$out"/*.env | sort -u | wc -l)"
has "$out/001.eml" '^DKIM-Signature: '
has "$out/001.eml" '^List-Id: <dev.lists.example>'
has "$out/001.env" '^<dev+b-[a-z2-7]*@lists.example>$'
turn || fail 'second run'
is 'copies after another turn' 3 "$(copies)"
is spool 0 "$(spool_count)"
