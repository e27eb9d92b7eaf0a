/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sets of nodes, in tables of KUnit and the host tests, are written as bits. A
 * row whose nodes do not fit below MAX_NUMNODES does not concern a kernel built
 * like that.
 */
#ifndef _MM_MEMPOLICY_TESTS_BITS_H
#define _MM_MEMPOLICY_TESTS_BITS_H

#include "../pure.h"

/* Nodes @bits moved up by @base; false if one of them cannot exist. */
static inline bool vec_nodes(nodemask_t *dst, u64 bits, unsigned int base)
{
	unsigned int nid;

	nodes_clear(*dst);
	for (nid = base; bits; nid++, bits >>= 1) {
		if (!(bits & 1))
			continue;
		if (nid >= MAX_NUMNODES)
			return false;
		node_set(nid, *dst);
	}
	return true;
}

/* How far @bits can be moved up. */
static inline unsigned int vec_room_above(u64 bits)
{
	unsigned int used = 0;

	for (; bits; bits >>= 1)
		used++;
	return used < MAX_NUMNODES ? MAX_NUMNODES - used : 0;
}

#endif /* _MM_MEMPOLICY_TESTS_BITS_H */
