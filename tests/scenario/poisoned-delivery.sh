# A post at which the worker dies every time is set aside after a few attempts;
# another post goes through; queue retry brings the first back.
. "$SRC/tests/scenario/lib.sh"
case $("$LADLE" --version) in *debug*) ;; *) echo 'needs a debug build, for fault points'; exit 77 ;; esac
site_new 'workers = 1'
post poison
for round in 1 2 3 4 5 6 7; do
	LADLE_FAULT=deliver-sign:1 LADLE_FAULT_STATE=$TMPDIR/faults turn
	rm -f faults
done
is 'copies of the poisoned post' 0 "$(copies)"
ladle queue ls >queue
has queue 'stuck.*delivering it ended the worker'
post other
turn || fail run
is copies 3 "$(copies)"
ladle queue retry --all >/dev/null || fail retry
turn || fail run
is 'copies after retry' 6 "$(copies)"
