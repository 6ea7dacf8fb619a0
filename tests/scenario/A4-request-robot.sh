# Commands in the subject and the first lines of the text; nothing of a signature, a quote,
# an attachment or the text behind; a word that is none is answered with help, once.
. "$SRC/tests/scenario/lib-request.sh"
request_new
ask request "$joe" help
letter "$joe"
has letter '^Subject: Help for dev'
has letter '^From: .*dev+request@lists.example'
to=dev-request@lists.example ask x "$member1" '[dev] SET ACK'
ladle member find "$member1" >said
has said '	ack	'
# Quoted, behind a signature, behind end, far down.
ask request "$member1" hello '> unsubscribe\ninfo\n-- \nunsubscribe\n'
ask request "$member1" hello 'end\nunsubscribe\n'
ask request "$member1" hello 'which\nHello, please\nunsubscribe\n'
ask request "$member1" hello '> 1\n> 2\n> 3\n> 4\n> 5\n> 6\n> 7\n> 8\n> 9\n> 10\nunsubscribe\n'
is_member "$member1" || fail 'a line that is no command was one'
if grep -l 'Please confirm' "$out"/*.eml >/dev/null; then fail 'asked about it'; fi
# Unknown words in the address, the subject, the text.
ask frobnicate kim@one.example
letter kim@one.example
has letter 'dev+request@lists.example'
ask request kim@one.example 'do something for me' 'Dear list'
is 'help twice' 1 "$(letters kim@one.example)"
# 10,000 commands in one mail.
i=0 many=
while [ $i -lt 100 ]; do many="$many"'subscribe\n' i=$((i + 1)); done
ask request lee@one.example '' "$many$many$many$many$many$many$many$many$many$many"
is 'letters for many commands' 1 "$(letters lee@one.example)"
