# The same local part at two domains is two lists: members, settings, posts and addresses apart.
. "$SRC/tests/scenario/lib.sh"
site_new
ladle list create dev@other.example subject-tag='[other]' rules= >/dev/null || fail 'list create'
ladle list create dev@other.example 2>said && fail 'the same list twice'
ladle key gen --algorithm ed25519 other.example >/dev/null || fail 'key gen'
ladle member add dev@other.example four@four.example "$member1" >/dev/null || fail 'member add'
ladle list show dev 2>said && fail 'a name that two lists have'
has said '"dev" is a list at 2 domains: name it with its domain'
is members 3 "$(ladle member ls dev@lists.example | wc -l)"
is members 2 "$(ladle member ls dev@OTHER.example | wc -l)"

message one | ladle receive -f "$member1" dev@other.example || fail receive
turn || fail run
is copies 2 "$(copies)"
for copy in "$out"/*.eml; do
	has "$copy" '^List-Id: .*<dev.other.example>'
	has "$copy" '^Subject: \[other\] about one'
	hasnt "$copy" '^List-.*lists.example'
done
# A word at one is of that one: the personal address unsubscribes there only.
copy=$(grep -l "^<$member1>" "$out"/*.env)
personal=$(sed -n 's/^List-Unsubscribe: <mailto:\(.*\)>.*/\1/p' "${copy%.env}.eml")
message bye | ladle receive -f "$member1" "$(echo "$personal" | sed 's/other/lists/')" || fail receive
turn || fail run
is 'members here' 3 "$(ladle member ls dev@lists.example | wc -l)"
message bye2 | ladle receive -f "$member1" "$personal" || fail receive
turn || fail run
is 'members there' 1 "$(ladle member ls dev@other.example | wc -l)"
is 'members here' 3 "$(ladle member ls dev@lists.example | wc -l)"
ladle list rm --force dev@other.example || fail rm
ladle list show dev >/dev/null || fail 'one list again'
