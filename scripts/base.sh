#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# base.sh: makes sure that the pristine base kernel is unpacked and prints its
# path.  Normally that is the installed linux-source-6.12; with KDIR=PATH it is
# a copy of the user's tree, which is never written to.

set -eu

package=linux-source-6.12
series=6.12
archive=/usr/src/$package.tar.xz
variables=$("$(dirname "$0")/paths.sh")
eval "$variables"

fail() {
	echo "base: $*" >&2
	exit 1
}

# The version of a kernel tree, "6.12.117".
tree_version() {
	sed -n 's/^\(VERSION\|PATCHLEVEL\|SUBLEVEL\) = //p' "$1/Makefile" |
		head -n 3 | tr '\n' . | sed 's/\.$//'
}

check_version() {
	if [ ! -f "$1/Makefile" ] || [ ! -f "$1/mm/mempolicy.c" ]; then
		fail "KDIR=$1 is not a kernel source tree"
	fi
	version=$(tree_version "$1")
	case $version in
	$series.*) ;;
	*) fail "KDIR=$1 is Linux $version; this code is for $series.y" ;;
	esac
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
	check_version "$KDIR"
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
		"$KDIR/" "$work/base/" 8>&-) || fail "cannot copy KDIR=$KDIR"
	if [ -n "$changes" ]; then
		if [ -f "$KDIR/.config" ] || [ -d "$KDIR/include/config" ]; then
			remove_products
		fi
		date +%s.%N >"$work/base.generation"
	fi
	echo "$work/base"
}

unpacked_package() {
	version=$(dpkg-query -W -f '${Version}' $package) ||
		fail "$package is not installed"
	base=$cache/base-$version
	if [ ! -d "$base" ]; then
		echo "base: unpacking $package $version" >&2
		mkdir -p "$cache"
		temporary=$(mktemp -d "$cache/unpack-XXXXXX")
		trap 'rm -rf "$temporary"' EXIT
		tar -x -f "$archive" -C "$temporary" --strip-components=1 ||
			fail "cannot unpack $archive"
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
