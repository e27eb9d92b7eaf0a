# SPDX-License-Identifier: GPL-2.0
#
# memhog's own policies, which it sets by mbind().

# at CPU_NODE POLICY [NODES]
at() {
	node=$1
	shift
	hog numactl --cpunodebind="$node" memhog -H -r1000000 4m "$@"
}

memhog_default() {
	at 1 default
	hog_is default '0 1024 0 0'
}

memhog_local() {
	at 3 local
	hog_is local '0 0 0 1024'
}

memhog_preferred() {
	at 0 preferred 2
	hog_is prefer:2 '0 0 1024 0'
}

memhog_preferred_many() {
	at 2 preferred-many 1,2
	hog_is 'prefer (many):1-2' '0 0 1024 0'
}

memhog_interleave() {
	at 0 interleave 0-3
	hog_is interleave:0-3 '256 256 256 256'
}

memhog_interleave_some() {
	at 1 interleave 0,3
	hog_is interleave:0,3 '512 0 0 512'
}

memhog_membind() {
	at 0 membind 3
	hog_is bind:3 '0 0 0 1024'
}

# Its own policy counts, not that of the process.
memhog_overrides_process() {
	hog numactl --interleave=0-3 memhog -H -r1000000 4m membind 1
	hog_is bind:1 '0 1024 0 0'
}

# A shared mapping of a file in tmpfs.
memhog_file() {
	truncate -s 4194304 /dev/shm/hog
	hog_area='file=/dev/shm/hog.* dirty=1024 '
	hog numactl --cpunodebind=0 memhog -f/dev/shm/hog -r1000000 4m membind 2
	rm /dev/shm/hog
	hog_area=file=/dev/shm/hog
	hog_is bind:2 '0 0 1024 0'
}

add memhog_default memhog_local memhog_preferred memhog_preferred_many \
	memhog_interleave memhog_interleave_some memhog_membind \
	memhog_overrides_process memhog_file
