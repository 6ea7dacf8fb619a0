# Without a recipient, or with a wrong option: 75 and no word.
. "$SRC/tests/scenario/lib.sh"
site_new
message x | ladle receive -f "$member1" >said 2>&1
is 'no recipient' 75 $?
is 'said' '' "$(cat said)"
message x | ladle receive --nonsense "$list" >said 2>&1
is 'wrong option' 75 $?
is 'said' '' "$(cat said)"
message x | ladle receive a b c >said 2>&1
is 'too many' 75 $?
is spool 0 "$(spool_count)"
"$LADLE" -C /nonexistent/ladle.conf receive "$list" </dev/null >said 2>&1
is 'no configuration' 75 $?
is 'said' '' "$(cat said)"
