/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interleaving as a round of slots.
 *
 * One round gives every node as many slots as its weight says. A page's slot is
 * its index modulo the round; a task steps from slot to slot. Both cost the
 * same for two nodes and for a thousand.
 *
 * So that a heavy node does not get its pages in one burst, a round goes over
 * the nodes in passes, as many as the greatest weight, and in a pass a node has
 * one slot or none. Its slots are as far apart as they can be. Where they start
 * is staggered by the node's rank, so that light nodes do not all fall into the
 * same pass:
 *
 *	nodes 0-3 with weights 5,1,1,1
 *
 *	pass	0 | 1   | 2 | 3   | 4   |
 *	slot	0 | 1 2 | 3 | 4 5 | 6 7 | 0 ...
 *	node	0 | 0 1 | 0 | 0 2 | 0 3 | 0 ...
 *
 * Equal weights make a round like that of weights of 1: node after node.
 *
 * A round longer than MPOL_SPREAD_SLOTS has no table. Its slots are computed,
 * as are those of a round that there is no memory for, which takes time with
 * the number of nodes.
 */
#ifndef _MM_MEMPOLICY_SPREAD_H
#define _MM_MEMPOLICY_SPREAD_H

#include "pure.h"

/* 64 nodes of the greatest weight: 32 KB. */
#define MPOL_SPREAD_SLOTS	16320

/**
 * struct mpol_spread - one round
 * @nr_slots:	slots in the round, at least 1
 * @nodes:	nodes of a round that is computed, NULL if @slot has it
 * @weight:	weights of a round that is computed, by node, or NULL for 1 each
 * @slot:	the node of each slot
 * @copy:	what @weight points to unless the caller keeps it
 */
struct mpol_spread {
	u32 nr_slots;
	const nodemask_t *nodes;
	const u8 *weight;
	union {
		DECLARE_FLEX_ARRAY(u16, slot);
		DECLARE_FLEX_ARRAY(u8, copy);
	};
};

size_t mpol_spread_size(const nodemask_t *nodes, const u8 *weight);
void mpol_spread_build(struct mpol_spread *spread, const nodemask_t *nodes,
		       const u8 *weight);
void mpol_spread_compute(struct mpol_spread *spread, const nodemask_t *nodes,
			 const u8 *weight);
unsigned int mpol_spread_search(const struct mpol_spread *spread, u32 slot);
u32 mpol_spread_after(const struct mpol_spread *spread, unsigned int nid);

/**
 * mpol_spread_is_table - need no slot of a round be computed?
 * @spread:	a round
 *
 * Context: Any.
 * Return: true if mpol_spread_node() is a look-up.
 */
static inline bool mpol_spread_is_table(const struct mpol_spread *spread)
{
	return !spread->nodes;
}

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
	if (likely(mpol_spread_is_table(spread)))
		return spread->slot[slot];
	return mpol_spread_search(spread, slot);
}

#endif /* _MM_MEMPOLICY_SPREAD_H */
