#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# stack.sh: the bytes of stack that every function of memory policy uses in a
# kernel for 1024 nodes, "BYTES FUNCTION" a line.  Only what is needed for that
# is compiled, in a folder of its own.

set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
variables=$("$here/paths.sh")
eval "$variables"
out=$work/stack
export CCACHE_DIR="$cache/ccache" CCACHE_BASEDIR="$cache" CCACHE_NOHASHDIR=1 \
	CCACHE_DEPEND=1

kmake() {
	make -s -C "$src" O="$out" CC='ccache gcc' HOSTCC='ccache gcc' \
		-j "${JOBS:-$(nproc)}" "$@"
}

mkdir -p "$out"
sed 's/^CONFIG_NODES_SHIFT=.*/CONFIG_NODES_SHIFT=10/' "$build/.config" \
	>"$out/.config.new"
if ! cmp -s "$out/.config.new" "$out/.config.wanted"; then
	cp "$out/.config.new" "$out/.config"
	cp "$out/.config.new" "$out/.config.wanted"
fi
if ! { kmake olddefconfig prepare &&
	kmake KCFLAGS=-fstack-usage mm/mempolicy.o mm/mempolicy/; } \
	>"$out/stack.log" 2>&1; then
	cat "$out/stack.log" >&2
	exit 1
fi
# Tests may use what they like.
cat "$out/mm/mempolicy.su" "$out"/mm/mempolicy/*.su |
	sed 's/^.*:\([^:\t]*\)\t\([0-9]*\)\t.*$/\2 \1/'
