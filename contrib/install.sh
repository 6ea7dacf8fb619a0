#!/bin/sh
#
# install.sh install|uninstall DESTDIR RECORD: make's installation. The list of
# files comes on standard input, "from to mode" a line. Folders that had to be
# made are written to RECORD, so that uninstall can remove just these again;
# Ladle's own folders go in any case.

LC_ALL=C
export LC_ALL
action=$1 destdir=$2 record=$3

# Makes a folder and those above it, each one written down.
make_folder() {
	[ -d "$1" ] && return 0
	make_folder "$(dirname "$1")" || return 1
	mkdir -m 755 "$1" && printf '%s\n' "$1" >>"$record"
}

case $action in
install)
	while read -r from to mode; do
		[ -n "$from" ] || continue
		make_folder "$(dirname "$destdir$to")" || exit 1
		${INSTALL:-install} -m "$mode" "$from" "$destdir$to" || exit 1
		printf '  INSTALL %s\n' "$destdir$to"
	done
	;;
uninstall)
	own=''
	while read -r from to mode; do
		[ -n "$from" ] || continue
		rm -f "$destdir$to" || exit 1
		folder=$(dirname "$to")
		while :; do
			case $folder in
			*/ladle | */ladle/*) own="$own$destdir$folder
" ;;
			*) break ;;
			esac
			folder=$(dirname "$folder")
		done
	done
	{
		printf '%s' "$own"
		[ -f "$record" ] && cat "$record"
	} | sort -ru | while read -r folder; do
		case $folder in
		"${destdir:-/}" | "$destdir"/*) [ ! -d "$folder" ] || rmdir "$folder" 2>/dev/null ;;
		esac
	done
	# Folders below another DESTDIR are still wanted.
	if [ -f "$record" ]; then
		while read -r folder; do
			[ -d "$folder" ] && printf '%s\n' "$folder"
		done <"$record" >"$record.new"
		mv -f "$record.new" "$record"
		[ -s "$record" ] || rm -f "$record"
	fi
	;;
*)
	printf "install.sh: no action '%s'\n" "$action" >&2
	exit 64
	;;
esac
exit 0
