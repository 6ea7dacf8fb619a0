# A bad line names file and line, and nothing of the file is added.
. "$SRC/tests/scenario/lib.sh"
site_new
ladle member ls dev >before
# bad LINE WHAT: refused in line 3
bad() {
	printf 'good@four.example\n# comment\n%s\nother@five.example\n' "$1" >list.txt
	ladle member import dev list.txt >said 2>&1
	status=$?
	[ "$status" = 64 ] || [ "$status" = 65 ] || fail "exit of \"$1\": $status"
	has said "list.txt:3: .*$2"
	ladle member ls dev >after
	cmp before after || fail "something was added of \"$1\""
}
bad 'no-at-sign' 'not an address'
bad 'two@a.example, three@b.example' 'not an address'
bad '@domain.example' 'not an address'
bad 'Name <broken@' 'not an address'
bad "$(printf 'x@a.example\tsometimes')" '"sometimes" is no delivery mode'
bad "$(printf '\377@a.example')" ''
bad 'x@-bad-.example' ''
printf 'good@four.example\nno-at-sign' | ladle member import dev >said 2>&1 && fail 'standard input'
has said ':2: '
ladle member import dev missing.txt 2>said && fail 'a file that is not there'
has said missing.txt
# Line ends of other systems, comments and empty lines are no error.
printf '# comment\r\n\r\n\nDan <dan@four.example>\r\n  eve@five.example\tnomail\r\n' >good.txt
ladle member import dev good.txt >said || fail 'good file'
has said 'added 2, 0 already there'
ladle member export dev >export.txt
has export.txt '^Dan <dan@four.example>$'
has export.txt '^eve@five.example	nomail$'
ladle member import dev export.txt >said || fail 'what export wrote'
has said 'added 0, 5 already there'
