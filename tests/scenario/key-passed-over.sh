# A key whose algorithm this OpenSSL lacks stops no post: it is said once, and the others
# sign. Where it is alone, the post is set aside with the reason.
. "$SRC/tests/scenario/lib.sh"
site_new 'workers = 1'
folder=$site/data/keys/lists.example
cat >"$folder/m1.pem" <<END
-----BEGIN PRIVATE KEY-----
MDQCAQAwCwYJYIZIAWUDBAMRBCKAICyhyVkEnpdam+Bs52Bg37js+3BN/JmIdGxF
YvWKDv2m
-----END PRIVATE KEY-----
END
chmod 600 "$folder/m1.pem"
ladle key ls >keys || fail ls
if ! grep -q '	m1	mldsa44	0	unusable	' keys; then
	echo 'this OpenSSL has ML-DSA-44'
	exit 77
fi
post one
post two
turn || fail run
is copies 6 "$(copies)"
is 'warnings' 1 "$(grep -c 'event=key-passed-over' run.log)"
has run.log 'level=warning event=key-passed-over list=dev key=.*m1.pem'
ladle key check --dns keys.tsv --activate >said
is 'check' 1 $?
has said '^m1._domainkey.lists.example: this OpenSSL lacks its algorithm; retire it$'
ladle key gen --algorithm mldsa44 --selector m2 lists.example 2>said && fail 'made without'
has said 'this OpenSSL has no ML-DSA-44 (it came with 3.5)'

mkdir aside
mv "$folder/r1.pem" "$folder/e1.pem" aside/
post three
turn
ladle queue ls >said
has said 'stuck.*m1.pem" is of an algorithm that this OpenSSL lacks'
mv aside/*.pem "$folder/"
ladle queue retry --all >/dev/null || fail retry
turn || fail run
is copies 9 "$(copies)"
