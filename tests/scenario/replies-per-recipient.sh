# 250, 421 and 550 at RCPT: sent, deferred, failed, each recipient by its own reply.
. "$SRC/tests/scenario/lib.sh"
mkdir -p "$out"
printf 'rcpt %s times 1 reply 450 4.2.1 come back later\nrcpt %s reply 550 5.1.1 no such user here\n' \
	"$member2" "$member3" >script
sink_start -r script
site_new
post replies
turn || fail run
is copies 1 "$(copies)"
ladle trace replies@one.example "$member1" >trace && has trace "$member1: sent"
ladle trace replies@one.example "$member2" >trace && has trace "$member2: deferred.*4.2.1 come back later"
ladle trace replies@one.example "$member3" >trace && has trace "$member3: failed.*5.1.1 no such user here"
ladle queue retry --all >/dev/null
turn || fail run
is 'copies after retry' 2 "$(copies)"
is 'post is done' 0 "$(ladle queue ls | wc -l)"
