# Another address is a member's when both have said so; by command at once.
. "$SRC/tests/scenario/lib-request.sh"
request_new
new=new@one.example
bare request "$member1" "changeaddr $new"
is letters 0 "$(letters "$new")"
ask request "$member1" "changeaddr $new"
is 'letters to the old one' 1 "$(letters "$member1")"
is 'letters to the new one' 1 "$(letters "$new")"
letter "$new"
has letter "to    $new"
id=$(ladle member ls --json dev | tr '{' '\n' | grep -c "$member1")
answer_to "$new"
is_member "$new" && fail 'one answer was enough'
answer_to "$member1"
is_member "$new" || fail 'both have answered'
is_member "$member1" && fail 'the old one is still there'
is 'one row' 1 "$id"
ask request "$new" "changeaddr $member2"
is 'letters to somebody who is a member' 0 "$(letters "$member2")"
ladle member set dev --address "$member1" "$new" || fail 'by command'
is_member "$member1" || fail 'by command'
ladle member set dev --address "$member2" "$member1" 2>said && fail 'two members in one'
has said 'is a member already'
ladle audit dev >trail
has trail "member move	$member1	$new"
