# Keys change while a list works: the first sign at once, a new one once its record was
# seen, a retired one no more; each without a restart.
. "$SRC/tests/scenario/lib.sh"
site_new 'workers = 1'

ladle list set dev from=munge || fail set

signed_by() { # FILE SELECTOR, of an Ed25519 key
	tr -d ' \t\r\n' <"$1" | grep -q "[=|]$2:ed25519-sha256:"
}

publish() { # the records of all keys
	ladle key dns --tsv >keys.tsv || fail 'key dns'
	grep -v '\._domainkey\.lists\.example	' "$zone" >zone.new
	cat keys.tsv >>zone.new
	cat zone.new >"$zone"
	kill -HUP "$dns_pid"
}

ladle key ls >keys
has keys '^lists.example	e1	ed25519	256	active	'
has keys '^lists.example	r1	rsa	2048	active	'
ladle key check >said || fail 'all are published'
is 'lines of a check' 2 "$(wc -l <said)"

"$LADLE" -C "$site/ladle.conf" run >run.log 2>&1 &
run_pid=$!
post one
until_true test -s "$out/003.eml"
signed_by "$out/003.eml" e1 || fail 'e1 does not sign'

# The DNS would have one record for both of these; and a stray file is no domain.
ladle key gen --algorithm ed25519 --selector E1 lists.example 2>said && fail 'a name that is there'
has said 'selector "E1" of "lists.example" has a key already'
: >"$site/data/keys/README"
ladle key ls >/dev/null || fail 'key ls with a stray file'

# A new key waits.
ladle key gen --algorithm ed25519 --selector e2 lists.example >said || fail gen
has said 'e2._domainkey.lists.example (ed25519, pending)'
has said 'ladle key check lists.example'
ladle key check >said
is 'a key that is not published' 1 $?
has said '^lists.example	e2	pending	missing$'
has said '^e2._domainkey.lists.example: publish its record:$'
has said '^e2._domainkey.lists.example. IN TXT ( "v=DKIM1; k=ed25519; p='
post two
until_true test -s "$out/006.eml"
signed_by "$out/006.eml" e2 && fail 'a pending key signs'

# Published and seen, it takes the place of the old one.
publish
seen() { ladle key check >said; }
until_true seen
has said '^lists.example	e2	active	published$'
has said '^lists.example	e1	replaced	published	a newer key signs'
has said '^e2._domainkey.lists.example signs from now on$'
post three
until_true test -s "$out/009.eml"
signed_by "$out/009.eml" e2 || fail 'the new key does not sign'
signed_by "$out/009.eml" e1 && fail 'the old key signs too'

ladle key retire lists.example e1 >said || fail retire
has said '^retired e1._domainkey.lists.example; leave its record in the DNS until 20'
ladle key retire lists.example e2 r1 2>said
is 'the last keys' 65 $?
has said 'no active key left'
ladle key retire lists.example e1 2>said
is 'twice' 65 $?
ladle key ls >keys
has keys '^lists.example	e1	ed25519	256	retired	'
ladle key check >said || fail 'the retired one is still published'
has said '^lists.example	e1	retired	published	needed until 20'
ladle key retire --force lists.example e2 r1 >said || fail forced
has said 'no RSA key signs now'
post four
is_stuck() { ladle queue ls | grep -q stuck; }
until_true is_stuck
ladle queue ls >said
has said 'no active key for "lists.example"'
kill "$run_pid"
wait "$run_pid"
is exit 0 $?
