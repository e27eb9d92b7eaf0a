#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# debs.sh arm64|suites update
# debs.sh arm64|suites versions PACKAGE: those that Debian offers, a line each;
# apt reads all its lists for that, so they are also kept in versions-PACKAGE.
# debs.sh arm64|suites unpack DIRECTORY PACKAGE[=VERSION]...: downloads packages
# and unpacks them; nothing is installed.
#
# "arm64" looks for packages for arm64 where this machine's apt looks; "suites"
# also looks into the other suites of Debian that have Linux 6.12.  Lists are kept
# in the user's cache: neither apt nor dpkg of this machine learns of any of it.
# MIRROR=URI names another archive for those suites than this machine's apt has.

set -eu

where=${1:?arm64 or suites}
what=${2:?update, versions or unpack}
shift 2
here=$(cd "$(dirname "$0")" && pwd)
cache=$("$here/paths.sh" cache)
state=$cache/apt-$where

fail() {
	echo "debs: $*" >&2
	exit 1
}

source_line() {
	[ -z "$1" ] || echo "deb ${keyring:+[signed-by=$keyring] }$1 $2 main"
}

# What this machine's apt knows, and more.
write_sources() {
	for file in /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
		[ ! -f "$file" ] || cp "$file" "$state/sources/"
	done
	[ "$where" = suites ] || return 0
	variables=$("$here/mirror.sh")
	eval "$variables"
	for suite in bookworm-backports trixie trixie-updates; do
		source_line "$mirror" $suite
	done >"$state/sources/suites.list"
	for suite in bookworm-security trixie-security; do
		source_line "$security" $suite
	done >>"$state/sources/suites.list"
}

case $where in
arm64) architecture=arm64 ;;
suites) architecture=$(dpkg --print-architecture) ;;
*) fail "'$where' is neither arm64 nor suites" ;;
esac

apt() {
	tool=$1
	shift
	LC_ALL=C "$tool" -q -o Dir::State="$state" -o Dir::State::status="$state/status" \
		-o Dir::Cache="$state/cache" -o Dir::Etc::sourceparts="$state/sources" \
		-o APT::Architecture="$architecture" -o APT::Architectures="$architecture" \
		-o APT::Sandbox::User= -o Acquire::Languages=none "$@" </dev/null
}

unpack() {
	mkdir -p "$1"
	temporary=$(mktemp -d "$1/deb-XXXXXX")
	trap 'rm -rf "$temporary"' EXIT
	trap 'exit 1' INT TERM HUP
	directory=$(cd "$1" && pwd)
	shift
	(cd "$temporary" && apt apt-get download "$@") >"$state/log" 2>&1 || {
		tail -n 5 "$state/log" >&2
		fail "cannot download $*"
	}
	for package in "$temporary"/*.deb; do
		dpkg-deb -x "$package" "$directory"
	done
}

mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$state/sources"
: >>"$state/status"
case $what in
update)
	write_sources
	# One source of many may be out of reach; what is missing shows later.
	rm -f "$state"/versions-*
	apt apt-get update >"$state/log" 2>&1 || tail -n 5 "$state/log" >&2
	;;
versions)
	apt apt-cache madison "$1" | cut -d '|' -f 2 | tr -d ' ' | sort -uV |
		tee "$state/versions-$1.new"
	mv "$state/versions-$1.new" "$state/versions-$1"
	;;
unpack) unpack "$@" ;;
*) fail "'$what' is none of update, versions, unpack" ;;
esac
