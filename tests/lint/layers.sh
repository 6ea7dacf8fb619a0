#!/bin/sh
#
# Includes point to the left only, and store and net never see each other:
#     base < mail < auth < rules < store | net < flow < cli < main.c

LC_ALL=C
export LC_ALL
cd "${SRC:-$(dirname "$0")/../..}" || exit 1

for path in src/*; do
	case ${path#src/} in
	base | mail | auth | rules | store | net | flow | cli | main.c) ;;
	'*') echo "src: no sources"; exit 1 ;;
	*) echo "$path: not one of the layers"; exit 1 ;;
	esac
done

# shellcheck disable=SC2046 # names without spaces
awk '
BEGIN {
	split("base mail auth rules store flow cli", order)
	for (i in order) rank[order[i]] = i + 0
	rank["net"] = rank["store"]
	generated["config.h"] = 1
}
FNR == 1 {
	parts = split(FILENAME, path, "/")
	own = parts == 3 ? path[2] : "main.c"
	if (parts > 3) { print FILENAME ": folders have no folders below them"; bad = 1 }
}
/^[ \t]*#[ \t]*include[ \t]*"/ {
	split($0, quoted, "\"")
	target = quoted[2]
	if (target in generated) next
	parts = split(target, path, "/")
	if (parts != 2 || !(path[1] in rank)) {
		printf "%s:%d: \"%s\" is not of the form \"layer/file.h\"\n", FILENAME, FNR, target
		bad = 1
	} else if (own != "main.c" && path[1] != own && rank[path[1]] >= rank[own]) {
		printf "%s:%d: %s may not include \"%s\"\n", FILENAME, FNR, own, target
		bad = 1
	}
}
END { exit bad }
' $(find src -name '*.[ch]' | sort)
