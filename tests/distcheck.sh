#!/bin/sh
#
# distcheck.sh TARBALL FOLDER NAME: proves that the release can be built from
# sources that cannot be written to, passes its tests as release and with the
# sanitizers, installs, and that uninstall and distclean leave nothing.

LC_ALL=C
export LC_ALL
tarball=$1 folder=$2 name=$3
make=${MAKE:-make}

say() {
	printf 'distcheck: %s\n' "$*"
}

die() {
	say "FAILED: $*" >&2
	exit 1
}

# must WHAT COMMAND...: the command, quietly while it works.
must() {
	what=$1
	shift
	say "$what"
	"$@" >"$top/log" 2>&1 || {
		cat "$top/log" >&2
		die "$what"
	}
}

# empty WHAT FOLDER: nothing may be left in it.
empty() {
	left=$(find "$2" -mindepth 1 | head -n 20)
	[ -z "$left" ] || die "$1 leaves:
$left"
}

chmod -R u+w "$folder" 2>/dev/null
rm -rf "$folder"
mkdir -p "$folder/source" "$folder/build" "$folder/asan" "$folder/dest" || exit 1
top=$(cd "$folder" && pwd -P) || exit 1

must "unpack" tar -xzf "$tarball" -C "$top/source"
source=$top/source/$name
chmod -R a-w "$top/source"
find "$source" | sort >"$top/before"

cd "$top/build" || exit 1
must "configure" "$source/configure" --prefix=/usr --enable-werror
must "build" "$make" -j2
must "check" "$make" check
grep ' passed, .* skipped$' "$top/log" | tail -n 1
mkdir -p "$top/dest/usr/share"
must "install" "$make" install DESTDIR="$top/dest"
[ -x "$top/dest/usr/bin/ladle" ] || die "there is no usr/bin/ladle after install"
must "installed program runs" "$top/dest/usr/bin/ladle" --version
must "uninstall" "$make" uninstall DESTDIR="$top/dest"
rmdir "$top/dest/usr/share" || die "usr/share was there before and must stay"
rmdir "$top/dest/usr" || die "usr was there before and must stay"
empty "uninstall" "$top/dest"
must "distclean" "$make" distclean
empty "distclean" "$top/build"

cd "$top/asan" || exit 1
must "configure with sanitizers" "$source/configure" --enable-asan --enable-debug --enable-werror
must "build with sanitizers" "$make" -j2
must "check with sanitizers" "$make" check
grep ' passed, .* skipped$' "$top/log" | tail -n 1

find "$source" | sort | cmp -s - "$top/before" || die "the build wrote into its sources"
cd "$top/.." || exit 1
chmod -R u+w "$top" && rm -rf "$top"
say "$name is fit to be released"
