# Sourced by the scenarios about moderation: the list has the moderators mod@mods.example and
# two@mods.example and the owner own@mods.example.
#
#     moderation_new [SETTING…]       site_new with these
#     stranger NAME [FROM]            a post of somebody who is no member, received
#     token ACTION ID MODERATOR [LIST-ID]
#     say ACTION TOKEN [FROM]         a mail to that address, its text on standard input

. "$SRC/tests/scenario/lib.sh"
mod1=mod@mods.example mod2=two@mods.example owner=own@mods.example

# What members got as members: our own mail comes from <>.
copies() {
	member_copies | wc -l
}

member_copies() {
	grep -L -x '<>' "$out"/*.env 2>/dev/null | sed 's/env$/eml/'
}

# letters ADDRESS [KIND-OF-SUBJECT]: our mail to it, newest last, one file name a line
letters() {
	grep -l "^<$1>" "$out"/*.env 2>/dev/null | sed 's/env$/eml/' |
		while read -r letter; do
			if grep -q "^Subject: .*${2:-}" "$letter"; then echo "$letter"; fi
		done
}

# address_in FILE ACTION: the address that the letter gives for it
address_in() {
	sed -n "s/^ *\(dev+$2-[a-z2-7]*@lists.example\).*/\1/p" "$1" | head -n 1
}

# answer FILE FROM: a plain reply, its text on standard input
answer() {
	to=$(sed -n 's/^Reply-To: <*\([^>\r]*\)>*\r*$/\1/p' "$1" | head -n 1)
	{
		printf 'From: <%s>\nTo: <%s>\nSubject: Re: a message is waiting\n' "$2" "$to"
		printf 'In-Reply-To: %s\n' "$(sed -n 's/^Message-ID: //p' "$1" | head -n 1 | tr -d '\r')"
		printf 'Message-ID: <%s@mods.example>\n\n' "$(od -An -N8 -tx1 /dev/urandom | tr -d ' ')"
		cat
	} | ladle receive -f "$2" "$to"
}

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
		printf 'Message-ID: <%s@mods.example>\n%s\n' "$(od -An -N8 -tx1 /dev/urandom | tr -d ' ')" \
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
