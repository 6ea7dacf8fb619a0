# Sourced by the scenarios about commands by mail. The authors are of one.example, whose
# mail is signed; ann is a member, the others are not.
#
#     request_new [SETTING…]            site_new with these, and the domain's key
#     ask WORD FROM [SUBJECT] [BODY]    a signed mail of FROM to dev+WORD, processed
#     send WORD FROM [SUBJECT] [BODY]   the same, not processed yet
#     bare WORD FROM [SUBJECT] [BODY]   the same without a signature
#     letters ADDRESS                   how many mails of ours went to ADDRESS
#     letter ADDRESS                    the newest of them, into the file letter
#     answer_to ADDRESS                 a reply to it, from ADDRESS and signed
#     is_member ADDRESS [LIST]

. "$SRC/tests/scenario/lib.sh"
joe=joe@one.example

request_new() {
	site_new
	author_key
	[ $# = 0 ] || ladle list set dev "$@" || fail set
}

asked=0

# written FROM TO SUBJECT BODY: the mail, in asked.eml
written() {
	asked=$((asked + 1))
	{
		printf 'From: Joe <%s>\nTo: <%s>\nSubject: %s\n' "$1" "$2" "$3"
		printf 'Date: Fri, 27 Nov 2026 12:00:00 +0000\nMessage-ID: <ask%s@one.example>\n' "$asked"
		printf '%b\n%b\n' "${header:-X-Nothing: 1}\n" "$4"
	} >plain.eml
}

# send as ask, without a turn
send() {
	written "$2" "dev+$1@lists.example" "${3:-}" "${4:-}"
	sign_dkim1 plain.eml >asked.eml || fail sign
	# shellcheck disable=SC2154 # set by who wants another address
	ladle receive -f "$2" "${to:-dev+$1@lists.example}" <asked.eml || fail receive
}

ask() {
	send "$@"
	turn || fail run
}

bare() {
	written "$2" "dev+$1@lists.example" "${3:-}" "${4:-}"
	ladle receive -f "$2" "${to:-dev+$1@lists.example}" <plain.eml || fail receive
	turn || fail run
}

letters() {
	# shellcheck disable=SC2012 # names of the sink are plain
	grep -lF "<$1>" "$out"/*.env 2>/dev/null | wc -l
}

letter() {
	newest=$(ls -tr $(grep -lF "<$1>" "$out"/*.env) | tail -n 1)
	[ "$newest" ] || fail "no letter to $1"
	is "return address of the letter to $1" '<>' "$(sed -n 1p "$newest")"
	tr -d '\r' <"${newest%.env}.eml" >letter
}

# The address that the letter's From is.
letter_from() {
	sed -n 's/^From: .*<\(.*\)>$/\1/p; s/^From: \([^<]*\)$/\1/p' letter | head -n 1
}

# The token that the newest letter to ADDRESS asks for.
token_for() {
	letter "$1"
	word=$(letter_from)
	word=${word#*+confirm-}
	echo "${word%@*}"
}

answer_to() {
	letter "$1"
	word=$(letter_from)
	to=$word ask x "$1" "Re: $(sed -n 's/^Subject: //p' letter)" '> quoted\nunsubscribe'
}

is_member() {
	ladle member find "$1" >found || [ $? = 1 ] || fail find
	grep -q "^${2:-dev}@lists.example" found
}
