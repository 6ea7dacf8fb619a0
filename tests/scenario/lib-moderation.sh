# Sourced by the scenarios about moderation: the list has the moderators mod@six.example and
# two@six.example and the owner own@six.example.
#
#     moderation_new [SETTING…]       site_new with these
#     stranger NAME [FROM]            a post of somebody who is no member, received
#     token ACTION ID MODERATOR [LIST-ID]
#     say ACTION TOKEN [FROM]         a mail to that address, its text on standard input

. "$SRC/tests/scenario/lib.sh"
mod1=mod@six.example mod2=two@six.example owner=own@six.example

moderation_new() {
	site_new
	ladle list set dev "moderators=$mod1, $mod2" "owners=$owner" "$@" || fail set
}

stranger() {
	message "$1" | sed "s/^From:.*/From: Eve <${2:-eve@four.example}>/" |
		ladle receive -f "${2:-eve@four.example}" "$list"
}

# As doc/formats says, made without the program; numbers up to 127.
token() {
	{
		# shellcheck disable=SC2059 # an octal escape
		printf "\\$(printf %o "$2")"
		printf 'ladle-moderation %s %d %d %s' "$1" "${4:-1}" "$2" "$3" |
			openssl dgst -sha256 -mac HMAC -binary -macopt \
				"hexkey:$(od -An -v -tx1 "$site/data/secret" | tr -d ' \n')" | head -c 16
	} | base32 -w 0 | tr -d = | tr A-Z a-z
}

say() {
	{
		printf 'From: <%s>\nTo: <dev+%s-%s@lists.example>\nSubject: Re: held\n' "${3:-$mod1}" \
			"$1" "$2"
		printf 'Message-ID: <%s@six.example>\n%s\n' "$(od -An -N8 -tx1 /dev/urandom | tr -d ' ')" \
			"${say_header:-X-Nothing: 1}"
		echo
		cat
	} | ladle receive -f "${3:-$mod1}" "dev+$1-$2@lists.example"
}

# state ID: as held show knows it
state() {
	ladle held show --json "$1" | sed 's/.*"state":"\([a-z]*\)".*/\1/'
}

decided_by() {
	ladle held show --json "$1" | sed 's/.*"decided_by":"\([^"]*\)".*/\1/'
}
