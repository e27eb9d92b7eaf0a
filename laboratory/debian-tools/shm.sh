# SPDX-License-Identifier: GPL-2.0
#
# numactl --shm: policies of System V shared memory.  The guest has no ipcrm,
# so every test makes a key of its own and leaves its segment.

# segment SIZE PERMISSIONS COLUMN: what the kernel tells of such segments
segment() {
	awk -v size="$1" -v mode="$2" -v name="$3" '
		NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
		$4 == size && $3 == mode { print $column[name] }' \
		/proc/sysvipc/shm
}

shm_touch_membind() {
	must numactl --length=2m --shm /tmp/key.touch --membind=1 --touch
	must numactl --shm /tmp/key.touch --dump
	has dump '0*-0*200000: bind *: *1 *' "$said"
	must numactl --shm /tmp/key.touch --dump-nodes
	has "dump of nodes" '0*-0*200000: 1' "$said"
}

# The policy stays with the segment when nobody is attached.
shm_policy_stays() {
	must numactl --length=84k --shm /tmp/key.stays --interleave=1-3
	same "bytes in memory" 0 "$(segment 86016 600 rss)"
	grows "kB of shared memory" 0 '0 28 28 28' shmem \
		numactl --cpunodebind=0 -- \
		numactl --shm /tmp/key.stays --touch
}

# Two thirds of a segment have a policy, the rest does not.
shm_offset() {
	must numactl --length=3m --shm /tmp/key.offset --localalloc
	must numactl --offset=1m --length=2m --shm /tmp/key.offset --membind=2
	grows "kB of shared memory" 0 '0 1024 2048 0' shmem \
		numactl --cpunodebind=1 -- \
		numactl --shm /tmp/key.offset --touch
}

shm_shmmode() {
	must numactl --shmmode=640 --length=68k --shm /tmp/key.mode --membind=0
	same "number of this segment" 0 $(($(segment 69632 640 key) >> 24))
}

# The number is the upper byte of the segment's key; each has its own policy.
shm_shmid() {
	must numactl --length=72k --shm /tmp/key.id --membind=1
	must numactl --length=76k --shmid=7 --shm /tmp/key.id --interleave=1,3
	same "number of the first" 0 $(($(segment 73728 600 key) >> 24))
	same "number of the second" 7 $(($(segment 77824 600 key) >> 24))
	must numactl --shm /tmp/key.id --dump
	has "dump of the first" '0*-0*12000: bind *: *1 *' "$said"
	must numactl --shmid=7 --shm /tmp/key.id --dump
	has "dump of the second" '0*-0*13000: interleave *: *1 3 *' "$said"
}

add shm_touch_membind shm_policy_stays shm_offset shm_shmmode shm_shmid
