# SPDX-License-Identifier: GPL-2.0
#
# numademo, which runs every policy of libnuma through its benchmarks.

numademo_runs() {
	command -v numademo >/dev/null ||
		skip "Debian's numactl package has no numademo here"
	must numademo 64k
	has numademo '4 nodes available' "$said"
	has numademo 'memory interleaved on 0 1 2 3 .*memset .*' "$said"
	has numademo 'local allocation .*ptrchase .*' "$said"
	echo "$said" | grep -i error && fail "errors, see above"
	return 0
}

add numademo_runs
