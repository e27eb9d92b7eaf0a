/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interleaving by slots.
 *
 * A round is one pass over all slots of an interleave. Every node has as many
 * slots in it as its weight says, once the weights of all its nodes have been
 * divided by their greatest common divisor. The node of a page is that of slot
 * index modulo slots; a task goes from slot to slot.
 *
 * So that a heavy node does not get its pages in one burst, a round consists of
 * passes, as many as the greatest weight, and in a pass a node has one slot or
 * none. Its slots are as far apart as they can be. Where they start is
 * staggered by the node's rank, so that light nodes do not all fall into the
 * same pass:
 *
 *	nodes 0-3 with weights 5,1,1,1
 *
 *	pass	0 | 1   | 2 | 3   | 4   |
 *	slot	0 | 1 2 | 3 | 4 5 | 6 7 | 0 ...
 *	node	0 | 0 1 | 0 | 0 2 | 0 3 | 0 ...
 *
 * Equal weights make a round of one pass: node after node.
 *
 * The node of a slot is found in one of three ways, the first of them whose
 * table has no more than MPOL_SPREAD_BYTES. All give the same node.
 *
 * slots:
 *	the node of each slot, one byte each or, where a node of the interleave
 *	is above 255, two. The cost does not depend on nodes or weights.
 *
 * passes:
 *	the first slot of each pass, and a mask of the nodes that have a slot in
 *	it. As passes are of about the same length, the pass of a slot is known
 *	but for one or two; in the mask the slot's node is the n-th bit. The
 *	masks have a bit for each node number up to the highest, or, where that
 *	takes fewer words, a bit for each node of the interleave.
 *
 * no table:
 *	the slots before a pass are computed from the weights, which takes time
 *	with the number of nodes. This is also for an interleave that there is
 *	no memory for.
 */
#ifndef _MM_MEMPOLICY_SPREAD_H
#define _MM_MEMPOLICY_SPREAD_H

#include "pure.h"

/* A table's bytes: a structure of up to 512 that ends with one makes 4 KiB. */
#define MPOL_SPREAD_BYTES	(4096 - 512)

/**
 * struct mpol_spread - the slots of an interleave
 * @nr_slots:	slots in a round, at least 1
 * @nr_passes:	passes in a round, if @start is set
 * @nr_words:	words of the mask of a pass
 * @wide:	the table is @wide_slot, not @slot
 * @by_rank:	bits of masks are ranks; their nodes are behind @start
 * @nodes:	nodes of the interleave, or NULL if there is a table of slots
 * @weight:	by node, or NULL for 1 each, if there is no table
 * @start:	the first slot of each pass, and @nr_slots, or NULL if there is
 *		no table of passes
 * @slot:	the node of each slot
 * @wide_slot:	the same
 * @mask:	nodes or ranks of each pass; @start points behind them
 * @copy:	what @weight points to unless the caller keeps it
 */
struct mpol_spread {
	u32 nr_slots;
	u8 nr_passes;
	u8 nr_words;
	bool wide;
	bool by_rank;
	const nodemask_t *nodes;
	const u8 *weight;
	const u16 *start;
	union {
		DECLARE_FLEX_ARRAY(u8, slot);
		DECLARE_FLEX_ARRAY(u16, wide_slot);
		DECLARE_FLEX_ARRAY(u64, mask);
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
 * mpol_spread_is_table - is there a table of slots?
 * @spread:	an interleave
 *
 * Context: Any.
 * Return: true if mpol_spread_node() is one load.
 */
static inline bool mpol_spread_is_table(const struct mpol_spread *spread)
{
	return !spread->nodes;
}

/**
 * mpol_spread_node - the node of a slot
 * @spread:	an interleave
 * @slot:	below its nr_slots
 *
 * Context: Any.
 * Return: the node.
 */
static inline unsigned int
mpol_spread_node(const struct mpol_spread *spread, u32 slot)
{
	if (unlikely(!mpol_spread_is_table(spread)))
		return mpol_spread_search(spread, slot);
	if (MAX_NUMNODES > 256 && spread->wide)
		return spread->wide_slot[slot];
	return spread->slot[slot];
}

#endif /* _MM_MEMPOLICY_SPREAD_H */
