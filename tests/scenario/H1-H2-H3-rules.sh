# Rules in their order: of the site, then of the list; the first that applies decides, tags go
# on. They are checked when they are set, and tested with a message before.
. "$SRC/tests/scenario/lib.sh"
site_new 'rules = discard "a worm" if header X-Worm\n' '   hold "large" if size > 20k'
cat >rules <<'END'
# H3: what the spam filter says
discard if spam-score >= 15
tag [SPAM] if spam
tag "X-Checked: rule {number}" if spam-score < 0
# H2: the rest
reject "No \"viagra\" here." if subject matches /\bviagra\b/i and not (from = ann@one.example)
hold "a program" if extension exe,scr or type application/x-dosexec
accept if member and dkim1 != fail
reject "Members only."
END
ladle rules check rules >said || fail check
has said '^7 rules'
ladle rules set dev rules && ladle list set dev from=munge || fail set
ladle rules show dev | cmp -s - rules || fail 'not what was set'
sed 's/not (from/not (form/' rules >broken
ladle rules check broken 2>said && fail 'accepted what is none'
has said 'broken: rules: line 6, column 72: "form": a condition is wanted, such as member'
ladle rules set dev broken 2>said && fail 'accepted what is none'
ladle rules show dev | cmp -s - rules || fail 'changed by what is none'
ladle list create --preset nothing x@lists.example 2>said && fail 'a preset that is none'
for preset in discussion announce private newsletter; do
	ladle list create --preset $preset $preset@lists.example >/dev/null &&
		ladle rules presets $preset >want && ladle rules show $preset >got && cmp want got || fail "$preset"
done

# mail NAME LINES [FROM]
mail() {
	message "$1" | sed "1i$2" | sed "s/$member1/${3:-$member1}/" >"$1.eml"
	ladle receive -f "${3:-$member1}" "$list" <"$1.eml"
}
mail worm 'X-Worm: 1'
mail score 'X-Spam-Status: Yes, score=15.2'
mail tagged 'X-Spam-Flag: YES'
mail ham 'X-Spam-Score: -1'
mail viagra 'X-A: b' "$member2"
mail program 'MIME-Version: 1.0\nContent-Type: application/octet-stream; name="a.EXE"'
mail stranger 'X-A: b' eve@four.example
sed -i 's/^Subject: .*/Subject: =?utf-8?q?Buy_vi=61gra?=/' viagra.eml
ladle receive -f "$member2" "$list" <viagra.eml
turn || fail run
said() { has run.log "event=$2 .*$1@one.example .*rule=$3 reason=$4"; }
said worm discarded site-rules:1 '"a worm"'
said score discarded rules:2 ''
said tagged accepted rules:8 ''
said ham accepted rules:8 ''
said viagra refused rules:6 '"No \\"viagra\\" here.'
said program held rules:7 '"a program"'
said stranger refused rules:9 '"Members only.'
copy() { grep -l "$1@one.example" "$out"/*.eml | head -n 1; }
has "$(copy tagged)" '^Subject: \[SPAM\] about tagged'
has "$(copy ham)" '^Subject: about ham'
has "$(copy ham)" '^X-Checked: rule 2'
hasnt "$(copy tagged)" '^X-Checked'
verify_copies

# the same before it is sent, and with rules that are not there yet
ladle rules test dev tagged.eml >said || fail test
has said '^  site-rules:1 *no: header X-Worm: not there'
has said '^  rules:3 *passes: tag \[SPAM\] if spam (spam: yes)'
has said '^  rules:6 *no: subject: "about tagged"'
sed 's/tagged/new/' tagged.eml >new.eml
has said '^would be accepted by rule "rules:8": accept if member and dkim1 != fail'
has said '^tagged \[SPAM\]'
echo 'hold "as if" if header X-Spam-Flag' | ladle rules test --rules - --json dev new.eml >said || fail test
has said '"decision":"hold","rule":"rules:1","reason":"as if"'
ladle explain dev new.eml >said || fail explain
has said '^  rules:8 *decides'
has said '+ Subject: \[SPAM\] about new'
