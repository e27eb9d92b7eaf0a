/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interleaving by slots.
 *
 * A round is one pass over all slots of an interleave. Every node has as many
 * slots in it as its weight says, once the weights of all its nodes have been
 * divided by their greatest common divisor. The node of a page is that of slot
 * index modulo slots; a task goes from slot to slot.
 *
 * A heavy node must not get its pages in one burst. How that is done depends on
 * whether a table with the node of each slot has at most MPOL_INTERLEAVE_BYTES:
 * one byte for each or, where a node of the interleave is above 255, two.
 *
 * Short rounds have that table. They consist of passes, as many as the greatest
 * weight, and in a pass a node has one slot or none. Its slots are as far apart
 * as they can be. Where they start is staggered by the node's rank, so that
 * light nodes do not all fall into the same pass:
 *
 *	nodes 0-3 with weights 5,1,1,1
 *
 *	pass	0 | 1   | 2 | 3   | 4   |
 *	slot	0 | 1 2 | 3 | 4 5 | 6 7 | 0 ...
 *	node	0 | 0 1 | 0 | 0 2 | 0 3 | 0 ...
 *
 * Equal weights make a round of one pass: node after node.
 *
 * Long rounds put all slots into a row, node after node, in which the next slot
 * is always a stride further, around the end: slot times stride modulo slots
 * is a slot's place. A stride near the golden section of the row keeps the
 * slots of a node about as far apart as they can be: at any slot a node has had
 * its share of those before it, but for about three. A stride without a divisor
 * in common with the number of slots comes to each place once in a round.
 *
 * The node of a place is found in two steps. The row is divided into
 * MPOL_INTERLEAVE_CELLS cells of the same length, and of each the first node is
 * known; of 64 nodes it is the only one in most cells. From it on nodes are
 * passed until one ends behind the place. Each node ends in one cell, so that
 * it is passed only for slots of that cell.
 *
 * Where there is no memory for tables slots are found from the weights, which
 * takes time with the number of nodes. All ways give the same node.
 */
#ifndef _MM_MEMPOLICY_INTERLEAVE_H
#define _MM_MEMPOLICY_INTERLEAVE_H

#include "pure.h"

/* A table's bytes: a structure of up to 512 that ends with one makes 4 KiB. */
#define MPOL_INTERLEAVE_BYTES	(4096 - 512)
#define MPOL_INTERLEAVE_CELL_BITS	9
#define MPOL_INTERLEAVE_CELLS	512

/* In a cell's node: there are others behind it. */
#define MPOL_INTERLEAVE_BORDER	0x8000

/* How the node of a slot is found. */
enum mpol_interleave_layout {
	MPOL_INTERLEAVE_NARROW,	/* a short round, a byte for each slot */
	MPOL_INTERLEAVE_WIDE,	/* a short round, two bytes for each slot */
	MPOL_INTERLEAVE_LONG,	/* a long round, cells */
	MPOL_INTERLEAVE_COMPUTED,	/* no table */
};

/**
 * struct mpol_interleave - the slots of an interleave
 * @nr_slots:	slots in a round, at least 1
 * @stride:	from slot to slot, in places; 1 in a short round
 * @layout:	enum mpol_interleave_layout
 * @step:	from slot to slot, in units of the row's length / 2^64, so that
 *		it goes around by itself
 * @nodes:	nodes of the interleave, if there is no table
 * @weight:	by node, or NULL for 1 each, if there is no table
 * @narrow:	the node of each slot
 * @wide:	the same
 * @cell:	the node at the beginning of each cell, and the last of all; behind
 *		these, by node, where in its cell it ends, in units of the cell's
 *		length / 2^16
 */
struct mpol_interleave {
	u32 nr_slots;
	u32 stride;
	u8 layout;
	u64 step;
	const nodemask_t *nodes;
	const u8 *weight;
	union {
		DECLARE_FLEX_ARRAY(u8, narrow);
		DECLARE_FLEX_ARRAY(u16, wide);
		DECLARE_FLEX_ARRAY(u16, cell);
	};
};

size_t mpol_interleave_size(const nodemask_t *nodes, const u8 *weight);
void mpol_interleave_build(struct mpol_interleave *il, const nodemask_t *nodes,
			   const u8 *weight);
void mpol_interleave_compute(struct mpol_interleave *il,
			     const nodemask_t *nodes, const u8 *weight);
unsigned int mpol_interleave_search(const struct mpol_interleave *il, u32 slot);
u32 mpol_interleave_after(const struct mpol_interleave *il, unsigned int nid);

/* In a long round. */
static inline unsigned int
mpol_interleave_in_row(const struct mpol_interleave *il, u32 slot)
{
	const u16 *last = il->cell + MPOL_INTERLEAVE_CELLS + 1;
	u64 at = slot * il->step;
	unsigned long cell = at >> (64 - MPOL_INTERLEAVE_CELL_BITS);
	u16 unit = at >> (48 - MPOL_INTERLEAVE_CELL_BITS);
	unsigned int nid = il->cell[cell], end;

	if (likely(!(nid & MPOL_INTERLEAVE_BORDER)))
		return nid;
	nid -= MPOL_INTERLEAVE_BORDER;
	end = il->cell[cell + 1] & ~MPOL_INTERLEAVE_BORDER;
	while (unit > last[nid] && ++nid < end)
		;
	return nid;
}

/**
 * mpol_interleave_look_up - the node of a slot, from a table
 * @il:	an interleave by mpol_interleave_build()
 * @slot:	below its nr_slots
 *
 * Context: Any.
 * Return: the node.
 */
static inline unsigned int
mpol_interleave_look_up(const struct mpol_interleave *il, u32 slot)
{
	if (likely(il->layout == MPOL_INTERLEAVE_NARROW))
		return il->narrow[slot];
	if (il->layout == MPOL_INTERLEAVE_WIDE)
		return il->wide[slot];
	return mpol_interleave_in_row(il, slot);
}

/**
 * mpol_interleave_node - the node of a slot
 * @il:	an interleave
 * @slot:	below its nr_slots
 *
 * Context: Any.
 * Return: the node.
 */
static inline unsigned int
mpol_interleave_node(const struct mpol_interleave *il, u32 slot)
{
	if (likely(il->layout <= MPOL_INTERLEAVE_WIDE))
		return mpol_interleave_look_up(il, slot);
	return mpol_interleave_search(il, slot);
}

#endif /* _MM_MEMPOLICY_INTERLEAVE_H */
