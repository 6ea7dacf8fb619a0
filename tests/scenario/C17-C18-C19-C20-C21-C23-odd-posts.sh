# What people send to a list by mistake waits for a moderator, by the rules that every list
# has without a word: too large, not to the list, to too many, a command, an answer to a
# digest. A subject that is empty is no such thing, until a rule says so.
. "$SRC/tests/scenario/lib.sh"
site_new
ladle list set dev aliases=devel@lists.example subject-tag='[dev]' || fail set
ladle rules show dev >rules
has rules '^hold "larger than 1 MB" if size > 1M$'
ladle rules presets discussion | cmp -s - rules || fail 'the default is no preset'

# odd ID SED-SCRIPT: a post of ann's, changed
odd() {
	message "$1" | sed "$2" | receive
}
{ message C17-large; head -c 1100000 /dev/zero | tr '\0' x | fold -w 70; } | receive
odd C18-not-to "s/^To: .*/To: undisclosed-recipients:;/"
odd C19-many "s/^To: .*/&$(seq -f ', x%.0f@six.example' -s '' 20)/"
odd C20-subject 's/^Subject: .*/Subject: Unsubscribe/'
odd C20-body '$s/.*/unsubscribe dev\n\n-- \nAnn/'
odd C23-digest 's/^Subject: .*/Subject: Re: [dev] Dev Digest, Vol 3, Issue 1/'
odd C18-alias "s/^To: .*/To: x@six.example\nCc: Devel <devel@lists.example>/"
odd C19-twenty "s/^To: .*/&$(seq -f ', x%.0f@six.example' -s '' 19)/"
odd C20-none 's/^Subject: .*/Subject: Please help: how do I unsubscribe?/'
odd C21-off 's/^Subject: .*/Subject: Re: [dev]/'
turn || fail run
ladle held ls --json >held.json
held() { has held.json "\"message_id\":\"$1@one.example\".*\"rule\":\"rules:$2\",\"reason\":\"$3\""; }
held C17-large 2 'larger than 1 MB'
held C18-not-to 3 'the list is not in To or Cc'
held C19-many 4 'more than 20 recipients'
held C20-subject 5 'a command, not a post'
held C20-body 5 'a command, not a post'
held C23-digest 6 'an answer to a digest'
is held 6 "$(ladle held ls | wc -l)"
is copies 12 "$(copies)"

echo 'reject "Please give it a subject." if empty-subject' | ladle rules set dev - || fail set
odd C21-on 's/^Subject: .*/Subject: Re: [dev]/'
turn || fail run
is refused 1 "$(ladle held ls --refused | grep -c 'Please give it a subject.')"
