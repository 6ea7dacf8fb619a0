# What no rule can let through: the same message again, loops, what machines send. None of it
# is distributed, nobody is answered, and a rule that accepts everything changes nothing.
. "$SRC/tests/scenario/lib.sh"
site_new
ladle list set dev rules=accept || fail set
twice() { message C22-again "$@"; }
twice | receive
turn || fail run
is copies 3 "$(copies)"
twice | receive
twice 'Another text.' | receive
odd() { message "$1" | sed "1i$2" | receive; }
odd L1-list-id 'List-Id: Dev <dev.lists.example>'
odd L1-x-loop 'X-Loop: dev.lists.example'
odd L1-hops "$(yes 'Received: x' | head -n 51 | paste -sd '|' | sed 's/|/\\n/g')"
odd L2-auto 'Auto-Submitted: auto-replied'
odd L2-report 'Content-Type: multipart/report; boundary=b'
odd L2-vacation 'X-Autoreply: yes'
odd L2-precedence 'Precedence: auto_reply'
message L2-null | ladle receive -f '' "$list"
turn || fail run
is copies 3 "$(copies)"
has run.log 'event=discarded .*C22-again@.* rule=duplicate'
has run.log 'event=held .*C22-again@.* rule=same-id'
for id in L1-list-id L1-x-loop L1-hops; do has run.log "event=held .*$id@.* rule=loop"; done
for id in L2-auto L2-report L2-vacation L2-precedence L2-null; do
	has run.log "event=held .*$id@.* rule=automatic"
done
is refused 0 "$(ladle held ls --refused | wc -l)"
