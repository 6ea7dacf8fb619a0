#!/bin/bash
#
# smtp-send.bash PORT FILE FROM RECIPIENT...: hands FILE (LF or CR LF) to the SMTP
# server on 127.0.0.1:PORT, as a stranger's mail server would. FROM may be empty,
# the null sender. 8BITMIME and SMTPUTF8 are asked for when something is 8-bit.
#
# The dialogue goes to standard output. Status 0 when the server took the message.

LC_ALL=C
export LC_ALL
port=$1 file=$2 from=$3
shift 3

# expect CODE: reads a reply to its end.
expect() {
	while read -r -t 30 reply <&3; do
		printf '< %s\n' "${reply%$'\r'}"
		case $reply in
		???-*) ;;
		"$1"*) return ;;
		*) exit 1 ;;
		esac
	done
	echo 'the server is gone or silent'
	exit 1
}

say() {
	printf '> %s\n' "$1"
	printf '%s\r\n' "$1" >&3
}

parameters=''
grep -q '[^ -~[:space:]]' "$file" && parameters=' BODY=8BITMIME'
header=$(sed '/^\r*$/q' "$file")
case $from$*$header in
*[$'\x80'-$'\xff']*) parameters="$parameters SMTPUTF8" ;;
esac

exec 3<>"/dev/tcp/127.0.0.1/$port" || exit 1
expect 220
say 'EHLO mx.one.example'
expect 250
say "MAIL FROM:<$from>$parameters"
expect 250
for recipient; do
	say "RCPT TO:<$recipient>"
	expect 250
done
say DATA
expect 354
sed 's/\r*$/\r/; s/^\./../' "$file" >&3 || exit 1
say .
expect 250
say QUIT
expect 221
