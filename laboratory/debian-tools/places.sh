# SPDX-License-Identifier: GPL-2.0
#
# Where memory is, as the kernel shows it.  Four numbers are those of nodes
# 0 to 3.

nodes=/sys/devices/system/node
pool=hugepages/hugepages-2048kB

# each FUNCTION: its output for every node, in one line.
each() {
	for node in 0 1 2 3; do
		"$1" $node
	done | paste -s -d ' ' -
}

# meminfo NODE FIELD: in kB
meminfo() {
	awk -v field="$2:" '$3 == field { print $4 }' "$nodes/node$1/meminfo"
}

shmem() {
	meminfo "$1" Shmem
}

total() {
	meminfo "$1" MemTotal
}

huge() {
	cat "$nodes/node$1/$pool/nr_hugepages"
}

huge_free() {
	cat "$nodes/node$1/$pool/free_hugepages"
}

# difference BEFORE AFTER: AFTER - BEFORE, number by number.
difference() {
	echo "$1 $2" | awk '{
		for (i = 1; i <= NF / 2; i++)
			printf "%s%.10g", (i > 1 ? " " : ""), $(NF / 2 + i) - $i
	}'
}

# Each CPU counts pages for itself, and keeps some that are free.  Looking makes
# all of them hand in what they counted, and give back some of what they keep.
settle() {
	for round in $(seq 20); do
		cat /proc/sys/vm/stat_refresh
	done
}

# grows WHAT MOST EXPECTED FUNCTION COMMAND...: while COMMAND runs, what
# FUNCTION tells of the nodes changes so much.
grows() {
	what=$1 most=$2 expected=$3 function=$4
	shift 4
	settle
	before=$(each "$function")
	must "$@"
	settle
	near "$what" "$most" "$expected" \
		"$(difference "$before" "$(each "$function")")"
}

# pages PID PATTERN: policy and pages on each node, of the mappings in
# numa_maps that match.
pages() {
	grep -- "$2" "/proc/$1/numa_maps" | awk '{
		policy = $2
		for (i = 3; i <= NF && $i !~ /=/; i++)
			policy = policy " " $i
		for (i = 3; i <= NF; i++)
			if ($i ~ /^N[0-3]=/)
				count[substr($i, 2, 1)] += substr($i, 4)
	} END {
		print policy, count[0] + 0, count[1] + 0, count[2] + 0, count[3] + 0
	}'
}
