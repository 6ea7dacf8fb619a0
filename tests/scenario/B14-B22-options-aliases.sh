# Options of a member, by mail and by command; another address of a member posts for him.
. "$SRC/tests/scenario/lib-request.sh"
request_new
ask request "$member1" 'set hide' 'set dedup\nset noselfcopy\n'
ladle member find "$member1" | cut -f 3 >said
has said '^noselfcopy,dedup,hide$'
ladle member set dev --mode digest-plain --set nohide --set 'lang fr' "$member1" || fail set
ladle member export dev | grep "^$member1" >line
has line 'digest-plain,noselfcopy,dedup,lang fr$'
# Neither his own post, nor what names him, nor without ack a word about it.
copies_to() { grep -lF "<$1>" "$out"/*.env | xargs -n 1 sh -c 'sed -n 1p "$0"' | grep -c 'dev+b-' || :; }
signed() { written "$1" "$2" "$3" text && sign_dkim1 plain.eml | ladle receive -f "$1" "$list"; turn || fail run; }
ladle member add --set dedup --set ack dev kim@one.example >/dev/null
signed "$member1" "$list, Kim <kim@one.example>" one
is 'copies of his own' 0 "$(copies_to "$member1")"
is 'copies of what names her' 0 "$(copies_to kim@one.example)"
is 'copies of the others' 1 "$(copies_to "$member2")"
ladle trace ask2@one.example kim@one.example >said
has said 'asked for no copy'
signed kim@one.example "$list" two
is 'copies of her own' 1 "$(copies_to kim@one.example)"
newest=$(grep -l '^Subject: Your message to dev was distributed' "$out"/*.eml) || fail 'no ack'
tr -d '\r' <"$newest" >letter
has letter 'was distributed'
has letter '^In-Reply-To: <ask3@one.example>'
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
