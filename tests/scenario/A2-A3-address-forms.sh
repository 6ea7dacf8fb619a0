# What stands behind the delimiter, and the dash forms, are never posts; the word is read without
# regard to case, and the whole local part comes first.
. "$SRC/tests/scenario/lib.sh"
site_new
ladle list create dev-team@lists.example rules= >/dev/null || fail 'list create'
ladle member add dev-team "$member1" >/dev/null

# role ADDRESS ROLE: mail there is for that address of dev.
n=0
role() {
	n=$((n + 1))
	message "role$n" | ladle receive -f "$member1" "$1" || fail "receive $1"
	echo "role$n@one.example $2 $1" >>wanted
}
for word in help subscribe unsubscribe; do
	role "dev+$word@lists.example" "$word"
	role "DEV-$word@Lists.Example" "$word"
done
role dev+REQUEST@lists.example request
role dev-Request@lists.example request
role dev+confirm-abc@lists.example confirm
role dev+b-abc@lists.example bounce
role dev-bounces@lists.example bounce
role dev+a-ann=one.example@lists.example author
role dev+nosuch@lists.example unknown
message team | ladle receive -f "$member1" Dev-Team@lists.example || fail receive
message list | ladle receive -f "$member1" DEV@LISTS.EXAMPLE || fail receive
turn || fail run

# Two posts, and nothing else was distributed.
is copies 4 "$(copies)"
ladle trace team@one.example >trace
has trace 'dev-team@lists.example'
while read -r id what where; do
	ladle trace "$id" >trace
	hasnt trace '^post '
	grep -q "$what" trace || { cat trace; fail "$where: $what"; }
done <wanted
