#!/bin/sh
#
# Each library is seen by one folder only, and a system header is one of those
# that Ladle has reason to use. <ctype.h>, <locale.h>, <wchar.h> and <regex.h>
# are not: they depend on the locale.

LC_ALL=C
export LC_ALL
cd "${SRC:-$(dirname "$0")/../..}" || exit 1

# shellcheck disable=SC2046 # names without spaces
awk '
BEGIN {
	owner["openssl/"] = owner["jansson.h"] = "auth"
	owner["sanitizer/"] = "base"
	owner["idn2.h"] = "mail"
	owner["pcre2.h"] = "rules"
	owner["sqlite3.h"] = "store"
	owner["ares.h"] = owner["ares_dns.h"] = owner["curl/"] = "net"
	n = split("assert dirent dlfcn endian errno fcntl fnmatch getopt glob grp iconv inttypes " \
		"limits math netdb poll pthread pwd sched signal spawn stdarg stdatomic stdbool " \
		"malloc stddef stdint stdio stdlib stdnoreturn string strings syslog sysexits termios " \
		"time unistd utime arpa/inet net/if netinet/in netinet/tcp", names, " ")
	for (i = 1; i <= n; i++) system_header[names[i] ".h"] = 1
}
FNR == 1 {
	parts = split(FILENAME, path, "/")
	own = parts == 3 ? path[2] : "main.c"
}
/^[ \t]*#[ \t]*include[ \t]*</ {
	match($0, /<[^>]*>/)
	header = substr($0, RSTART + 1, RLENGTH - 2)
	folder = header
	sub(/\/.*/, "/", folder)
	key = header in owner ? header : folder
	if (key in owner) {
		if (owner[key] == own) next
		printf "%s:%d: <%s> is seen by src/%s only\n", FILENAME, FNR, header, owner[key]
		bad = 1
	} else if (!(header in system_header) && folder != "sys/") {
		printf "%s:%d: <%s> is not in the table of headers (tests/lint/thirdparty.sh)\n",
			FILENAME, FNR, header
		bad = 1
	}
}
END { exit bad }
' $(find src -name '*.[ch]' | sort)
