#!/bin/sh
#
# The library has no variable that outlives a call: no symbol of its objects
# lies in a section that is written to while the program runs. Tables of
# pointers in .data.rel.ro are constants: only the loader writes there.

LC_ALL=C
export LC_ALL
cd "${BUILD:-.}" || exit 1

objects=$(find obj -name '*.o' ! -path 'obj/tests/*' ! -path 'obj/fuzz/*' 2>/dev/null | sort)
if [ -z "$objects" ]; then
	echo "no objects in $(pwd)/obj"
	exit 77
fi

# objdump -t: value, flags (7 columns), section, size, name. Names with a dot or
# underscores in front are those of the compiler and the sanitizers, except
# name.123, which is a static variable inside a function.
# shellcheck disable=SC2086
objdump -t $objects | awk '
/file format/ { object = $1; sub(/:$/, "", object); next }
/^[0-9a-f]+ / {
	rest = substr($0, index($0, " ") + 9)
	split(rest, column, /[ \t]+/)
	section = column[1]
	name = column[3]
	if (section !~ /^(\.data|\.bss|\.tdata|\.tbss|\.ldata|\.lbss|\*COM\*|COMMON)/) next
	if (section ~ /^\.data\.rel\.ro/ || name == section) next
	if (name ~ /^(\.L|__unnamed_|__odr_asan|__asan|__ubsan|__sancov|__llvm|__profc|__gcov|__tsan)/) next
	file = object
	sub(/^obj\//, "src/", file)
	sub(/\.o$/, ".c", file)
	printf "%s: %s is a variable (%s)\n", file, name, section
	bad = 1
}
END { exit bad }
'
