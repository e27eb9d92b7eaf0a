/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interleaving as a round of slots.
 *
 * One round gives every node as many slots as its weight says, in the order
 * of the nodes. A page's slot is its index modulo the round; a task steps from
 * slot to slot. Both cost the same for two nodes and for a thousand:
 *
 *	nodes 0,1,3 with weights 2,1,1
 *
 *	slot	0 1 2 3 | 0 1 2 3 | ...
 *	node	0 0 1 3 | 0 0 1 3 | ...
 *
 * A round longer than MPOL_SPREAD_SLOTS is kept as the ends of the nodes' runs
 * and searched by halving.
 */
#ifndef _MM_MEMPOLICY_SPREAD_H
#define _MM_MEMPOLICY_SPREAD_H

#include "pure.h"

#define MPOL_SPREAD_SLOTS	2048

/* The run of slots of one node: it ends before slot @end. */
struct mpol_run {
	u32 end;
	u32 nid;
};

/**
 * struct mpol_spread - one round
 * @nr_slots:	slots in the round, at least 1
 * @nr_runs:	number of @run, or 0 if every slot is in @slot
 * @slot:	the node of each slot
 * @run:	the runs in ascending order
 */
struct mpol_spread {
	u32 nr_slots;
	u32 nr_runs;
	union {
		DECLARE_FLEX_ARRAY(u16, slot);
		DECLARE_FLEX_ARRAY(struct mpol_run, run);
	};
};

size_t mpol_spread_size(const nodemask_t *nodes, const u8 *weight);
void mpol_spread_build(struct mpol_spread *spread, const nodemask_t *nodes,
		       const u8 *weight);
u32 mpol_spread_search(const struct mpol_spread *spread, u32 slot);
u32 mpol_spread_run(const struct mpol_spread *spread, u32 slot);
u32 mpol_spread_after(const struct mpol_spread *spread, unsigned int nid);
unsigned int mpol_spread_walk(const nodemask_t *nodes, const u8 *weight,
			      unsigned long index);

/**
 * mpol_spread_node - the node of a slot
 * @spread:	a round
 * @slot:	below its nr_slots
 *
 * Context: Any.
 * Return: the node.
 */
static inline unsigned int
mpol_spread_node(const struct mpol_spread *spread, u32 slot)
{
	if (likely(!spread->nr_runs))
		return spread->slot[slot];
	return mpol_spread_search(spread, slot);
}

#endif /* _MM_MEMPOLICY_SPREAD_H */
