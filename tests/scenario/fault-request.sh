# The process station is killed at one step after the other of two commands by mail, a
# confirmation and leaving: each is done once, with one line of the trail and one letter.
. "$SRC/tests/scenario/lib-fault.sh"
faults_ready
ladle list set dev unsubscribe-policy=open && ladle member add dev lee@one.example >/dev/null ||
	fail set

# mail FROM WORD SUBJECT: signed, received
mail() {
	{
		printf 'From: <%s>\nTo: <dev+%s@lists.example>\nSubject: %s\n' "$1" "$2" "$3"
		printf 'Date: Fri, 27 Nov 2026 12:00:00 +0000\nMessage-ID: <%s.%s>\n\n' "${2%%-*}" "$1"
	} >mail.eml
	sign_dkim1 mail.eml | ladle receive -f "$1" "dev+$2@lists.example" || fail receive
}

letters_to() {
	grep -lF "<$1>" "$out"/*.env 2>/dev/null | wc -l
}

mail joe@one.example subscribe ''
run_with LADLE_NOW="$now" || fail 'first run'
token=$(sed -n 's/^From:.*+confirm-\([a-z2-7]*\)@.*/\1/p' "$out"/*.eml)
rm -f "$out"/*
mail joe@one.example "confirm-$token" 'Re: please confirm'
mail lee@one.example unsubscribe ''
cp -a "$site" ready
run_with LADLE_FAULT_STATE="$TMPDIR/calls" || fail 'run without faults'

# settle WHAT TWICE: once more without faults, then all is as it has to be.
settle() {
	run_with LADLE_NOW=$((now + 100)) || fail "$1: run after it"
	ladle audit dev >trail
	is "$1: joe has joined" 1 "$(grep -c 'member add	joe@one.example	confirmed' trail)"
	is "$1: lee has left" 1 "$(grep -c 'member rm	lee@one.example' trail)"
	ladle member export dev >members
	is "$1: joe is a member" 1 "$(grep -c '^joe@one' members)"
	is "$1: lee is none" 0 "$(grep -c '^lee@one' members)"
	is "$1: in the spool" 0 "$(spool_count)"
	for to in joe@one.example lee@one.example; do
		is "$1: letters to $to" 1 "$(letters_to $to)"
	done
}

settle 'no fault' 0
for point in process-begin process-commit process-unlink; do
	fault_each $point kill
done
# The last steps are those of deliver, which has tests of its own.
last=$(calls_of calls sql)
for n in $((last / 5)) $((last / 3)) $((last / 2)); do
	fault sql $n kill
done
faults_done 9
