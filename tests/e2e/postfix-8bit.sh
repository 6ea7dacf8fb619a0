# 8-bit text, bytes that are no UTF-8, a line of 5,000 octets: bytes survive both
# passages, to a server with 8BITMIME and, as contrib/postfix/README says, without.
. "$SRC/tests/e2e/lib-postfix.sh"
main_lines >main.cf
cat >>main.cf <<END
smtp_line_length_limit = 0
disable_mime_output_conversion = yes
END
grep -q 'smtp_line_length_limit = 0' "$SRC/contrib/postfix/README" &&
	grep -q 'disable_mime_output_conversion = yes' "$SRC/contrib/postfix/README" || fail README
mail_new
ladle list set dev footer='-- \nGrüße von der Liste' || fail set
run_start

# signed NAME CHARSET: a message with the body that is in "text", signed by its author.
signed() {
	{
		message "$1" | sed '/^$/,$d'
		printf 'MIME-Version: 1.0\nContent-Type: text/plain; charset=%s\n' "$2"
		printf 'Content-Transfer-Encoding: 8bit\n\n'
		cat text
	} >plain.eml
	sign_dkim2 plain.eml >"$1.eml" || fail sign
}

# arrives NAME: every copy verifies, and undone it is what was sent.
arrives() {
	submit "$1.eml" "$member1" "$list" || fail submit
	wait_copies 3
	ladle trace "$1@one.example" >trace
	has trace 'mode continue'
	verify_copies
	undo_equals "$1.eml"
}

long=$(head -c 5000 /dev/zero | tr '\0' x)
printf 'Schöne Grüße,\n%s\n\nÄÖÜ — привет\n' "$long" >text
signed utf8 utf-8
arrives utf8
has "$out/001.params" '^MAIL .* BODY=8BITMIME'
has "$out/001.eml" '^Grüße von der Liste'
has "$out/001.eml" "^$long"

sink_stop
# Postfix takes SMTPUTF8 for 8BITMIME as well.
sink_start --no-8bitmime --no-smtputf8
rm -f "$out"/*
signed again utf-8
arrives again
rm -f "$out"/*
printf 'Sch\366ne Gr\374\337e \200\377\n' >text
signed latin1 iso-8859-1
arrives latin1
run_stop
