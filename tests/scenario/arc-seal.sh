# A list that seals: its copies have a chain that verifies, here and by dkimpy, with DKIM2 as
# without. A second list gets such a copy as a post and adds a set, which says so; or, when the
# chain was tampered with, one that says that, and a third list adds nothing to it.
. "$SRC/tests/scenario/lib.sh"

# dkimpy FILE: what that verifier says of the chain.
dkimpy() {
	"$python" - "$zone" "$1" <<-'END'
		import dkim, sys
		keys = dict(line.rstrip("\n").split("\t", 1) for line in open(sys.argv[1]))
		find = lambda name, **more: keys.get(name.decode().rstrip("."), "").encode()
		cv, sets, reason = dkim.arc_verify(open(sys.argv[2], "rb").read(), dnsfunc=find)
		print((cv or b"ended").decode(), len(sets))
	END
}

python=
for python in python3 /usr/bin/python3 ''; do
	[ -n "$python" ] && "$python" -c 'import dkim; dkim.arc_verify' 2>/dev/null && break
done
[ -n "$python" ] || echo 'not checked by dkimpy: python3 has no module dkim (python3-dkim)'

# chain FILE WANTED: verdict and number of sets, by dkimpy
chain() {
	[ -z "$python" ] || is "dkimpy on $1" "$2" "$(dkimpy "$1")"
}

# results FILE WANTED: what its second set says came in
results() {
	sed -n '/^ARC-Authentication-Results: i=2/,/^[B-Z]/p' "$1" >results
	has results '^ARC-Authentication-Results: i=2; mx.lists.example;'
	has results "$2"
}

# keep LIST NEXT: the copy that LIST sent to the list NEXT, with its envelope, as LIST-NEXT.eml, .env
keep() {
	keep_env=$(grep -l "^<$2@lists.example>" "$out"/*.env) || { ladle held ls; fail "no copy from $1"; }
	cp "$keep_env" "$1-$2.env" && cp "${keep_env%.env}.eml" "$1-$2.eml"
}

# list_new NAME NEXT: a list that seals, with NEXT as another member
list_new() {
	[ "$1" = dev ] || ladle list create "$1@lists.example" >/dev/null || fail create
	ladle list set "$1" arc-seal=yes nonmember=accept "subject-tag=[$1]" from=munge rules= || fail set
	ladle member add "$1" "$2@lists.example" >/dev/null || fail "member of $1"
}

# through LIST NEXT FILE ENV: the copy FILE as a post to the new list LIST; what that sends
# to NEXT, which is no list yet and so gets it by SMTP, is kept.
through() {
	list_new "$1" "$2"
	rm -f "$out"/*
	sed 's/\r$//' "$3" |
		ladle receive -f "$(sed -n '1s/[<>]//gp' "$4")" "$1@lists.example"
	turn || fail "run $1"
	keep "$1" "$2"
}

site_new 'workers = 1'
list_new dev two
ladle member add dev four@lists.example >/dev/null || fail member
post one
turn || fail run
is copies 5 "$(copies)"
verify_copies
for copy in "$out"/*.eml; do
	has "$copy" '^ARC-Seal: i=1; a=rsa-sha256; cv=none;'
	has "$copy" '^ARC-Authentication-Results: i=1; mx.lists.example;'
	sed -n '/^ARC-Seal/,/^DKIM/p' "$copy" | grep -v '^DKIM' >"$copy.set"
	cmp -s "$copy.set" "$out/001.eml.set" || fail 'the sets differ'
done
chain "$out/001.eml" 'pass 1'
keep dev two
keep dev four

through two three dev-two.eml dev-two.env
has two-three.eml '^ARC-Seal: i=2; a=rsa-sha256; cv=pass;'
results two-three.eml 'arc=pass'
chain two-three.eml 'pass 2'

# The results of the first set become somebody else's.
sed 's/^\(ARC-Authentication-Results: i=1; \)mx/\1my/' dev-four.eml >tampered.eml
cmp -s dev-four.eml tampered.eml && fail 'nothing tampered with'
through four three tampered.eml dev-four.env
has four-three.eml '^ARC-Seal: i=2; a=rsa-sha256; cv=fail;'
results four-three.eml 'arc=fail'
chain four-three.eml 'ended 2'
through three nowhere four-three.eml four-three.env
hasnt three-nowhere.eml '^ARC-Seal: i=3'
