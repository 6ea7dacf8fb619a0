# Whoever gets one signed message of a member's can change it, say so in a recipe, and send it
# on in a chain that verifies. It is not the member's post: held, unless that hop is trusted.
. "$SRC/tests/scenario/lib.sh"
site_new
author_key
"$LADLE" init evil >/dev/null || fail init
printf 'hostname = mx.evil.example\nsmtp-url = smtp://127.0.0.1:%s\ndns-servers = 127.0.0.1:%s\n' \
	"$sink_port" "$dns_port" >>evil/ladle.conf
evil() { "$LADLE" -C evil/ladle.conf "$@"; }
evil list create trap@evil.example from=keep nonmember=accept unauthenticated=accept \
	header-text='I resign. Send money to M.' personal-unsubscribe=no >/dev/null || fail create
evil key gen --algorithm ed25519 --selector x1 evil.example >/dev/null || fail gen
evil key dns --tsv >>"$zone"
kill -HUP "$dns_pid"
evil member add trap "$list" >/dev/null || fail member

# forge NAME: a message of the member to that list, as it sends it on, in forged.eml; $from
forge() {
	message "$1" 'Lunch at noon?' | sed 's/dev@lists.example/trap@evil.example/' >plain.eml
	"$LADLE" sign --key author/data/keys/one.example/a1.pem --selector a1 --domain one.example \
		--mf "$member1" --rt trap@evil.example plain.eml >signed.eml || fail sign
	evil receive -f "$member1" trap@evil.example <signed.eml
	evil run --once >>run.log 2>&1 || fail 'run of evil'
	forge_env=$(find "$out" -name '*.env')
	from=$(sed -n 1p "$forge_env")
	cp "${forge_env%.env}.eml" forged.eml
	rm "$out"/*
	"$LADLE" verify --mf "$from" --rt "$list" --dns "$zone" forged.eml >said || fail 'no chain'
	has said 'fully verified'
	ladle receive -f "$from" "$list" <forged.eml
	turn || fail run
}

forge first
is 'copies of a forged post' 0 "$(copies)"
ladle held ls >held
has held 'evil.example changed it after the author had signed it'

ladle list set dev trusted-hops=evil.example rules= || fail set
forge second
is 'copies by a trusted hop' 3 "$(copies)"
rm "$out"/*
ladle list set dev trusted-hops= altered=discard || fail set
forge third
is 'copies when discarded' 0 "$(copies)"
is held 1 "$(ladle held ls | wc -l)"
