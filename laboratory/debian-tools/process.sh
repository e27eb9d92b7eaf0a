# SPDX-License-Identifier: GPL-2.0
#
# numactl's options for processes: where memory of its command goes.

# under CPU_NODE OPTION: a memhog without a policy of its own.
under() {
	hog numactl --cpunodebind="$1" "$2" memhog -H -r1000000 4m
}

# Page tables take turns as well, so a node may have a page more or less.
takes_turns() {
	row=$(pages $hog "$hog_area")
	same policy "$1" "${row%% *}"
	near pages 2 "$2" "${row#* }"
}

process_interleave() {
	under 0 --interleave=0-3
	takes_turns interleave:0-3 '256 256 256 256'
}

process_interleave_some() {
	under 0 --interleave=1,3
	takes_turns interleave:1,3 '0 512 0 512'
}

process_interleave_inverted() {
	under 0 --interleave=!1
	takes_turns interleave:0,2-3 '342 0 341 341'
}

process_membind() {
	under 0 --membind=2
	hog_is bind:2 '0 0 1024 0'
}

process_membind_takes_the_nearest() {
	under 3 --membind=2,3
	hog_is bind:2-3 '0 0 0 1024'
}

process_preferred() {
	under 1 --preferred=2
	hog_is prefer:2 '0 0 1024 0'
}

process_preferred_many() {
	under 2 --preferred-many=1,2
	hog_is 'prefer (many):1-2' '0 0 1024 0'
}

process_localalloc() {
	under 3 --localalloc
	hog_is local '0 0 0 1024'
}

process_balancing() {
	hog numactl --cpunodebind=1 --balancing --membind=0-1 \
		memhog -H -r1000000 4m
	hog_is bind=balancing:0-1 '0 1024 0 0'
}

process_default() {
	hog numactl --cpunodebind=1 memhog -H -r1000000 4m
	hog_is default '0 1024 0 0'
}

child() {
	hog=$(pidof memhog)
}

# The policy goes on to what the command starts.
process_children() {
	numactl --membind=3 sh -c 'memhog -H -r1000000 4m; true' >/dev/null 2>&1 &
	await "child of numactl" child
	hog_ready
	hog_is bind:3 '0 0 0 1024'
}

# A bound process that asks for more than its node has dies, and nobody else.
process_membind_confines() {
	size=$(($(total 1) / 1024 + 16))
	must_fail 137 numactl --membind=1 memhog -H ${size}m
	dmesg | grep 'oom-kill:constraint=CONSTRAINT_MEMORY_POLICY,nodemask=1,' |
		grep -q task=memhog || fail "no such victim in the kernel's log"
}

foreign() {
	awk '$1 == "numa_foreign" { print $2 }' "$nodes/node$1/numastat"
}

# A preference gives way: 16 MB and more were meant for node 1 and are not there.
process_preferred_spills() {
	size=$(($(total 1) / 1024 + 16))
	before=$(foreign 1)
	must numactl --preferred=1 memhog -H ${size}m
	spilled=$(($(foreign 1) - before))
	[ $spilled -ge 4096 ] ||
		fail "expected 4096 pages or more to go elsewhere, but $spilled did"
}

add process_interleave process_interleave_some process_interleave_inverted \
	process_membind process_membind_takes_the_nearest process_preferred \
	process_preferred_many process_localalloc process_balancing \
	process_default process_children process_membind_confines \
	process_preferred_spills
