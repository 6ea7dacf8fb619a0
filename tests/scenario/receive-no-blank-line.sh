# A header without a body and without an empty line is a whole message.
. "$SRC/tests/scenario/lib.sh"
site_new
printf 'From: %s\nTo: dev@lists.example\nSubject: no body\nMessage-ID: <x@one.example>\n' "$member1" | receive
is exit 0 $?
ladle list set dev footer='the footer' subject-tag='[dev]' || fail set
turn || fail run
is copies 3 "$(copies)"
has "$out/001.eml" '^Subject: \[dev\] no body'
has "$out/001.eml" '^the footer'
