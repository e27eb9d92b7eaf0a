#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# guest.sh: builds the test and demonstration programs, static, and the guest
# image that holds them.  Kept in the work folder; redone only when needed.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
variables=$("$here/paths.sh")
eval "$variables"
selftests=tools/testing/selftests
demo=tools/testing/mempolicy/demo
debian=tools/testing/mempolicy/debian-tools
bin=$guest/bin

# Sources that all test programs share.
shared='mempolicy_util mempolicy_object mempolicy_scene'

# Sources that belong to the program that their name begins with.
parts='mempolicy_stress_calls'

# Programs that are also built for 32-bit system calls.
compat='mempolicy_abi'

fail() {
	echo "guest: $*" >&2
	exit 1
}

# compile OUTPUT [FLAG...] SOURCE...: unless OUTPUT is newer than all it is
# made from.
compile() {
	output=$1
	shift
	[ -z "$(find "$output" -newer "$here/guest.sh" 2>/dev/null)" ] ||
		[ -n "$(find $selftests/mm $demo -newer "$output" -print -quit)" ] ||
		return 0
	# The harness's own macros need no warnings here.
	gcc -static -s -O2 -Wall -Wextra -isystem "$src/$selftests" -o "$output" "$@" ||
		fail "cannot compile $output"
}

selftest_programs() {
	for source in $selftests/mm/mempolicy_*.c; do
		[ -f "$source" ] || continue
		name=$(basename "$source" .c)
		case " $shared $parts " in
		*" $name "*) continue ;;
		esac
		set -- "$source"
		for helper in $shared; do
			set -- "$@" "$selftests/mm/$helper.c"
		done
		for part in $parts; do
			[ "${part#"${name}_"}" = "$part" ] ||
				set -- "$@" "$selftests/mm/$part.c"
		done
		compile "$bin/$name" "$@"
		case " $compat " in
		*" $name "*) compat_program "$name" "$@" ;;
		esac
	done
}

# 32-bit headers come with the packages of "make check".
compat_program() {
	name=$1
	shift
	[ -e /usr/include/x86_64-linux-gnu/gnu/stubs-32.h ] || [ -e /usr/include/gnu/stubs-32.h ] ||
		return 0
	compile "$bin/${name}_32" -m32 "$@"
}

# What the sources no longer have must not linger in the image.
remove_stale() {
	for program in "$bin"/mempolicy_*; do
		name=$(basename "$program" _32)
		[ -f "$selftests/mm/$name.c" ] || rm -f "$program"
	done
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

mkdir -p "$bin"
cd "$top"
exec 9>"$work/guest.lock"
flock 9
selftest_programs
remove_stale
compile "$bin/memplace" $demo/*.c
install -C -m 755 $demo/mempolicy-demo $debian/debian-tools "$bin/"
debian_tools_parts
generator
"$here/guest-image.sh" "$guest/gen_init_cpio" "$initrd" "$bin"
