# What Postfix lets through to Ladle and what it refuses: addresses of the list with an
# extension, quoted ones, others.
. "$SRC/tests/e2e/lib-postfix.sh"
mail_new
run_start
post one
wait_copies 3
copy=$(grep -l "^<$member3>" "$out"/*.env)
personal=$(sed -n 's/^List-Unsubscribe: <mailto:\(.*\)>.*/\1/p' "${copy%.env}.eml")
case $personal in dev+unsubscribe-*@lists.example) ;; *) fail "address: $personal" ;; esac

for unknown in nosuch@lists.example devil@lists.example ann@one.example; do
	submit one.eml "$member1" "$unknown" && fail "Postfix takes mail for $unknown"
done
is 'refused' 3 "$(grep -c '^< [45]5[04] ' smtp.log)"

# Mail to the address in a copy unsubscribes the member whose copy it is.
message bye >bye.eml
submit bye.eml "$member2" "$personal" || fail submit
members_are() { [ "$(ladle member ls dev | wc -l)" = "$1" ]; }
until_true members_are 2
ladle member ls dev >members
hasnt members "$member3"

# These are not posts: none is distributed, each is taken.
rm -f "$out"/*
for role in dev-request dev+help DEV-Owner dev+subscribe; do
	message "$role" >role.eml
	submit role.eml four@four.example "$role@lists.example" || fail "$role"
done
# A post, written in an odd way.
message odd >odd.eml
submit odd.eml "$member1" '"dev"@lists.example' || fail submit
wait_copies 2
ladle trace odd@one.example >trace
has trace '^post 2 '
hasnt run.log 'event=failed'
run_stop
