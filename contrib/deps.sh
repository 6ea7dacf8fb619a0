# Sourced by contrib/test.sh and contrib/demo.sh: installs what they need.
#
#     deps_install GROUP|PACKAGE...
#
# installs, with apt-get, those packages that are not there, and says so first.
# Groups: build (to compile Ladle), test (what the tests of this tree use). It
# returns 69 after naming the packages when it must not install (LADLE_NO_INSTALL=1),
# cannot (neither root nor sudo, no apt-get), or it did not work.
#
# No service is started, and a mail server that is there already is not touched.
# Expects the source tree in $root.

# group, package, how to see that it is there: a command, a pkg-config name, a file.
deps_table='
build gcc                  command gcc
build libc6-dev            file /usr/include/stdio.h
build make                 command make
build pkg-config           command pkg-config
build libsqlite3-dev       library sqlite3
build libssl-dev           library openssl
build libcurl4-openssl-dev library libcurl
build libpcre2-dev         library libpcre2-8
build libc-ares-dev        library libcares
build libjansson-dev       library jansson
build libidn2-dev          library libidn2
test  check                library check
test  mandoc               command mandoc
used  dnsmasq-base         command dnsmasq
used  openssl              command openssl
used  postfix              command postfix
used  procps               command pgrep
used  sqlite3              command sqlite3
'

# Some commands are where only root looks.
PATH=$PATH:/usr/sbin:/sbin

deps_there() {
	case $1 in
	command) command -v "$2" >/dev/null 2>&1 ;;
	library) pkg-config --exists "$2" 2>/dev/null ;;
	file) [ -e "$2" ] ;;
	esac
}

# Is this command one that the tests of this tree call?
deps_used() {
	grep -rqw -e "$1" "$root/tests/scenario" "$root/tests/e2e" "$root/contrib/demo.sh" 2>/dev/null
}

# Prints the packages of the groups and names given that are not there.
deps_missing() {
	printf '%s\n' "$deps_table" | while read -r group package kind what; do
		[ -n "$package" ] || continue
		case " $* " in
		*" $group "* | *" $package "*) ;;
		*" test "*) [ "$group" = used ] && deps_used "$what" || continue ;;
		*) continue ;;
		esac
		deps_there "$kind" "$what" && continue
		# A second mail server would push out the first; what needs it skips.
		[ "$package" = postfix ] && [ -e /usr/sbin/sendmail ] && continue
		printf '%s\n' "$package"
	done
}

deps_apt() {
	$deps_sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
		-o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 "$@" >"$deps_log" 2>&1 </dev/null
}

# apt-get install, with no service started on the way and postfix left without
# a configuration (so that it does not start later either).
deps_apt_install() {
	deps_policy=/usr/sbin/policy-rc.d
	deps_policy_ours=no
	if [ ! -e "$deps_policy" ]; then
		printf '#!/bin/sh\nexit 101\n' | $deps_sudo tee "$deps_policy" >/dev/null &&
			$deps_sudo chmod 755 "$deps_policy" && deps_policy_ours=yes
	fi
	case " $* " in
	*" postfix "*)
		printf 'postfix postfix/main_mailer_type select No configuration\n' |
			$deps_sudo debconf-set-selections
		;;
	esac
	# A new system has no package lists yet; an old one has outdated ones.
	deps_apt install --no-install-recommends "$@" ||
		{ deps_apt update && deps_apt install --no-install-recommends "$@"; }
	deps_status=$?
	[ "$deps_policy_ours" = no ] || $deps_sudo rm -f "$deps_policy"
	return "$deps_status"
}

deps_install() {
	deps_list=$(deps_missing "$@" | tr '\n' ' ')
	deps_list=${deps_list% }
	[ -n "$deps_list" ] || return 0
	deps_sudo=''
	if [ "${LADLE_NO_INSTALL:-}" = 1 ]; then
		deps_why='LADLE_NO_INSTALL=1 forbids to install them'
	elif ! command -v apt-get >/dev/null 2>&1; then
		deps_why='there is no apt-get to install them'
	elif [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null 2>&1; then
		deps_why='only root can install them, and there is no sudo'
	else
		deps_why=''
		[ "$(id -u)" = 0 ] || deps_sudo=sudo
		[ -z "$deps_sudo" ] || [ -t 0 ] || deps_sudo='sudo -n'
	fi
	if [ -z "$deps_why" ]; then
		printf 'installing with apt-get: %s\n' "$deps_list"
		deps_log=$(mktemp) || return 69
		# shellcheck disable=SC2086 # a list
		if deps_apt_install $deps_list; then
			rm -f "$deps_log"
			return 0
		fi
		tail -n 20 "$deps_log" >&2
		rm -f "$deps_log"
		deps_why='apt-get could not install them'
	fi
	printf 'these Debian packages are missing: %s\n%s\n' "$deps_list" "$deps_why" >&2
	return 69
}
