# Which address a message came to: the argument, then the environment, then, where that is
# asked for, what the mail server put on top. Never To or Cc, never a field that came with it.
. "$SRC/tests/scenario/lib.sh"
site_new
ladle list create other@lists.example >/dev/null || fail 'list create'
ladle member add other "$member1" >/dev/null
other=other@lists.example

# went NAME LIST OPTIONS…: the message on standard input is a post of LIST.
went() {
	went_name=$1 went_list=$2
	shift 2
	ladle receive -f "$member1" "$@" || fail "receive $*"
	turn || fail run
	ladle trace "$went_name@one.example" >trace
	has trace "^post [0-9]* .*$went_list"
}

message argument | RECIPIENT=$other went argument "$list" "$list"
message environment | RECIPIENT=$other ORIGINAL_RECIPIENT=$list went environment "$other"
message original | ORIGINAL_RECIPIENT=$other went original "$other"
message env | SENDER=$member1 RECIPIENT=$other went env "$other" --env

top() {
	printf 'Return-Path: <%s>\n%s\nReceived: from x by y; Fri, 27 Nov 2026 12:00:00 +0000\n' "$member1" "$2"
	printf 'Delivered-To: %s\nX-Original-To: %s\n' "$list" "$list"
	message "$1"
}
top delivered "Delivered-To: $other" | went delivered "$other" --delivered-to
top both "Delivered-To: ann@one.example
X-ORIGINAL-TO:   $other" | went both "$other" --delivered-to
{ printf 'From ann  Fri Nov 27 12:00:00 2026\n'; top separator "Delivered-To: $other"; } |
	went separator "$other" --delivered-to
top told "Delivered-To: $other" | RECIPIENT=$list went told "$list" --delivered-to

# Nothing of the mail server's: held, whoever is in To.
message bare | ladle receive -f "$member1" --delivered-to || fail receive
top forged 'X-Other: field' | ladle receive -f "$member1" --delivered-to || fail receive
turn || fail run
ladle held ls >held
is held 2 "$(grep -c 'nothing says which address it came to' held)"
# Without the option the mail server keeps it.
message none | ladle receive -f "$member1"
is 'exit' 75 $?
