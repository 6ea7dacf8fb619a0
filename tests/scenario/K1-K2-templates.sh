# Texts of notices: the list's, the site's, the built-in ones; templates check names what is wrong.
. "$SRC/tests/scenario/lib.sh"
"$LADLE" init "$site" >/dev/null || fail init
ladle list create "$list" >/dev/null || fail 'list create'
dir=$site/templates

# Without files: all built-in, in the language of site and list.
ladle templates ls >ls.txt || fail 'templates ls'
is 'not built-in' 0 "$(cut -f 3 ls.txt | grep -cv '^built-in$')"
is 'not English' 0 "$(cut -f 2 ls.txt | grep -cv '^en$')"
ladle templates show welcome | head -n 1 >first.txt
has first.txt '^Subject: Welcome to {list}$'
ladle list set dev language=de
ladle templates show --example welcome dev >example.txt || fail 'show --example'
has example.txt '^Subject: Willkommen bei dev$'
has example.txt '    dev+unsubscribe@lists.example$'
ladle list set dev language=xx 2>said && fail 'language without texts'
has said 'there are no texts in "xx"'
ladle list set dev language='../x' 2>said && fail 'no language'

# The site's own text, then the list's.
mkdir -p "$dir/de" "$dir/$list/de"
ladle templates show --built-in --language de welcome | sed '1s/.*/Subject: Hallo bei {list}/' >"$dir/de/welcome.txt"
is 'site' 'Subject: Hallo bei dev' "$(ladle templates show --example welcome dev | head -n 1)"
is 'level' 'site' "$(ladle templates ls dev | awk -F '\t' '$1 == "welcome" { print $3 }')"
sed '1s/Hallo/Servus/' "$dir/de/welcome.txt" >"$dir/$list/de/welcome.txt"
is 'list' 'Subject: Servus bei dev' "$(ladle templates show --example welcome dev | head -n 1)"
is 'English' 'Subject: Welcome to dev' "$(ladle templates show --example --language en welcome dev | head -n 1)"
ladle templates check >said || fail 'check of good texts'
has said '^2 texts without a fault$'
ladle templates ls --json dev | python3 -c '
import json, sys
rows = {r["name"]: r for r in json.load(sys.stdin)}
w = rows["welcome"]
assert w["level"] == "list" and w["language"] == "de" and w["file"].endswith("/de/welcome.txt"), w
assert "unsubscribe" in w["variables"]' || fail 'ls --json'

# A text with a fault is passed over, with a line in the log.
printf 'Subject: x\n\n{nonsense}\n' >"$dir/$list/de/welcome.txt"
ladle templates show --example welcome dev >example.txt 2>log.txt
has example.txt '^Subject: Hallo bei dev$'
has log.txt "event=template-passed-over notice=welcome language=de .*/$list/de/welcome.txt.*line=3"

# check: every fault, with file and line.
printf 'no subject\n' >"$dir/de/help.txt"
printf 'Subject: x\n\n{if owner}\n\344\n' >"$dir/de/goodbye.txt"
printf 'Subject: x\n\ny\n' >"$dir/de/welcom.txt"
printf 'Subject: x\n\ny\n' >"$dir/de/invite.txt"
mkdir "$dir/Deutsch" "$dir/gone@lists.example" "$dir/DEV@lists.example"
ladle templates check >said 2>&1
is 'exit of check' 65 $?
has said "$list/de/welcome.txt:3: unknown variable \"{nonsense}\""
has said '/de/help.txt:1: the first line is not "Subject:'
has said '/de/help.txt:2: there is no text'
has said '/de/goodbye.txt:3: an "{if .*without "{end}"'
has said '/de/goodbye.txt:4: not UTF-8'
has said '/de/welcom.txt: no notice has this name'
has said '/de/invite.txt:1: the text lacks "{confirm}"'
has said '/Deutsch: not the name of a language'
has said 'gone@lists.example: no list'
has said "/DEV@lists.example: not read: .*/$list\$"
has said '10 faults in'
ladle templates check "$dir/de/help.txt" >said 2>&1
is 'exit of check FILE' 65 $?
ladle templates show nothing 2>said
is 'exit of show' 64 $?
