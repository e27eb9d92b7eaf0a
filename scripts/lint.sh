#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# lint.sh: checkpatch --strict, sparse and W=1, and kernel-doc on what the
# overlay adds.  Expects a kernel that "make kernel" has built.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
variables=$("$here/paths.sh")
eval "$variables"
export CCACHE_DIR="$cache/ccache" CCACHE_BASEDIR="$cache" CCACHE_NOHASHDIR=1
out=$work/lint
log=$out/lint.log
status=0

complain() {
	echo "lint: $1"
	sed 's/^/    /'
	status=1
}

# Only style needs no build of its own; "make check" runs it as tests.
"$here/check/check" --test style || status=1

kmake() {
	make -s -C "$src" O="$out" CC='ccache gcc' HOSTCC='ccache gcc' \
		-j "${JOBS:-$(nproc)}" "$@"
}

# A build folder of its own: other flags would make the next build start anew.
mkdir -p "$out"
if ! cmp -s "$build/.config" "$out/.config"; then
	cp "$build/.config" "$out/.config"
fi
kmake olddefconfig prepare >"$log" 2>&1 || complain "preparing failed" <"$log"
find "$out/mm" -name 'mempolicy*.o' -delete 2>/dev/null || true
rm -rf "$out/mm/mempolicy"
kmake W=1 C=2 CF=-D__CHECK_ENDIAN__ mm/mempolicy.o mm/mempolicy/ \
	>"$log" 2>&1 || complain "compiling failed" <"$log"
if grep -E 'mempolicy.*(warning|error):' "$log" >"$log.ours"; then
	complain "sparse and W=1" <"$log.ours"
fi

cd "$top"
find mm include -name '*mempolicy*.[ch]' -o -path '*/mempolicy/*.[ch]' | sort |
	xargs "$src/scripts/kernel-doc" -none -Wall >"$log" 2>&1 ||
	complain "kernel-doc failed" <"$log"
if grep -E 'warning:|error:' "$log" >"$log.ours"; then
	complain "kernel-doc" <"$log.ours"
fi

[ $status != 0 ] || echo "lint: clean"
exit $status
