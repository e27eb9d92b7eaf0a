#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# base.sh: makes sure that the pristine base kernel is unpacked and prints its
# path.  Normally that is the installed linux-source-6.12; with KDIR=PATH it is
# a copy of the user's tree, which is never written to.

set -eu

package=linux-source-6.12
archive=/usr/src/$package.tar.xz
here=$(cd "$(dirname "$0")" && pwd)
variables=$("$here/paths.sh")
eval "$variables"

fail() {
	echo "base: $*" >&2
	exit 1
}

# Some of what a program that fails has to say, which may be very much.
some_of() {
	head -n 3 "$1" >&2
	lines=$(wc -l <"$1")
	[ "$lines" -le 3 ] || echo "... and $((lines - 3)) lines more" >&2
}

# What a build left in the user's tree is removed from the copy, and its names
# are kept: the next time it is not copied at all.
remove_products() {
	(cd "$work/base" && find . -type f | sort) >"$work/base.before"
	make -s -C "$work/base" mrproper >&2 ||
		fail "cannot clean the copy of KDIR=$KDIR"
	(cd "$work/base" && find . -type f | sort) |
		comm -23 "$work/base.before" - | sed 's/^\.//' >>"$products"
}

copy_of_kdir() {
	"$here/kdir.sh" "$KDIR"
	[ -d "$work/base" ] || "$here/space.sh" "$work" \
		"$(du -sm --exclude=.git --exclude='*.o' "$KDIR" | cut -f 1)" \
		"the copy of KDIR=$KDIR"
	mkdir -p "$work"
	exec 8>"$work/base.lock"
	flock 8
	products=$work/base.products
	[ -f "$products" ] || : >"$products"
	changes=$(rsync -a --delete --itemize-changes --omit-dir-times \
		--exclude=/.git --exclude='*.o' --exclude='*.ko' --exclude='*.a' \
		--exclude='*.cmd' --exclude='/vmlinux*' --exclude=/.config \
		--exclude=/include/config --exclude=/include/generated \
		--exclude='/arch/*/include/generated' --exclude-from="$products" \
		"$KDIR/" "$work/base/" 8>&- 2>"$work/base.log") || {
		some_of "$work/base.log"
		fail "cannot copy KDIR=$KDIR"
	}
	if [ -n "$changes" ]; then
		if [ -f "$KDIR/.config" ] || [ -d "$KDIR/include/config" ]; then
			remove_products
		fi
		date +%s.%N >"$work/base.generation"
	fi
	echo "$work/base"
}

# Megabytes that the unpacked archive takes: small files take a block each.
unpacked_size() {
	xz --robot --list "$archive" |
		awk '$1 == "totals" { print int($5 * 1.1 / 1048576) }'
}

unpacked_package() {
	version=$(dpkg-query -W -f '${Version}' $package) ||
		fail "$package is not installed"
	base=$cache/base-$version
	if [ ! -d "$base" ]; then
		"$here/space.sh" "$cache" "$(unpacked_size)" "unpacking $package"
		echo "base: unpacking $package $version" >&2
		mkdir -p "$cache"
		temporary=$(mktemp -d "$cache/unpack-XXXXXX")
		trap 'rm -rf "$temporary" "$temporary.log"' EXIT
		# A shell that a signal ends does not do that.
		trap 'exit 1' INT TERM HUP
		tar -x -f "$archive" -C "$temporary" --strip-components=1 \
			2>"$temporary.log" || {
			some_of "$temporary.log"
			fail "cannot unpack $archive"
		}
		chmod 755 "$temporary"
		# Somebody else may have been faster; both trees are the same.
		mv -T "$temporary" "$base" 2>/dev/null || [ -d "$base" ]
	fi
	echo "$base"
}

if [ -n "${KDIR:-}" ]; then
	copy_of_kdir
else
	unpacked_package
fi
