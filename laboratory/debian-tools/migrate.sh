# SPDX-License-Identifier: GPL-2.0
#
# migratepages and migspeed.

migratepages_one() {
	hog numactl --cpunodebind=0 memhog -H -r1000000 4m
	hog_is default '1024 0 0 0'
	must migratepages $hog 0 2
	hog_is default '0 0 1024 0'
	same "pages left on node 0" 0 "$(pages $hog . | awk '{ print $(NF - 3) }')"
}

# The first of the nodes to the first of the others, the second to the second.
migratepages_in_order() {
	hog memhog -H -r1000000 4m interleave 0-3
	must migratepages $hog 2 3
	must migratepages $hog 0,3 1,2
	hog_is interleave:0-3 '0 512 512 0'
}

migratepages_leaves_other_nodes() {
	hog memhog -H -r1000000 4m interleave 0-3
	must migratepages $hog 1 3
	hog_is interleave:0-3 '256 0 256 512'
}

migratepages_refuses_what_is_not_there() {
	hog memhog -H -r1000000 4m membind 1
	must_fail 1 migratepages $hog 1 99
	hog_is bind:1 '0 1024 0 0'
}

# It shows its memory before and after.
migspeed_moves() {
	must migspeed -p 1000 0 2
	has migspeed '[0-9a-f]* bind:0 anon=1000 .*N0=1000 .*' "$said"
	has migspeed '[0-9a-f]* bind:2 anon=1000 .*N2=1000 .*' "$said"
	has migspeed '3.9 Mbyte migrated in .*' "$said"
}

add migratepages_one migratepages_in_order migratepages_leaves_other_nodes \
	migratepages_refuses_what_is_not_there migspeed_moves
