#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# names.sh [GOAL]...: refuses what make cannot know of, before anything is
# installed or built: variables that name nothing that there is, and variables
# whose own name is misspelt.  Needs what every Debian has, nothing else.
#
# The variables are in the environment; "programs" are the test programs, and
# "given" the names of all variables on make's command line.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$here")
bench=$top/laboratory/bench
questions=$top/laboratory/explain
known='ARCH BASE CONFIG FUZZ_SECONDS GOALS JOBS KDIR MIRROR MUTANTS NAME NODES'
known="$known Q RELEASE ROWS TEST TOPO"

# Lists that are there.

topologies() {
	for file in "$here"/qemu-numa/topologies/*.ini; do
		basename "$file" .ini
	done
}

# The suites, as check has them, and the programs.
tests() {
	case ${ARCH:-x86} in
	x86*)
		sed -n '/^[A-Z]* = {/,/}$/ { s/"\([a-z-]*\)": /\n\1\n/g; p; }' \
			"$here/check/check" | grep -x '[a-z-]\+'
		echo stock
		;;
	*)
		sed -n 's/[",()]//g; s/^FOREIGN = //p' "$here/check/check" |
			tr ' ' '\n'
		;;
	esac
	for program in ${programs-}; do
		echo "$program"
	done
}

# Numbers and names, in the order of the numbers
questions() {
	grep '^# Question: ' "$questions"/explain-* |
		sed 's/.*explain-\([a-z-]*\):# Question: \(.*\)/\2 \1/' | sort -n |
		tr ' ' '\n'
}

configurations() {
	sed -n 's/^    \(Row\|machine\)("\([A-Za-z0-9_]*\)".*/\2/p' \
		"$here/series/configs.py"
	sed -n 's/^    options("\([A-Z0-9_]*\)".*/no-\1/p' "$here/series/configs.py" |
		tr 'A-Z_' 'a-z-'
}

hunks() {
	for file in "$top"/series/hunks/*.diff; do
		basename "$file" .diff
	done
}

# As mutate has them: without the number of a first place.
mutants() {
	sed -n '/^mm/ { s, ,:,; s, ,:,; s, \([0-9]\+\) .*,:\1,; s, .*,,; s,:1$,,; p; }' \
		"$here/mutate/mutants"
}

# The first part of the names of the benchmark's rows
kinds() {
	grep -ho '[ (]"[a-z]\+/[a-z0-9%-]' "$bench"/*.c | tr -d ' ("' |
		cut -d / -f 1 | sort -u
}

goals() {
	sed -n '/^goals := /,/[^\\]$/ { s/^goals :=//; s/\\$//; p; }' \
		"$top/Makefile" | tr -s ' \t' '\n\n' | grep .
}

releases() {
	"$here/debian-check.sh" --list
}

# What debs.sh last heard of, if that is not long ago.
offers() {
	find "$("$here/paths.sh" cache)/apt-suites" -maxdepth 1 -mtime -1 \
		-name versions-linux-source-6.12 -exec cut -d - -f 1 '{}' + \
		2>/dev/null | uniq
}

# Refusals.

bad=0

# refuse TEXT [LIST]: the list is what there is, a line each.
refuse() {
	{
		echo "make: $1"
		[ -z "${2-}" ] || echo "$2" | tr '\n' ' ' | fold -s -w 76 |
			sed 's/^/  /; s/ *$//; $s/$/\n/'
	} >&2
	bad=2
}

# with TEXT COMMAND...: the command, with the words of the text after its own.
with() {
	text=$1
	shift
	set -f
	# shellcheck disable=SC2086 # words are wanted, and patterns as they are
	set -- "$@" $text
	set +f
	"$@"
}

# among VARIABLE WHAT LIST VALUE...: each has to be a line of the list.
among() {
	variable=$1 what=$2 list=$3
	shift 3
	for value; do
		"$list" | grep -qxF -e "$value" || {
			refuse "$variable=$value: no $what has this name; there are:" \
				"$("$list")"
			return 0
		}
	done
}

# number VARIABLE LEAST MOST VALUE...
number() {
	variable=$1 least=$2 most=$3
	shift 3
	for value; do
		case $value in
		*[!0-9]* | '' | ??????????*) ;;
		*) [ "$value" -lt "$least" ] || [ "$value" -gt "$most" ] || continue ;;
		esac
		refuse "$variable=$value: a number from $least to $most is needed"
		return 0
	done
}

topology() {
	case ${TOPO-} in
	'') ;;
	*/* | *.ini)
		[ -f "$TOPO" ] || refuse \
			"TOPO=$TOPO: there is no such file; machines with a name are:" \
			"$(topologies)"
		;;
	*) among TOPO machine topologies "$TOPO" ;;
	esac
}

# A pattern's first part has to go with the first part of some row.
rows() {
	for pattern; do
		for kind in $(kinds); do
			# shellcheck disable=SC2254 # it is a pattern
			case $kind in
			${pattern%%/*}) continue 2 ;;
			esac
		done
		refuse "ROWS=$pattern: no row has such a name; there are:" \
			"$(kinds | sed 's,$,/...,')"
		return 0
	done
}

# Parts of names of mutants, or a file to break in all ways.
mutated() {
	for pattern; do
		case $pattern in
		all-of:*)
			file=${pattern#all-of:}
			[ ! -f "$top/${file%%:*}" ] || continue
			;;
		esac
		for name in $(mutants); do
			# shellcheck disable=SC2254 # it is a pattern
			case /$name: in
			*[:/]$pattern:*) continue 2 ;;
			esac
		done
		refuse "MUTANTS=$pattern: no mutant has such a name; there are:" \
			"$(mutants)"
		return 0
	done
}

base() {
	offered=$(offers)
	case $BASE in
	6.12.[0-9]*)
		[ -n "$offered" ] || return 0
		! echo "$offered" | grep -qxF -e "${BASE%%-*}" || return 0
		;;
	esac
	refuse "BASE=$BASE: Debian offers no such version; there are:" \
		"${offered:-6.12.y, as in 6.12.107}"
}

# The environment's NAME is another one.
hunk() {
	case " ${given-} " in
	*" NAME "*) [ -z "${NAME-}" ] || among NAME hunk hunks "$NAME" ;;
	esac
}

# What one goal looks at.
goal() {
	case $1 in
	all | demo | shell | coverage) topology ;;
	check)
		topology
		[ -z "${TEST-}" ] || among TEST test tests "$TEST"
		;;
	hunk) hunk ;;
	explain) [ -z "${Q-}" ] || among Q question questions "$Q" ;;
	config-check) with "${CONFIG-}" among CONFIG configuration configurations ;;
	mutate) with "${MUTANTS-}" mutated ;;
	rebase-check) [ -z "${BASE-}" ] || base ;;
	bench)
		with "${NODES-}" number NODES 1 1024
		with "${ROWS-}" rows
		;;
	fuzz) with "${FUZZ_SECONDS-}" number FUZZ_SECONDS 1 99999999 ;;
	debian-check)
		with "${RELEASE-}" among RELEASE release releases
		with "${GOALS-}" among GOALS goal goals
		;;
	esac
}

# A tree that is no good, before packages are installed for it.
tree() {
	if [ ! -d "$KDIR" ]; then
		refuse "KDIR=$KDIR: there is no such directory"
	else
		"$here/kdir.sh" --edits "$KDIR" || bad=2
	fi
}

# A variable that is none of ours may be Kbuild's, as V=1; one that is nearly
# ours is meant to be ours.
nearly() {
	for name in ${given-}; do
		case " $known " in
		*" $name "*) continue ;;
		esac
		upper=$(echo "$name" | tr 'a-z-' 'A-Z_')
		case $upper in
		TOPOLOGY | MACHINE) upper=TOPO ;;
		QUESTION) upper=Q ;;
		esac
		for own in $known; do
			case $upper in
			"$own" | "${own}S" | "${own%S}")
				refuse "$name=...: there is no such variable; is $own meant?"
				;;
			esac
		done
	done
}

nearly
with "${JOBS-}" number JOBS 1 9999
case ${MIRROR-} in
'' | *://?*) ;;
*) refuse "MIRROR=$MIRROR: not a URI, as in http://HOST/debian" ;;
esac
[ -z "${KDIR-}" ] || tree
case ${ARCH:-x86} in
x86 | x86_64 | arm64) ;;
*) refuse "ARCH=$ARCH: not for this architecture; there are:" "x86_64 arm64" ;;
esac
for each in "${@:-all}"; do
	goal "$each"
done
exit $bad
