# verify asks the server it is told, the site's, or the system's: not only a file.
. "$SRC/tests/scenario/lib.sh"
site_new 'workers = 1'
ladle list set dev from=munge || fail set
post one
turn || fail run
copy=$out/001
mf=$(sed -n 1p "$copy.env") rt=$(sed -n 2p "$copy.env")
"$LADLE" verify --mf "$mf" --rt "$rt" --dns "127.0.0.1:$dns_port" "$copy.eml" >said || fail 'by server'
has said '^DKIM2 pass'
ladle verify --mf "$mf" --rt "$rt" "$copy.eml" >said || fail "by the site's server"
has said '^DKIM2 pass'
dns_stop
ladle verify --mf "$mf" --rt "$rt" "$copy.eml" >said
is 'without an answer' 75 $?
"$LADLE" verify --dns 'no such thing' "$copy.eml" 2>said && fail 'nonsense accepted'
has said 'neither a file nor a server'
