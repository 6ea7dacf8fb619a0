# What people mistype by hand: the message says what was meant, and the exit code that it
# was theirs.
. "$SRC/tests/scenario/lib.sh"
site_new

# says CODE PATTERN COMMAND…
says() {
	said_code=$1 said_what=$2
	shift 2
	ladle "$@" >said 2>&1 </dev/null
	is "exit of $*" "$said_code" $?
	has said "$said_what"
}
for command in verify undo hash 'explain dev' 'member import dev' 'sign --key gone --selector s --domain d.example'; do
	says 66 'gone' $command gone
done
mkdir folder
says 66 'folder' verify folder
says 66 'cannot read "nokey"' sign --key nokey --selector s --domain d.example gone
printf 'x' >plain
says 66 'plain' hash plain/gone

says 64 'unknown command "verfy", did you mean "verify"? ' verfy
says 64 'unknown command "list shwo", did you mean "list show"?$' list shwo
says 64 'unknown command "lits", did you mean "list show"? ' lits show
says 64 'unknown command "membr", did you mean "member"? ' membr
says 64 'unknown command "nonsense" (' nonsense
says 64 'unknown setting "foter", did you mean "footer"? ' list set dev foter=x
says 64 'unknown setting "colour" (' list set dev colour=red
says 65 'no list "dve", did you mean "dev"? ' list show dve
says 65 'no list "dev@list.example", did you mean "dev@lists.example"? ' list show dev@list.example
says 65 'no list "other" (' list show other

# An empty value is a value; the default is another thing.
ladle list set dev from-name= footer=x from=munge || fail set
has_setting() { ladle list show dev >show && has show "^$1$"; }
has_setting 'from-name = '
says 64 'unknown setting "form", did you mean "from"?' list unset dev from-name form
says 64 'only the name' list unset dev from-name=
has_setting 'from-name = '
ladle list unset dev from-name from || fail unset
has_setting 'from-name = {name} via {list}'
has_setting 'from = auto'
has_setting 'footer = x'

# A list without a key for its domain says how to make one.
says 0 'no key to sign with: ladle key gen keyless.example$' list create dev@keyless.example
says 0 'created new@lists.example' list create new@lists.example
hasnt said 'key gen'
says 0 'created' list create plain@keyless.example sign=no
hasnt said 'key gen'
