# Mail for the owners goes on byte for byte, its DKIM2 chain with it, before posts; nothing
# is answered, and reports about it end here.
. "$SRC/tests/scenario/lib.sh"
case $("$LADLE" --version) in *debug*) ;; *) echo 'needs a debug build, for fault points'; exit 77 ;; esac
LADLE_NOW=$(date +%s)
export LADLE_NOW
mkdir -p "$out"
: >script
sink_start -r script
site_new 'workers = 1'
author_key
owner1=olga@five.example owner2=otto@six.example
owner=dev+owner@lists.example

# sent FILE: did the copy in FILE (without .eml) keep WHOLE, byte for byte?
whole() {
	tail -c "$(wc -c <"$2")" "$1" | cmp -s - "$2" || fail "$1 is not $2 with something on top"
}

# Without owners it waits for somebody to look.
message none | ladle receive -f "$member1" "$owner"
turn || fail run
is reason 'mail for the owner address' "$(held_reason)"
ladle held discard 1 >/dev/null || fail discard

# A signed one, a plain one at the dash address, and a post: the owners' first.
ladle list set dev owners="$owner1, $owner2" || fail set
message one >one.eml
"$LADLE" sign --key author/data/keys/one.example/a1.pem --selector a1 --domain one.example \
	--mf "$member1" --rt "$owner" one.eml | sed 's/$/\r/; s/\r\r$/\r/' >signed.eml
sed 's/$/\r/' one.eml | sed 's/one@one/plain@two/; s/ann@one.example/ben@two.example/' >plain.eml
post a-post
ladle receive -f "$member1" "$owner" <signed.eml
ladle receive -f ben@two.example dev-owner@lists.example <plain.eml
turn || fail run
is copies 7 "$(copies)"
for n in 1 2 3 4; do
	is 'return address' '<dev+owner-bounces@lists.example>' "$(sed -n 1p "$out/00$n.env")"
	has "$out/00$n.eml" '^X-Loop: dev.lists.example'
	has "$out/00$n.eml" '^Received: by mx.lists.example (Ladle)'
	has "$out/00$n.eml" '^Authentication-Results: mx.lists.example'
done
is recipients "$owner1 $owner2 $owner1 $owner2" \
	"$(sed -s -n '2s/[<>]//gp' "$out"/00[1234].env | paste -sd' ')"
whole "$out/001.eml" signed.eml
whole "$out/003.eml" plain.eml
hasnt "$out/003.eml" '^DKIM2-Signature'
for n in 1 2; do
	"$LADLE" verify --mf "$(sed -n 1p "$out/00$n.env")" --rt "$(sed -n 2p "$out/00$n.env")" \
		--dns "$zone" "$out/00$n.eml" >verify.log || fail "$(cat verify.log)"
	is signatures 2 "$(grep -c ^DKIM2-Signature "$out/00$n.eml")"
	is instances 1 "$(grep -c ^Message-Instance "$out/00$n.eml")"
done
ladle trace one@one.example >trace
has trace "own mail m1 (owner) to $owner1: sent .*: 250"
ladle trace --json one@one.example | grep -q '"letters":\[{"id":2,"kind":"owner"' || fail 'trace --json'
is held 0 "$(ladle held ls | wc -l)"

# What comes back is known; what is said about it is not passed on.
ladle receive -f "$owner1" "$owner" <"$out/001.eml"
ladle receive -f '' dev+owner-bounces@lists.example <plain.eml
ladle receive -f '' dev-owner-bounces@lists.example <plain.eml
turn || fail run
is copies 7 "$(copies)"
is reason 'the message was on this list already' "$(held_reason)"
ladle held discard 2 >/dev/null || fail discard

# A chain that does not verify is not continued.
sed 's/^Hello/Hallo/' signed.eml | ladle receive -f "$member1" "$owner"
turn || fail run
is copies 7 "$(copies)"
held_reason | grep -q 'nothing can be added' || fail "$(held_reason)"

# Refused, deferred, dropped, tried again; killed in between, and sent once.
printf 'rcpt %s reply 550 5.1.1 no\nrcpt %s times 2 reply 451 4.2.1 later\n' "$owner1" "$owner2" >script
kill -HUP "$sink_pid"
sed 's/plain@two/more@two/' plain.eml | ladle receive -f ben@two.example "$owner"
LADLE_FAULT=deliver-settle:1 LADLE_FAULT_STATE=$TMPDIR/calls ladle run --once >>run.log 2>&1 &&
	fail 'it was not killed'
turn || fail run
ladle queue ls >queue
has queue "^m[0-9]*	failed	owner to $owner1	<more@two.example>.*550 5.1.1 no"
has queue "^m[0-9]*	waiting	owner to $owner2.*451 4.2.1 later"
failed=$(sed -n 's/^\(m[0-9]*\)	failed.*/\1/p' queue) waiting=$(sed -n 's/^\(m[0-9]*\)	waiting.*/\1/p' queue)
ladle status >status
has status '^own mail *1 waiting, 1 failed, 0 stuck'
ladle status --json | grep -q '"own_waiting":1,"own_failed":1,"own_stuck":0' || fail 'status --json'
ladle queue retry "$waiting" >/dev/null || fail retry
turn || fail run
is copies 8 "$(copies)"
ladle queue drop "$failed" 2>/dev/null && fail 'dropped what has failed'
ladle queue drop "$waiting" 2>/dev/null && fail 'dropped what was sent'
ladle queue show --json "$failed" | grep -q "\"id\":\"$failed\",\"state\":\"failed\"" || fail show
ladle queue drop m99 2>/dev/null && fail 'dropped m99'
: >script
kill -HUP "$sink_pid"
ladle queue retry "$failed" >/dev/null || fail retry
LADLE_FAULT=journal-empty:1 LADLE_FAULT_STATE=$TMPDIR/calls2 ladle run --once >>run.log 2>&1
turn || fail run
is copies 9 "$(copies)"

# No key: stuck with what to do; a key is made, and it goes.
mv "$site/data/keys/lists.example" keys-away
sed 's/plain@two/last@two/' plain.eml | ladle receive -f ben@two.example "$owner"
turn || fail run
ladle queue ls >queue
is stuck 2 "$(grep -c '	stuck	.*no active key for "lists.example": ladle key gen lists.example' queue)"
mv keys-away "$site/data/keys/lists.example"
ladle queue retry --all >/dev/null || fail retry
turn || fail run
is copies 11 "$(copies)"
is 'what waits' 0 "$(ladle queue ls | wc -l)"
