# Options of a member, by mail and by command; another address of a member posts for him.
. "$SRC/tests/scenario/lib-request.sh"
request_new
ask request "$member1" 'set hide' 'set dedup\nset noselfcopy\n'
ladle member find "$member1" | cut -f 3 >said
has said '^noselfcopy,dedup,hide$'
ladle member set dev --mode digest-plain --set nohide --set 'lang fr' "$member1" || fail set
ladle member export dev | grep "^$member1" >line
has line 'digest-plain,noselfcopy,dedup,lang fr$'
other=work@one.example
ask request "$member1" "alias $other"
letter "$other"
has letter "$member1"
sign_post() {
	message "$2" | sed "s/^From:.*/From: <$1>/" >plain.eml
	sign_dkim1 plain.eml | ladle receive -f "$1" "$list"
	turn || fail run
}
sign_post "$other" one
is 'held before the answer' 1 "$(ladle held ls | wc -l)"
answer_to "$other"
sign_post "$other" two
is 'held after it' 1 "$(ladle held ls | wc -l)"
has run.log 'event=accepted.*two@one.example'
ask request "$member1" "unalias $other"
sign_post "$other" three
is 'held without the alias' 2 "$(ladle held ls | wc -l)"
ladle member set dev --set moderated "$member1" || fail moderated
sign_post "$member1" four
is 'of a moderated member' 3 "$(ladle held ls | wc -l)"
has run.log "rule=moderated-member"
