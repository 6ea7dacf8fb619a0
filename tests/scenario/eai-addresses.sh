# Addresses in UTF-8 at every place where one is written: a list's domain, members on the
# command line and in files, the envelope, a description; U-labels are A-labels.
. "$SRC/tests/scenario/lib.sh"
site_new
ladle list create пост@bücher.example 2>err
is "list name in UTF-8" 64 $?
ladle list create News@BÜCHER.example description='Новости' unauthenticated=accept >/dev/null || fail create
ladle key gen --algorithm ed25519 --selector e1 bücher.example >/dev/null || fail 'key gen'
ladle key dns --tsv bücher.example >keys.tsv || fail 'key dns'
ladle key check --dns keys.tsv --activate bücher.example >/dev/null || fail 'key check'
cat keys.tsv >>"$zone"
kill -HUP "$dns_pid"
ladle list ls >ls && has ls 'news@xn--bcher-kva.example'
ladle list show news@bücher.example >show && has show 'description = Новости'

# Members: added, named by the other form, listed, exported, imported, removed.
ladle member add news@bücher.example 'Юра <юра@ПРИМЕР.example>' ann@one.example >/dev/null || fail add
ladle member add news@bücher.example юра@xn--e1afmkfd.example >added && has added '1 already there'
printf 'Δοκιμή <δοκιμή@two.example>\nben@bücher.example\n\377@x.example\n' >names
ladle member import news names >/dev/null 2>err
is 'import of what is not UTF-8' 65 $?
has err 'names:3: not UTF-8'
sed 2q names | ladle member import news - >/dev/null || fail import
ladle member ls news >before
is members 4 "$(wc -l <before)"
has before 'юра@xn--e1afmkfd.example'
ladle member export news >export
has export 'Юра <юра@xn--e1afmkfd.example>'
ladle member rm news юра@пример.example δοκιμή@two.example >/dev/null || fail rm
is 'after rm' 2 "$(ladle member ls news | wc -l)"
ladle member import news export >/dev/null || fail 'import again'
ladle member export news | sort >after
sort export | cmp - after || fail 'export and import'

# The envelope, as the mail server has it; each form of the domain is the same list.
n=0
for to in news@bücher.example news@xn--bcher-kva.example News@BÜCHER.Example; do
	n=$((n + 1))
	message "to$n" | sed "s/^From:.*/From: Юра <юра@пример.example>/; s/^To:.*/To: $to/" |
		ladle receive -f юра@пример.example "$to" || fail "receive $to"
done
SENDER=юра@пример.example RECIPIENT=news@bücher.example ladle receive --env <<MESSAGE || fail env
From: Юра <юра@пример.example>
To: news@bücher.example
Subject: из окружения
Date: Fri, 27 Nov 2026 12:00:00 +0000
Message-ID: <to4@one.example>

Текст.
MESSAGE
printf 'From: x@one.example\n\nx\n' | ladle receive -f "$(printf 'b\344r@one.example')" news@bücher.example
is 'sender that is not UTF-8' 0 $?
turn || fail run
is copies 16 "$(copies)"
is posts '' "$(ladle queue ls)"
copy=$(grep -l 'δοκιμή@two.example' "$out"/*.env | head -n 1)
has "$copy" '@xn--bcher-kva.example>$'
has "${copy%.env}.eml" '^List-Id: =?utf-8?B?0J3QvtCy0L7RgdGC0Lg=?= <news.xn--bcher-kva.example>'
has "${copy%.env}.eml" '^List-Post: <mailto:news@xn--bcher-kva.example>'
ladle trace to4@one.example юра@пример.example >trace
has trace 'sent'
has trace 'из окружения'
ladle held ls >held
has held 'x@one.example'
