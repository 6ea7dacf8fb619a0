# Whole lists of members: sync shows first and then does, find looks into all lists, the
# trail has every change and who made it; a progress bar only on a terminal.
. "$SRC/tests/scenario/lib.sh"
site_new
ladle list create other@lists.example >/dev/null
ladle member add other "$member2" >/dev/null
printf '%s\nNew <New@four.example>\tack\n# %s\nben@two.example\n' "$member1" "$member3" >file
ladle member sync --dry-run dev file >said || fail dry
sort said >sorted
printf '+ New@four.example\n- cid@three.example\nwould have added 1, removed 1\n' >wanted
cmp wanted sorted || fail 'dry run'
ladle member find "$member3" >/dev/null || fail 'a dry run has changed something'
ladle member sync dev file >said || fail sync
has said '^added 1, removed 1$'
ladle member sync dev file >said || fail 'sync again'
has said '^added 0, removed 0$'
: >nobody
ladle member sync dev nobody 2>said && fail 'everybody gone'
has said 'names nobody'
ladle member find "$member3" >said && fail 'still there'
is 'exit of find' 1 "$(ladle member find "$member3" >/dev/null; echo $?)"
ladle member find BEN@two.example >said || fail find
is 'lists of ben' 2 "$(wc -l <said)"
ladle member find --json "$member2" >said || fail json
has said '"list":"dev@lists.example"'
ladle audit dev >trail
has trail 'cli:.*member add	New@four.example	sync'
has trail 'member rm	cid@three.example'
ladle audit --json >said && has said '"what":"list create"'
ladle list set dev moderated=yes && ladle audit dev >trail
has trail 'list set	moderated	yes'
# Large: sorted first, all or nothing, and no bar where no terminal is.
awk 'BEGIN { for (i = 0; i < 20000; i++) printf "m%05d@d%d.example\n", (i * 7919) % 20000, i % 7 }' >many
ladle member import dev many >said 2>bar || fail import
has said 'added 20000, 0 already there'
is 'progress in a pipe' 0 "$(wc -c <bar)"
is members 20003 "$(ladle member export dev | wc -l)"
ladle member export dev | sort -c 2>/dev/null && fail 'export is by age, not by name'
{ cat many; echo 'no address'; } >bad
ladle member import other bad 2>said && fail 'a bad line'
has said 'bad:20001'
is 'members of the other' 1 "$(ladle member export other | wc -l)"
if command -v script >/dev/null 2>&1; then
	script -qec "$LADLE -C $site/ladle.conf member import other many" /dev/null </dev/null >bar 2>&1
	has bar 'import \[#*\.*\]'
fi
exit 0
