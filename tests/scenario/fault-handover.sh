# A worker is killed, or the disk fails it, round the hand-over to another list of the
# site: that list distributes the post once, and nothing is left lying about.
. "$SRC/tests/scenario/lib.sh"
case $("$LADLE" --version) in *debug*) ;; *) echo 'needs a debug build, for fault points'; exit 77 ;; esac
LADLE_NOW=$(date +%s)
now=$LADLE_NOW
export LADLE_NOW
site_new 'workers = 1' 'smtp-connections = 1'
author_key
ladle list create core@lists.example >/dev/null && ladle member add core core-only@six.example >/dev/null &&
	ladle member rm dev "$member3" >/dev/null && ladle member add dev core@lists.example >/dev/null || fail site
message hand >plain.eml
sign_dkim2 plain.eml >signed.eml && receive <signed.eml || fail receive
cp -a "$site" ready
injected=0

run_with() {
	env "$@" "$LADLE" -C "$site/ladle.conf" run --once >>run.log 2>&1
}

# The first run is up to the fault; the others bring it to an end, later and later.
fault() {
	rm -rf "$site" "$out"/* state run.log
	cp -a ready "$site"
	run_with LADLE_FAULT="$1:$2:$3" LADLE_FAULT_STATE="$TMPDIR/state"
	grep -q "^$1 " state || fail "$1 is never called"
	injected=$((injected + 1))
	for round in 1 2 3; do
		run_with LADLE_NOW=$((now + round * 1000)) || fail "$*: run $round after it"
	done
	is "$*: copies" 3 "$(copies)"
	is "$*: for everybody" 3 "$(sed -s -n 2p "$out"/*.env | sort -u | wc -l)"
	is "$*: held" 0 "$(ladle held ls | wc -l)"
	is "$*: queue" '' "$(ladle queue ls)"
	is "$*: spool" 0 "$(find "$site/data/spool/new" "$site/data/spool/stuck" -type f | wc -l)"
	ladle trace hand@one.example core@lists.example >trace
	is "$*: posts" 2 "$(grep -c '^post 1 of' trace)"
	has trace 'core@lists.example: sent'
	verify_copies
}

for point in handover-begin handover-spooled spool-write spool-sync spool-rename deliver-accepted; do
	fault $point 1 kill
done
for point in spool-write spool-sync spool-rename; do
	fault $point 1 enospc
	has run.log 'cannot .*the spool\|cannot rename'
done
# Killed again and again at the same place, and with the first hand-over processed meanwhile.
rm -rf "$site" "$out"/* run.log
cp -a ready "$site"
for round in 1 2; do
	run_with LADLE_FAULT=handover-spooled:1:kill LADLE_FAULT_STATE="$TMPDIR/state$round"
done
is 'between the kills: posts' 1 "$(ladle trace hand@one.example | grep -c '^post 1 of list\|^post 1 of core')"
run_with LADLE_NOW=$((now + 1000)) || fail 'run'
is copies 3 "$(copies)"
is held 0 "$(ladle held ls | wc -l)"
echo "faults injected: $injected"
