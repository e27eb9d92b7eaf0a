#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# guest.sh: builds the test and demonstration programs, static, and the guest
# image that holds them.  Kept in the work folder; redone only when needed.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
variables=$("$here/paths.sh")
eval "$variables"
demo=laboratory/demo
debian=laboratory/debian-tools
explain=laboratory/explain
bin=$guest/bin

fail() {
	echo "guest: $*" >&2
	exit 1
}

# Debian's programs for another architecture.
foreign_programs() {
	[ "$arch" != x86 ] || return 0
	exec 8>"$foreign.lock"
	flock 8
	[ ! -f "$foreign/complete" ] || return 0
	echo "guest: fetching Debian's programs for $arch"
	rm -rf "$foreign"
	"$here/debs.sh" "$arch" update
	"$here/debs.sh" "$arch" unpack "$foreign" busybox-static numactl libnuma1
	touch "$foreign/complete"
}

programs() {
	CCACHE_DIR="$cache/ccache" CCACHE_BASEDIR="$cache" CCACHE_NOHASHDIR=1 \
		make -s -f scripts/guest.mk -j "${JOBS:-$(nproc)}" bin="$bin" \
		obj="$guest/obj" src="$src" cross="$cross" || fail "cannot compile the programs"
}

questions() {
	rm -f "$bin"/explain-*
	install -m 755 $explain/explain-* "$bin/"
}

debian_tools_parts() {
	rm -rf "$bin/debian-tools.d"
	mkdir "$bin/debian-tools.d"
	install -m 644 $debian/*.sh "$bin/debian-tools.d/"
}

generator() {
	[ "$guest/gen_init_cpio" -nt "$src/usr/gen_init_cpio.c" ] ||
		gcc -O2 -o "$guest/gen_init_cpio" "$src/usr/gen_init_cpio.c" ||
		fail "cannot compile the kernel's gen_init_cpio"
}

mkdir -p "$bin" "$guest/obj"
cd "$top"
exec 9>"$work/guest.lock"
flock 9
foreign_programs
programs
install -C -m 755 $demo/mempolicy-demo $demo/mempolicy-demo-weights $debian/debian-tools "$bin/"
debian_tools_parts
questions
generator
"$here/guest-image.sh" "$guest/gen_init_cpio" "$initrd" "$bin"
