# Sourced by the fault-*.sh scenarios, which stop the program, or let a system
# call fail, at one point after the other of a story (base/fault.h): `run --once`
# with three posts in the spool, one of them signed with DKIM2, to 7 members, with 2
# workers. (fault-receive.sh tells how the posts come there.)
#
# Each fault meets a fresh copy of the site. Afterwards the program is run
# without faults until nothing is due, and tools/faultcheck has to find every
# post at every member, verified, and twice only what was in flight.
#
#     faults_ready                 site, servers, messages one.eml two.eml signed.eml
#     fault_each POINT ACTION…     every call of POINT
#     fault_some POINT ACTION…     the first, second, middle and last call; as many
#                                  as FAULTS says when that is in the environment
#     faults_done MINIMUM          how many were injected; enough?

. "$SRC/tests/scenario/lib.sh"
case $("$LADLE" --version) in *debug*) ;; *) echo 'needs a debug build, for fault points'; exit 77 ;; esac

injected=0
in_flight=2 # at most, when a worker dies: smtp-connections

faults_ready() {
	mkdir -p "$out"
	: >"$zone"
	now=$(date +%s)
	LADLE_NOW=$now
	export LADLE_NOW
	sink_start
	dns_start
	site_files 'workers = 2' 'smtp-connections = 2'
	ladle list create "$list" from=munge subject-tag='[dev]' footer='-- \nThe list' >/dev/null &&
		ladle key gen --algorithm ed25519 --selector e1 lists.example >/dev/null &&
		ladle key dns --tsv >>"$zone" &&
		ladle member add dev "$member1" "$member2" "$member3" m4@four.example m5@five.example \
			m6@six.example m7@seven.example >/dev/null || fail 'site'
	author_key
	# The posts without a signature are of another domain: it never proved that it signs.
	message one | sed "s/$member1/$member2/" >one.eml
	message two | sed "s/$member1/$member2/" >two.eml
	message signed >three.eml
	sign_dkim2 three.eml >signed.eml || fail 'sign'
}

# The site as it is before each fault, and how often a run calls each point.
run_ready() {
	faults_ready
	for name in one two signed; do
		receive <"$name.eml"
		is "receive $name" 0 $?
	done
	cp -a "$site" ready
	run_with LADLE_FAULT_STATE="$TMPDIR/calls" || fail 'run without faults'
	settle 'no fault' 0
}

# run_with NAME=VALUE…: a run with these in its environment
run_with() {
	env "$@" "$LADLE" -C "$site/ladle.conf" run --once >>run.log 2>&1
}

calls_of() {
	sed -n "s/^$2 //p" "$1"
}

# faultcheck TWICE: 0 all is well, 2 something is due
faultcheck() {
	ASAN_OPTIONS=$no_leaks "$TOOLS/faultcheck" "$site/ladle.conf" "$out" "$zone" "$now" "$1" \
		$posts >check.log
}

posts='one@one.example two@one.example signed@one.example'

# settle WHAT TWICE: the state after a fault, brought to an end
settle() {
	for round in 1 2 3 4 5; do
		faultcheck "$2"
		case $? in
		0) return ;;
		2) ;;
		*) cat check.log; fail "$1" ;;
		esac
		run_with LADLE_NOW=$((now + round * 100)) ASAN_OPTIONS="$no_leaks" || fail "$1: run after it"
	done
	cat check.log
	fail "$1: never ends"
}

# Only the deliver station may send twice: what its connections were at.
twice_allowed() {
	case $1 in
	process-*) echo 0 ;;
	*) echo "$in_flight" ;;
	esac
}

# fault POINT N ACTION: false when there is no such call.
fault() {
	rm -rf "$site" "$out"/* state run.log
	cp -a ready "$site"
	[ ! -d ready-out ] || cp -a ready-out/. "$out"
	run_with LADLE_FAULT="$1:$2:$3" LADLE_FAULT_STATE="$TMPDIR/state"
	status=$?
	reached=$(calls_of state "$1")
	[ "${reached:-0}" -ge "$2" ] || return 1
	injected=$((injected + 1))
	case $status in
	0 | 75 | 137) ;;
	*) fail "$*: exit $status" ;;
	esac
	settle "$*" "$(twice_allowed "$1")"
}

fault_each() {
	point=$1
	shift
	[ "$(calls_of calls "$point")" ] || fail "$point is never called"
	for action; do
		n=1
		while fault "$point" "$n" "$action"; do
			n=$((n + 1))
		done
		echo "$point $action: $((n - 1))"
	done
}

# Which calls of LAST to try.
some_of() {
	if [ "${FAULTS:-}" ]; then
		seq 1 $((($1 + FAULTS - 1) / FAULTS)) "$1"
	else
		printf '%s\n' 1 2 $((($1 + 1) / 2)) "$1" | sort -nu
	fi
}

fault_some() {
	point=$1
	shift
	last=$(calls_of calls "$point")
	[ "$last" ] || fail "$point is never called"
	for action; do
		before=$injected
		for n in $(some_of "$last"); do
			# The last call may be one that is not made each time.
			fault "$point" "$n" "$action"
		done
		echo "$point $action: $((injected - before)) of $last"
	done
}

faults_done() {
	echo "faults injected: $injected"
	[ "$injected" -ge "$1" ] || fail "only $injected faults were injected, wanted $1"
}
