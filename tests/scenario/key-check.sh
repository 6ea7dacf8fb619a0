# What key check says of each thing that the DNS may have for a key, and its exit codes.
. "$SRC/tests/scenario/lib.sh"
site_new 'workers = 1'
name=e1._domainkey.lists.example
ours=$(grep "^$name	" keys.tsv | cut -f 2)
p=${ours##*p=}
rest=$(grep -v "^$name	" keys.tsv)

# found CODE RESULT LINE…: the records of e1; those of r1 are as they should be.
found() {
	code=$1 result=$2
	shift 2
	{
		echo "$rest"
		for record; do printf '%s\t%s\n' "$name" "$record"; done
	} >records
	ladle key check --dns records lists.example >said
	is "exit code for $result, $*" "$code" $?
	has said "^lists.example	r1	active	published$"
	has said "^lists.example	e1	active	$result\(	.*\)*$"
	[ "$code" != 1 ] || has said "^$name. IN TXT ( \"v=DKIM1; k=ed25519; p=$p\" )$"
}

other=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
found 0 published "$ours"
found 0 published "k=ed25519;p=$p"
found 0 published "v=DKIM1; k=ed25519; t=s; n=a note; s=email:x; p=$p" 'v=spf1 -all'
found 0 published "v=DKIM1; k=ed25519; t=y; p=$p"
has said 't=y: receivers may take its mail as unsigned'
found 1 missing
found 1 different "v=DKIM1; k=ed25519; p=$other"
found 1 different "v=DKIM1; k=future; p=$p"
found 1 multiple "$ours" "$ours"
found 1 revoked 'v=DKIM1; k=ed25519; p='
found 1 malformed "v=DKIM1; p=$p"
found 1 malformed "v=DKIM1; k=ed25519; s=other; p=$p"
found 1 malformed 'what is this'
found 75 unavailable TEMPFAIL
has said "^$name: no answer from the DNS; try again$"

# As JSON; by a server, then with none; of a domain without keys.
ladle key check --json --dns "127.0.0.1:$dns_port" >said || fail json
has said '"selector":"e1","algorithm":"ed25519","state":"active","result":"published","testing":false'
dns_stop
ladle key check >said
is 'without a server' 75 $?
"$LADLE" -C "$site/ladle.conf" key check nowhere.example 2>said
is 'no keys' 65 $?
ladle key check --dns 'no such thing' 2>said
is 'nonsense' 64 $?

# A pending key that is not quite there stays pending.
ladle key gen --algorithm ed25519 --selector e2 lists.example >said || fail gen
ladle key dns --tsv >keys.tsv
for record in TEMPFAIL "v=DKIM1; k=ed25519; p=$other" 'v=DKIM1; k=ed25519; p='; do
	{ grep -v '^e2\.' keys.tsv && printf 'e2._domainkey.lists.example\t%s\n' "$record"; } >records
	ladle key check --dns records >said && fail "published: $record"
	ladle key ls >keys
	has keys '^lists.example	e2	ed25519	256	pending	'
done
# A file is only compared: receivers do not ask it.
ladle key check --dns keys.tsv >said || fail 'it is not in the file'
has said '	e2	pending	published'
ladle key ls >keys
has keys '^lists.example	e2	ed25519	256	pending	'
# One that never signed leaves nothing behind that must be published.
ladle key retire lists.example e2 >said || fail retire
has said 'it never signed'
ladle key dns >said
hasnt said '^e2\.'
ladle key check --dns keys.tsv --activate >said || fail 'e2 is over'
hasnt said '	e2	'
