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

# Kernels for other numbers of nodes than Kconfig.fragment says.
variant=${NODES_SHIFT:+-nodes-shift-$NODES_SHIFT}

build=$work/build$variant
stock_build=$work/stock$variant
debug_build=$work/debug
trace_build=$work/trace
image=arch/x86/boot/bzImage

all() {
	cat <<-EOF
		top='$top'
		cache='$cache'
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
		guest='$work/guest'
		initrd='$work/guest.cpio'
		results='$top/build/results'
	EOF
}

case ${1-} in
"") all ;;
*)
	eval "$(all)"
	eval "printf '%s\n' \"\${$1:?is no path that paths.sh knows}\""
	;;
esac
