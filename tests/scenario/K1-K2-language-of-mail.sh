# Mail of a list is in the list's language, with the site's text where it has one; a text with a
# fault changes nothing but the log.
. "$SRC/tests/scenario/lib.sh"
site_new
author_key
ladle member rm dev "$member1" >/dev/null && ladle list set dev nonmember=reject language=de || fail set

# refused NAME: a signed post of a stranger's is refused; the text of the report is in said
refused() {
	message "$1" >plain.eml
	sign_dkim2 plain.eml >signed.eml || fail sign
	rm -f "$out"/*
	receive <signed.eml
	turn || fail run
	is "reports about $1" 1 "$(copies)"
	python3 -c '
import email, email.policy, sys
m = email.message_from_file(open(sys.argv[1]), policy=email.policy.default)
print("Subject:", m["Subject"])
print(next(m.iter_parts()).get_content())' "$out"/*.eml >said || fail 'report read by Python'
}
refused one
has said '^Subject: Ihre Nachricht an dev wurde nicht angenommen$'
has said 'Menschen, die helfen können, lesen'
has said '^dev+owner@lists.example\.$\|lesen dev+owner@lists.example'

mkdir -p "$site/templates/de"
printf 'Subject: Leider nein, {list}\n\n{if owner}Fragen an {owner}, wegen:{end}\n\n    {reason}\n' \
	>"$site/templates/de/refused.txt"
refused two
has said '^Subject: Leider nein, dev$'
has said '^Fragen an dev+owner@lists.example, wegen:$'

printf 'Subject: {subject}\n\nx\n' >"$site/templates/de/refused.txt"
refused three
has said '^Subject: Ihre Nachricht an dev wurde nicht angenommen$'
has run.log 'event=template-passed-over .*de/refused.txt line=1 '

ladle list set dev language= && echo 'language = fr' >>"$site/ladle.conf"
refused four
has said "^Subject: *Votre message à dev n'a pas été accepté\$"
