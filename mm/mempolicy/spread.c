// SPDX-License-Identifier: GPL-2.0
/*
 * Laying out the slots of an interleave and finding nodes in them: spread.h has
 * their order.
 */
#include "spread.h"

#define BITS_PER_WORD		64

/* Without weights there is always a table. */
static_assert(MAX_NUMNODES * sizeof(u16) <= MPOL_SPREAD_BYTES);
/* A table of passes cannot be for more slots than @start can count. */
static_assert(MPOL_SPREAD_BYTES * 8 <= U16_MAX);

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

static size_t table_of_slots(struct mpol_spread *spread,
			     const struct round *round)
{
	spread->wide = round->end > U8_MAX + 1;
	return round->slots * (spread->wide ? sizeof(u16) : sizeof(u8));
}

static size_t table_of_passes(struct mpol_spread *spread,
			      const struct round *round)
{
	u32 words = DIV_ROUND_UP(round->end, BITS_PER_WORD);
	u32 ranks = DIV_ROUND_UP(round->nr, BITS_PER_WORD);
	size_t numbers = round->passes + 1;

	spread->by_rank = ranks < words;
	if (spread->by_rank)
		numbers += round->nr;
	spread->nr_passes = round->passes;
	spread->nr_words = min(ranks, words);
	return round->passes * spread->nr_words * sizeof(u64) +
	       numbers * sizeof(u16);
}

/* Ways to find the node of a slot. */
enum layout { SLOTS, PASSES, NO_TABLE };

/* Which way is it? Sets what @spread has to say about it. */
static enum layout choose(struct mpol_spread *spread, const struct round *round,
			  size_t *bytes)
{
	spread->nr_slots = round->slots;
	*bytes = table_of_slots(spread, round);
	if (*bytes <= MPOL_SPREAD_BYTES)
		return SLOTS;
	*bytes = table_of_passes(spread, round);
	if (*bytes <= MPOL_SPREAD_BYTES)
		return PASSES;
	*bytes = round->end;
	return NO_TABLE;
}

/**
 * mpol_spread_size - memory that an interleave needs
 * @nodes:	its nodes, not empty
 * @weight:	1..255 for every node of @nodes, or NULL for 1 each
 *
 * Context: Any.
 * Return: bytes.
 */
size_t mpol_spread_size(const nodemask_t *nodes, const u8 *weight)
{
	struct round round = describe(nodes, weight);
	struct mpol_spread spread;
	size_t bytes;

	choose(&spread, &round, &bytes);
	return offsetof(struct mpol_spread, slot) + bytes;
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

static void set_slot(struct mpol_spread *spread, u32 slot, unsigned int nid)
{
	if (spread->wide)
		spread->wide_slot[slot] = nid;
	else
		spread->slot[slot] = nid;
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

			set_slot(spread, next[pass]++, nid);
		}
		rank++;
	}
}

static void build_slots(struct mpol_spread *spread, const struct round *round)
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

static u64 *mask_of(struct mpol_spread *spread, u32 pass)
{
	return spread->mask + pass * spread->nr_words;
}

static void build_passes(struct mpol_spread *spread, const struct round *round,
			 size_t bytes)
{
	u16 *start = (u16 *)mask_of(spread, round->passes);
	u32 pass, n, rank = 0;
	int nid;

	memset(spread->mask, 0, bytes);
	for_each_node_mask(nid, *round->nodes) {
		u32 share = weight_of(round, nid);
		u32 bit = spread->by_rank ? rank : nid;

		for (n = 0; n < share; n++) {
			pass = pass_of(round, rank, share, n);
			mask_of(spread, pass)[bit / BITS_PER_WORD] |=
				1ULL << (bit % BITS_PER_WORD);
			start[pass + 1]++;
		}
		if (spread->by_rank)
			start[round->passes + 1 + rank] = nid;
		rank++;
	}
	for (pass = 1; pass <= round->passes; pass++)
		start[pass] += start[pass - 1];
	spread->start = start;
}

/**
 * mpol_spread_compute - an interleave without a table
 * @spread:	the result
 * @nodes:	its nodes, not empty, to be kept as long as @spread
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
	spread->start = NULL;
}

/**
 * mpol_spread_build - lay out the slots of an interleave
 * @spread:	mpol_spread_size() bytes for the same arguments
 * @nodes:	its nodes, not empty, to be kept as long as @spread
 * @weight:	1..255 for every node of @nodes, or NULL for 1 each
 *
 * Context: Any.
 */
void mpol_spread_build(struct mpol_spread *spread, const nodemask_t *nodes,
		       const u8 *weight)
{
	struct round round = describe(nodes, weight);
	size_t bytes;

	spread->nodes = NULL;
	spread->weight = NULL;
	spread->start = NULL;
	switch (choose(spread, &round, &bytes)) {
	case SLOTS:
		build_slots(spread, &round);
		break;
	case PASSES:
		spread->nodes = nodes;
		build_passes(spread, &round, bytes);
		break;
	case NO_TABLE:
		memcpy(spread->copy, weight, bytes);
		mpol_spread_compute(spread, nodes, spread->copy);
		break;
	}
}

/* The n-th bit of a word that has more: halves it down to the byte. */
static u32 nth_bit_of_word(u64 word, u32 n)
{
	u32 bits, at = 0, half = word;

	bits = hweight32(half);
	if (n >= bits) {
		n -= bits;
		at += 32;
		half = word >> 32;
	}
	bits = hweight16(half);
	if (n >= bits) {
		n -= bits;
		at += 16;
		half >>= 16;
	}
	bits = hweight8(half);
	if (n >= bits) {
		n -= bits;
		at += 8;
		half >>= 8;
	}
	while (n--)
		half &= half - 1;
	return at + __ffs(half);
}

/* The n-th bit of a mask that has more. */
static u32 nth_bit(const u64 *mask, u32 nr_words, u32 n)
{
	u32 bits, at = 0;

	for (; --nr_words; mask++) {
		bits = hweight64(*mask);
		if (n < bits)
			break;
		n -= bits;
		at += BITS_PER_WORD;
	}
	return at + nth_bit_of_word(*mask, n);
}

/* The first guess is what would be right for passes of the same length. */
static unsigned int find_in_passes(const struct mpol_spread *spread, u32 slot)
{
	const u16 *start = spread->start;
	u32 nr_passes = spread->nr_passes, nr_words = spread->nr_words;
	unsigned long pass = slot * nr_passes / spread->nr_slots;
	u32 bit;

	while (start[pass] > slot)
		pass--;
	while (start[pass + 1] <= slot)
		pass++;
	bit = nth_bit(spread->mask + pass * nr_words, nr_words,
		      slot - start[pass]);
	return spread->by_rank ? start[nr_passes + 1 + bit] : bit;
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

static noinline unsigned int search_round(const struct mpol_spread *spread,
					  u32 slot)
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

/**
 * mpol_spread_search - the node of a slot where there is no table of slots
 * @spread:	an interleave
 * @slot:	below its nr_slots
 *
 * Context: Any.
 * Return: the node.
 */
unsigned int mpol_spread_search(const struct mpol_spread *spread, u32 slot)
{
	if (spread->start)
		return find_in_passes(spread, slot);
	return search_round(spread, slot);
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

/* The first slot of a node, by the first pass that it is in. */
static u32 first_in_passes(const struct mpol_spread *spread, u32 bit)
{
	u32 word = bit / BITS_PER_WORD, pass = 0, slot, i;
	u64 only = 1ULL << (bit % BITS_PER_WORD);
	const u64 *mask = spread->mask;

	for (; !(mask[word] & only); mask += spread->nr_words)
		pass++;
	slot = spread->start[pass] + hweight64(mask[word] & (only - 1));
	for (i = 0; i < word; i++)
		slot += hweight64(mask[i]);
	return slot;
}

/* The first slot of the next higher node, where there is no table of slots. */
static u32 search_after(const struct mpol_spread *spread, unsigned int nid)
{
	struct round round;
	u32 rank;
	int next = node_after(spread->nodes, nid, &rank);

	if (next >= MAX_NUMNODES)
		return 0;
	if (spread->start)
		return first_in_passes(spread, spread->by_rank ? rank : next);
	round = describe(spread->nodes, spread->weight);
	return slots_until(&round,
			   pass_of(&round, rank, weight_of(&round, next), 0),
			   rank);
}

/**
 * mpol_spread_after - where to go on after a node
 * @spread:	an interleave
 * @nid:	any node, of the interleave or not
 *
 * Context: Any. Takes time with the slots or passes of the round: for when
 * the interleave has just been replaced.
 * Return: the first slot of the next higher node, or slot 0.
 */
u32 mpol_spread_after(const struct mpol_spread *spread, unsigned int nid)
{
	u32 slot, found = 0, best = MAX_NUMNODES;

	if (!mpol_spread_is_table(spread))
		return search_after(spread, nid);
	for (slot = 0; slot < spread->nr_slots; slot++) {
		u32 next = mpol_spread_node(spread, slot);

		if (next > nid && next < best) {
			best = next;
			found = slot;
		}
	}
	return found;
}
