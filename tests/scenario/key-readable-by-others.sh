# A key that others can read stops the delivery of its lists until it is put right, and
# of no others; however often it was tried meanwhile, nothing is set aside.
. "$SRC/tests/scenario/lib.sh"
needs_clock
site_new 'workers = 1'
ladle list create other@other.example rules= >/dev/null && ladle member add other "$member1" >/dev/null &&
	ladle key gen --algorithm ed25519 --selector e1 other.example >/dev/null || fail 'other list'
post one
message two | ladle receive -f "$member1" other@other.example
chmod 644 "$site/data/keys/lists.example/e1.pem"
now=$(date +%s)
for n in 1 2 3 4 5 6 7; do
	LADLE_NOW=$((now + n * 1000))
	export LADLE_NOW
	turn || fail "run $n"
	is "copies of run $n" 1 "$(copies)"
done
has run.log 'e1.pem.* can be read by others'
ladle queue show 1 >queue
has queue "$member1	deferred	0 attempts.* can be read by others"
chmod 600 "$site/data/keys/lists.example/e1.pem"
LADLE_NOW=$((now + 8000))
turn || fail run
is copies 4 "$(copies)"
hasnt run.log 'event=stuck'
