# SPDX-License-Identifier: GPL-2.0
#
# numactl --hardware and --show.

# hardware_node NODE: the lines about a node.
hardware_node() {
	cpus=$(sed 's/,/ /g' "$nodes/node$1/cpulist")
	has numactl "node $1 cpus: $cpus" "$said"
	has numactl "node $1 size: $(($(total "$1") / 1024)) MB" "$said"
	distances=$(sed 's/ / */g' "$nodes/node$1/distance")
	has numactl " *$1: *$distances *" "$said"
}

hardware() {
	must numactl --hardware
	has numactl 'available: 4 nodes (0-3)' "$said"
	for node in 0 1 2 3; do
		hardware_node $node
	done
}

hardware_free() {
	numactl --hardware | awk -v node="$1" \
		'$1 == "node" && $2 == node && $3 == "free:" { print $4 }'
}

# 32 MB on node 2 are gone there, and nowhere else.
hardware_shows_what_is_free() {
	settle
	before=$(each hardware_free)
	hog_area=' anon=8192 '
	hog numactl --membind=2 memhog -H -r1000000 32m
	settle
	near "free MB" 4 '0 0 -32 0' \
		"$(difference "$before" "$(each hardware_free)")"
}

# shows OPTION LINE...: numactl --show under numactl OPTION has these lines.
shows() {
	option=$1
	shift
	must numactl "$option" numactl --show
	for line; do
		has "numactl --show under $option" "$line *" "$said"
	done
}

show_default() {
	must numactl --show
	has numactl 'policy: default' "$said"
	has numactl 'nodebind: 0 1 2 3 *' "$said"
	has numactl 'membind: 0 1 2 3 *' "$said"
}

show_interleave() {
	shows --interleave=1,3 'policy: interleave' 'interleavemask: 1 3'
}

show_membind() {
	shows --membind=2,3 'policy: bind' 'membind: 2 3'
}

show_preferred() {
	shows --preferred=2 'policy: preferred' 'preferred node: 2'
}

show_preferred_many() {
	shows --preferred-many=1,2 'policy: preferred-many' 'preferred: 1 2'
}

show_localalloc() {
	shows --localalloc 'policy: local' 'membind: 0 1 2 3'
}

show_cpunodebind() {
	shows --cpunodebind=2 'policy: default' 'nodebind: 2'
}

add hardware hardware_shows_what_is_free show_default show_interleave \
	show_membind show_preferred show_preferred_many show_localalloc \
	show_cpunodebind
