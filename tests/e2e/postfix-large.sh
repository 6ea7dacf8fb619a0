# An attachment of 8 MB, in a signed message, comes out as it went in.
. "$SRC/tests/e2e/lib-postfix.sh"
main_lines >main.cf
echo 'message_size_limit = 26214400' >>main.cf
mail_new
ladle member rm "$list" "$member3" >/dev/null || fail 'member rm'
ladle list set dev footer='-- \nThe list' || fail set
run_start
head -c 8000000 /dev/urandom >attachment
{
	message large | sed '/^$/,$d'
	cat <<-END
		MIME-Version: 1.0
		Content-Type: multipart/mixed; boundary="b-o-u-n-d"

		--b-o-u-n-d
		Content-Type: text/plain

		See below.

		--b-o-u-n-d
		Content-Type: application/octet-stream; name="attachment"
		Content-Transfer-Encoding: base64

	END
	base64 attachment
	printf '\n--b-o-u-n-d--\n'
} >plain.eml
sign_dkim2 plain.eml >large.eml || fail sign
submit large.eml "$member1" "$list" || fail submit
wait_copies 2
ladle trace large@one.example >trace
has trace 'mode continue'
verify_copies
undo_equals large.eml
sed 's/\r$//' "$out/001.eml" | sed -n '/^Content-Transfer-Encoding: base64/,/^--b-o-u-n-d/p' |
	grep -v '^--\|^Content-' | base64 -d >found || fail base64
cmp attachment found || fail 'the attachment'
run_stop
