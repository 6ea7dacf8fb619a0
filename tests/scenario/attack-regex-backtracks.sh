# A pattern that backtracks for ever on what a stranger sends: it ends at a limit, the post is
# held, whatever the rule would have done, and other posts go on.
. "$SRC/tests/scenario/lib.sh"
site_new
cat >rules <<'END'
accept if header X-Evil matches /^(a+)+$/ and member
reject "x" if not any-header matches /^Sub(\w+\s?)*:$/
accept if body matches /^((a|aa)+\n)+$/ or member
END
ladle rules set dev rules || fail set
as=$(head -c 8000 /dev/zero | tr '\0' a)
message evil | sed "1iX-Evil: $as!" | receive
ladle rules set dev rules || fail set
start=$(date +%s)
turn || fail run
is reason 'whether a rule applies cannot be said: header X-Evil: the pattern met a limit, member: yes' "$(held_reason)"
echo "accept if not header X-Evil matches /^(a+)+\$/ or member" | ladle rules set dev - || fail set
message evil-but-it-does-not-matter | sed "1iX-Evil: $as!" | receive
post good
turn || fail run
is copies 6 "$(copies)"
[ $(($(date +%s) - start)) -lt 20 ] || fail 'it takes for ever'

# Rules that cannot be: too deep, too long, too large a pattern. Nothing changes, nothing breaks.
ladle rules show dev >before
{ printf 'hold if '; head -c 10000 /dev/zero | tr '\0' '('; } >deep
{ printf 'hold if '; head -c 1500 /dev/zero | tr '\0' '('; } >deeper
echo 'hold if subject matches /((a{1,999}){1,999}){1,999}/' >pattern
ladle rules set dev deep 2>error && fail deep
has error 'a rule has at most 2000 bytes'
ladle rules set dev deeper 2>error && fail deeper
has error 'line 1, column 41: "(*": parentheses and nots are nested too deep'
ladle rules set dev pattern 2>error && fail pattern
has error 'line 1, column 25: .*bad pattern .*too large'
ladle rules show dev | cmp -s - before || fail 'the rules have changed'
