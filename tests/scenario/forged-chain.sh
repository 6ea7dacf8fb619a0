# A DKIM2 chain that does not verify is held, never distributed.
. "$SRC/tests/scenario/lib.sh"
site_new
author_key
message forged >plain.eml
sign_dkim2 plain.eml | sed 's/^Hello/Hallo/' >forged.eml
receive <forged.eml
turn || fail run
is copies 0 "$(copies)"
held_reason | grep -q 'body hash sha256 mismatch' || fail "reason: $(held_reason)"
