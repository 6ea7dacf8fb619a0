#!/bin/sh
#
# What has no place in a release: marks of unfinished work, paths of somebody's
# machine, hosts of package registries. Mail and other material of strangers
# (seeds, vectors, corpora) is not ours to judge.

LC_ALL=C
export LC_ALL
cd "${SRC:-$(dirname "$0")/../..}" || exit 1

# The brackets keep this file from finding itself.
unfinished='T[O]DO|F[I]XME|X[X]X'
machine='/w[o]rk/|/r[o]ot/|/h[o]me/[a-z]+/(src|git|build)'
registries='p[y]pi\.org|p[y]thonhosted\.org|n[p]mjs\.|crates\.i[o]|r[u]bygems\.org|proxy\.golang\.or[g]'

found=$(find configure Makefile.in README NEWS LICENSE .gitignore .ci src templates schema tests doc contrib \
	-type f ! -path '*/seeds/*' ! -path '*/vectors/*' ! -path '*/corpus/*' 2>/dev/null | sort |
	xargs grep -nIE "(^|[^A-Za-z0-9_])($unfinished)([^A-Za-z0-9_]|\$)|(^|[^A-Za-z0-9_.])($machine)|$registries")
[ -z "$found" ] && exit 0
printf '%s\n' "$found"
exit 1
