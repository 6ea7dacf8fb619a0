# ladle aliases prints what a mail server needs, and finds what is missing, wrong or too many.
. "$SRC/tests/scenario/lib.sh"
"$LADLE" init "$site" >/dev/null || fail init
ladle list create dev@lists.example aliases=devel@old.example >/dev/null || fail 'list create'
ladle list create my.list@пример.example >/dev/null || fail 'list create'

# Every address, by list or one a line.
ladle aliases >all || fail aliases
for a in dev@lists.example dev-request@lists.example devel-owner@old.example \
	my.list-confirm@xn--e1afmkfd.example my.list@пример.example; do has all "^$a\$"; done
ladle aliases --json | python3 -c '
import json, sys
lists = json.load(sys.stdin)
assert lists[0]["list"] == "dev@lists.example", lists
assert "devel-bounces@old.example" in lists[0]["addresses"], lists' || fail json

# What is printed has no fault, and asks for a program that the server calls safely.
kinds='postfix-recipients postfix-transport postfix-main postfix-master aliases exim-router
	exim-transport opensmtpd'
for kind in $kinds; do
	ladle aliases "$kind" >"$kind" || fail "$kind"
	ladle aliases --check "$kind" "$kind" >said || { cat said; fail "check of $kind"; }
	is "$kind: said" '' "$(cat said)"
done
for kind in postfix-master aliases exim-transport opensmtpd; do has "$kind" '|| exit 75'; done
has postfix-main '^relay_domains = lists.example old.example xn--e1afmkfd.example пример.example$'

# The tables, as Postfix reads them.
if command -v postmap >/dev/null; then
	mkdir pf && echo 'compatibility_level = 3.6' >pf/main.cf
	found() { postmap -c pf -q "$1" "regexp:$2"; }
	for a in dev@lists.example DEV+b-xyz@Lists.Example devel-request@old.example \
		my.list@xn--e1afmkfd.example my.list+help@пример.example; do
		is "$a" ok "$(found "$a" postfix-recipients)"
		is "transport of $a" ladle: "$(found "$a" postfix-transport)"
	done
	for a in devx@lists.example dev-team@lists.example dev@old.example myxlist@пример.example; do
		is "$a" '' "$(found "$a" postfix-recipients)"
	done
fi

# differs KIND WHAT-SED-DOES PATTERN…: the check of a changed file ends with 1 and says so.
differs() {
	kind=$1
	sed "$2" "$kind" >changed
	ladle aliases --check changed "$kind" >said
	is "exit of $kind, $2" 1 $?
	shift 2
	for pattern; do has said "^changed:$pattern"; done
}
differs postfix-recipients 1d ' missing: dev-owner@lists.example$' ' missing: dev+b-x@lists.example$'
differs postfix-recipients 's/|help//' ' missing: dev-help@lists.example$'
differs postfix-recipients '$s/$/\n\/^gone@lists.example$\/ ok/' '5: extra: .*gone'
differs postfix-recipients '1s/(/((/' '1: bad pattern' ' missing: dev@lists.example$'
differs postfix-transport '1s/ladle:/smtp:/' '1: wrong: dev@lists.example has "smtp:"'
differs postfix-transport '2d' ' missing: devel@old.example$'
differs postfix-main 's/old.example//' '1: missing: old.example in relay_domains'
differs postfix-main 's/ = +/ = +-/' '5: wrong: "-" in recipient_delimiter'
differs postfix-main '/limit/d' ' missing: ladle_destination_recipient_limit = 1'
differs postfix-master 's/ || exit 75//' '1: missing: || exit 75'
differs postfix-master 's/flags=Xq/flags=DXq/' '1: wrong: flag D'
differs postfix-master 's/ladle.conf/other.conf/' '1: missing: -C '
differs postfix-master d ' missing: the service "ladle"'
differs aliases '/^dev-help:/d' ' missing: dev-help$'
differs aliases '2s/ || exit 75//' '2: wrong: dev-owner lacks'
differs aliases '1s/:.*/: ann/' '1: wrong: dev does not go to ladle receive'
differs aliases '1s/dev/gone/' '1: extra: no list has gone' ' missing: dev$'
differs aliases '1s/^/owner-dev: ann\n/' '1: wrong: owner-dev becomes the sender'
differs exim-router 's/(dev)/(old)/' ' missing: local_parts = '
differs exim-transport 's/ || exit 75//' ' missing: command = ' '4: extra: command = '
differs opensmtpd '/old.example/d' ' missing: match from any for domain "old.example"'
differs opensmtpd '3s/lists.example/gone.example/' '3: extra: match from any'

# Tables of plain lines do as well.
printf '%s\tok\n' dev@lists.example devel@old.example my.list@xn--e1afmkfd.example my.list@пример.example >plain
sed -n 's/\(-[a-z]*@.*\)/\1 ok/p' all >>plain
ladle aliases --check plain postfix-recipients >said || { cat said; fail plain; }

# The files that come with Ladle say the same, for their example.
ladle list rm --force dev@lists.example && ladle list rm --force my.list@xn--e1afmkfd.example &&
	ladle list create dev@lists.example.org >/dev/null || fail 'one list'
ours() {
	sed "s|/var/lib/ladle/site|$site|g" "$SRC/contrib/$1" >ours
	ladle aliases --check ours "$2" >said || { cat said; fail "contrib/$1"; }
}
ours postfix/ladle-recipients postfix-recipients
ours postfix/ladle-transport postfix-transport
ours postfix/main.cf.lines postfix-main
ours postfix/master.cf.lines postfix-master
ours sendmail/aliases.example aliases

# With '-' as delimiter everything behind it belongs to the list.
echo 'delimiter = -' >>"$site/ladle.conf"
ladle aliases postfix-recipients >minus
has minus '^/^dev(-\.\*)?@lists'
ladle aliases --check minus postfix-recipients || fail 'check with -'
ladle aliases nothing 2>said && fail 'unknown file'
has said 'there are postfix-recipients'
