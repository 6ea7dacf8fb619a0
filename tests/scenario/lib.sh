# Sourced by every scenario: a site in $TMPDIR/site with a sink for a relay, and
# a DNS stub. A scenario is a story in a few lines; what it needs is here.
#
#     site_new [EXTRA-CONFIG-LINE…]   site, servers, list dev@lists.example, 3 members
#     post NAME [BODY]                a message of member ann, made and received
#     turn                            ladle run --once, log in run.log
#     copies                          number of copies that the sink has
#
# A check that fails says what it is and ends the test: fail, is, has.

set -u
: "${LADLE:?}" "${TOOLS:?}" "${SRC:?}" "${TMPDIR:?}"
ulimit -c 0
# A leak at the end of a program is a fault too; its report goes to the log.
ASAN_OPTIONS=${ASAN_OPTIONS:-intercept_tls_get_addr=0}
export ASAN_OPTIONS
# Looking for it takes a fifth of a short program's time: some scenarios of each area do.
no_leaks=$ASAN_OPTIONS:detect_leaks=0
case ${0##*/} in
[ACH]1* | B[13]* | K* | L3* | bounce-* | content-* | dkim2-* | e*.sh | fault-* | held-* | json-* | post-* | u*) ;;
*) ASAN_OPTIONS=$no_leaks ;;
esac

# LADLE_NOW sets the clock of a debug build only.
needs_clock() {
	case $("$LADLE" --version) in
	*debug*) ;;
	*) echo 'needs a debug build, for a clock that is set'; exit 77 ;;
	esac
}

site=$TMPDIR/site
out=$TMPDIR/out
zone=$TMPDIR/zone.tsv
list=dev@lists.example
member1=ann@one.example member2=ben@two.example member3=cid@three.example

fail() {
	echo "FAILED: $*"
	[ ! -f run.log ] || { echo '--- run.log'; cat run.log; }
	[ ! -f sink.log ] || { echo '--- sink.log'; tail -n 20 sink.log; }
	exit 1
}

# is WHAT WANTED FOUND
is() {
	[ "$2" = "$3" ] || fail "$1: wanted \"$2\", found \"$3\""
}

# has FILE PATTERN (basic regular expression)
has() {
	grep -q -e "$2" "$1" || { cat "$1"; fail "no \"$2\" in $1"; }
}

hasnt() {
	if grep -q -e "$2" "$1"; then cat "$1"; fail "\"$2\" in $1"; fi
}

# Wait until the command given holds; not a sleep: it ends as soon as it does.
until_true() {
	until_tries=0
	until "$@"; do
		until_tries=$((until_tries + 1))
		[ "$until_tries" -lt 600 ] || fail "waited for: $*"
		sleep 0.05
	done
}

port_of() {
	until_true test -s "$1"
	cat "$1"
}

ladle() { "$LADLE" -C "$site/ladle.conf" "$@"; }

# sink_start [OPTIONS]: on the same port again after the first time.
sink_start() {
	rm -f sink.port
	"$TOOLS/sink" -p "${sink_port:-0}" -o "$out" -f sink.port -l sink.log "$@" &
	sink_pid=$!
	sink_port=$(port_of sink.port)
}

sink_stop() {
	kill "$sink_pid" && wait "$sink_pid"
}

dns_start() {
	rm -f dns.port
	"$TOOLS/dnsstub" -z "$zone" -p "${dns_port:-0}" -f dns.port -l dns.log "$@" &
	dns_pid=$!
	dns_port=$(port_of dns.port)
}

dns_stop() {
	kill "$dns_pid" && wait "$dns_pid"
}

site_files() {
	"$LADLE" init "$site" >init.log || fail 'init'
	{
		printf 'hostname = mx.lists.example\nsmtp-url = smtp://127.0.0.1:%s\n' "$sink_port"
		printf 'dns-servers = 127.0.0.1:%s\ndns-timeout = 1s\n' "$dns_port"
		for site_line; do printf '%s\n' "$site_line"; done
	} >>"$site/ladle.conf"
}

site_new() {
	mkdir -p "$out"
	[ -f "$zone" ] || : >"$zone"
	[ -n "${sink_pid:-}" ] || sink_start
	[ -n "${dns_pid:-}" ] || dns_start
	site_options=$ASAN_OPTIONS
	ASAN_OPTIONS=$no_leaks
	site_files "$@"
	ladle list create "$list" >/dev/null || fail 'list create'
	ladle key gen --algorithm ed25519 --selector e1 lists.example >/dev/null || fail 'key gen'
	# Making an RSA key takes longer than most scenarios.
	site_rsa=$site/data/keys/lists.example/r1
	install -m 600 "$SRC/tests/corpus/dkim2/negative/keys/rsa.pem" "$site_rsa.pem" || fail 'key'
	ladle key dns --tsv >keys.tsv || fail 'key dns'
	printf '%s' "$(sed -n 's/^r1\._domainkey[^	]*	//p' keys.tsv)" >"$site_rsa.record"
	cat keys.tsv >>"$zone"
	kill -HUP "$dns_pid"
	ladle member add "$list" "$member1" "$member2" "$member3" >/dev/null || fail 'member add'
	ASAN_OPTIONS=$site_options
}

# message NAME [BODY]: one of ann's, on standard output; NAME makes its Message-ID.
message() {
	printf 'From: Ann <%s>\nTo: %s\nSubject: about %s\nDate: Fri, 27 Nov 2026 12:00:00 +0000\n' \
		"$member1" "$list" "$1"
	printf 'Message-ID: <%s@one.example>\n\n%s\n' "$1" "${2:-Hello.}"
}

receive() {
	ladle receive -f "$member1" "$list"
}

post() {
	message "$@" | receive
	is "receive $1" 0 $?
}

turn() {
	ladle run --once >>run.log 2>&1
}

copies() {
	find "$out" -name '*.env' | wc -l
}

spool_count() {
	find "$site/data/spool/new" -type f | wc -l
}

# held_reason: reason of the only held message
held_reason() {
	ladle held ls | cut -f 6
}

# An author's own keys and a DKIM2-signed message: author_signs NAME FILE
author_key() {
	"$LADLE" init author >/dev/null && "$LADLE" -C author/ladle.conf key gen --algorithm ed25519 \
		--selector a1 one.example >/dev/null &&
		"$LADLE" -C author/ladle.conf key dns --tsv one.example >>"$zone" || fail 'author key'
	kill -HUP "$dns_pid"
}

sign_dkim2() {
	"$LADLE" sign --key author/data/keys/one.example/a1.pem --selector a1 --domain one.example \
		--mf "$member1" --rt "$list" "$@"
}

sign_dkim1() {
	"$LADLE" sign --dkim1 --key author/data/keys/one.example/a1.pem --selector a1 \
		--domain one.example "$@"
}

# Every copy verifies with the envelope it came with.
verify_copies() {
	for copy in "$out"/*.env; do
		"$LADLE" verify --mf "$(sed -n 1p "$copy")" --rt "$(sed -n 2p "$copy")" --dns "$zone" \
			"${copy%.env}.eml" >verify.log || { cat verify.log; fail "$copy does not verify"; }
	done
}
