# What --json prints is JSON, for every command that knows it, whatever strangers wrote.
. "$SRC/tests/scenario/lib.sh"
mkdir -p "$out"
printf 'rcpt %s reply 450 4.2.1 "come" \\back\\ later\n' "$member2" >script
sink_start -r script
site_new
ladle list create empty@lists.example >/dev/null
ladle list set dev footer='a "quoted" \n line' subject-tag='[\"]' description='Ünïcode' || fail set
ladle member add dev '"Quoted \"Name\" \\ \\n" <quoted@four.example>' >/dev/null || fail member
odd() {
	printf 'From: "A \\" b" <%s>\nSubject: =?utf-8?q?=22=5C=01=FF=00?= \303\050 \377 "x\t\033[31m\n' "$1"
	printf 'Message-ID: <odd"\\\377@%s>\n\nodd\n' "$1"
}
odd one.example >odd.eml
odd "$member1" | receive
odd eve@four.example | receive
post one
turn || fail run
post waiting
seen=''
# json COMMAND…, known as the words before --json
json() {
	name=''
	for word; do
		[ "$word" != --json ] || break
		name="$name${name:+ }$word"
	done
	seen="$seen|$name|"
	ladle "$@" >json.out 2>json.err
	status=$?
	[ -s json.out ] || { cat json.err; fail "$*: nothing, exit $status"; }
	valid=$(sqlite3 :memory: "SELECT json_valid(readfile('json.out'))")
	is "$* is JSON" 1 "$valid"
}
queue_id=$(ladle queue ls | sed -n '/@/s/	.*//p' | tail -n 1)
spool_id=$(find "$site/data/spool/new" -type f | head -n 1)
json list ls --json
json list show --json dev
json member ls --json dev
json member ls --json empty
json member export --json dev
json member find --json "$member1"
ladle ban add --reason 'a "quote" \ and	tab' '^a\.b"' "$(printf 'x\303\251.example')" >/dev/null || fail ban
json ban ls --json
json ban ls --json --list dev
json audit --json
json audit --json dev
json key ls --json
json key ls --json lists.example
json key check --json lists.example
json verify --json --dns "$zone" odd.eml
json verify --json --dns "$zone" --mf "$(sed -n 1p "$out/001.env")" --rt "$(sed -n 2p "$out/001.env")" \
	"$out/001.eml"
json hash --json odd.eml
json queue ls --json
json queue show --json "$queue_id"
json queue show --json "$(basename "$spool_id")"
json held ls --json
json held ls --json empty
held_id=$(ladle held ls | head -n 1 | cut -f 1)
json held show --json "$held_id"
json held ls --json --count
json held accept --json --all
json held reject --json --all
json held discard --json --all --yes
json list pass --json --new 'a "label"' dev
json list pass --json dev
json trace --json one@one.example
json trace --json one@one.example "$member2"
json trace --json one@one.example nobody@four.example
json trace --json "$(printf 'odd"\\\377@%s' "$member1")"
json explain --json dev odd.eml
json rules show --json dev
json rules test --json dev odd.eml
json status --json
json templates ls --json
json aliases --json
json bounce ls --json
json bounce show --json dev "$member1"
json bounce stats --json
json bounce explain --json odd.eml
json bounce explain --json "$SRC/tests/corpus/bounces/set-of-emails/lhost-sendmail-01.eml"
json bounce classes --json
# Every command that has the option was tried.
ladle help --names | while read -r name; do
	# shellcheck disable=SC2086 # words
	ladle $name --help >help.txt </dev/null
	if grep -q -e --json help.txt; then
		case $seen in
		*"|$name|"*) ;;
		*) fail "$name --json is not tried here" ;;
		esac
	fi
done || exit 1
