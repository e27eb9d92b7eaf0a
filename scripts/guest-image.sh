#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# guest-image.sh GEN_INIT_CPIO OUTPUT [DIRECTORY...]
#
# Makes the guest's initramfs: busybox, Debian's numactl tools with the
# libraries they need, and what is in each DIRECTORY (into /usr/local/bin).
# The output is only replaced when it would differ.  For ARCH=arm64 Debian's
# programs are those that guest.sh has unpacked.

set -eu

generator=$1
output=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
list=$output.list
variables=$("$here/paths.sh")
eval "$variables"

numactl_tools() {
	if [ "$arch" = x86 ]; then
		dpkg -L numactl
	else
		find "$foreign"
	fi | grep /usr/bin/ | while read -r tool; do
		[ ! -f "$tool" ] || [ "${tool##*/}" = busybox ] || echo "$tool"
	done
}

directories() {
	for d in bin sbin dev proc sys tmp root etc mnt run lib lib64 usr usr/bin \
		usr/sbin usr/lib usr/local usr/local/bin var var/tmp; do
		echo "dir /$d 0755 0 0"
	done
	echo "nod /dev/console 0600 0 0 c 5 1"
	echo "nod /dev/null 0666 0 0 c 1 3"
}

# Another architecture's busybox has the same applets, but does not run here.
applets() {
	ours=$(command -v busybox)
	busybox=$ours
	[ "$arch" = x86 ] || busybox=$(find "$foreign" -path '*/bin/busybox')
	echo "file /bin/busybox $busybox 0755 0 0"
	"$ours" --list | grep -vx busybox | while read -r applet; do
		echo "slink /bin/$applet busybox 0777 0 0"
	done
}

libraries() {
	if [ "$arch" = x86 ]; then
		libraries_by_ldd "$@"
	else
		libraries_by_name "$@"
	fi
}

# The libraries of the given programs as the programs name them.
libraries_by_name() {
	echo "$(${cross}objdump -p "$@" | sed -n 's/^ *NEEDED *//p')
ld-linux-aarch64.so.1" | sort -u | while read -r name; do
		file=$(find "$foreign" "/usr/${cross%-}/lib" -name "$name" | head -n 1)
		echo "file /lib/$name $(readlink -f "$file") 0755 0 0"
	done
}

# The same as ldd names them, real files at the paths where the loader looks.
libraries_by_ldd() {
	for program; do
		ldd "$program"
	done | grep -o '/[^ ]*' | sort -u | while read -r library; do
		directory=$library
		while directory=$(dirname "$directory") && [ "$directory" != / ]; do
			echo "dir $directory 0755 0 0"
		done
		echo "file $library $(readlink -f "$library") 0755 0 0"
	done | sort -u
}

programs() {
	for directory; do
		find "$directory" -mindepth 1 \
			-type d -printf 'dir /usr/local/bin/%P 0755 0 0\n' -o \
			-type f -printf 'file /usr/local/bin/%P %p 0755 0 0\n'
	done | sort
}

etc() {
	for file in "$here"/qemu-numa/guest/etc/*; do
		echo "file /etc/${file##*/} $file 0644 0 0"
	done
}

tools=$(numactl_tools)
{
	directories
	echo "file /init $here/qemu-numa/guest/init 0755 0 0"
	etc
	applets
	for tool in $tools; do
		echo "file /usr/bin/${tool##*/} $tool 0755 0 0"
	done
	# shellcheck disable=SC2086 # a list of paths without blanks
	libraries $tools | grep -Ev '^dir /(lib|lib64|usr|usr/lib) '
	programs "$@"
} >"$list"

# A fixed time keeps the image the same when nothing in it has changed.
"$generator" -t 1 "$list" >"$output.new"
if cmp -s "$output.new" "$output"; then
	rm "$output.new"
else
	mv "$output.new" "$output"
fi
