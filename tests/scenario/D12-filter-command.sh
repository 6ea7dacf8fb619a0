# A program sees each post that would be distributed, after the rules, and what a moderator
# accepts: its exit code decides, its last line is the reason. What fails has said nothing.
. "$SRC/tests/scenario/lib.sh"
site_new
cat >"$TMPDIR/filter" <<'END'
#!/bin/sh
cat >"$1/seen"
env >"$1/env"
echo "looking at $LADLE_LIST from $LADLE_SENDER"
code=$(sed -n 's/^Subject: about code-\([0-9]*\).*/\1/p' "$1/seen")
[ "$code" = 0 ] || printf 'code %s\033 it is\n' "$code"
exit "${code:-1}"
END
chmod +x "$TMPDIR/filter"
ladle list set dev filter-command=filter 2>error && fail 'a program without a path'
has error 'filter-command: "filter": the absolute path of a program is wanted'
ladle list set dev filter-command="$TMPDIR/filter \"$TMPDIR\"" || fail set
for code in 0 80 81 82 75 1; do post "code-$code"; done
message stranger | sed 's/^From:.*/From: eve@four.example/' | ladle receive -f eve@four.example "$list"
SECRET_OF_OURS=1 turn || fail run
said() { has run.log "event=$2 .*$1@one.example .*rule=$3 reason=\"$4"; }
said code-0 accepted accept 'no rule objects'
said code-80 held filter-command 'code 80? it is'
said code-81 refused filter-command 'code 81? it is'
said code-82 discarded filter-command 'code 82? it is'
said code-75 put-back filter-command 'filter-command failed: exit code 75, code 75? it is'
said code-1 put-back filter-command 'filter-command failed: exit code 1, code 1? it is'
said stranger held nonmember 'the author is not a member'
is copies 3 "$(copies)"
is 'waiting for a second try' 2 "$(spool_count)"
is environment 'LADLE_LIST=dev@lists.example LADLE_SENDER=ann@one.example PATH=/usr/local/bin:/usr/bin:/bin' \
	"$(grep -v '^PWD=\|^_=\|^SHLVL=' env | sort | paste -sd ' ')"

# what it holds a moderator may accept, what it refuses he may not
held=$(ladle held ls --json | sed -n 's/.*"id":\([0-9]*\),.*"code-80@.*/\1/p')
[ -n "$held" ] || held=$(ladle held ls | sed -n 's/	.*code-80.*//p')
ladle held accept "$held" >/dev/null || fail accept
turn || fail run
is copies 6 "$(copies)"
ladle list set dev filter-command=/bin/false moderated=yes || fail set
post moderated
turn || fail run
held=$(ladle held ls | sed -n 's/	.*about moderated.*//p')
ladle held accept "$held" 2>error && fail 'accepted although the filter fails'
has error 'filter-command failed: exit code 1'
ladle list set dev filter-command=/nowhere/filter moderated=no || fail set
post nowhere
turn || fail run
said nowhere put-back filter-command 'filter-command failed: cannot run \\"/nowhere/filter\\": No such file or directory'
message explained >explained.eml
ladle rules test dev explained.eml >said || fail test
has said '^  filter-command *decides: what the filter command says (filter-command failed'
