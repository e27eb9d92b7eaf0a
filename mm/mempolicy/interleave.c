// SPDX-License-Identifier: GPL-2.0
/*
 * Laying out the slots of an interleave and finding nodes in them: their order
 * is in interleave.h.
 */
#include "interleave.h"

/* A round without weights is short. */
static_assert(MAX_NUMNODES * sizeof(u16) <= MPOL_INTERLEAVE_BYTES);
static_assert((MAX_NUMNODES + MPOL_INTERLEAVE_CELLS + 1) * sizeof(u16) <=
	      MPOL_INTERLEAVE_BYTES);
static_assert(MPOL_INTERLEAVE_CELLS == 1 << MPOL_INTERLEAVE_CELL_BITS);
static_assert(MAX_NUMNODES <= MPOL_INTERLEAVE_BORDER);
/* Of the longest round two places are two units of @cell apart, or more. */
static_assert(2 * MAX_NUMNODES * U8_MAX <= MPOL_INTERLEAVE_CELLS << 16);

/**
 * struct round - what a round is made from
 * @nodes:	nodes of the interleave
 * @weight:	their weights, or NULL for 1 each
 * @divisor:	the greatest that all weights have in common
 * @nr:		number of nodes
 * @end:	one more than the highest node
 * @slots:	sum of the divided weights
 * @passes:	the greatest divided weight
 */
struct round {
	const nodemask_t *nodes;
	const u8 *weight;
	u32 divisor;
	u32 nr;
	u32 end;
	u32 slots;
	u32 passes;
};

static u32 weight_of(const struct round *round, int nid)
{
	return round->weight ? round->weight[nid] / round->divisor : 1;
}

static struct round describe(const nodemask_t *nodes, const u8 *weight)
{
	struct round round = { .nodes = nodes, .weight = weight };
	int nid;

	for_each_node_mask(nid, *nodes) {
		u32 share = weight ? weight[nid] : 1;

		if (round.divisor != 1)
			round.divisor = gcd(round.divisor, share);
		round.nr++;
		round.end = nid + 1;
		round.slots += share;
		round.passes = max(round.passes, share);
	}
	round.slots /= round.divisor;
	round.passes /= round.divisor;
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

/* The slots of all nodes before a pass, and in it of those below @rank. */
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

static size_t bytes_of_slots(const struct round *round)
{
	return round->slots * (round->end > U8_MAX + 1 ? sizeof(u16) :
							 sizeof(u8));
}

static bool is_long(const struct round *round)
{
	return bytes_of_slots(round) > MPOL_INTERLEAVE_BYTES;
}

/*
 * The greatest partial quotient of the continued fraction of stride / slots:
 * the less it is, the more even are the slots of a node. U32_MAX if stride and
 * slots have a divisor in common.
 */
static u32 unevenness(u32 stride, u32 slots)
{
	u32 most = 0;

	while (stride) {
		u32 rest = slots % stride;

		most = max(most, slots / stride);
		slots = stride;
		stride = rest;
	}
	return slots == 1 ? most : U32_MAX;
}

/* A long round has slots enough that one of these strides will do. */
#define STRIDES		33

static u32 best_stride(u32 slots)
{
	u32 first = ((u64)slots * GOLDEN_RATIO_32 >> 32) - STRIDES / 2;
	u32 stride, best = first, least = U32_MAX;

	for (stride = first; stride < first + STRIDES; stride++) {
		u32 uneven = unevenness(stride, slots);

		if (uneven < least) {
			least = uneven;
			best = stride;
		}
	}
	return best;
}

/**
 * mpol_interleave_size - memory that an interleave needs
 * @nodes:	its nodes, not empty
 * @weight:	1..255 for every node of @nodes, or NULL for 1 each
 *
 * Context: Any.
 * Return: bytes.
 */
size_t mpol_interleave_size(const nodemask_t *nodes, const u8 *weight)
{
	struct round round = describe(nodes, weight);
	size_t bytes = bytes_of_slots(&round);

	if (is_long(&round))
		bytes = (MPOL_INTERLEAVE_CELLS + 1 + round.end) * sizeof(u16);
	return offsetof(struct mpol_interleave, narrow) + bytes;
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

static void set_slot(struct mpol_interleave *il, u32 slot, unsigned int nid)
{
	if (il->layout == MPOL_INTERLEAVE_WIDE)
		il->wide[slot] = nid;
	else
		il->narrow[slot] = nid;
}

/* Fills them, and leaves in @next where each of these passes ends. */
static void fill_slots(struct mpol_interleave *il, const struct round *round,
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

			set_slot(il, next[pass]++, nid);
		}
		rank++;
	}
}

static void build_slots(struct mpol_interleave *il, const struct round *round)
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
		fill_slots(il, round, first, end, next);
	}
}

/* In a row: units of @cell before a place. */
static u32 units_before(u32 place, u32 slots)
{
	return div_u64((u64)place * (MPOL_INTERLEAVE_CELLS << 16), slots);
}

/* The same, solved for the place. */
static u32 place_behind(u32 units, u32 slots)
{
	return DIV_ROUND_UP_ULL((u64)units * slots,
				MPOL_INTERLEAVE_CELLS << 16);
}

/* A node's last unit is the one before that in which the next node begins. */
static void build_cells(struct mpol_interleave *il, const struct round *round)
{
	u16 *last = il->cell + MPOL_INTERLEAVE_CELLS + 1;
	u32 nid, units, cell = 0, end = 0;

	for (nid = 0; nid < round->end; nid++) {
		if (node_isset(nid, *round->nodes))
			end += weight_of(round, nid);
		units = units_before(end, round->slots);
		last[nid] = units - 1;
		for (; cell << 16 < units; cell++)
			il->cell[cell] = nid;
	}
	il->cell[MPOL_INTERLEAVE_CELLS] = round->end - 1;
	for (cell = 0; cell < MPOL_INTERLEAVE_CELLS; cell++)
		if (il->cell[cell] != il->cell[cell + 1])
			il->cell[cell] |= MPOL_INTERLEAVE_BORDER;
}

static u32 node_of_cell(const struct mpol_interleave *il, u32 cell)
{
	return il->cell[cell] & ~MPOL_INTERLEAVE_BORDER;
}

/* The next higher number than 2^64 * stride / slots. */
static u64 step_of(u32 stride, u32 slots)
{
	u32 rest;
	u64 high = div_u64_rem((u64)stride << 32, slots, &rest);

	return (high << 32) + div_u64((u64)rest << 32, slots) + 1;
}

static void set_round(struct mpol_interleave *il, const struct round *round)
{
	il->nr_slots = round->slots;
	il->stride = is_long(round) ? best_stride(round->slots) : 1;
	il->step = step_of(il->stride, round->slots);
}

/**
 * mpol_interleave_compute - an interleave without a table
 * @il:	the result
 * @nodes:	its nodes, not empty; to be kept as long as @il
 * @weight:	1..255 for every node of @nodes, or NULL for 1 each; to be kept
 *
 * It has the same nodes in the same slots.
 *
 * Context: Any.
 */
void mpol_interleave_compute(struct mpol_interleave *il,
			     const nodemask_t *nodes, const u8 *weight)
{
	struct round round = describe(nodes, weight);

	set_round(il, &round);
	il->layout = MPOL_INTERLEAVE_COMPUTED;
	il->nodes = nodes;
	il->weight = weight;
}

/**
 * mpol_interleave_build - lay out the slots of an interleave
 * @il:	mpol_interleave_size() bytes for the same arguments
 * @nodes:	its nodes, not empty
 * @weight:	1..255 for every node of @nodes, or NULL for 1 each
 *
 * Context: Any.
 */
void mpol_interleave_build(struct mpol_interleave *il, const nodemask_t *nodes,
			   const u8 *weight)
{
	struct round round = describe(nodes, weight);

	set_round(il, &round);
	if (is_long(&round)) {
		il->layout = MPOL_INTERLEAVE_LONG;
		build_cells(il, &round);
		return;
	}
	il->layout = round.end > U8_MAX + 1 ? MPOL_INTERLEAVE_WIDE :
						  MPOL_INTERLEAVE_NARROW;
	build_slots(il, &round);
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

static unsigned int search_passes(const struct round *round, u32 slot)
{
	u32 low = 0, high = round->passes - 1;

	/* The last pass that does not start behind the slot. */
	while (low < high) {
		u32 mid = (low + high + 1) / 2;

		if (slots_until(round, mid, 0) <= slot)
			low = mid;
		else
			high = mid - 1;
	}
	return search_pass(round, low, slot - slots_until(round, low, 0));
}

static unsigned int search_row(const struct round *round, u32 place)
{
	int nid;

	for_each_node_mask(nid, *round->nodes) {
		u32 share = weight_of(round, nid);

		if (place < share)
			break;
		place -= share;
	}
	return nid;
}

/**
 * mpol_interleave_search - the node of a slot where there is no table of slots
 * @il:	an interleave
 * @slot:	below its nr_slots
 *
 * Context: Any.
 * Return: the node.
 */
unsigned int mpol_interleave_search(const struct mpol_interleave *il, u32 slot)
{
	struct round round;

	if (il->layout == MPOL_INTERLEAVE_LONG)
		return mpol_interleave_look_up(il, slot);
	round = describe(il->nodes, il->weight);
	if (!is_long(&round))
		return search_passes(&round, slot);
	div_u64_rem((u64)slot * il->stride, il->nr_slots, &slot);
	return search_row(&round, slot);
}

/* The lowest node above @nid, or MAX_NUMNODES, and its rank. */
static int node_after(const nodemask_t *nodes, unsigned int nid, u32 *rank)
{
	int next;

	*rank = 0;
	for_each_node_mask(next, *nodes) {
		if (next > nid)
			break;
		++*rank;
	}
	return next;
}

/* The slot of a place in the row of a long round: place / stride modulo slots. */
static u32 slot_of(const struct mpol_interleave *il, u32 place)
{
	u32 left = il->nr_slots, next = il->stride, slot;
	s64 inverse = 0, next_inverse = 1;

	while (next) {
		u32 quotient = left / next, rest = left % next;
		s64 prior = inverse;

		inverse = next_inverse;
		next_inverse = prior - quotient * next_inverse;
		left = next;
		next = rest;
	}
	if (inverse < 0)
		inverse += il->nr_slots;
	div_u64_rem(place * inverse, il->nr_slots, &slot);
	return slot;
}

static u32 search_after(const struct mpol_interleave *il, unsigned int nid)
{
	struct round round = describe(il->nodes, il->weight);
	int other, next;
	u32 rank, place = 0;

	next = node_after(il->nodes, nid, &rank);
	if (next >= MAX_NUMNODES)
		return 0;
	if (!is_long(&round))
		return slots_until(&round,
				   pass_of(&round, rank,
					   weight_of(&round, next), 0),
				   rank);
	for_each_node_mask(other, *il->nodes)
		if (other < next)
			place += weight_of(&round, other);
	return slot_of(il, place);
}

/* The next node's first place is where the node ends. */
static u32 long_after(const struct mpol_interleave *il, unsigned int nid)
{
	const u16 *last = il->cell + MPOL_INTERLEAVE_CELLS + 1;
	u32 cell = 0, units;

	if (nid < node_of_cell(il, 0) ||
	    nid >= node_of_cell(il, MPOL_INTERLEAVE_CELLS))
		return 0;
	while (node_of_cell(il, cell + 1) <= nid)
		cell++;
	units = (cell << 16) + last[nid] + 1;
	return slot_of(il, place_behind(units, il->nr_slots));
}

static u32 short_after(const struct mpol_interleave *il, unsigned int nid)
{
	u32 slot, found = 0, best = MAX_NUMNODES;

	for (slot = 0; slot < il->nr_slots; slot++) {
		u32 next = mpol_interleave_node(il, slot);

		if (next > nid && next < best) {
			best = next;
			found = slot;
		}
	}
	return found;
}

/**
 * mpol_interleave_after - where to go on after a node
 * @il:	an interleave
 * @nid:	any node, of the interleave or not
 *
 * Context: Any. Takes time with the slots or nodes of the round: for when the
 * interleave has just been replaced.
 * Return: a slot of the next higher node, or slot 0. In a short round it is the
 * node's first slot, in a long one that of its first place.
 */
u32 mpol_interleave_after(const struct mpol_interleave *il, unsigned int nid)
{
	if (il->layout == MPOL_INTERLEAVE_COMPUTED)
		return search_after(il, nid);
	if (il->layout == MPOL_INTERLEAVE_LONG)
		return long_after(il, nid);
	return short_after(il, nid);
}
