# A NUL in the body passes and is kept; in the header the message is held.
. "$SRC/tests/scenario/lib.sh"
site_new
message nul | tr H '\0' | receive
is exit 0 $?
turn || fail run
is 'copies' 3 "$(copies)"
is 'NUL kept' 1 "$(tr -cd '\0' <"$out/001.eml" | wc -c)"
printf 'From: %s\nSubject: a\0b\n\nx\n' "$member1" | receive
is exit 0 $?
turn || fail run
is held 1 "$(ladle held ls | wc -l)"
is reason 'the header holds a bare CR, a bare LF or a NUL' "$(held_reason)"
