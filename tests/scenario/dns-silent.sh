# DNS says nothing: a signed post is put back, and delivered when DNS answers.
. "$SRC/tests/scenario/lib.sh"
site_new
author_key
message signed >plain.eml
sign_dkim2 plain.eml >signed.eml || fail sign
receive <signed.eml
dns_stop
dns_start --silent
turn || fail run
is copies 0 "$(copies)"
is spool 1 "$(spool_count)"
ladle queue ls >queue
has queue 'DNS does not answer'
dns_stop
dns_start
ladle queue retry --all >/dev/null || fail retry
turn || fail run
is copies 3 "$(copies)"
ladle trace signed@one.example >trace
has trace 'mode continue'
verify_copies
