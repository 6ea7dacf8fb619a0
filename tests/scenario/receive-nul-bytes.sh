# A NUL in the body passes and is kept; in the header the message is held.
. "$SRC/tests/scenario/lib.sh"
site_new
message nul | tr H '\0' | receive
is exit 0 $?
turn || fail run
is 'copies' 3 "$(copies)"
is 'NUL kept' 1 "$(tr -cd '\0' <"$out/001.eml" | wc -c)"

# With a DKIM2 signature of ours it becomes a space: none would verify.
rm "$out"/*
ladle list set dev from=munge footer='The footer.' || fail set
message munged | tr H '\0' | receive
turn || fail run
is 'copies' 3 "$(copies)"
verify_copies
for copy in "$out"/*.eml; do
	is 'no NUL' 0 "$(tr -cd '\0' <"$copy" | wc -c)"
	has "$copy" '^ ello\.'
	has "$copy" '^DKIM2-Signature: i=1;'
done
ladle list set dev from=auto footer= || fail set
printf 'From: %s\nSubject: a\0b\n\nx\n' "$member1" | receive
is exit 0 $?
turn || fail run
is held 1 "$(ladle held ls | wc -l)"
is reason 'the header holds a bare CR, a bare LF or a NUL' "$(held_reason)"
