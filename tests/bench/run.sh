#!/bin/sh
#
# make bench: Ladle beside what its work must cost, measured in one run on one
# machine. All claims are ratios: against the bare libcurl push of the very same
# messages (tests/tools/push), against openssl speed, against append + fdatasync.
#
#   A   4 kB to 25 members, from the pipe to the last accepted copy, on a site whose
#       ladle run is up; beside it by run --once
#   C   4 kB to 1,000 members, one recipient a copy, return address of its own,
#       tag and footer: unsigned, signed, signed with Ed25519 alone
#   D   50 MiB to 25 members
#   E   50 MB with an attachment: a footer part is added, and 1,000 members' copies are signed.
#       Over the wire that would be 50 GB: the relay refuses all but 25 at RCPT, which is
#       behind the signing
#   F   reports about 5,000 of 30,000 copies, each at its own return address
#   edit   the usual edits on each message of the corpus: time, bytes of the recipe
#   accept   the durable part of ladle receive
#   DKIM2    three hops against d2peer (D2PEER=PATH, see tests/interop/run.sh) and openssl
#            speed, signatures for copies, recipes, the length of a chain
#
# BENCH_DIR: a folder on the disk to measure (default: a temporary folder).

LC_ALL=C
export LC_ALL
: "${LADLE:?}" "${TOOLS:?}"
dir=$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/ladle-bench.XXXXXX") || exit 1
pids=''
trap '[ -z "$pids" ] || kill $pids; rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM
cd "$dir" || exit 1

die() { echo "bench: $*" >&2; exit 1; }

wait_file() {
	tries=0
	while [ ! -s "$1" ]; do
		tries=$((tries + 1))
		[ "$tries" -lt 400 ] || die "no $1"
		sleep 0.05
	done
}

# field NAME: from lines NAME=VALUE on standard input
field() { tr ' ' '\n' | sed -n "s/^$1=//p"; }
calc() { awk "BEGIN { printf \"%.3f\", $1 }"; }
# claim CASE VALUE LIMIT UNIT WHAT: the verdict on a target
claim() {
	awk -v c="$1" -v v="$2" -v l="$3" -v u="$4" -v w="$5" 'BEGIN {
		printf "%-4s %-58s %9.3f %-3s target <= %-7g %s\n", c, w, v, u, l, v <= l ? "met" : "MISSED" }'
}

# reach CASE VALUE LIMIT UNIT WHAT: as claim, but more is better
reach() {
	awk -v c="$1" -v v="$2" -v l="$3" -v u="$4" -v w="$5" 'BEGIN {
		printf "%-4s %-58s %9.3f %-3s target >= %-7g %s\n", c, w, v, u, l, (v >= l ? "met" : "MISSED") }'
}

sink() { # sink [OPTIONS]: a fresh one
	rm -f port
	"$TOOLS/sink" -f port -l sink.log "$@" &
	sink_pid=$!
	pids="$dns_pid $sink_pid"
	wait_file port
	port=$(cat port)
}
unsink() { kill "$sink_pid" && wait "$sink_pid"; pids=$dns_pid; }

ladle() { "$LADLE" -C "$dir/site/ladle.conf" "$@"; }

# site MEMBERS KEYS [SETTING=VALUE…]: KEYS are algorithms
site() {
	members=$1 keys=$2
	shift 2
	rm -rf site
	"$LADLE" init site >/dev/null || die init
	printf 'hostname = mx.lists.example\nsmtp-url = smtp://127.0.0.1:%s\nmessage-size = 100M\n' "$port" \
		>>site/ladle.conf
	printf 'dns-servers = 127.0.0.1:%s\n' "$dns" >>site/ladle.conf
	ladle list create dev@lists.example subject-tag='[dev]' nonmember=accept unauthenticated=accept \
		footer='--------\nThe list, https://lists.example/dev' "$@" >/dev/null || die create
	for key in $keys; do ladle key gen --algorithm "$key" lists.example >/dev/null || die key; done
	if [ -n "$keys" ]; then
		ladle key dns --tsv >keys.tsv && ladle key check --dns keys.tsv --activate >/dev/null || die "key check"
	fi
	seq -f 'member%04.0f@example.net' "$members" | ladle member import dev >/dev/null || die import
}

# message BYTES: a post of about that size
message() {
	printf 'From: Ann <ann@one.example>\r\nTo: dev@lists.example\r\nSubject: bench\r\n'
	printf 'Date: Fri, 27 Nov 2026 12:00:00 +0000\r\nMessage-ID: <bench-%s@one.example>\r\n\r\n' "$1"
	yes 'A line of a post of ordinary width, as people write them when they write' |
		head -c "$1" | sed 's/$/\r/'
}

# distribute NAME: post FILE through receive and run; sets wall, cpu, anon
distribute() {
	received=$("$TOOLS/measure" sh -c "'$LADLE' -C site/ladle.conf receive -f ann@one.example dev@lists.example <$1") ||
		die "receive: $received"
	run=$("$TOOLS/measure" "$LADLE" -C site/ladle.conf run --once 2>run.log) || { cat run.log; die "run: $run"; }
	wall=$(calc "$(echo "$received" | field wall) + $(echo "$run" | field wall)")
	cpu=$(calc "$(echo "$received" | field cpu) + $(echo "$run" | field cpu)")
	run_wall=$(echo "$run" | field wall)
	anon=$(echo "$run" | field anon)
}

# push DIR N: the bare client with the copies in DIR; sets push_cpu, push_wall
push() {
	sink
	pushed=$("$TOOLS/push" -p "$port" -c 8 -V -n "$2" "$1") || die "push: $pushed"
	push_cpu=$(echo "$pushed" | field cpu)
	push_wall=$(echo "$pushed" | field wall)
	unsink
}

echo "ladle bench: $(nproc) cores, $(openssl version | cut -d ' ' -f 1,2), $("$LADLE" --version)"
# CPU of one signature while all cores sign, as in a distribution: where two of them
# share one core's units, it is up to twice that of one alone.
cores=$(nproc)
speed=$(openssl speed -mr -multi "$cores" -seconds 2 rsa2048 ed25519 2>/dev/null)
rsa=$(echo "$speed" | awk -F: -v n="$cores" '/^\+F2:/ && $3 == 2048 { print n / $4 }')
ed=$(echo "$speed" | awk -F: -v n="$cores" '/^\+F6:/ && /Ed25519/ { print n / $5 }')
[ -n "$rsa" ] && [ -n "$ed" ] || die "openssl speed said: $speed"
echo "openssl speed, $cores at once: RSA-2048 $(calc "$rsa * 1e6") us, Ed25519 $(calc "$ed * 1e6") us a signature"

# A DNS that knows nobody, at once: DMARC asks for the author's domain.
: >zone.empty
"$TOOLS/dnsstub" -z zone.empty -f dns.port -l dns.log &
dns_pid=$!
pids=$dns_pid
wait_file dns.port
dns=$(cat dns.port)

# ---- A ----

message 4096 >small.eml
grep -v '^Message-ID:' small.eml >anonymous.eml
mkdir outa
sink -o outa; site 25 'rsa ed25519' from=munge
signing=$(calc "25 * (2 * $rsa + $ed)")
up=$("$TOOLS/latency" 20 25 outa anonymous.eml \
	"'$LADLE' -C site/ladle.conf receive -f ann@one.example dev@lists.example" \
	"exec '$LADLE' -C site/ladle.conf run 2>run.log") || { cat run.log; die "A: $up"; }
unsink
wall=$(echo "$up" | field wall) cpu=$(echo "$up" | field cpu)
echo "A: wall $wall s, CPU $cpu s, of which signing $signing s"
claim A "$(calc "$wall * 1000")" 50 ms 'wall, pipe to last copy, ladle run is up'
claim A "$(calc "($cpu - $signing) * 1000")" 10 ms 'CPU beyond signing'
: >sink.log; sink; site 25 'rsa ed25519' from=munge
distribute small.eml
unsink
grep -q 'accepted=25 ' sink.log || die 'A: not all copies arrived'
echo "A: by run --once: wall $wall s, CPU $cpu s, the starts of two programs included"

# ---- C ----

mkdir out
: >sink.log; sink -o out; site 1000 '' sign=no
distribute small.eml
unsink
[ "$(find out -name '*.env' | wc -l)" = 1000 ] || die 'C: not all copies arrived'
: >sink.log; sink; site 1000 '' sign=no
distribute small.eml
unsink
unsigned=$cpu
mkdir pushdir && mv out/*.eml pushdir
push pushdir 1000
echo "C unsigned: wall $wall s, CPU $cpu s; libcurl push of the same: wall $push_wall s, CPU $push_cpu s"
claim C "$(calc "$unsigned / $push_cpu")" 2 x 'unsigned: CPU against the bare libcurl push'

for personal in no yes; do
	: >sink.log; sink; site 1000 'rsa ed25519' personal-unsubscribe=$personal from=munge
	distribute small.eml
	unsink
	grep -q 'accepted=1000 ' sink.log || die 'C signed: not all copies arrived'
	if [ $personal = no ]; then
		signing=$(calc "1000 * ($rsa + $ed) + $rsa") what='signed (DKIM1 once, DKIM2 RSA + Ed25519 a copy)'
	else
		signing=$(calc "1000 * (2 * $rsa + $ed)") what='signed, personal List-Unsubscribe (two RSA a copy)'
	fi
	echo "C signed, personal-unsubscribe=$personal: wall $wall s, CPU $cpu s, openssl alone $signing s"
	claim C "$(calc "($cpu - $unsigned) / $signing")" 1.1 x "$what: CPU beyond unsigned / openssl"
	claim C "$(calc "$run_wall / $cpu")" 0.75 x 'both cores: wall / CPU'
done

: >sink.log; sink; site 1000 ed25519 from=munge personal-unsubscribe=no
distribute small.eml
unsink
echo "C Ed25519 alone: wall $wall s, CPU $cpu s"
claim C "$cpu" 0.25 s 'signed with Ed25519 alone: CPU'

# ---- D ----

message 52428800 >large.eml
mkdir outd
: >sink.log; sink; site 25 'rsa ed25519' from=munge
distribute large.eml
unsink
grep -q 'accepted=25 ' sink.log || { cat run.log; die 'D: not all copies arrived'; }
push large.eml 25
echo "D: wall $wall s, CPU $cpu s, most anonymous memory of a process $((anon / 1048576)) MiB; push CPU $push_cpu s"
claim D "$(calc "$cpu / $push_cpu")" 1.2 x 'CPU against the bare libcurl push'
claim D "$(calc "$anon / 1048576")" 32 MiB 'anonymous memory of the largest process'

# ---- E ----

# attached BYTES: the same with a text and an attachment of about that size
attached() {
	message 200 | sed '/^\r$/,$d'
	printf 'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="bench"\r\n\r\n'
	printf -- '--bench\r\nContent-Type: text/plain\r\n\r\nSee the attachment.\r\n'
	printf -- '--bench\r\nContent-Type: application/zip; name="a.zip"\r\n'
	printf 'Content-Transfer-Encoding: base64\r\n\r\n'
	head -c "$(($1 / 78 * 57))" /dev/zero | base64 -w 76 | sed 's/$/\r/'
	printf -- '--bench--\r\n'
}

attached 50000000 >attached.eml
seq -f 'rcpt member%04.0f@example.net reply 550 5.1.1 not here' 26 1000 >script
oned=$("$TOOLS/measure" openssl dgst -sha256 attached.eml 2>/dev/null | field cpu)
for count in 25 1000; do
	: >sink.log; sink -r script; site "$count" 'rsa ed25519' from=munge
	distribute attached.eml
	unsink
	grep -q 'accepted=25 ' sink.log || { cat run.log; die "E: not 25 copies arrived"; }
	[ "$count" != 25 ] || few=$cpu
done
echo "E: 50 MB with an attachment, 1,000 copies signed, 25 of them sent: CPU $cpu s, wall $wall s; of 25 copies $few s; openssl dgst -sha256 of the file $oned s; RSA and Ed25519 alone $(calc "1001 * $rsa + 1000 * $ed") s"
claim E "$(calc "$anon / 1048576")" 32 MiB 'anonymous memory of the largest process'
claim E "$(calc "($cpu - $few) / 975 / ($rsa + $ed)")" 2 x 'CPU of a copy more, beside its two signatures in openssl'
claim E "$(calc "($cpu - $few) / 975 / $oned")" 0.5 x 'CPU of a copy more, beside openssl dgst -sha256 of the file'

# ---- F ----

: >sink.log; sink; site 30000 '' sign=no
distribute small.eml
"$TOOLS/reports" site/ladle.conf 1 1 5000 || die reports
report=$("$TOOLS/measure" "$LADLE" -C site/ladle.conf run --once 2>run.log) || { cat run.log; die "F: $report"; }
unsink
[ "$(ladle bounce ls | wc -l)" = 5000 ] || die 'F: not all reports are events'
cpu=$(echo "$report" | field cpu) anon=$(echo "$report" | field anon)
echo "F: 5,000 reports: CPU $cpu s, wall $(echo "$report" | field wall) s"
reach F "$(calc "5000 / $cpu")" 2000 /s 'reports in a second of CPU'
claim F "$(calc "$cpu / 5000 / $rsa")" 1 x 'CPU of a report beside an RSA-2048 signature in openssl'
claim F "$(calc "$anon / 1048576")" 32 MiB 'anonymous memory of the largest process'

# ---- edit ----

edits=$("$TOOLS/editcost" -t "${LADLE_CORPUS:-$SRC/tests/corpus/mail}") || echo "edit: over the limit: $edits"
echo "$edits" | sed -n 's/^from=/edit: from=/p'
for kind in plain mixed wrapped; do
	line=$(echo "$edits" | grep "^from=kept kind=$kind ")
	claim edit "$(echo "$line" | field median)" "$(echo "$line" | field limit)" B "$kind: Message-Instance of the median message"
done
claim edit "$(echo "$edits" | sed -n 's/^from=kept kind=plain .*us=//p')" 200 us 'edits and recipe of the median message, text/plain'

# ---- accept ----

base=$("$TOOLS/syncbench" -n 1000 "$dir" --baseline-fork --stdin small.eml \
	--command "$LADLE -C $dir/site/ladle.conf receive -f ann@one.example dev@lists.example") || die syncbench
spool=$("$TOOLS/spoolbench" "$dir/site/ladle.conf" small.eml 1000) || die spoolbench
append=$(echo "$base" | sed -n '/^append/p' | field p50)
command=$(echo "$base" | sed -n '/^command/p' | field p50)
fork=$(echo "$base" | sed -n '/^fork/p' | field p50)
durable=$(echo "$spool" | field p50)
echo "accept: append + fdatasync $append us, spooling $durable us; whole command $command us, /bin/true $fork us"
claim acc "$(calc "$durable / $append")" 2.5 x 'durable accept (spool, sync, rename, sync)'
claim acc "$(calc "($command - $fork) / $append")" 2.5 x 'the same as a whole process, less an empty one'

# ---- DKIM2 ----

cost=$("$TOOLS/d2bench" "$SRC/tests/corpus/dkim2/negative/keys" .) || die d2bench
value() { echo "$cost" | field "$1"; }
speed=$(openssl speed -mr -seconds 2 rsa2048 ed25519 2>/dev/null)
rsa=$(echo "$speed" | awk -F: '/^\+F2:/ && $3 == 2048 { print $4 }')
rsa_verify=$(echo "$speed" | awk -F: '/^\+F2:/ && $3 == 2048 { print $5 }')
ed=$(echo "$speed" | awk -F: '/^\+F6:/ && /Ed25519/ { print $5 }')
ed_verify=$(echo "$speed" | awk -F: '/^\+F6:/ && /Ed25519/ { print $6 }')
sha=$(openssl speed -mr -seconds 2 -bytes 16384 -evp sha256 2>/dev/null | awk -F: '/^\+F:/ { print $NF }')
[ -n "$rsa_verify" ] && [ -n "$ed_verify" ] && [ -n "$sha" ] || die "openssl speed said: $speed $sha"
echo "DKIM2: three hops verified $(value verify)/s (Ed25519), $(value verify-rsa)/s (RSA-2048); openssl verifies $ed_verify/s and $rsa_verify/s"
claim D2 "$(calc "1 / $(value verify) / (3 / $ed_verify)")" 1.5 x 'three Ed25519 hops against their openssl verification'
claim D2 "$(calc "$(value hops)")" 4.6 x '40 hops against 10'
reach D2 "$(calc "$(value ed25519) / $ed")" 0.9 x 'Ed25519 signatures of copies against openssl speed'
reach D2 "$(calc "$(value rsa2048) / $rsa")" 0.97 x 'RSA-2048 signatures of copies against openssl speed'
reach D2 "$(calc "$(value body) / $sha")" 0.5 x 'body hash against openssl speed'
reach D2 "$(calc "$(value apply) / $sha")" 0.5 x 'recipe and hash against openssl speed'
peer=${D2PEER:-$SRC/../d2peer-build/target/release/d2peer}
if [ -x "$peer" ]; then
	for kind in verify verify-rsa; do
		theirs=$("$peer" bench verify 2000 --raw --dns zone.tsv --now 1800000000 "$kind.eml" |
			sed -n 's/.*"ops_per_cpu_s":\([0-9.]*\).*/\1/p')
		[ -n "$theirs" ] || die "$peer bench"
		reach D2 "$(calc "$(value "$kind") / $theirs")" 2 x "$kind: three hops against d2peer, keys read there once"
	done
else
	echo 'DKIM2: no d2peer (D2PEER=PATH), not compared with it'
fi
