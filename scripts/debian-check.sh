#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# debian-check.sh --list: the releases that there are.
# debian-check.sh [RELEASE]...: runs the commands of README.md in a new system of
# each release of Debian, with nothing installed but git, make and the
# certificates, nothing cached, and a clone of what is committed here. Says how
# each command ended; what it printed is kept in build/debian-check.
#
# GOALS="all": only these goals of make. MIRROR=URI: another archive than apt's.
#
# The systems are in the user's cache. Everything runs in name spaces of its own,
# so that processes and mounts are gone with this script, however it ends.

set -eu

releases='bookworm trixie'
here=$(cd "$(dirname "$0")" && pwd)
variables=$("$here/paths.sh")
eval "$variables"
systems=$cache/debian-check
kept=$top/build/debian-check
goals=${GOALS:-all check}

fail() {
	echo "debian-check: $*" >&2
	exit 1
}

if [ "${1-}" = --list ]; then
	echo "$releases" | tr ' ' '\n'
	exit
fi
for release; do
	case " $releases " in
	*" $release "*) ;;
	*) fail "no release '$release'; there are: $releases" ;;
	esac
done
[ "$(id -u)" = 0 ] || fail "making a system takes root"
command -v debootstrap >/dev/null ||
	fail "debootstrap is missing; please run: apt-get install debootstrap"
variables=$("$here/mirror.sh")
eval "$variables"
[ -z "$proxy" ] || export http_proxy="$proxy"

# tied COMMAND...: ends with this script. It waits for what is in the background:
# only so a signal is answered at once.
tied() {
	setpriv --pdeathsig KILL "$@" </dev/null &
	child=$!
	wait $child
}

# inside SYSTEM COMMAND...: runs it there. A shell has its background ignore
# Ctrl-C, which the tests of that would take over.
inside() {
	system=$1
	shift
	# shellcheck disable=SC2016 # the inner shell's
	tied env --default-signal=INT,QUIT \
		unshare --mount --pid --fork --kill-child=KILL sh -c '
		cd "$1" || exit
		shift
		mount -t proc proc proc
		mount -t sysfs -o ro sysfs sys
		mkdir -p dev/shm dev/pts
		mount -t tmpfs tmpfs dev/shm
		mount -t devpts -o newinstance,ptmxmode=666,mode=620 devpts dev/pts
		exec chroot . "$@"
	' sh "$system" env -i HOME=/root TERM=dumb LANG=C.UTF-8 \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		DEBIAN_FRONTEND=noninteractive ${http_proxy:+http_proxy="$http_proxy"} \
		${JOBS:+JOBS="$JOBS"} "$@"
}

sources() {
	echo "deb $mirror $1 main"
	echo "deb $mirror $1-updates main"
	[ -z "$security" ] || echo "deb $security $1-security main"
}

# pristine RELEASE: the system, made or brought up to date.
pristine() {
	system=$systems/$1
	if [ ! -f "$system/complete" ]; then
		rm -rf --one-file-system "$system"
		tied debootstrap --variant=minbase ${keyring:+--keyring="$keyring"} \
			--include=git,make,ca-certificates "$1" "$system" "$mirror" ||
			return
	fi
	sources "$1" >"$system/etc/apt/sources.list"
	cp -L /etc/resolv.conf "$system/etc/resolv.conf"
	inside "$system" sh -c 'apt-get -q update && apt-get -qy dist-upgrade &&
		apt-get clean' || return
	touch "$system/complete"
}

# A bundle also serves where the checkout is somebody else's.
clone() {
	git -c safe.directory='*' -C "$top" bundle create -q "$1/root/bundle" HEAD &&
		git -c advice.detachedHead=false clone -q "$1/root/bundle" \
			"$1/root/mempolicy"
}

# attempt RELEASE GOAL: one command, and a line about it.
attempt() {
	log=$kept/$1-$2.log
	command='make'
	[ "$2" = all ] || command="make $2"
	start=$(date +%s)
	status=0
	inside "$systems/$1.run" sh -c "cd /root/mempolicy && $command" \
		>"$log" 2>&1 || status=$?
	echo "debian-check: $1: '$command' ended with $status after" \
		"$(($(date +%s) - start)) s; its last line: $(tail -n 1 "$log")"
	[ $status = 0 ]
}

# try RELEASE: all commands, from nothing.
try() {
	log=$kept/$1-system.log
	echo "debian-check: $1: making the system"
	pristine "$1" >"$log" 2>&1 || {
		tail -n 5 "$log" >&2
		fail "cannot make a system of $1, see $log"
	}
	rm -rf --one-file-system "$systems/$1.run"
	cp -a "$systems/$1" "$systems/$1.run" || fail "cannot copy the system of $1"
	clone "$systems/$1.run" || fail "cannot clone this checkout"
	for goal in $goals; do
		attempt "$1" "$goal" || {
			echo "debian-check: the system is kept: $systems/$1.run"
			return 1
		}
	done
	rm -rf --one-file-system "$systems/$1.run"
}

child=
trap '[ -z "$child" ] || kill -KILL $child 2>/dev/null || true' EXIT
trap 'echo "debian-check: interrupted" >&2; exit 130' INT
trap 'exit 143' TERM HUP
mkdir -p "$systems" "$kept"
exec 9>"$systems/lock"
flock -n 9 || fail "another one is running"
git -C "$top" -c safe.directory='*' diff --quiet HEAD ||
	echo "debian-check: what is not committed is not tried"
bad=0
for release in ${*:-$releases}; do
	try "$release" || bad=1
done
exit $bad
