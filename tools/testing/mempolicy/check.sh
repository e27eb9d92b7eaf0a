#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Builds the variants named on the command line where the compiler allows, and
# runs them as subtests of one KTAP document. Called by make check.

set -u

pass=0
fail=0
skip=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

# Writes why compiler $1 cannot make $2-bit programs with the sanitizers to
# $3; nothing if it can.
probe()
{
	echo 'int main(void) { return 0; }' > "$tmp/probe.c"
	if ! command -v "$1" > /dev/null; then
		echo "$1 is not installed"
	elif ! "$1" "-m$2" -fsanitize=address,undefined "$tmp/probe.c" \
			-o "$tmp/probe" 2> /dev/null; then
		echo "$1 -m$2 cannot link with sanitizers: on Debian install" \
			"gcc-multilib"
	elif ! "$tmp/probe" > /dev/null 2>&1; then
		echo "programs of $1 -m$2 with sanitizers do not run here"
	fi > "$3"
}

# The file with what stands in the way of a variant.
obstacle()
{
	tools=${1%-nodes*}
	[ -e "$tmp/$tools" ] ||
		probe "${tools%-*}" "${tools##*-}" "$tmp/$tools"
	echo "$tmp/$tools"
}

# Errors are reported by run(), which misses the program.
build()
{
	targets=
	for variant; do
		[ -s "$(obstacle "$variant")" ] ||
			targets="$targets $O/$variant"
	done
	case ${MAKEFLAGS-} in
	*jobserver*)	jobs= ;;
	*)		jobs=-j$(nproc) ;;
	esac
	[ -z "$targets" ] ||
		"$MAKE" -k -s --no-print-directory $jobs "O=$O" \
			"VARIANTS=$*" $targets > /dev/null 2>&1
}

# A result of its own, for what no property can report.
failed()
{
	fail=$((fail + 1))
	echo "not ok $1"
}

# Passes on what a variant printed, and counts the results.
report()
{
	sed 's/^/  /' "$tmp/out"
	sed 's/^/  # /' "$tmp/err"
	passed=$(grep -c '^ok' "$tmp/out")
	refused=$(grep -c '^not ok' "$tmp/out")
	planned=$(sed -n 's/^1\.\.//p' "$tmp/out")
	pass=$((pass + passed))
	fail=$((fail + refused))
}

run()
{
	# Warnings and errors of the compiler.
	[ ! -s "$O/$2.log" ] || sed 's/^/# /' "$O/$2.log"
	if [ ! -x "$O/$2" ]; then
		failed "$1 $2: it does not compile"
		return
	fi

	# A loop without end is a failure (152 = SIGXCPU), not a hang.
	(ulimit -S -t 120 && exec "$O/$2" -s "$SEED") > "$tmp/out" 2> "$tmp/err"
	status=$?
	report
	# A sanitizer ends a run before its plan is through, or after that.
	if [ $((passed + refused)) != "${planned:-0}" ]; then
		last=$("$O/$2" -l | sed -n "$((passed + refused + 1))p")
		failed "$1 $2: $last ended with status $status"
	elif [ "$refused" != 0 ]; then
		echo "not ok $1 $2"
	elif [ "$status" != 0 ]; then
		failed "$1 $2: all properties hold, but the status is $status"
	else
		echo "ok $1 $2"
	fi
}

build "$@"
echo "KTAP version 1"
echo "1..$#"
echo "# seed $SEED"
number=0
for variant; do
	number=$((number + 1))
	reason=$(cat "$(obstacle "$variant")")
	if [ "$reason" ]; then
		skip=$((skip + 1))
		echo "ok $number $variant # SKIP $reason"
	else
		run "$number" "$variant"
	fi
done
echo "# Totals: pass:$pass fail:$fail xfail:0 xpass:0 skip:$skip error:0"
[ "$fail" = 0 ]
