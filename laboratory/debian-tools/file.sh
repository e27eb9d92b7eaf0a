# SPDX-License-Identifier: GPL-2.0
#
# numactl --file: policies of files in tmpfs.  There is no --preferred and no
# --preferred-many here: numactl 2.0.16 passes mbind() for them, on shared
# memory, what every kernel refuses (EINVAL).

file=/dev/shm/debian-tools

# for_file LENGTH OPTION...
for_file() {
	length=$1
	shift
	numactl --length="$length" --file $file "$@"
}

# dump LENGTH: the policies of the file's ranges
dump() {
	for_file "$1" --dump
}

# nodes_of LENGTH: the nodes of the file's pages, a line for neighbours on the
# same node
nodes_of() {
	for_file "$1" --dump-nodes
}

# write_from CPU_NODE BLOCKS: fill that many MB of the file.
write_from() {
	numactl --cpunodebind="$1" dd if=/dev/zero of=$file conv=notrunc \
		bs=1M count="$2"
}

with_file() {
	trap 'rm -f $file' EXIT
	rm -f $file
}

file_touch_interleave() {
	with_file
	grows "kB of files" 0 '1024 1024 1024 1024' shmem \
		for_file 4m --interleave=0-3 --touch
	has dump '0*-0*400000: interleave *: *0 1 2 3 *' "$(dump 4m)"
	same "pages, and those out of turn" '1024 0' "$(nodes_of 4m | awk '
		NR > 1 && $2 != (last + 1) % 4 { wrong++ }
		{ last = $2 }
		END { print NR, wrong + 0 }')"
}

file_touch_membind() {
	with_file
	must for_file 4m --membind=2 --touch
	has dump '0*-0*400000: bind *: *2 *' "$(dump 4m)"
	has "dump of nodes" '0*-0*400000: 2' "$(nodes_of 4m)"
}

# Nothing is allocated, but who writes later does it by the policy.
file_policy_stays() {
	with_file
	must for_file 4m --membind=3
	same "blocks of the file" 0 "$(stat -c %b $file)"
	grows "kB of files" 0 '0 0 0 4096' shmem write_from 0 4
}

# numactl makes the file long enough, and sets the policy of the range only.
file_offset() {
	with_file
	must numactl --offset=4m --length=4m --file $file --membind=2
	same "bytes in the file" 8388608 "$(stat -c %s $file)"
	grows "kB of files" 0 '0 8192 4096 0' shmem write_from 1 12
	has dump '0*400000-0*800000: bind .*' "$(dump 12m)"
	same "ranges with a policy" 1 "$(dump 12m | wc -l)"
}

file_shmmode() {
	with_file
	must numactl --shmmode=640 --length=1m --file $file --membind=0
	same mode 640 "$(stat -c %a $file)"
}

file_localalloc() {
	with_file
	must for_file 4m --membind=0
	must for_file 4m --localalloc
	must write_from 2 4
	has dump '0*-0*400000: local .*' "$(dump 4m)"
	has "dump of nodes" '0*-0*400000: 2' "$(nodes_of 4m)"
}

# Pages in place are an error with --strict only; both leave them there.
file_strict() {
	with_file
	must for_file 4m --membind=0 --touch
	must_fail 1 for_file 4m --strict --touch --membind=1
	has numactl 'mbind: Input/output error' "$said"
	has "dump after the error" '0*-0*400000: bind *: *0 *' "$(dump 4m)"
	must for_file 4m --touch --membind=1
	has dump '0*-0*400000: bind *: *1 *' "$(dump 4m)"
	has "dump of nodes" '0*-0*400000: 0' "$(nodes_of 4m)"
	must for_file 4m --strict --touch --membind=0
}

add file_touch_interleave file_touch_membind file_policy_stays file_offset \
	file_shmmode file_localalloc file_strict
