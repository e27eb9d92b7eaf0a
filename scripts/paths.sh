#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Where things are: "paths.sh NAME" prints one path, "paths.sh" prints them all
# as shell assignments.  Everything that is built or unpacked lies in the user's
# cache; each checkout (and each KDIR) has a work folder of its own.

set -eu

top=$(cd "$(dirname "$0")/.." && pwd -P)
home=${HOME:-$(getent passwd "$(id -u)" | cut -d : -f 6)}
cache=${XDG_CACHE_HOME:-$home/.cache}/mempolicy
identity=$top
if [ -n "${KDIR:-}" ]; then
	[ -d "$KDIR" ] || {
		echo "paths: KDIR=$KDIR is not a directory" >&2
		exit 1
	}
	identity="$top with $(cd "$KDIR" && pwd -P)"
fi
work=$cache/tree-$(printf %s "$identity" | sha256sum | cut -c 1-10)

# What is made for another architecture than x86-64 has folders of its own.
case ${ARCH:-x86} in
x86 | x86_64) arch=x86 target=bzImage cross='' suffix='' ;;
arm64) arch=arm64 target=Image cross=aarch64-linux-gnu- suffix=-arm64 ;;
*)
	echo "paths: ARCH=$ARCH is neither x86 nor arm64" >&2
	exit 1
	;;
esac

# So have kernels for other numbers of nodes than Kconfig.fragment says.
variant=$suffix${NODES_SHIFT:+-nodes-shift-$NODES_SHIFT}

build=$work/build$variant
stock_build=$work/stock$variant
debug_build=$work/debug$suffix
trace_build=$work/trace$suffix
image=arch/$arch/boot/$target

all() {
	cat <<-EOF
		top='$top'
		cache='$cache'
		arch='$arch'
		target='$target'
		image='$image'
		cross='$cross'
		work='$work'
		src='$work/src'
		build='$build'
		kernel='$build/$image'
		stock_build='$stock_build'
		stock='$stock_build/$image'
		debug_build='$debug_build'
		debug='$debug_build/$image'
		trace_build='$trace_build'
		trace='$trace_build/$image'
		guest='$work/guest$suffix'
		initrd='$work/guest$suffix.cpio'
		foreign='$cache/debian$suffix'
		results='$top/build/results$suffix'
	EOF
}

case ${1-} in
"") all ;;
*)
	eval "$(all)"
	eval "printf '%s\n' \"\${$1:?is no path that paths.sh knows}\""
	;;
esac
