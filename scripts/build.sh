#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# build.sh kernel|debug|trace|stock|source|hunk: build the kernel with our memory
# policy, or the same with all checks that Kconfig.debug switches on, or with the
# tracing of Kconfig.trace, or the unmodified base with the configuration of the
# first, or only prepare our source tree.
# build.sh hunk [NAME]: write a hunk from what is edited in that tree, or list all.
# ARCH=arm64 builds for arm64, with what Kconfig.arm64 changes.
# What has not changed since the last time is not done again.

set -eu

what=${1:?kernel, debug, trace, stock, source or hunk}
here=$(cd "$(dirname "$0")" && pwd)
variables=$("$here/paths.sh")
eval "$variables"
fragments=Kconfig.fragment
jobs=${JOBS:-$(nproc)}

# Megabytes that a build takes, with what the compiler's cache keeps of it; with
# debug information and the sanitizer it is larger.
room=500
[ "$what" != debug ] || room=2500

# About the number of steps of a full build, for the progress display.
steps=1680
[ "$arch" = x86 ] || steps=1300

# The same source gives the same image, in any checkout, by anybody.
export KBUILD_BUILD_TIMESTAMP='1970-01-01 00:00:00 UTC' KBUILD_BUILD_VERSION=1
export KBUILD_BUILD_USER=mempolicy KBUILD_BUILD_HOST=mempolicy LOCALVERSION=
export CCACHE_DIR="$cache/ccache" CCACHE_BASEDIR="$cache" CCACHE_NOHASHDIR=1
export CCACHE_MAXSIZE=10G
# The compiler tells which headers a file has: it need not run twice for that.
export CCACHE_DEPEND=1

fail() {
	echo "build: $*" >&2
	exit 1
}

# A user's tree may change under us, a Debian package may not.
base_identity() {
	echo "$base"
	[ -z "${KDIR:-}" ] || cat "$work/base.generation"
}

# with_places BASE COMMAND...: a script that looks into the work tree and its base.
with_places() {
	of=$1
	shift
	"$@" --top "$top" --base "$of" --src "$src" \
		--manifest "$work/manifest.json" --stamp "$work/src.base"
}

is_of_base() {
	[ "$(base_identity)" = "$(cat "$work/src.base" 2>/dev/null)" ]
}

# What is edited in a tree of another base must not go with it.
keep_edits() {
	[ ! -d "$src" ] || [ ! -f "$work/src.base" ] ||
		with_places "$(head -n 1 "$work/src.base")" "$here/overlay.py" --edits
}

# The work tree shares the base's files by hard links until they differ.
lay_over() {
	if ! is_of_base; then
		keep_edits
		echo "build: preparing the source tree"
		rm -rf "$src" "$work/manifest.json" "$work/src.base"
		cp -al "$base" "$src" 2>/dev/null || {
			rm -rf "$src"
			cp -a "$base" "$src"
		}
		base_identity >"$work/src.base"
	fi
	with_places "$base" "$here/overlay.py"
}

# kmake COMMAND...: a make, or what runs one, with what all of them need.
kmake() {
	"$@" -C "$tree" O="$out" ARCH=$arch CROSS_COMPILE=$cross \
		CC="ccache ${cross}gcc" HOSTCC='ccache gcc'
}

# Symbols that only the overlay's Kconfig files define are no news for stock.
own_symbols() {
	[ "$what" != stock ] ||
		sed -n 's/^\(menu\)\?config \([A-Z0-9_]*\)$/CONFIG_\2=/p' \
			"$top"/mm/mempolicy/Kconfig
}

verify_config() {
	wanted=$(grep '^CONFIG_' "$out/fragment")
	own=$(own_symbols)
	[ -z "$own" ] || wanted=$(echo "$wanted" | grep -vF "$own")
	lost=$(echo "$wanted" | grep -vxF -f "$out/.config" || true)
	[ -z "$lost" ] || fail "Kconfig.fragment asks for what this kernel" \
		"does not take (a dependency is missing or the name is wrong):
$lost"
}

# Whatever decides about .config: the fragments and all Kconfig files.
config_key() {
	{
		base_identity
		echo "${NODES_SHIFT-}"
		# shellcheck disable=SC2086 # words are wanted
		(cd "$top" && cat $fragments)
		[ "$what" = stock ] || grep -h Kconfig "$work/manifest.json"
	} | sha256sum
}

# The last fragment that speaks of a symbol wins; merge_config.sh writes where it
# is run, and takes no path with blanks.
# shellcheck disable=SC2086 # words are wanted
merge() {
	(cd "$top" && cp -t "$out" $fragments)
	(cd "$out" && KCONFIG_CONFIG=fragment \
		"$tree/scripts/kconfig/merge_config.sh" -m -Q $fragments)
	[ -z "${NODES_SHIFT:-}" ] || sed -i \
		"s/^CONFIG_NODES_SHIFT=.*/CONFIG_NODES_SHIFT=$NODES_SHIFT/" "$out/fragment"
	kmake make KCONFIG_ALLCONFIG="$out/fragment" allnoconfig
}

configure() {
	[ "$(config_key)" != "$(cat "$out/.config.key" 2>/dev/null)" ] || return 0
	[ -d "$out" ] || "$here/space.sh" "$out" $room "a build of the kernel"
	echo "build: configuring"
	mkdir -p "$out"
	rm -f "$out/.config.key"
	merge >"$out/config.log" 2>&1 </dev/null || {
		cat "$out/config.log" >&2
		fail "configuring failed, the log is above"
	}
	verify_config
	config_key >"$out/.config.key"
}

build_key() {
	{
		config_key
		"${cross}gcc" --version
		[ "$what" = stock ] || cat "$work/manifest.json"
	} | sha256sum
}

compile() {
	[ ! -f "$out/$image" ] || [ "$(build_key)" != "$(cat "$out/.build.key" 2>/dev/null)" ] ||
		return 0
	echo "build: compiling $what (full log: $out/build.log)"
	rm -f "$out/.build.key"
	kmake "$here/progress.py" "$out/build.log" $steps -- \
		make -j "$jobs" "$target" || fail "the kernel does not build"
	build_key >"$out/.build.key"
}

mkdir -p "$work"
lock=$what
case $lock in
source | hunk | debug | trace) lock=kernel ;;
esac
exec 9>"$work/$lock.lock"
flock -n 9 || {
	echo "build: waiting for another build of this checkout"
	flock 9
}
base=$("$here/base.sh")
case $arch-$what in
x86-debug | x86-trace) fragments="$fragments Kconfig.$what" ;;
x86-*) ;;
*-debug | *-trace) fail "there is no Kconfig.$what for ARCH=$arch" ;;
*) fragments="$fragments Kconfig.$arch" ;;
esac
tree=$src
case $what in
source) ;;
hunk)
	is_of_base || lay_over
	with_places "$base" "$here/series/hunk.py" ${2:+"$2"}
	exit
	;;
kernel) out=$build ;;
debug) out=$debug_build ;;
trace) out=$trace_build ;;
stock) tree=$base out=$stock_build ;;
*) fail "'$what' is none of kernel, debug, trace, stock, source, hunk" ;;
esac
[ "$what" = stock ] || lay_over
[ "$what" != source ] || exit 0
configure
compile
