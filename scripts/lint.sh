#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# lint.sh: what compiler, sparse and kernel-doc have to say of what the overlay
# adds, as KTAP; "make lint" runs it, among others.  Expects a kernel that "make
# kernel" has built.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
variables=$("$here/paths.sh")
eval "$variables"
export CCACHE_DIR="$cache/ccache" CCACHE_BASEDIR="$cache" CCACHE_NOHASHDIR=1 \
	CCACHE_DEPEND=1
out=$work/lint
log=$out/lint.log
number=0
status=0

# result NAME: what standard input complains of, if anything.
result() {
	number=$((number + 1))
	complaint=$(cat)
	if [ -z "$complaint" ]; then
		echo "ok $number $1"
	else
		echo "$complaint" | sed 's/^/# /'
		echo "not ok $number $1"
		status=1
	fi
}

kmake() {
	make -s -C "$src" O="$out" CC='ccache gcc' HOSTCC='ccache gcc' \
		-j "${JOBS:-$(nproc)}" "$@"
}

# Names the sources of which there is no object.
all_built() {
	(cd "$top" && ls mm/mempolicy.c mm/mempolicy/*.c) | while read -r source; do
		[ -f "$out/${source%.c}.o" ] || echo "$source was not compiled"
	done
}

# A build folder of its own: other flags would make the next build start anew.
# A function with more than 512 bytes of stack is too much where masks are as
# long as those of 1024 nodes; tests may have more.  Only what has changed is
# looked at again, unless there was something to say.
compile() {
	mkdir -p "$out"
	sed "s/^\(CONFIG_NODES_SHIFT\)=.*/\1=10/; s/^\(CONFIG_FRAME_WARN\)=.*/\1=512/" \
		"$build/.config" >"$out/.config.new"
	if ! cmp -s "$out/.config.new" "$out/.config.wanted"; then
		cp "$out/.config.new" "$out/.config"
		kmake olddefconfig prepare >"$log" 2>&1 || {
			cat "$log"
			return
		}
		cp "$out/.config.new" "$out/.config.wanted"
	fi
	grep -q '^CONFIG_FRAME_WARN=512$' "$out/.config" || echo "FRAME_WARN is lost"
	if kmake W=1 C=1 CF=-D__CHECK_ENDIAN__ mm/mempolicy.o mm/mempolicy/ \
		>"$log" 2>&1; then
		grep -v '/tests/.*-Wframe-larger-than' "$log" |
			grep -E 'mempolicy.*(warning|error):' || {
			all_built
			return
		}
	else
		cat "$log"
	fi
	rm -rf "$out/mm"
}

kernel_doc() {
	cd "$top"
	[ -n "$(find mm include -path '*mempolicy*.[ch]' -print -quit)" ] ||
		echo "no file was found"
	if ! find mm include -name '*mempolicy*.[ch]' -o \
		-path '*/mempolicy/*.[ch]' | sort |
		xargs "$src/scripts/kernel-doc" -none -Wall >"$log" 2>&1; then
		cat "$log"
	else
		grep -E 'warning:|error:' "$log" || true
	fi
}

echo "KTAP version 1"
echo "1..2"
result "W=1, sparse and stack" <<-EOF
	$(compile)
EOF
result "kernel-doc" <<-EOF
	$(kernel_doc)
EOF
exit $status
