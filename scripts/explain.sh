#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# explain.sh [NAME|NUMBER]: runs the questions in laboratory/explain,
# or that one, each in a guest of its own with the kernel that can trace. What
# they print is kept in build/explain.

set -eu

wanted=${1-}
here=$(cd "$(dirname "$0")" && pwd)
variables=$("$here/paths.sh")
eval "$variables"
questions=$top/laboratory/explain
kept=$top/build/explain

# "# NAME: value" in the head of a script
head_field() {
	sed -n "s/^# $1: //p" "$2"
}

by_number() {
	for script in "$questions"/explain-*; do
		number=$(head_field Question "$script")
		[ -z "$number" ] || echo "$number $script"
	done | sort -n
}

ask() {
	echo
	echo "$1."
	"$here/qemu-numa/qemu-numa" run --kernel "$trace" --timeout 300 \
		--topo "$(head_field Topology "$2")" \
		--append "$(head_field Boot "$2")" \
		-- env HUMAN=1 "${2##*/}" </dev/null
}

mkdir -p "$kept"
asked=0 wrong=0
while read -r number script; do
	name=${script##*/explain-}
	case $wanted in
	"" | "$name" | "$number") ;;
	*) continue ;;
	esac
	asked=$((asked + 1))
	{ ask "$number" "$script" 9>&- || echo "explain: $name ended with $?"; } |
		tee "$kept/$name.txt"
	! tail -n 1 "$kept/$name.txt" | grep -q '^explain: ' || wrong=$((wrong + 1))
done <<-END
	$(by_number)
END

if [ $asked = 0 ]; then
	echo "explain: no question '$wanted'; there are:" >&2
	by_number | sed 's,^,  ,; s,/.*/explain-,,' >&2
	exit 2
fi
[ $wrong = 0 ]
