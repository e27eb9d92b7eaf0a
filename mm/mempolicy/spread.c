// SPDX-License-Identifier: GPL-2.0
/*
 * Building and reading rounds of slots: spread.h has their order.
 */
#include "shares.h"
#include "spread.h"

/**
 * struct round - what a round is made from
 * @nodes:	its nodes
 * @weight:	their weights, or NULL for 1 each
 * @nr:		number of nodes
 * @end:	one more than the highest node
 * @slots:	sum of the weights
 * @passes:	the greatest weight
 */
struct round {
	const nodemask_t *nodes;
	const u8 *weight;
	u32 nr;
	u32 end;
	u32 slots;
	u32 passes;
};

static u32 weight_of(const struct round *round, int nid)
{
	return round->weight ? round->weight[nid] : 1;
}

static struct round describe(const nodemask_t *nodes, const u8 *weight)
{
	struct round round = { .nodes = nodes, .weight = weight };
	int nid;

	for_each_node_mask(nid, *nodes) {
		u32 share = weight_of(&round, nid);

		round.nr++;
		round.end = nid + 1;
		round.slots += share;
		round.passes = max(round.passes, share);
	}
	return round;
}

/*
 * The pass of a node's n-th slot. They are passes / weight apart, and the first
 * is as much of that into the round as the node's rank is of all nodes.
 */
static u32 pass_of(const struct round *round, u32 rank, u32 share, u32 n)
{
	u32 parts = 2 * round->nr;

	return (parts * n + 2 * rank + 1) * round->passes / (parts * share);
}

/* How many slots has a node before a pass? The same, solved for n. */
static u32 slots_before(const struct round *round, u32 rank, u32 share,
			u32 pass)
{
	u32 parts = 2 * round->nr;
	u32 reach = parts * share * pass;
	u32 start = (2 * rank + 1) * round->passes;

	if (reach <= start)
		return 0;
	return DIV_ROUND_UP(reach - start, parts * round->passes);
}

/* ... and all nodes together, before that of @rank has its turn in the pass? */
static u32 slots_until(const struct round *round, u32 pass, u32 rank)
{
	u32 other = 0, slots = 0;
	int nid;

	for_each_node_mask(nid, *round->nodes) {
		slots += slots_before(round, other, weight_of(round, nid),
				      other < rank ? pass + 1 : pass);
		other++;
	}
	return slots;
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
	struct round round = describe(nodes, weight);
	struct mpol_spread *spread;

	if (round.slots <= MPOL_SPREAD_SLOTS)
		return struct_size(spread, slot, round.slots);
	return struct_size(spread, copy, round.end);
}

/* Passes that are laid out in one go, which takes two bytes of stack each. */
#define PASSES_AT_ONCE		64

/* Adds to @next[1 + n] the slots of the n-th pass from @first up to @end. */
static void count_slots(const struct round *round, u32 first, u32 end,
			u16 *next)
{
	u32 rank = 0;
	int nid;

	for_each_node_mask(nid, *round->nodes) {
		u32 share = weight_of(round, nid);
		u32 n = slots_before(round, rank, share, first);
		u32 until = slots_before(round, rank, share, end);

		for (; n < until; n++)
			next[1 + pass_of(round, rank, share, n) - first]++;
		rank++;
	}
}

/* Fills them, and leaves in @next where each of these passes ends. */
static void fill_slots(struct mpol_spread *spread, const struct round *round,
		       u32 first, u32 end, u16 *next)
{
	u32 rank = 0;
	int nid;

	for_each_node_mask(nid, *round->nodes) {
		u32 share = weight_of(round, nid);
		u32 n = slots_before(round, rank, share, first);
		u32 until = slots_before(round, rank, share, end);

		for (; n < until; n++) {
			u32 pass = pass_of(round, rank, share, n) - first;

			spread->slot[next[pass]++] = nid;
		}
		rank++;
	}
}

static void build_table(struct mpol_spread *spread, const struct round *round)
{
	u32 first, end, pass;
	u16 start = 0;

	for (first = 0; first < round->passes; first = end) {
		u16 next[1 + PASSES_AT_ONCE] = { start };

		end = min(first + PASSES_AT_ONCE, round->passes);
		count_slots(round, first, end, next);
		for (pass = 1; pass <= end - first; pass++)
			next[pass] += next[pass - 1];
		start = next[end - first];
		fill_slots(spread, round, first, end, next);
	}
}

/**
 * mpol_spread_compute - a round without a table
 * @spread:	the round
 * @nodes:	nodes of the round, not empty, to be kept as long as the round
 * @weight:	1..255 for every node of @nodes, or NULL for 1 each; to be kept
 *
 * It has the same nodes in the same slots.
 *
 * Context: Any.
 */
void mpol_spread_compute(struct mpol_spread *spread, const nodemask_t *nodes,
			 const u8 *weight)
{
	spread->nr_slots = describe(nodes, weight).slots;
	spread->nodes = nodes;
	spread->weight = weight;
}

/**
 * mpol_spread_build - lay out a round
 * @spread:	mpol_spread_size() bytes for the same arguments
 * @nodes:	nodes of the round, not empty, to be kept as long as the round
 * @weight:	1..255 for every node of @nodes, or NULL for 1 each
 *
 * Context: Any.
 */
void mpol_spread_build(struct mpol_spread *spread, const nodemask_t *nodes,
		       const u8 *weight)
{
	struct round round = describe(nodes, weight);

	if (round.slots > MPOL_SPREAD_SLOTS) {
		memcpy(spread->copy, weight, round.end);
		mpol_spread_compute(spread, nodes, spread->copy);
		return;
	}
	spread->nr_slots = round.slots;
	spread->nodes = NULL;
	spread->weight = NULL;
	build_table(spread, &round);
}

/* The node at @slot of a pass. */
static unsigned int search_pass(const struct round *round, u32 pass, u32 slot)
{
	u32 rank = 0;
	int nid;

	for_each_node_mask(nid, *round->nodes) {
		u32 share = weight_of(round, nid);

		if (slots_before(round, rank, share, pass + 1) !=
		    slots_before(round, rank, share, pass) && !slot--)
			break;
		rank++;
	}
	return nid;
}

/**
 * mpol_spread_search - the node of a slot of a round without a table
 * @spread:	the round
 * @slot:	below its nr_slots
 *
 * Context: Any.
 * Return: the node.
 */
unsigned int mpol_spread_search(const struct mpol_spread *spread, u32 slot)
{
	struct round round = describe(spread->nodes, spread->weight);
	u32 low = 0, high = round.passes - 1;

	/* The last pass that does not start behind the slot. */
	while (low < high) {
		u32 mid = (low + high + 1) / 2;

		if (slots_until(&round, mid, 0) <= slot)
			low = mid;
		else
			high = mid - 1;
	}
	return search_pass(&round, low, slot - slots_until(&round, low, 0));
}

/* The first slot of the next higher node, by where its first pass is. */
static u32 search_after(const struct mpol_spread *spread, unsigned int nid)
{
	struct round round = describe(spread->nodes, spread->weight);
	u32 rank = 0;
	int next;

	for_each_node_mask(next, *spread->nodes) {
		if (next > nid)
			break;
		rank++;
	}
	if (rank == round.nr)
		return 0;
	return slots_until(&round,
			   pass_of(&round, rank, weight_of(&round, next), 0),
			   rank);
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
	u32 slot, found = 0, best = MAX_NUMNODES;

	if (spread->nodes)
		return search_after(spread, nid);
	for (slot = 0; slot < spread->nr_slots; slot++) {
		u32 next = spread->slot[slot];

		if (next > nid && next < best) {
			best = next;
			found = slot;
		}
	}
	return found;
}
