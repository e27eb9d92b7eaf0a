// SPDX-License-Identifier: GPL-2.0
/*
 * Building and reading rounds of slots.
 */
#include "spread.h"

/* No table of weights: every node counts once. */
static u32 weight_of(const u8 *weight, int nid)
{
	return weight ? weight[nid] : 1;
}

static u32 round_length(const nodemask_t *nodes, const u8 *weight)
{
	u32 total = 0;
	int nid;

	for_each_node_mask(nid, *nodes)
		total += weight_of(weight, nid);
	return total;
}

/**
 * mpol_spread_size - memory that a round needs
 * @nodes:	nodes of the round, not empty
 * @weight:	1..255 for every node of @nodes, or NULL for 1 each
 *
 * Context: Any.
 * Return: bytes.
 */
size_t mpol_spread_size(const nodemask_t *nodes, const u8 *weight)
{
	u32 total = round_length(nodes, weight);
	struct mpol_spread *spread;

	if (total <= MPOL_SPREAD_SLOTS)
		return struct_size(spread, slot, total);
	return struct_size(spread, run, nodes_weight(*nodes));
}

/**
 * mpol_spread_build - lay out a round
 * @spread:	mpol_spread_size() bytes for the same arguments
 * @nodes:	nodes of the round, not empty
 * @weight:	1..255 for every node of @nodes, or NULL for 1 each
 *
 * Context: Any.
 */
void mpol_spread_build(struct mpol_spread *spread, const nodemask_t *nodes,
		       const u8 *weight)
{
	bool runs = round_length(nodes, weight) > MPOL_SPREAD_SLOTS;
	u32 at = 0;
	int nid;

	spread->nr_runs = 0;
	for_each_node_mask(nid, *nodes) {
		u32 end = at + weight_of(weight, nid);

		if (runs) {
			spread->run[spread->nr_runs++] = (struct mpol_run) {
				.end = end, .nid = nid,
			};
			at = end;
		}
		while (at < end)
			spread->slot[at++] = nid;
	}
	spread->nr_slots = at;
}

/* The first run that ends behind @slot. */
static u32 find_run(const struct mpol_spread *spread, u32 slot)
{
	u32 low = 0, high = spread->nr_runs - 1;

	while (low < high) {
		u32 mid = (low + high) / 2;

		if (slot < spread->run[mid].end)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

/**
 * mpol_spread_search - the node of a slot of a long round
 * @spread:	a round with nr_runs
 * @slot:	below its nr_slots
 *
 * Context: Any.
 * Return: the node.
 */
u32 mpol_spread_search(const struct mpol_spread *spread, u32 slot)
{
	return spread->run[find_run(spread, slot)].nid;
}

/**
 * mpol_spread_run - how many slots from here on are one node's?
 * @spread:	a round
 * @slot:	below its nr_slots
 *
 * Context: Any.
 * Return: number of slots up to the end of the run or of the round.
 */
u32 mpol_spread_run(const struct mpol_spread *spread, u32 slot)
{
	u32 end = slot + 1;

	if (spread->nr_runs)
		return spread->run[find_run(spread, slot)].end - slot;
	while (end < spread->nr_slots &&
	       spread->slot[end] == spread->slot[slot])
		end++;
	return end - slot;
}

/**
 * mpol_spread_after - where to go on after a node
 * @spread:	a round
 * @nid:	any node, of the round or not
 *
 * Context: Any. Walks the round: for when it has just been replaced.
 * Return: the first slot of the next higher node of the round, or slot 0.
 */
u32 mpol_spread_after(const struct mpol_spread *spread, unsigned int nid)
{
	u32 slot = 0;

	while (slot < spread->nr_slots) {
		if (mpol_spread_node(spread, slot) > nid)
			return slot;
		slot += mpol_spread_run(spread, slot);
	}
	return 0;
}

/**
 * mpol_spread_walk - the node of an index, without a round
 * @nodes:	nodes of the round, not empty
 * @weight:	1..255 for every node of @nodes, or NULL for 1 each
 * @index:	any
 *
 * Context: Any. Takes time with the number of nodes: for when there is no
 * memory for a round.
 * Return: the node that a round would give.
 */
unsigned int mpol_spread_walk(const nodemask_t *nodes, const u8 *weight,
			      unsigned long index)
{
	u32 slot = index % round_length(nodes, weight);
	int nid;

	for_each_node_mask(nid, *nodes) {
		u32 share = weight_of(weight, nid);

		if (slot < share)
			break;
		slot -= share;
	}
	return nid;
}
