# What strangers put into names, subjects and addresses never ends a field of ours.
. "$SRC/tests/scenario/lib-request.sh"
request_new subscribe-policy=open 'description=Evil =?utf-8?Q?=0D=0ABcc:_x=40y.example?='
inject='=?utf-8?Q?A=0D=0ABcc=3A_victim=40two.example=00=1B=5B31m?='
written "$joe" dev+subscribe@lists.example "$inject" "$inject"
sed "s/^From: Joe/From: $inject/" plain.eml >evil.eml
sign_dkim1 evil.eml >asked.eml
ladle receive -f "$joe" dev+subscribe@lists.example <asked.eml && turn || fail run
is_member "$joe" || fail 'not subscribed'
for word in help info which lists; do send request "$joe" "$word"; done
ladle list set dev owners="$member1" owner-notices=each
written kim@one.example dev+subscribe@lists.example '' ''
sed "s/^From: Joe/From: $inject/" plain.eml >evil.eml
sign_dkim1 evil.eml >asked.eml
ladle receive -f kim@one.example dev+subscribe@lists.example <asked.eml
turn || fail run
if grep -ls '^Bcc' "$out"/*.eml; then fail 'a field was injected'; fi
if grep -l "$(printf '\033')" "$out"/*.eml; then fail 'an escape came through'; fi
is 'letters to the victim' 0 "$(letters victim@two.example)"
# Addresses with what must not be in them.
ask request "$joe" "changeaddr a\\\\r\\\\nb@one.example"
written "$joe" dev+request@lists.example 'x' ''
printf 'changeaddr a\000b@one.example\r\nalias a\rb@one.example\n' >>plain.eml
sign_dkim1 plain.eml >asked.eml
ladle receive -f "$joe" dev+request@lists.example <asked.eml && turn || fail run
printf 'changeaddr a\033b@one.example\n' >body
is 'aliases' 0 "$(ladle member ls --json dev | grep -c 'a.b@one')"
