# SPDX-License-Identifier: GPL-2.0
#
# Huge pages: numactl --huge, files in hugetlbfs, and the pool itself.

mempolicy_pool=/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages_mempolicy

# provide PAGES: so many free huge pages on each node
provide() {
	for node in 0 1 2 3; do
		echo $(($(huge $node) - $(huge_free $node) + $1)) \
			>$nodes/node$node/$pool/nr_hugepages
	done
	same "free huge pages" "$1 $1 $1 $1" "$(each huge_free)"
}

# takes EXPECTED COMMAND...: pages that it takes from the pools of the nodes
takes() {
	expected=$1
	shift
	before=$(each huge_free)
	must "$@"
	same "huge pages taken" "$expected" \
		"$(difference "$(each huge_free)" "$before")"
}

huge_shm_membind() {
	provide 4
	takes '0 4 0 0' numactl --huge --length=8m --shm /tmp/key.hugebind \
		--membind=1 --touch
}

huge_shm_interleave() {
	provide 4
	takes '2 2 2 2' numactl --huge --length=16m --shm /tmp/key.hugeturns \
		--interleave=0-3 --touch
}

# The policy of the process would place elsewhere.
huge_shm_localalloc() {
	provide 4
	takes '0 0 0 2' numactl --cpunodebind=3 --interleave=0-2 -- \
		numactl --huge --length=4m --shm /tmp/key.hugelocal \
		--localalloc --touch
}

huge_file_membind() {
	trap 'rm -f /dev/hugepages/debian-tools' EXIT
	provide 4
	takes '0 0 3 0' numactl --length=6m --file /dev/hugepages/debian-tools \
		--membind=2 --touch
}

# What a bound shell adds to the pool comes from its nodes.
huge_pool_membind() {
	provide 1
	before=$(each huge)
	wanted=$(($(cat $mempolicy_pool) + 4))
	must numactl --membind=1,3 sh -c "echo $wanted >$mempolicy_pool"
	same "huge pages added" '0 2 0 2' \
		"$(difference "$before" "$(each huge)")"
}

add huge_shm_membind huge_shm_interleave huge_shm_localalloc \
	huge_file_membind huge_pool_membind
