# Sourced by every end-to-end test, instead of scenario/lib.sh, which it extends:
# a private Postfix around a site that belongs to an unprivileged user, real DNS,
# and the sink where the rest of the world would be.
#
#     smtp-send -> Postfix :25 -> pipe(8): ladle receive -> site -> ladle run
#               -> Postfix :10025 -> smtp(8) -> sink
#
# All of it is in $TMPDIR and on loopback ports above 20000: neither /etc/postfix
# nor a Postfix that runs on this machine is touched. Lines of contrib/postfix are
# used as they are there, but for names, paths and the port.
#
#     mail_new [LINE-OF-LADLE.CONF…]  everything but ladle run; see there
#     run_start, run_stop             ladle run in the background; or turn, as in scenarios
#     submit FILE FROM RECIPIENT…     what a stranger's mail server does
#     wait_copies N                   until the sink has N copies; then nothing is under way
#
# A copy is $out/NNN.eml with $out/NNN.env, as in scenarios.

. "$SRC/tests/scenario/lib.sh"

# Postfix's own user reads what is made here.
umask 022
# Some commands are where only root looks.
PATH=$PATH:/usr/sbin:/sbin
pf=$TMPDIR/postfix
user=nobody
program=$TMPDIR/bin/ladle # the one that Postfix runs

skip() {
	echo "$*"
	exit 77
}

fail() {
	echo "FAILED: $*"
	for fail_log in mail.log run.log sink.log smtp.log; do
		[ ! -f "$fail_log" ] || { echo "--- $fail_log"; tail -n 40 "$fail_log"; }
	done
	exit 1
}

as_user() {
	setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups -- "$@"
}

# A copy, since the build folder may be where only root can look.
ladle() { as_user "$TMPDIR/ladle" -C "$site/ladle.conf" "$@"; }

[ "$(id -u)" = 0 ] || skip 'needs root, for Postfix'
command -v postfix >/dev/null || skip 'there is no Postfix (Debian package postfix)'
command -v dnsmasq >/dev/null || skip 'there is no dnsmasq (Debian package dnsmasq-base)'
chmod 755 "$TMPDIR"
mkdir "$TMPDIR/bin" && cp "$LADLE" "$TMPDIR/ladle" && ln "$TMPDIR/ladle" "$program" || fail 'copy'
as_user test -x "$program" || skip "the user $user has no access to $TMPDIR"

# ---- servers ----

# Every server ends by its own number, also when the test is stopped.
servers_stop() {
	trap '' HUP INT TERM
	[ -z "${run_pid:-}" ] || kill "$run_pid"
	postfix_stop
	[ -z "${dns_pid:-}" ] || kill "$dns_pid"
	[ -z "${sink_pid:-}" ] || kill "$sink_pid"
	wait
}
trap 'servers_stop 2>/dev/null' EXIT
trap 'exit 1' HUP INT TERM

# Below the ports that systems give to clients.
random_port() {
	echo $((20000 + $(od -A n -t u2 -N 2 /dev/urandom) % 12000))
}

# Lines "name, tabulator, text" as dnsmasq has them: strings of at most 255 octets.
dnsmasq_records() {
	awk -F '\t' '{
		line = "txt-record=" $1
		for (text = $2; text != ""; text = substr(text, 256))
			line = line ",\"" substr(text, 1, 255) "\""
		print line
	}' "$1"
}

dnsmasq_ended() {
	[ -s dns.pid ] || ! kill -0 "$dns_pid" 2>/dev/null
}

# dns_start: serves $zone; a port that somebody has is another try's.
dns_start() {
	dnsmasq_records "$zone" >dns.conf
	for dns_try in 1 2 3 4 5; do
		dns_port=$(random_port)
		dnsmasq --keep-in-foreground --conf-file="$TMPDIR/dns.conf" --pid-file="$TMPDIR/dns.pid" \
			--user="$user" --listen-address=127.0.0.1 --bind-interfaces --port="$dns_port" \
			--no-resolv --no-hosts --local=/example/ --log-queries --log-facility="$TMPDIR/dns.log" &
		dns_pid=$!
		until_true dnsmasq_ended
		[ ! -s dns.pid ] || return 0
		wait "$dns_pid"
	done
	dns_pid=''
	fail "dnsmasq does not start, tried $dns_try times"
}

# The lines of a file in contrib, with the names, paths and ports of this test.
contrib() {
	sed -e 's/lists\.example\.org/lists.example/g; s/lists\\\.example\\\.org/lists\\.example/g' \
		-e "s/user=ladle/user=$user/; s|/usr/local/bin/ladle|$program|g" \
		-e "s|/var/lib/ladle/site|$site|g; s|/etc/postfix|$pf|g; s/:10025/:${out_port:-}/" \
		"$SRC/contrib/$1"
}

# What contrib says, for a machine without users of its own.
main_lines() {
	contrib postfix/main.cf.lines
	printf 'mydestination =\nalias_maps =\n'
}

# main.cf of a machine that is nobody in particular: to its port for the world all are
# strangers, also who comes from this machine. When the test has made a file main.cf
# its lines are taken instead of main_lines.
postfix_main() {
	cat <<-END
		compatibility_level = 3.6
		config_directory = $pf
		queue_directory = $TMPDIR/queue
		data_directory = $TMPDIR/data
		maillog_file_prefixes = $TMPDIR
		maillog_file = $TMPDIR/mail.log
		myhostname = mx.lists.example
		mynetworks =
		inet_interfaces = 127.0.0.1
		inet_protocols = ipv4
		smtpd_relay_restrictions = reject_unauth_destination
		smtpd_peername_lookup = no
		smtp_dns_support_level = disabled
		smtp_connection_cache_on_demand = no
		relayhost = [127.0.0.1]:$sink_port
		alias_database =
		notify_classes =
	END
	if [ -f main.cf ]; then cat main.cf; else main_lines; fi
}

postfix_master() {
	cat <<-END
		127.0.0.1:$in_port inet n - n - - smtpd -o local_header_rewrite_clients=
		pickup    unix n - n 60 1 pickup
		cleanup   unix n - n - 0 cleanup
		qmgr      unix n - n 300 1 qmgr
		rewrite   unix - - n - - trivial-rewrite
		bounce    unix - - n - 0 bounce
		defer     unix - - n - 0 bounce
		trace     unix - - n - 0 bounce
		flush     unix n - n 1000 0 flush
		proxymap  unix - - n - - proxymap
		smtp      unix - - n - - smtp
		relay     unix - - n - - smtp
		showq     unix n - n - - showq
		error     unix - - n - - error
		retry     unix - - n - - error
		local     unix - n n - - local
		scache    unix - - n - 1 scache
		anvil     unix - - n - 1 anvil
		postlog   unix-dgram n - n - 1 postlogd
	END
	contrib postfix/master.cf.lines
}

# Starting takes a second, in which the site can be made: postfix_ready waits for it,
# and begins again with other ports if somebody has these.
postfix_begin() {
	mkdir -p "$pf" queue data
	chown postfix data
	in_port=$(random_port)
	out_port=$(random_port)
	postfix_main >"$pf/main.cf"
	postfix_master >"$pf/master.cf"
	contrib postfix/ladle-recipients >"$pf/ladle-recipients"
	contrib postfix/ladle-transport >"$pf/ladle-transport"
	postfix -c "$pf" start >>postfix.log 2>&1 &
	postfix_pid=$!
}

postfix_ready() {
	for postfix_try in 1 2 3 4 5; do
		if wait "$postfix_pid"; then
			postfix_pid=''
			return
		fi
		postfix_begin
	done
	cat postfix.log
	fail "Postfix does not start, tried $postfix_try times"
}

# A process that has ended and that nobody waits for has no command line any more.
gone() {
	! grep -q . "/proc/$1/cmdline" 2>/dev/null
}

# Whether it is still starting, runs, or was never there.
postfix_stop() {
	[ -z "${postfix_pid:-}" ] || wait "$postfix_pid"
	[ -s queue/pid/master.pid ] || return 0
	read -r master_pid <queue/pid/master.pid
	kill "$master_pid"
	until_true gone "$master_pid"
}

# ---- the site ----

# Keys of list and author, in $zone. $algorithms is a list; RSA takes its time.
keys_new() {
	for algorithm in ${algorithms:-ed25519}; do
		ladle key gen --algorithm "$algorithm" --selector "$algorithm" lists.example >/dev/null ||
			fail 'key gen'
	done
	"$LADLE" init author >/dev/null &&
		"$LADLE" -C author/ladle.conf key gen --algorithm ed25519 --selector a1 one.example \
			>/dev/null || fail 'author key'
	ladle key dns --tsv >"$zone" &&
		ladle key check --dns "$zone" --activate >/dev/null &&
		"$LADLE" -C author/ladle.conf key dns --tsv one.example >>"$zone" || fail 'key dns'
}

# The user's site with a list and three members; keys of list and author, for
# sign_dkim1 and sign_dkim2; the servers. A sink that the test has started is used.
mail_new() {
	mkdir -p "$out"
	[ -n "${sink_pid:-}" ] || sink_start
	postfix_begin
	install -d -o "$user" "$site" && as_user "$TMPDIR/ladle" init "$site" >init.log || fail 'init'
	ladle list create "$list" rules= >/dev/null || fail 'list create'
	keys_new
	ladle member add "$list" "$member1" "$member2" "$member3" >/dev/null || fail 'member add'
	dns_start
	postfix_ready
	{
		printf 'hostname = mx.lists.example\nsmtp-url = smtp://127.0.0.1:%s\n' "$out_port"
		printf 'dns-servers = 127.0.0.1:%s\ndns-timeout = 5s\n' "$dns_port"
		for mail_line; do printf '%s\n' "$mail_line"; done
	} >>"$site/ladle.conf"
}

run_start() {
	# Not by ladle or as_user: a function would be a process more, and its number not the one to end.
	setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups -- \
		"$TMPDIR/ladle" -C "$site/ladle.conf" run >>run.log 2>&1 &
	run_pid=$!
}

run_stop() {
	kill "$run_pid"
	wait "$run_pid"
	is 'exit of ladle run' 0 $?
	run_pid=''
}

submit() {
	bash "$SRC/tests/e2e/smtp-send.bash" "$in_port" "$@" >>smtp.log 2>&1
}

post() {
	message "$@" >"$1.eml"
	submit "$1.eml" "$member1" "$list" || fail "Postfix does not take $1"
}

# ---- what became of it ----

# postfix_count QUEUE…: messages there
postfix_count() {
	for queue; do find "queue/$queue" -type f; done | wc -l
}

postfix_idle() {
	[ "$(postfix_count maildrop incoming active deferred)" = 0 ]
}

# Postfix keeps exactly one message for later.
postfix_defers() {
	[ "$(postfix_count maildrop incoming active)" = 0 ] && [ "$(postfix_count deferred)" = 1 ]
}

spool_has_one() {
	[ "$(spool_count)" = 1 ]
}

copies_reach() {
	[ "$(copies)" -ge "$1" ] && postfix_idle && [ "$(spool_count)" = 0 ]
}

# And not one more: a report of Postfix to a sender would be one.
wait_copies() {
	until_true copies_reach "$1"
	is copies "$1" "$(copies)"
	hasnt mail.log 'status=bounced'
}

# verify_copy FILE: with the envelope that it came with and the keys in the DNS.
verify_copy() {
	"$LADLE" verify --mf "$(sed -n 1p "${1%.eml}.env")" --rt "$(sed -n 2p "${1%.eml}.env")" \
		--dns "127.0.0.1:$dns_port" "$1"
}

verify_copies() {
	for copy in "$out"/*.eml; do
		# Postfix took it from Ladle and passed it on.
		has "$copy" "by mx.lists.example (Postfix)"
		verify_copy "$copy" >verify.log || { cat verify.log; fail "$copy does not verify"; }
	done
}

# The body of a message, whatever its line ends.
body() {
	sed '1,/^\r*$/d; s/\r*$//' "$1"
}

# undo_equals SENT: a copy, undone, is what the author sent. The recipe is the same
# in all copies, and was tried in each by verify_copies.
undo_equals() {
	first=$(find "$out" -name '*.eml' | sort | head -n 1)
	"$LADLE" undo "$first" >undone.eml || fail "undo of $first"
	is 'header hash' "$("$LADLE" hash --header "$1")" "$("$LADLE" hash --header undone.eml)"
	body "$1" >sent.body
	body undone.eml >undone.body
	cmp sent.body undone.body || fail "body of $first, undone"
}
