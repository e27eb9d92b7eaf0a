# SPDX-License-Identifier: GPL-2.0
#
# Running tests and saying how they ended.  A test is a function that runs in
# a subshell of its own.  It ends at the first check that fails, and what it
# wrote by then explains why.

# add NAME...: there are these tests.
add() {
	tests="$tests $*"
}

# fail TEXT...: ends the test.
fail() {
	echo "$*"
	exit 1
}

# skip REASON: ends the test; nothing else must have been written.
skip() {
	echo "$*"
	exit 4
}

# same WHAT EXPECTED ACTUAL
same() {
	[ "$2" = "$3" ] || fail "$1: expected '$2', is '$3'"
}

# near WHAT MOST EXPECTED ACTUAL: numbers in EXPECTED and ACTUAL, as many in
# one as in the other, differ by no more than MOST.
near() {
	echo "$3 / $4" | awk -v most="$2" '{
		n = (NF - 1) / 2
		if (n != int(n) || $(n + 1) != "/")
			exit 1
		for (i = 1; i <= n; i++)
			if ($i - $(n + 1 + i) > most || $(n + 1 + i) - $i > most)
				exit 1
	}' || fail "$1: expected '$3' (within $2), is '$4'"
}

# has WHAT LINE TEXT: TEXT has LINE, a basic regular expression, as a line.
has() {
	echo "$3" | grep -qx -- "$2" || fail "$1: no line '$2' in:
$3"
}

# must COMMAND...: it succeeds; what it wrote is kept in $said.
must() {
	said=$("$@" 2>&1) || fail "$*: status $?, it says:
$said"
}

# must_fail STATUS COMMAND...
must_fail() {
	status=$1
	shift
	said=$("$@" 2>&1)
	same "status of $*" "$status" $?
}

# await WHAT COMMAND...: it succeeds within ten seconds.
await() {
	what=$1
	shift
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 500 ] || fail "$what: not seen in ten seconds"
		usleep 20000
	done
}

# run_test NUMBER NAME
run_test() {
	told=$("$2" 2>&1)
	case $? in
	0) echo "ok $1 $2" ;;
	4) echo "ok $1 $2 # SKIP $told" ;;
	*)
		echo "$told" | sed 's/^/# /'
		echo "not ok $1 $2"
		failures=$((failures + 1))
		;;
	esac
}

# run_tests NAME...: exit status 1 when one failed.
run_tests() {
	# shellcheck disable=SC2048,SC2086 # names have no blanks
	set -- $*
	echo "KTAP version 1"
	echo "1..$#"
	number=0
	failures=0
	for name; do
		number=$((number + 1))
		run_test $number "$name"
	done
	[ $failures = 0 ]
}
