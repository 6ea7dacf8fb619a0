#!/bin/sh
#
# Shows Ladle at work, with real parts on this machine's loopback: a site with
# one list, posts that come in through `ladle receive`, copies that go out by
# SMTP, keys that are looked up in the DNS.
#
#     sh contrib/demo.sh [DIR]       DIR: where everything is put (default: ladle-demo)
#
# Left behind: DIR/out/NNN.eml, the copies as they crossed the wire, with their
# envelopes in DIR/out/NNN.env; DIR/dns.tsv, the key records; DIR/site, the site.
#     LADLE_BUILD=DIR      the build folder, instead of build
#     LADLE_NO_INSTALL=1   install nothing: name what is missing, exit 69

case ${1:-} in
-*) sed -n '3,13s/^# \{0,1\}//p' "$0"; exit 64 ;;
esac

LC_ALL=C
export LC_ALL
root=$(cd "$(dirname "$0")/.." && pwd -P) || exit 1
build=${LADLE_BUILD:-$root/build}
. "$root/contrib/deps.sh"
deps_install build || exit

die() {
	printf 'demo: %s\n' "$*" >&2
	exit 1
}

# ---- build ----

mkdir -p "$build" || die "cannot make \"$build\""
(cd "$build" && { [ -f Makefile ] || sh "$root/configure" >configure.log; } &&
	make -s -j2 ladle tools >make.log 2>&1) ||
	{ cat "$build/configure.log" "$build/make.log" >&2; die "the build in $build failed"; }
ladle=$build/ladle

dir=${1:-ladle-demo}
case $dir in /*) ;; *) dir=$PWD/$dir ;; esac
if [ -e "$dir" ] && [ ! -e "$dir/made-by-demo" ] && ! rmdir "$dir" 2>/dev/null; then
	die "\"$dir\" is there already and was not made by this script"
fi
rm -rf "$dir"
mkdir -p "$dir/out" "$dir/authors" "$dir/in" && : >"$dir/made-by-demo" || die "cannot make \"$dir\""

# ---- servers: a mail server that keeps what it gets, and a DNS server ----

pids=''
stop() { [ -z "$pids" ] || kill $pids 2>/dev/null; wait 2>/dev/null; pids=''; }
trap stop EXIT
trap 'exit 1' INT TERM

# A port file appears, complete, once its server listens.
wait_port() {
	tries=0
	while [ ! -s "$1" ]; do
		tries=$((tries + 1))
		[ "$tries" -le 200 ] || die "a test server did not start: $1"
		sleep 0.05
	done
	cat "$1"
}

"$build/tools/sink" -o "$dir/out" -f "$dir/sink.port" -l "$dir/sink.log" &
pids="$pids $!"
: >"$dir/dns.tsv"
"$build/tools/dnsstub" -z "$dir/dns.tsv" -f "$dir/dns.port" -l "$dir/dns.log" &
dns_pid=$!
pids="$pids $dns_pid"
smtp_port=$(wait_port "$dir/sink.port")
dns_port=$(wait_port "$dir/dns.port")

# ---- a site ----

list=garden@lists.example
site() { "$ladle" -C "$dir/site/ladle.conf" "$@"; }

echo "Ladle leaves the recipe. A list, three posts, five members:"
echo
"$ladle" init "$dir/site" >/dev/null || die 'init failed'
cat >>"$dir/site/ladle.conf" <<END
hostname = mx.lists.example
smtp-url = smtp://127.0.0.1:$smtp_port
dns-servers = 127.0.0.1:$dns_port
END
site list create "$list" description='The gardeners' subject-tag='[garden]' from=munge \
	footer='--------\nThe gardeners, https://lists.example/garden' >/dev/null &&
	site key gen lists.example >/dev/null &&
	site member add "$list" 'Alice Archer <alice@alpha.example>' 'Bob Baker <bob@beta.example>' \
		'Carol Carter <carol@gamma.example>' dave@alpha.example erin@beta.example >/dev/null ||
	die 'making the list failed'
echo "  list     $list: subject tag, footer, From munged, 5 members at 3 domains"

# ---- three authors: one signs DKIM2, one DKIM1, one nothing ----

author_keys() { # an author's own mail system has its own keys: a site folder used for nothing else
	"$ladle" init "$dir/authors/$1" >/dev/null &&
		"$ladle" -C "$dir/authors/$1/ladle.conf" key gen --algorithm "$3" --selector "$4" "$2" >/dev/null &&
		"$ladle" -C "$dir/authors/$1/ladle.conf" key dns --tsv "$2" >>"$dir/dns.tsv"
}
author_keys alice alpha.example ed25519 a1 && author_keys bob beta.example rsa b1 &&
	site key dns --tsv >>"$dir/dns.tsv" || die 'making the authors failed'
kill -HUP "$dns_pid"

now=$(date -R)
cat >"$dir/in/alice.txt" <<END
From: Alice Archer <alice@alpha.example>
To: $list
Subject: Slugs again
Date: $now
Message-ID: <slugs@alpha.example>

They ate the lettuce, all of it.
What do you use against them?

Alice
END
cat >"$dir/in/bob.txt" <<END
From: "Baker, Bob" <bob@beta.example>
To: $list
Subject: =?utf-8?q?Plan_f=C3=BCr_das_Hochbeet?=
Date: $now
Message-ID: <plan@beta.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="plan-of-the-bed"

--plan-of-the-bed
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Hier ist der Plan f=C3=BCr das Hochbeet.

--plan-of-the-bed
Content-Type: text/csv; name="bed.csv"
Content-Disposition: attachment; filename="bed.csv"
Content-Transfer-Encoding: base64

cm93LHBsYW50CjEsY2FycmV0CjIsb25pb24K
--plan-of-the-bed--
END
cat >"$dir/in/carol.txt" <<END
From: carol@gamma.example
To: $list
Subject: Re: Slugs again
Date: $now
Message-ID: <beer@gamma.example>
In-Reply-To: <slugs@alpha.example>

Beer. In a saucer.
END
keys="$dir/authors"
"$ladle" sign --key "$keys/alice/data/keys/alpha.example/a1.pem" --selector a1 --domain alpha.example \
	--mf alice@alpha.example --rt "$list" "$dir/in/alice.txt" >"$dir/in/alice.eml" &&
	"$ladle" sign --dkim1 --key "$keys/bob/data/keys/beta.example/b1.pem" --selector b1 \
		--domain beta.example "$dir/in/bob.txt" >"$dir/in/bob.eml" &&
	cp "$dir/in/carol.txt" "$dir/in/carol.eml" || die 'signing failed'

site receive -f alice@alpha.example "$list" <"$dir/in/alice.eml" &&
	site receive -f bob@beta.example "$list" <"$dir/in/bob.eml" &&
	site receive -f carol@gamma.example "$list" <"$dir/in/carol.eml" || die 'receive failed'
echo "  posts    alice signs DKIM2, bob DKIM1 (with an attachment), carol nothing; all through ladle receive"

# ---- run ----

site run --once 2>"$dir/run.log" || { cat "$dir/run.log" >&2; die 'run failed'; }
copies=$(find "$dir/out" -name '*.env' | wc -l)
echo "  run      one turn of ladle run --once; modes chosen:"
for id in slugs@alpha.example plan@beta.example beer@gamma.example; do
	site trace "$id" | sed -n "s/^  mode \([^,]*\), \(.*\)/             $id: \1 (\2)/p"
done

# ---- verify every copy with the envelope it came with ----

verified=0
for env in "$dir"/out/*.env; do
	mf=$(sed -n 1p "$env")
	rt=$(sed -n 2p "$env")
	if "$ladle" verify --mf "$mf" --rt "$rt" --dns "$dir/dns.tsv" "${env%.env}.eml" >"$dir/verify.out"; then
		verified=$((verified + 1))
	else
		echo "  ${env##*/} does not verify:" && cat "$dir/verify.out"
	fi
done
first=$(grep -l '^Message-ID: <slugs@alpha.example>' "$dir"/out/*.eml | head -n 1)
[ -n "$first" ] || die "no copy of Alice's post came out"
echo "  verify   a member's copy of Alice's post (${first##*/}):"
"$ladle" verify --mf "$(sed -n 1p "${first%.eml}.env")" --rt "$(sed -n 2p "${first%.eml}.env")" \
	--dns "$dir/dns.tsv" "$first" | sed 's/^/             /'

# ---- undo one, and compare with what Alice sent ----

"$ladle" undo "$first" >"$dir/undone.eml" || die 'undo failed'
changed=$(sed -n 's/\r$//; s/^Subject: //p' "$first")
restored=$(sed -n 's/\r$//; s/^Subject: //p' "$dir/undone.eml")
body() { sed 's/\r$//' "$1" | sed '1,/^$/d'; }
body "$dir/in/alice.eml" >"$dir/body.sent" && body "$dir/undone.eml" >"$dir/body.undone"
[ "$("$ladle" hash --header "$dir/in/alice.eml")" = "$("$ladle" hash --header "$dir/undone.eml")" ] &&
	[ "$("$ladle" hash "$dir/in/alice.eml")" = "$("$ladle" hash "$dir/undone.eml")" ] &&
	cmp -s "$dir/body.sent" "$dir/body.undone" || die 'the undone copy is not what Alice sent'
echo "  undo     \"$changed\" becomes \"$restored\" again: signed header and body equal what Alice sent"

echo
echo "demo: $copies copies delivered, $verified verified"
[ "$copies" = 15 ] && [ "$verified" = 15 ]
