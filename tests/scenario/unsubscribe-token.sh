# Mail to the personal List-Unsubscribe address unsubscribes; a changed token does not.
. "$SRC/tests/scenario/lib.sh"
site_new
post one
turn || fail run
copy=$(grep -l "^<$member3>" "$out"/*.env)
address=$(sed -n 's/^List-Unsubscribe: <mailto:\(.*\)>.*/\1/p' "${copy%.env}.eml")
case $address in dev+unsubscribe-*@lists.example) ;; *) fail "address: $address" ;; esac
forged=$(echo "$address" | sed 's/unsubscribe-./unsubscribe-q/')
message bye | ladle receive -f "$member2" "$forged"
turn || fail run
is 'members after a forged token' 3 "$(ladle member ls dev | wc -l)"
message bye2 | ladle receive -f "$member3" "$address"
turn || fail run
is members 2 "$(ladle member ls dev | wc -l)"
ladle member ls dev >members
hasnt members "$member3"
