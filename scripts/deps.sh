#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# deps.sh build|check|cross|debian: install the Debian packages that are missing,
# as root or through sudo; where neither is possible print the command to run.
# Says nothing and needs no network when all are there.  With ARCH=arm64 also
# those that guests of arm64 need.

set -eu

# The package gcc-multilib has no room beside the compilers for other machines;
# what it stands for has.
case $(. /etc/os-release 2>/dev/null && echo "${VERSION_ID-}") in
12) multilib=gcc-12-multilib ;;
13) multilib=gcc-14-multilib ;;
*) multilib=gcc-multilib ;;
esac

# tier, package, why
table() {
	cat <<-EOF
		build linux-source-6.12 the base kernel
		build gcc               compiles the kernel and the guest's programs
		build libc6-dev         headers and static C library for the guest's programs
		build bison             the kernel's Kconfig parser
		build flex              the kernel's Kconfig parser
		build bc                the kernel's time constants
		build libelf-dev        the kernel's objtool
		build libssl-dev        the kernel's certificate tools
		build ccache            makes every build after the first one fast
		build xz-utils          unpacks the base
		build patch             applies the hunks
		build python3           the runner and the build scripts
		build rsync             copies a tree given as KDIR
		build qemu-system-x86   runs the guests
		build busybox-static    userspace of the guests
		build numactl           numactl and memhog of the guests
		check $multilib   the tests of 32-bit system calls
		check clang             the host tests with a second compiler
		check libclang-rt-dev   clang's sanitizers for the host tests
		check perl              checkpatch and kernel-doc
		check sparse            the kernel's static checker
		check python3-sphinx    renders the documents, to see that they are well-formed
		arm64 gcc-aarch64-linux-gnu compiles for arm64
		arm64 libc6-dev-arm64-cross headers and static C library for arm64's programs
		arm64 qemu-system-arm   runs arm64's guests
		cross gcc-aarch64-linux-gnu compiles for arm64
		cross gcc-riscv64-linux-gnu compiles for riscv64
		debian debootstrap      makes a system of a release of Debian
		debian git              clones this checkout into it
	EOF
}

tiers=build
case ${1-} in
build) ;;
check) tiers='build|check' ;;
cross) tiers='build|check|cross' ;;
debian) tiers=debian ;;
*)
	echo "usage: deps.sh build|check|cross|debian" >&2
	exit 2
	;;
esac
[ "${ARCH:-}" != arm64 ] || tiers="$tiers|arm64"

if ! command -v dpkg-query >/dev/null; then
	echo "deps: this is not a Debian system; what is needed (Debian's names):" >&2
	table | grep -E "^($tiers) " | cut -d ' ' -f 2- >&2
	exit 1
fi

installed() {
	dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed
}

missing=
while read -r tier package why; do
	if echo "$tier" | grep -qE "^($tiers)$" && ! installed "$package"; then
		[ -n "$missing" ] || echo "deps: missing packages:"
		printf '  %-18s %s\n' "$package" "$why"
		missing="$missing $package"
	fi
done <<-EOF
	$(table)
EOF
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
	as_root='env'
elif ! command -v sudo >/dev/null; then
	echo "deps: not root, and there is no sudo; please run as root:" >&2
	echo "  apt-get update && apt-get install$missing" >&2
	exit 1
elif sudo -n true 2>/dev/null; then
	as_root='sudo -n env'
else
	echo "deps: not root, and sudo asks for a password; please run:" >&2
	echo "  sudo apt-get update && sudo apt-get install$missing" >&2
	exit 1
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'exit 1' INT TERM HUP
echo "deps: installing them with apt-get"
# shellcheck disable=SC2086 # words are wanted
if ! { $as_root apt-get -q update && $as_root DEBIAN_FRONTEND=noninteractive \
	apt-get -qy install --no-install-recommends $missing; } >"$log" 2>&1 </dev/null; then
	tail -n 15 "$log" >&2
	echo "deps: apt-get failed, its last lines are above" >&2
	exit 1
fi
