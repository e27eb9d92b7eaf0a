#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Builds the targets named on the command line and lets each run for
# FUZZ_SECONDS, as tests of one KTAP document. Called by make check.

set -u

fail=0
probe=$(mktemp -d) || exit 2
trap 'rm -rf "$probe"' EXIT

# Why this compiler has no libFuzzer; nothing if it has.
obstacle()
{
	echo '#include <stddef.h>
	int LLVMFuzzerTestOneInput(const char *data, size_t size)
	{ return !data + !size && 0; }' > "$probe/probe.c"
	if ! command -v "$FUZZ_CC" > /dev/null; then
		echo "$FUZZ_CC is not installed"
	elif ! "$FUZZ_CC" -fsanitize=fuzzer,address "$probe/probe.c" \
			-o "$probe/probe" 2> /dev/null; then
		echo "$FUZZ_CC has no libFuzzer: on Debian install libclang-rt-dev"
	fi
}

failed()
{
	fail=$((fail + 1))
	echo "not ok $1"
}

# The input that broke a target stays where the message says.
run()
{
	name=fuzz-$2
	learned=$O/$name.corpus
	log=$O/$name.out
	[ ! -s "$O/$name.log" ] || sed 's/^/# /' "$O/$name.log"
	if [ ! -x "$O/$name" ]; then
		failed "$1 $2: it does not compile"
		return
	fi
	mkdir -p "$learned"
	"$O/$name" -max_total_time="$FUZZ_SECONDS" -timeout=10 \
		-max_len=4096 -print_final_stats=1 -verbosity=1 \
		-artifact_prefix="$O/$name." "$learned" \
		"corpus/${2%-*}" > "$log" 2>&1
	status=$?
	sed -n 's/^stat::number_of_executed_units: */# executions: /p' "$log"
	if [ "$status" = 0 ]; then
		echo "ok $1 $2"
		return
	fi
	grep -v '^#[0-9]' "$log" | tail -n 40 | sed 's/^/# /'
	echo "# to see it again: $O/$name FILE, with the file named above"
	failed "$1 $2"
}

reason=$(obstacle)
echo "KTAP version 1"
if [ "$reason" ]; then
	echo "1..0 # SKIP $reason"
	exit 0
fi
"$MAKE" -k -s --no-print-directory "O=$O" "TARGETS=$*" build > /dev/null 2>&1
echo "1..$#"
number=0
for target; do
	number=$((number + 1))
	run "$number" "$target"
done
[ "$fail" = 0 ]
