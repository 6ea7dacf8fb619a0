# 421: the relay rests, nothing is lost, nothing twice.
. "$SRC/tests/scenario/lib.sh"
mkdir -p "$out"
printf 'rcpt %s times 1 reply-then-close 421 4.3.2 too busy\n' "$member1" >script
sink_start -r script
site_new 'workers = 1' 'smtp-connections = 1'
post busy
turn || fail run
[ "$(copies)" -lt 3 ] || fail 'nothing was deferred'
ladle queue retry --all >/dev/null
turn || fail run
is copies 3 "$(copies)"
