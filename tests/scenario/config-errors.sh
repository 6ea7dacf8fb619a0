# An unknown key or a bad value names file, line and key; nothing is done.
. "$SRC/tests/scenario/lib.sh"
site_new
cp "$site/ladle.conf" good.conf
bad() {
	cp good.conf "$site/ladle.conf"
	printf '%s\n' "$1" >>"$site/ladle.conf"
	line=$(wc -l <"$site/ladle.conf")
	ladle status >said 2>&1
	is "exit of \"$1\"" 64 $?
	has said "ladle.conf:$line: $2"
}
bad 'colour = red' 'unknown key "colour"'
bad 'workers = many' 'workers: bad value "many"'
bad 'workers = 9999' 'workers: "9999" is not between'
bad 'smtp-tls = maybe' 'smtp-tls: bad value "maybe": one of "none opportunistic required"'
bad 'message-size = 1' 'message-size: "1" is not between'
bad 'just words' '"just words" is not "key = value"'
bad 'footer = x' 'unknown key "footer", which is a setting of lists'
bad 'hostname = twice' 'key "hostname" is there twice'
sed '/^smtp-url/d' good.conf >other.conf && mv other.conf good.conf
bad 'smtp-url = http://x/' 'smtp-url: bad value'
bad 'smtp-url = smtp://relay:99999' 'smtp-url: bad value'
bad 'smtp-url = smtp://me:secret@relay' 'smtp-url: bad value .* no login'
bad 'smtp-url = smtp://relay/path' 'smtp-url: bad value'
bad 'trusted-authserv-id = mx.example "quoted"' 'trusted-authserv-id: bad value'
bad 'worker = 2' 'unknown key "worker", did you mean "workers"?'
sed '/^dns-servers/d' good.conf >other.conf && mv other.conf good.conf
bad 'dns-servers = 127.0.0.1:53, dns.example' 'dns-servers: bad value'
cp good.conf "$site/ladle.conf"
ladle list set dev subject-tag="$(printf 'a\001b')" 2>said && fail 'control character accepted'
ladle list set dev rules='hold if subject matches /(/' 2>said && fail 'bad pattern accepted'
has said 'rules: line 1, column 25: "/(/": bad pattern "("'
ladle list set dev from=never 2>said && fail 'bad choice accepted'
ladle status >/dev/null || fail 'good configuration'
