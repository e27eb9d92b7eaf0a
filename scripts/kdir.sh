#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# kdir.sh TREE: refuses a kernel tree that this repository cannot be laid over,
# in a sentence.
# kdir.sh --edits TREE: the same, and tells which of its files, that this
# repository replaces as a whole, are not those that the series was verified on.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$here")
series=6.12
oldest=107
verified=$(head -n 1 "$top/series/base")
edits=
if [ "$1" = --edits ]; then
	edits=yes
	shift
fi
tree=$1

fail() {
	echo "base: KDIR=$tree $*" >&2
	exit 1
}

# The version of the tree, "6.12.117".
version() {
	sed -n 's/^\(VERSION\|PATCHLEVEL\|SUBLEVEL\) = //p' "$tree/Makefile" |
		head -n 3 | tr '\n' . | sed 's/\.$//'
}

# Files that the overlay has as a whole, and the tree as well.
replaced() {
	git -c safe.directory='*' -C "$top" ls-files mm include kernel fs \
		Documentation tools/testing/selftests tools/testing/mempolicy |
		while read -r name; do
			[ ! -f "$tree/$name" ] || echo "$name"
		done
}

# Those of them that are not as they were when the series was verified.
edited() {
	replaced | while read -r name; do
		hash=$(git hash-object --no-filters "$tree/$name")
		grep -qxF "$hash $name" "$top/series/base" || echo "$name"
	done
}

if [ ! -f "$tree/Makefile" ] || [ ! -f "$tree/mm/mempolicy.c" ]; then
	fail "is not a kernel source tree"
fi
version=$(version)
case $version in
$series.*) ;;
*) fail "is Linux $version; this code is for $series.y" ;;
esac
[ "${version##*.}" -ge $oldest ] ||
	fail "is Linux $version; this code is for $series.$oldest or newer"
[ ! -e "$tree/mm/mempolicy" ] ||
	fail "has this memory policy already (mm/mempolicy); give the tree" \
		"without the series"
[ -n "$edits" ] || exit 0
names=$(edited | tr '\n' ' ')
[ -z "$names" ] ||
	echo "base: KDIR=$tree has its own ${names% }, not as in Linux $verified;" \
		"this repository replaces the whole file, so what is different" \
		"there will not be in the kernel" >&2
