#!/bin/sh
# selftest.sh [BINDIR] - proves that the test tools do what tests/tools/README says.
#
# With BINDIR the tools lie there; else they are built in a temporary folder, with $CC and $CFLAGS.
# Prints TAP; exits 1 if a test failed. Needs python3 and openssl.

here=$(cd "$(dirname "$0")" && pwd) || exit 1
work=$(mktemp -d) || exit 1
bin=$1
count=0
failures=0
pid=
dns_pid=

end() {
	test -z "$pid" || kill "$pid"
	test -z "$dns_pid" || kill "$dns_pid"
	rm -rf "$work"
}
trap end EXIT
trap 'exit 1' HUP INT TERM

build() {
	for name in sink tlspump dnsstub push syncbench; do
		case $name in
		push) libraries=-lcurl ;;
		tlspump) libraries='-lssl -lcrypto' ;;
		*) libraries= ;;
		esac
		# the options are words
		# shellcheck disable=SC2086
		${CC:-cc} -std=c11 -D_GNU_SOURCE ${CFLAGS:--O2} "$here/$name.c" -o "$work/bin/$name" $libraries ||
			exit 1
	done
}

if test -z "$bin"; then
	bin=$work/bin
	mkdir "$bin"
	build
fi

# report NAME: one line of TAP for the status of the command before.
report() {
	status=$?
	count=$((count + 1))
	if test $status -eq 0; then
		echo "ok $count - $1"
	else
		failures=$((failures + 1))
		echo "not ok $count - $1"
	fi
}

# is GOT WANTED NAME
is() {
	test "$1" = "$2"
	report "$3"
	test "$1" = "$2" || printf '# got: %s\n# not: %s\n' "$1" "$2"
}

# wait_for COMMAND...: until it succeeds, for some seconds.
wait_for() {
	tries=0
	until "$@" 2>/dev/null; do
		tries=$((tries + 1))
		test $tries -lt 200 || return 1
		sleep 0.05
	done
}

# sink OPTION...: a fresh one, messages in $out, log in $log; its rules are $work/rules if those exist.
sink() {
	out=$work/out.$count
	log=$work/log.$count
	: >"$log"
	rm -f "$work/port"
	if test -e "$work/rules"; then
		set -- -r "$work/rules" "$@"
	fi
	"$bin/sink" -f "$work/port" -o "$out" -l "$log" "$@" &
	pid=$!
	wait_for test -e "$work/port" || echo "# the sink did not start"
	read -r port <"$work/port"
}

# stop: ends the sink; its status in $status, its summary in $summary.
stop() {
	kill -TERM "$pid"
	wait "$pid"
	status=$?
	pid=
	summary=$(tail -n 1 "$log")
	rm -f "$work/rules"
}

# talk: a dialogue with the sink from standard input.
#	> TEXT		send a line
#	+ TEXT		send bytes: \r \n \0 \xNN mean what they do in Python
#	< TEXT		the next reply begins so; its lines are joined with " | "
#	~ TEXT		the last reply contains it
#	! TEXT		the last reply does not contain it
#	split TEXT	send bytes, each in a packet of its own
#	closed		the connection ends without another reply
#	silent MS	nothing comes for so long
#	took MIN MAX	ms between the last thing sent and the last reply
#	tls		go on in TLS
#	hello		take the greeting, say EHLO, take the answer
#	open TEXT	the same, and MAIL, and RCPT for TEXT, accepted
cat >"$work/talk.py" <<'PYTHON'
import socket, ssl, sys, time

connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
pending = b""
last = ""
sent = received = time.monotonic()

def fail(line, why):
    print(f"# at \"{line}\": {why}")
    sys.exit(1)

def send(data):
    global sent
    connection.sendall(data)
    sent = time.monotonic()

def read(seconds):
    global pending
    connection.settimeout(seconds)
    try:
        data = connection.recv(65536)
    except ConnectionResetError:
        data = b""
    pending += data
    return data

def reply():
    global pending, last, received
    lines = []
    while not lines or lines[-1][3:4] == "-":
        while b"\r\n" not in pending:
            if not read(5):
                return None
        one, pending = pending.split(b"\r\n", 1)
        lines.append(one.decode())
    received = time.monotonic()
    last = " | ".join(lines)
    return last

def expect(line, beginning):
    try:
        got = reply()
    except TimeoutError:
        fail(line, "no reply")
    if got is None or not got.startswith(beginning):
        fail(line, f"got {got}")

def closed():
    try:
        return not pending and not read(5)
    except TimeoutError:
        return False

def silent(seconds):
    try:
        read(seconds)
    except TimeoutError:
        return not pending
    return False

def raw(text):
    return text.encode().decode("unicode_escape").encode("latin-1")

def hello():
    expect("hello", "220")
    send(b"EHLO client.test\r\n")
    expect("hello", "250-sink")

for line in sys.stdin.read().split("\n"):
    word, _, rest = line.strip("\t").partition(" ")
    if word == ">":
        send(rest.encode() + b"\r\n")
    elif word == "+":
        send(raw(rest))
    elif word == "split":
        for byte in raw(rest):
            send(bytes([byte]))
            time.sleep(0.001)
    elif word == "<":
        expect(line, rest)
    elif word == "~" and rest not in last or word == "!" and rest in last:
        fail(line, f"got {last}")
    elif word == "closed" and not closed():
        fail(line, f"still open, {pending}")
    elif word == "silent" and not silent(int(rest) / 1000):
        fail(line, f"got {pending}")
    elif word == "took":
        least, most = map(int, rest.split())
        if not least <= (received - sent) * 1000 <= most:
            fail(line, f"took {(received - sent) * 1000}")
    elif word == "tls":
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        connection = context.wrap_socket(connection)
    elif word == "hello":
        hello()
    elif word == "open":
        hello()
        send(b"MAIL FROM:<a@b.test>\r\n")
        expect(line, "250")
        send(b"RCPT TO:<" + rest.encode() + b">\r\n")
        expect(line, "250")
    elif word not in ("", "~", "!", "closed", "silent"):
        fail(line, "no such word")
PYTHON
talk() {
	python3 "$work/talk.py" "$port"
}

# rules: the script of the next sink, from standard input.
rules() {
	cat >"$work/rules"
}

# --- the sink without a script

sink
talk <<'END'
	< 220 sink ESMTP
	> EHLO client.test
	< 250-sink | 250-PIPELINING | 250-8BITMIME | 250-SIZE 268435456 | 250-SMTPUTF8 | 250-DSN | 250 ENH
	! STARTTLS
	> MAIL FROM:<a@b.test> SIZE=50 BODY=8BITMIME
	< 250 2.1.0
	> RCPT TO:<c@d.test> NOTIFY=NEVER ORCPT=rfc822;c@d.test
	< 250 2.1.5
	> RCPT TO:<"e > f"@d.test>
	< 250
	> DATA
	< 354
	+ Subject: x\r\n\r\n..one\r\n...two\r\n.x\r\nnul \0 8bit \xff\r\n.\r\n
	< 250 2.0.0
	> MAIL FROM:<>
	< 250
	> RCPT TO:<g@h.test>
	< 250
	> DATA
	< 354
	> .
	< 250
	> QUIT
	< 221
	closed
END
report 'a dialogue'
is "$(cat "$out/001.env")" '<a@b.test>
<c@d.test>
<"e > f"@d.test>' 'envelope'
printf 'Subject: x\r\n\r\n.one\r\n..two\r\nx\r\nnul \000 8bit \377\r\n' | cmp - "$out/001.eml"
report 'content, its dots unstuffed'
is "$(cat "$out/001.params")" 'MAIL <a@b.test> SIZE=50 BODY=8BITMIME
RCPT <c@d.test> NOTIFY=NEVER ORCPT=rfc822;c@d.test' 'parameters'
is "$(cat "$out/002.env")" '<>
<g@h.test>' 'null sender'
test -e "$out/002.eml" && ! test -s "$out/002.eml" && ! test -e "$out/002.params"
report 'empty message, no parameters'
stop
is "$status" 0 'status at the end'
is "$summary" \
	'accepted=2 rejected=0 connections=1 bytes=44 bare_lf=0 commands_ahead=0' 'summary at the end'

sink
talk <<'END'
	hello
	+ MAIL FROM:<a@b.test>\r\nRCPT TO:<c@d.test>\r\nRCPT TO:<e@f.test>\r\nDATA\r\n
	< 250
	< 250
	< 250
	< 354
	+ x\r\n.\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<c@d.test>\r\nDATA\r\ny\r\n.\r\nQUIT\r\n
	< 250
	< 250
	< 250
	< 354
	< 250
	< 221
	closed
END
report 'commands sent ahead'
talk <<'END'
	< 220
	split EHLO x\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<c@d.test>\r\nDATA\r\n
	< 250
	< 250
	< 250
	< 354
	split .\r.\r\n..\r\n.x\r\r\n\r.\r\n\r\n.\r\n
	< 250
END
report 'input in packets of one octet'
printf '\r.\r\n.\r\nx\r\r\n\r.\r\n\r\n' | cmp - "$out/003.eml"
report 'content of them'
kill -USR1 "$pid"
wait_for grep -q '^accepted=3 rejected=0 connections=2 .* commands_ahead=7$' "$log"
report 'summary on SIGUSR1'
stop

sink --no-pipelining --strict
talk <<'END'
	< 220
	> EHLO x
	< 250-sink | 250-8BITMIME
	+ NOOP\r\nNOOP\r\n
	< 250
	< 503
END
report 'PIPELINING not offered'
grep -q 'error: command sent ahead' "$log"
report 'PIPELINING not offered: log'
stop

sink --no-smtputf8 --no-8bitmime --no-dsn --no-size --no-enhancedstatuscodes
talk <<'END'
	< 220
	> EHLO x
	< 250-sink | 250 PIPELINING
	> MAIL FROM:<a@b.test> BODY=8BITMIME
	< 555 parameter
	> MAIL FROM:<a@b.test> SMTPUTF8
	< 555
	> MAIL FROM:<a@b.test> SIZE=1
	< 555
	> MAIL FROM:<ü@b.test>
	< 553
	> MAIL FROM:<a@b.test>
	< 250 sender
	> RCPT TO:<ü@b.test>
	< 553
	> RCPT TO:<a@b.test> NOTIFY=NEVER
	< 555
END
report 'nothing else offered'
stop

sink
talk <<'END'
	< 220
	> MAIL FROM:<a@b.test>
	< 503 5.5.1
	> HELO x
	< 250 sink
	> MAIL FROM:<a@b.test> SIZE=1
	< 555
	> EHLO x
	< 250
	> RCPT TO:<a@b.test>
	< 503
	> DATA
	< 503
	> MAIL FROM:a@b.test
	< 501
	> MAIL FROM: <a@b.test>
	< 501
	> MAIL FROM:<a@b.test>>
	< 501
	> MAIL FROM:<a@b.test> BODY=9BIT
	< 501
	> MAIL FROM:<a@b.test> SIZE=x
	< 501
	> MAIL FROM:<a@b.test> SMTPUTF8=1
	< 501
	> MAIL FROM:<a@b.test> NOTIFY=NEVER
	< 555
	> MAIL FROM:<ü@b.test>
	< 553 5.6.7
	> MAIL FROM:<ü@b.test> SMTPUTF8
	< 250
	> MAIL FROM:<a@b.test>
	< 503
	> DATA
	< 554
	> RCPT TO:<>
	< 501
	> RCPT TO:<ö@b.test>
	< 250
	> RSET
	< 250
	> RCPT TO:<a@b.test>
	< 503
	> STARTTLS
	< 502
	> VRFY x
	< 252
	> X
	< 500
	+ NOOP \0\r\n
	< 500
	> NOOP
	< 250
END
report 'commands that are refused'
python3 -c 'print("> " + "x" * 9000 + "\n< 500\n> NOOP\n< 250\n")' >"$work/long"
(echo hello && cat "$work/long") | talk
report 'a command line that is too long'
stop

sink --max-size 100
(
	cat <<'END'
	hello
	~ SIZE 100
	> MAIL FROM:<a@b.test> SIZE=101
	< 552
	> MAIL FROM:<a@b.test> SIZE=100
	< 250
	> RCPT TO:<c@d.test>
	< 250
	> DATA
	< 354
END
	python3 -c 'print("> " + "x" * 99 + "\n> .\n< 552\n")'
	cat <<'END'
	> MAIL FROM:<a@b.test>
	< 250
	> RCPT TO:<c@d.test>
	< 250
	> DATA
	< 354
END
	python3 -c 'print("> " + "x" * 98 + "\n> .\n< 250\n")'
) | talk
report 'size limit'
stop
is "$summary" 'accepted=1 rejected=2 connections=1 bytes=100 bare_lf=0 commands_ahead=0' \
	'size limit: summary'

for mode in '' --strict; do
	# no option is no word
	# shellcheck disable=SC2086
	sink $mode
	if test -z "$mode"; then command=250 content=250; else command=500 content=554; fi
	talk <<-END
		open c@d.test
		+ NOOP\\n
		< $command
		> DATA
		< 354
		+ a\\nb\\n.\\nc\\n.\\r\\n\\n.x\\r\\n.\\n.\\r\\n\\r\\n.\\r\\n
		< $content
	END
	report "bare LF $mode"
	stop
	echo "$summary" | grep -q ' bare_lf=7 ' && grep -q 'error: 6 bare LF in content' "$log" &&
		grep -q 'error: bare LF in a command' "$log"
	report "bare LF $mode: counted and logged"
done

sink
python3 - "$port" <<'PYTHON'
import smtplib, socket, sys
socket.setdefaulttimeout(30)
with smtplib.SMTP("127.0.0.1", int(sys.argv[1])) as client:
    body = b"Subject: big\r\n\r\n" + (b"." + b"x" * 70 + b"\r\n") * 40000
    client.sendmail("a@b.test", ["c@d.test"], body)
    client.sendmail("a@b.test", ["c@d.test"], "Subject: next\r\n\r\nx\r\n")
    client.docmd("MAIL", "FROM:<a@b.test>")
    client.docmd("RCPT", "TO:<a@b.test>")
    client.docmd("DATA")
    client.send(body)
    client.sock.shutdown(socket.SHUT_RDWR)
    client.close()
PYTHON
report 'smtplib'
python3 - "$out" <<'PYTHON'
import sys
body = b"Subject: big\r\n\r\n" + (b"." + b"x" * 70 + b"\r\n") * 40000
sys.exit(open(sys.argv[1] + "/001.eml", "rb").read() != body)
PYTHON
report 'a large message'
wait_for grep -q 'ended within content' "$log"
report 'a client that leaves within the content'
is "$(cd "$out" && echo .[!.]* *)" '.[!.]* 001.eml 001.env 001.params 002.eml 002.env 002.params' \
	'no other files are left'
stop
cp -r "$out" "$work/again"
sink -o "$work/again"
printf '%s\n' 'open c@d.test' '> DATA' '< 354' '> .' '< 250' | talk
test -e "$work/again/003.env"
report 'a second sink numbers on'
stop

sink
python3 - "$port" <<'PYTHON'
import socket, sys
socket.setdefaulttimeout(30)
clients = [socket.create_connection(("127.0.0.1", int(sys.argv[1]))) for i in range(500)]
for i in range(3):
    for c in clients:
        c.sendall(b"EHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n.\r\n")
for c in clients:
    seen = b""
    while seen.count(b"250 2.0.0") < 3:
        seen += c.recv(65536) or sys.exit(1)
PYTHON
report '500 clients at once'
stop
is "${summary%% bytes*}" 'accepted=1500 rejected=0 connections=500' '500 clients: summary'

# --- the script

rules <<'END'
# a comment, and an empty line

connect * times 1 reply 554 go away
connect * times 1 reply-then-close 421 4.3.2 later
connect * times 1 drop
connect 127.0.0.? times 1 delay 300 reply 220 slow
connect * times 1 stall
END
sink
talk <<'END'
	< 554 go away
	> EHLO x
	< 503
	> NOOP
	< 503
	> QUIT
	< 221
	closed
END
report 'connect: reply'
printf '%s\n' '< 421 4.3.2 later' closed | talk
report 'connect: reply-then-close'
echo closed | talk
report 'connect: drop'
printf '%s\n' '< 220 slow' 'took 290 1500' '> EHLO x' '< 250' | talk
report 'connect: delay'
printf '%s\n' '> EHLO x' 'silent 300' | talk
report 'connect: stall'
printf '%s\n' hello | talk
report 'connect: times used up'
stop

rules <<'END'
ehlo old.* reply 502 5.5.1 never heard of it
ehlo odd.* reply 250 odd\nSIZE 5\nX-OTHER \\n
quit * times 1 drop
quit * times 1 reply 221 a\nb
mail <> reply 550 5.7.1 no bounces
mail *@bad.test reply-then-close 421 4.7.0 not you
mail *@again.test times 2 reply 451 4.7.1 greylisted
mail * delay 200
END
sink
talk <<'END'
	< 220
	> EHLO old.test
	< 502 5.5.1 never
	> MAIL FROM:<a@b.test>
	< 503
	> HELO old.test
	< 250
	> EHLO odd.test
	< 250-odd | 250-SIZE 5 | 250 X-OTHER \n
	> MAIL FROM:<>
	< 550 5.7.1 no bounces
	> MAIL FROM:<a@again.test>
	< 451
	> MAIL FROM:<a@again.test>
	< 451
	+ MAIL FROM:<a@again.test>\r\nRSET\r\nNOOP\r\n
	< 250
	took 190 1500
	< 250
	< 250
	> MAIL FROM:<b@bad.test>
	< 421 4.7.0 not you
	closed
END
report 'ehlo and mail'
printf '%s\n' hello '> QUIT' closed | talk
report 'quit: drop'
printf '%s\n' hello '> QUIT' '< 221-a | 221 b' closed | talk
report 'quit: reply'
stop
is "${summary%% bytes*}" 'accepted=0 rejected=4 connections=3' 'ehlo and mail: summary'

rules <<'END'
rcpt full@* reply 452 4.2.2 box\nis full
rcpt gone@d.test after 2 reply 550 5.1.1 gone
rcpt gone@d.test after 2 times 1 reply 450 4.1.1 never reached
rcpt moved@* reply 251 2.1.5 it moved
rcpt drop@* drop
rcpt close@* delay 200 reply-then-close 421 4.3.2 closing
rcpt slow@* delay 200 reply 550 5.1.1 slow no
rcpt stall@* stall
END
sink
talk <<'END'
	open gone@d.test
	> RCPT TO:<full@d.test>
	< 452-4.2.2 box | 452 is full
	> RCPT TO:<gone@d.test>
	< 550
	> RCPT TO:<gone@d.test>
	< 550
	> RCPT TO:<moved@d.test>
	< 251
	> RCPT TO:<slow@d.test>
	< 550
	took 190 1500
	> DATA
	< 354
	> .
	< 250
	+ MAIL FROM:<a@b>\r\nRCPT TO:<full@d>\r\nRCPT TO:<drop@d>\r\nRCPT TO:<x@d>\r\n
	< 250
	< 452
	closed
END
report 'rcpt: reply, drop'
is "$(cat "$out/001.env")" '<a@b.test>
<gone@d.test>
<moved@d.test>' 'rcpt: those accepted'
printf '%s\n' 'open x@y' '> RCPT TO:<close@d>' '< 421' 'took 190 1500' closed | talk
report 'rcpt: delay, then reply-then-close'
printf '%s\n' 'open x@y' '> RCPT TO:<stall@d>' 'silent 300' '> NOOP' 'silent 100' | talk
report 'rcpt: stall'
stop

rules <<'END'
data later@* reply 451 4.3.0 later
data drop@* drop
data part@* drop-in-data 20
data none@* drop-in-data 0
data stall@* stall
data slow@* delay 200
dot no@* reply 550 5.7.1 spam
dot lost@* accept-then-drop
dot vanish@* drop
dot dup@* delay 200 accept-then-drop
dot hang@* stall
dot close@* reply-then-close 421 4.3.2 closing
dot last@* reply-then-close 250 2.0.0 and bye
dot said@* reply 250 2.0.0 my own words
END
sink
talk <<'END'
	open later@d.test
	> DATA
	< 451
	> MAIL FROM:<a@b.test>
	< 250
	> RCPT TO:<y@d.test>
	< 250
	> RCPT TO:<slow@d.test>
	< 250
	> DATA
	< 354
	took 190 1500
	> .
	< 250
	> MAIL FROM:<a@b.test>
	< 250
	> RCPT TO:<drop@d.test>
	< 250
	> DATA
	closed
END
report 'data: reply, delay, drop'
printf '%s\n' 'open part@d' '> DATA' '< 354' '> 45678901234567' 'silent 200' '> 9' 'silent 100' \
	'+ 0' closed | talk
report 'data: drop-in-data'
printf '%s\n' 'open part@d' '> DATA' '< 354' '> x' '> .' closed | talk
report 'data: drop-in-data of a shorter message'
printf '%s\n' 'open none@d' '> DATA' '< 354' closed | talk
report 'data: drop-in-data 0'
printf '%s\n' 'open stall@d' '> DATA' 'silent 300' | talk
report 'data: stall'
printf '%s\n' 'open no@d' '> DATA' '< 354' '> .' '< 550 5.7.1 spam' '> MAIL FROM:<a@b>' '< 250' |
	talk
report 'dot: reply'
printf '%s\n' 'open said@d' '> DATA' '< 354' '> .' '< 250 2.0.0 my own words' | talk
report 'dot: reply that accepts'
printf '%s\n' 'open lost@d' '> DATA' '< 354' '> .' closed | talk
report 'dot: accept-then-drop'
printf '%s\n' 'open vanish@x' '> RCPT TO:<said@d>' '< 250' '> DATA' '< 354' '> .' closed | talk
report 'dot: drop'
printf '%s\n' 'open dup@d' '> DATA' '< 354' '> .' 'silent 150' closed | talk
report 'dot: delay, then accept-then-drop'
printf '%s\n' 'open close@d' '> DATA' '< 354' '> .' '< 421' closed | talk
report 'dot: reply-then-close'
printf '%s\n' 'open last@d' '> DATA' '< 354' '> .' '< 250' closed | talk
report 'dot: accepting reply-then-close'
printf '%s\n' 'open x@y' '> RCPT TO:<hang@x>' '< 250' '> DATA' '< 354' '> .' 'silent 300' | talk
report 'dot: stall'
stop
is "$(cd "$out" && cat ./*.env | grep -v a@b)" '<y@d.test>
<slow@d.test>
<said@d>
<lost@d>
<dup@d>
<last@d>' 'data and dot: messages accepted'
is "${summary%% bytes*}" 'accepted=5 rejected=3 connections=13' 'data and dot: summary'

rules <<'END'
idle * times 1 idle421 300
idle * times 1 delay 200 drop
END
sink
printf '%s\n' hello '> NOOP' '< 250' '< 421 4.4.2' 'took 290 1500' closed | talk
report 'idle421'
printf '%s\n' 'open c@d' '> DATA' '< 354' 'silent 400' '> .' '< 250' closed | talk
report 'idle: drop, not within content'
printf '%s\n' hello 'silent 500' | talk
report 'idle: times used up'
echo 'rcpt * reply 450 new rule' >"$work/rules"
kill -HUP "$pid"
wait_for grep -q 'script read: 1 rules' "$log"
printf '%s\n' hello '> MAIL FROM:<>' '< 250' '> RCPT TO:<a@b>' '< 450 new' | talk
report 'rules read again'
echo 'rcpt * nonsense' >"$work/rules"
kill -HUP "$pid"
wait_for grep -q "error: $work/rules:1: unknown action" "$log"
printf '%s\n' hello '> MAIL FROM:<>' '< 250' '> RCPT TO:<a@b>' '< 450 new' | talk
report 'wrong rules leave the old ones'
stop

while read -r line; do
	echo "$line" >"$work/wrong"
	timeout 5 "$bin/sink" -r "$work/wrong" 2>"$work/said"
	is $? 64 "wrong rule: $line ($(cut -d : -f 4 "$work/said"))"
done <<'END'
rcpt
rcpt *
foo * drop
rcpt * foo
rcpt * reply
rcpt * reply 99 x
rcpt * times x drop
rcpt * drop drop
rcpt * accept-then-drop
dot * drop-in-data 5
data * drop-in-data
idle * reply 250 x
idle * idle421
idle * after 2 idle421 5
END

# --- STARTTLS

openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key" -out "$work/certificate" \
	-subj /CN=relay.test -days 2 2>"$work/said" || cat "$work/said"
echo 'starttls * times 1 reply 454 4.7.0 not now' >"$work/rules"
sink --starttls "$work/certificate" "$work/key"
talk <<'END'
	hello
	~ STARTTLS
	> STARTTLS
	< 454
	> STARTTLS
	< 220
	tls
	> MAIL FROM:<a@b>
	< 503
	> EHLO x
	< 250
	! STARTTLS
	> STARTTLS
	< 502
	+ MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n
	< 250
	< 250
	< 354
	+ secret\r\n.\r\n
	< 250
	> QUIT
	< 221
	closed
END
report 'STARTTLS'
is "$(cat "$out/001.eml")" "$(printf 'secret\r')" 'STARTTLS: content'
printf '%s\n' hello '+ STARTTLS\r\nMAIL FROM:<evil@x>\r\n' '< 220' tls '> RSET' '< 250' | talk
grep -q 'error: input ahead of TLS' "$log"
report 'STARTTLS: commands before it are thrown away'
python3 - "$port" <<'PYTHON'
import smtplib, ssl, sys
client = smtplib.SMTP("127.0.0.1", int(sys.argv[1]), timeout=10)
try:
    client.starttls(context=ssl.create_default_context())
except ssl.SSLCertVerificationError:
    sys.exit(0)
sys.exit(1)
PYTHON
report 'STARTTLS: the certificate is not trusted'
wait_for grep -q 'error: TLS handshake' "$log"
report 'STARTTLS: failed handshake in the log'
python3 - "$port" <<'PYTHON'
import os, socket, sys
socket.setdefaulttimeout(10)
for i in range(60):
    c = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    c.recv(1000)
    c.sendall(b"EHLO x\r\nSTARTTLS\r\n")
    seen = b""
    while b"220 2.0.0" not in seen:
        seen += c.recv(1000) or sys.exit(1)
    try:
        for j in range(i % 5):
            c.sendall(os.urandom(i * 10))
    except OSError:
        pass
    c.close()
PYTHON
printf '%s\n' hello '> STARTTLS' '< 220' tls '> NOOP' '< 250' | talk
report 'STARTTLS: lives on after noise'
stop
is "$status" 0 'STARTTLS: status at the end'
sink --starttls /nonexistent /nonexistent
printf '%s\n' hello '> STARTTLS' '< 220' closed | talk
report 'STARTTLS: no certificate'
stop

# --- push

python3 -c 'print("Subject: x\n\n.\n..\n" + "y" * 70)' >"$work/message"
mkdir "$work/list"
printf 'a\r\n' >"$work/list/1"
printf 'b\r\n' >"$work/list/2"
sink
timeout 60 "$bin/push" -p "$port" -n 100 -c 3 "$work/message" >"$work/said"
report 'push'
grep -Eqx 'copies=100 wall=[0-9]+\.[0-9]+ cpu=[0-9]+\.[0-9]+' "$work/said"
report 'push: what it prints'
sed 's/$/\r/' "$work/message" | cmp - "$out/100.eml"
report 'push: content'
is "$(cat "$out"/*.env | grep -c '^<list-bounces@lists.example.org>$')" 100 'push: sender'
is "$(cat "$out"/*.env | grep '^<member' | sort -u | wc -l | tr -d ' ')" 100 'push: recipients'
timeout 60 "$bin/push" -V -p "$port" -c 1 "$work/list" >"$work/said"
is "$(cat "$out/101.eml" "$out/102.eml" | tr -d '\r')" 'a
b' 'push: the files of a folder'
is "$(head -n 1 "$out/102.env")" '<list-bounces+member000001=example.net@lists.example.org>' 'push -V'
stop
is "${summary%% bytes*}" 'accepted=102 rejected=0 connections=4' 'push: connections are used again'
echo 'rcpt *1@* reply 550 no' >"$work/rules"
sink
timeout 60 "$bin/push" -p "$port" -n 10 "$work/message" >"$work/said" 2>&1
is $? 70 'push: a copy that is refused'
grep -q 'reply 550' "$work/said" && grep -q copies=9 "$work/said"
report 'push: says so'
stop

# --- dnsstub

cat >"$work/zone" <<'END'
# a comment
one.test	v=one; p=x
Two.Test.	first
two.test	second
alias.test	@CNAME two.test
dangling.test	@CNAME none.test
loop.test	@CNAME loop.test
fail.test	@SERVFAIL
quiet.test	@TIMEOUT
cut.test	@TRUNCATE all of it
refused.test	@REFUSED
slow.test	@DELAY 300 late
nodata.test	@NODATA
empty.test	
sel._domainkey.deep.test	v=DKIM1
END
python3 -c 'print("long.test\t" + "x" * 300 + "y" * 300)' >>"$work/zone"

# ask NAME [TYPE] [tcp|edns]: prints "RCODE flags | records"; "silence" without an answer.
cat >"$work/ask.py" <<'PYTHON'
import socket, struct, sys

port, name = int(sys.argv[1]), sys.argv[2]
words = sys.argv[3:]
types = {"A": 1, "CNAME": 5, "MX": 15, "TXT": 16, "ANY": 255}
kind = next((types[w] for w in words if w in types), 16)
question = b"".join(bytes([len(l)]) + l.encode() for l in name.split(".")) + b"\0"
query = struct.pack(">HHHHHH", 4711, 0x0100, 1, 0, 0, "edns" in words)
query += question + struct.pack(">HH", kind, 1)
if "edns" in words:
    query += b"\0" + struct.pack(">HHIH", 41, 4096, 0, 0)
if "tcp" in words:
    s = socket.create_connection(("127.0.0.1", port))
    s.settimeout(1)
    s.sendall(struct.pack(">H", len(query)))
    s.sendall(query[:5])
    s.sendall(query[5:])
    size = struct.unpack(">H", s.recv(2, socket.MSG_WAITALL))[0]
    m = s.recv(size, socket.MSG_WAITALL)
else:
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.connect(("127.0.0.1", port))
    s.settimeout(1)
    s.send(query)
    try:
        m = s.recv(65536)
    except TimeoutError:
        print("silence")
        sys.exit()

ident, flags, questions, answers, authorities, more = struct.unpack(">HHHHHH", m[:12])
assert ident == 4711 and questions == 1 and flags & 0x8500 == 0x8500, hex(flags)
assert m[12:12 + len(question)] == question
at = 12 + len(question) + 4

def take_name():
    global at
    labels = []
    while m[at]:
        labels.append(m[at + 1:at + 1 + m[at]].decode())
        at += 1 + m[at]
    at += 1
    return ".".join(labels)

records = []
for i in range(answers + authorities + more):
    owner = take_name()
    rtype, rclass, ttl, size = struct.unpack(">HHIH", m[at:at + 10])
    at += 10
    data, end = m[at:at + size], at + size
    if rtype == 16:
        strings = []
        while data:
            strings.append(data[1:1 + data[0]].decode())
            data = data[1 + data[0]:]
        records.append(f"{ttl} TXT " + "+".join(strings))
    elif rtype == 5:
        records.append(f"CNAME {take_name()}")
    elif rtype == 6:
        records.append(f"{ttl} SOA")
    elif rtype == 41:
        records.append("OPT")
    at = end
assert at == len(m)
codes = {0: "NOERROR", 2: "SERVFAIL", 3: "NXDOMAIN", 5: "REFUSED"}
print(" | ".join([codes[flags & 15] + (" TC" if flags & 0x200 else "")] + records))
PYTHON
ask() {
	python3 "$work/ask.py" "$dns_port" "$@"
}

dnsstub() {
	rm -f "$work/port"
	"$bin/dnsstub" -z "$work/zone" -f "$work/port" -l "$work/dns.log" "$@" &
	dns_pid=$!
	wait_for test -e "$work/port" || echo "# dnsstub did not start"
	read -r dns_port <"$work/port"
}

dnsstub
is "$(ask one.test)" 'NOERROR | 300 TXT v=one; p=x' 'dns: a record'
is "$(ask ONE.test)" 'NOERROR | 300 TXT v=one; p=x' 'dns: case'
is "$(ask two.test)" 'NOERROR | 300 TXT first | 300 TXT second' 'dns: two records'
is "$(ask alias.test)" 'NOERROR | CNAME two.test | 300 TXT first | 300 TXT second' 'dns: alias'
is "$(ask alias.test CNAME)" 'NOERROR | CNAME two.test' 'dns: alias itself'
is "$(ask alias.test MX)" 'NOERROR | CNAME two.test | 60 SOA' 'dns: another type of an alias'
is "$(ask dangling.test)" 'NXDOMAIN | CNAME none.test | 60 SOA' 'dns: alias of nothing'
is "$(ask loop.test)" 'SERVFAIL' 'dns: alias of itself'
is "$(ask none.test)" 'NXDOMAIN | 60 SOA' 'dns: no such name'
is "$(ask one.test A)" 'NOERROR | 60 SOA' 'dns: no such type'
is "$(ask nodata.test)" 'NOERROR | 60 SOA' 'dns: @NODATA'
is "$(ask _domainkey.deep.test)" 'NOERROR | 60 SOA' 'dns: a name with names below'
is "$(ask empty.test)" 'NOERROR | 300 TXT ' 'dns: empty text'
is "$(ask fail.test)" 'SERVFAIL' 'dns: @SERVFAIL'
is "$(ask refused.test)" 'REFUSED' 'dns: @REFUSED'
is "$(ask quiet.test)" 'silence' 'dns: @TIMEOUT'
is "$(ask cut.test)" 'NOERROR TC' 'dns: @TRUNCATE'
is "$(ask cut.test edns)" 'NOERROR TC | OPT' 'dns: @TRUNCATE, EDNS'
is "$(ask cut.test tcp)" 'NOERROR | 300 TXT all of it' 'dns: @TRUNCATE over TCP'
long=$(python3 -c 'print("x" * 255 + "+" + "x" * 45 + "y" * 210 + "+" + "y" * 90)')
is "$(ask long.test)" 'NOERROR TC' 'dns: too long for UDP'
is "$(ask long.test tcp)" "NOERROR | 300 TXT $long" 'dns: long text over TCP'
is "$(ask long.test edns)" "NOERROR | 300 TXT $long | OPT" 'dns: long text with EDNS'
is "$(ask slow.test & ask one.test; wait $!)" 'NOERROR | 300 TXT v=one; p=x
NOERROR | 300 TXT late' 'dns: @DELAY holds up no other'
is "$(ask slow.test tcp)" 'NOERROR | 300 TXT late' 'dns: @DELAY over TCP'
is "$(grep -c '^cut.test TXT$' "$work/dns.log") $(tail -n 1 "$work/dns.log")" \
	'2 slow.test TXT tcp' 'dns: log'
echo 'three.test	new' >"$work/zone"
kill -HUP "$dns_pid"
wait_for sh -c "test \"\$(python3 $work/ask.py $dns_port three.test)\" = 'NOERROR | 300 TXT new'"
report 'dns: zone read again'
echo 'nonsense' >"$work/zone"
kill -HUP "$dns_pid"
wait_for grep -q 'error: .*zone:1: no tab' "$work/dns.log"
is "$(ask three.test)" 'NOERROR | 300 TXT new' 'dns: a wrong zone leaves the old one'
kill -USR1 "$dns_pid"
is "$(ask three.test)" 'silence' 'dns: silent after SIGUSR1'
python3 - "$dns_port" <<'PYTHON'
import os, socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for i in range(3000):
    s.sendto(os.urandom(i % 60), ("127.0.0.1", int(sys.argv[1])))
    s.sendto(bytes([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1]) + os.urandom(i % 300),
             ("127.0.0.1", int(sys.argv[1])))
PYTHON
kill -USR1 "$dns_pid"
is "$(ask three.test)" 'NOERROR | 300 TXT new' 'dns: lives on after noise'
kill "$dns_pid"
wait "$dns_pid"
is $? 0 'dns: status at the end'
echo 'three.test	new' >"$work/zone"
dnsstub --silent -t 5
is "$(ask three.test)" 'silence' 'dns: --silent'
kill -USR1 "$dns_pid"
is "$(ask three.test)" 'NOERROR | 5 TXT new' 'dns: not silent any more, TTL'

# --- syncbench

"$bin/syncbench" -n 20 "$work" --command "wc -c" --stdin "$work/zone" --baseline-fork >"$work/said"
report 'syncbench'
is "$(sed -E 's/=[0-9]+\.[0-9]/=US/g' "$work/said")" 'append n=20 p50=US p99=US
command n=20 p50=US p99=US
fork n=20 p50=US p99=US' 'syncbench: what it prints'
"$bin/syncbench" -n 2 --command /bin/false 2>"$work/said" >/dev/null
is "$? $(cat "$work/said")" '70 syncbench: 2 runs did not exit 0' 'syncbench: a command that fails'
"$bin/syncbench" -n 3 --command "cmp - $work/message" --stdin "$work/message" >"$work/said"
report 'syncbench: standard input'

echo "1..$count"
test $failures -eq 0
