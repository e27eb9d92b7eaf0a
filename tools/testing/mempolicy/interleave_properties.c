// SPDX-License-Identifier: GPL-2.0
/* The slots of interleaves: how many, in which order, and how they are found. */
#include <stdlib.h>

#include "sets.h"
#include "interleave.h"
#include "tests/rounds.h"

/*
 * An interleave, and the nodes of the slots that the model says it has: those
 * of weights as they are, so @divisor rounds of what it should have.
 */
struct round {
	nodemask_t nodes;
	u8 table[MAX_NUMNODES];
	const u8 *weight;
	struct mpol_interleave *il;
	size_t size;
	u16 *want;
	u32 length;
	u32 divisor;
};

static void build(struct round *r)
{
	struct naive_set nodes = to_naive(&r->nodes);

	r->divisor = naive_divisor(&nodes, r->weight);
	r->size = mpol_interleave_size(&r->nodes, r->weight);
	r->il = test_alloc(r->size);
	mpol_interleave_build(r->il, &r->nodes, r->weight);
	r->want = naive_round(&nodes, r->weight, r->il->stride,
			      &r->length);
}

static void release(struct round *r)
{
	free(r->il);
	free(r->want);
}

static void show_round(const struct round *r)
{
	int nid;

	show_nodes("nodes", &r->nodes);
	for_each_node_mask(nid, r->nodes)
		if (r->weight && r->weight[nid] != 1)
			break;
	show_number("weighted", nid < MAX_NUMNODES);
	show_number("slots", r->length);
	show_number("divisor", r->divisor);
}

static enum vec_layout layout_of(const struct mpol_interleave *il)
{
	return il->layout == MPOL_INTERLEAVE_LONG ? VEC_LONG : VEC_SHORT;
}

/*
 * Weights of all kinds: none, up to 1, 4 or 255, always 255, and up to 51
 * fives.
 */
static void random_round(struct test *t, struct round *r)
{
	static const u8 lowest[] = { 1, 1, 1, 1, 255, 1 };
	static const u8 highest[] = { 1, 1, 4, 255, 255, 51 };
	static const u8 factor[] = { 1, 1, 1, 1, 1, 5 };
	u32 nid, kind = test_random(t, ARRAY_SIZE(lowest));
	u32 span = highest[kind] - lowest[kind] + 1;

	random_some_nodes(t, &r->nodes);
	for (nid = 0; nid < MAX_NUMNODES; nid++)
		r->table[nid] = (lowest[kind] + test_random(t, span)) *
				factor[kind];
	r->weight = kind ? r->table : NULL;
	build(r);
}

static unsigned int round_rounds(void)
{
	return MAX_NUMNODES > 64 ? 20 : 100;
}

static void on_random_rounds(struct test *t,
			     void (*check)(struct test *, const struct round *))
{
	unsigned int i, rounds = round_rounds();
	struct round r;

	for (i = 0; i < rounds && !t->failures; i++) {
		random_round(t, &r);
		check(t, &r);
		if (t->failures)
			show_round(&r);
		release(&r);
	}
}

static void check_vector(struct test *t, const struct vec_round *v)
{
	char got[32] = "";
	struct round r;
	u32 slot;

	vec_nodes(&r.nodes, v->nodes, 0);
	memcpy(r.table, v->weight, VEC_NR_WEIGHTS);
	r.weight = v->even ? NULL : r.table;
	build(&r);
	expect_eq(t, strlen(v->round), r.il->nr_slots);
	for (slot = 0; slot < r.il->nr_slots && slot < 31; slot++)
		got[slot] = '0' + mpol_interleave_node(r.il, slot);
	expect_text(t, v->round, got);
	release(&r);
}

static void interleave_vectors(struct test *t)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vec_rounds); i++)
		check_vector(t, &vec_rounds[i]);
}

/* Of a slot of any round. */
static u32 node_of_slot(const struct mpol_interleave *il, u32 slot)
{
	return mpol_interleave_node(il, slot % il->nr_slots);
}

/* Computing a slot takes time with the nodes: then only some are looked at. */
static u32 step_of(const struct mpol_interleave *il)
{
	return il->layout == MPOL_INTERLEAVE_COMPUTED ?
	       1 + il->nr_slots / 64 : 1;
}

static void check_slots(struct test *t, const struct round *r,
			const struct mpol_interleave *il)
{
	u32 slot, step = step_of(il);

	expect_eq(t, r->length, il->nr_slots * r->divisor);
	for (slot = 0; slot < r->length && !t->failures; slot += step)
		if (!expect_eq(t, r->want[slot], node_of_slot(il, slot)))
			show_number("slot", slot);
}

static bool is_place_of(const struct round *r, u32 slot, u32 place)
{
	return (u64)slot * r->il->stride % r->il->nr_slots == place;
}

/*
 * By the promise: the first slot of the lowest of the higher nodes, or in a long
 * round that of its first place.
 */
static u32 naive_after(const struct round *r, u32 nid)
{
	u32 slot, other, place = 0;
	bool is_long = layout_of(r->il) == VEC_LONG;

	for (other = 0; other < MAX_NUMNODES; other++) {
		if (!node_isset(other, r->nodes))
			continue;
		if (nid != (u32)NUMA_NO_NODE && other > nid)
			break;
		place += (r->weight ? r->weight[other] : 1) / r->divisor;
	}
	for (slot = 0; other < MAX_NUMNODES && slot < r->length; slot++)
		if (r->want[slot] == other &&
		    (!is_long || is_place_of(r, slot, place)))
			return slot;
	return 0;
}

static void check_after(struct test *t, const struct round *r,
			const struct mpol_interleave *il)
{
	u32 i, nid;

	for (i = 0; i < 64 && !t->failures; i++) {
		nid = MAX_NUMNODES > 64 ? test_random(t, MAX_NUMNODES) : i;
		if (!expect_eq(t, naive_after(r, nid),
			       mpol_interleave_after(il, nid)))
			show_number("node", nid);
	}
	/* Behind the last node, and a task that has never been anywhere. */
	expect_eq(t, 0, mpol_interleave_after(il, MAX_NUMNODES - 1));
	expect_eq(t, 0, mpol_interleave_after(il, (u32)NUMA_NO_NODE));
}

static void check_counts(struct test *t, const struct round *r)
{
	u32 count[MAX_NUMNODES] = { 0 };
	u32 slot, nid;

	for (slot = 0; slot < r->length; slot++)
		count[node_of_slot(r->il, slot)]++;
	for (nid = 0; nid < MAX_NUMNODES; nid++) {
		u32 weight = r->weight ? r->weight[nid] : 1;
		u32 want = node_isset(nid, r->nodes) ? weight : 0;

		if (!expect_eq(t, want, count[nid]))
			show_number("node", nid);
	}
}

static void check_length(struct test *t, const struct vec_length *v)
{
	struct round r;
	u32 nid;

	nodes_clear(r.nodes);
	for (nid = 0; nid <= vec_last_node(v); nid += v->step) {
		node_set(nid, r.nodes);
		r.table[nid] = v->weight;
	}
	r.table[vec_last_node(v)] = v->last;
	r.weight = r.table;
	build(&r);
	expect_eq(t, offsetof(struct mpol_interleave, narrow) + v->bytes, r.size);
	expect_eq(t, v->slots, r.il->nr_slots);
	expect_eq(t, v->layout, layout_of(r.il));
	check_counts(t, &r);
	check_slots(t, &r, r.il);
	check_after(t, &r, r.il);
	if (t->failures)
		show_round(&r);
	release(&r);
}

/* Catches an off-by-one where tables end. */
static void interleave_lengths(struct test *t)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vec_lengths) && !t->failures; i++)
		if (vec_last_node(&vec_lengths[i]) < MAX_NUMNODES)
			check_length(t, &vec_lengths[i]);
}

static u32 last_node(const nodemask_t *nodes)
{
	u32 nid = MAX_NUMNODES - 1;

	while (!node_isset(nid, *nodes))
		nid--;
	return nid;
}

/* Each slot's node, or the nodes where 512 cells begin, and the ends of nodes. */
static u32 bytes_of(const struct round *r)
{
	u32 last = last_node(&r->nodes), slots = r->length / r->divisor;
	u32 bytes = slots * (last < 256 ? 1 : 2);

	return bytes <= 3584 ? bytes : 2 * 513 + 2 * (last + 1);
}

static void check_size(struct test *t, const struct round *r)
{
	struct naive_set nodes = to_naive(&r->nodes);

	expect_eq(t, r->length, r->il->nr_slots * r->divisor);
	expect_eq(t, naive_is_long(&nodes, r->weight) ? VEC_LONG : VEC_SHORT,
		  layout_of(r->il));
	expect_eq(t, offsetof(struct mpol_interleave, narrow) + bytes_of(r), r->size);
	expect_eq(t, true, bytes_of(r) <= 3584);
}

/* Catches memory that is too small (with the sanitizer) or too large. */
static void interleave_size_is_exact(struct test *t)
{
	on_random_rounds(t, check_size);
}

static void check_order(struct test *t, const struct round *r)
{
	check_slots(t, r, r->il);
}

static void interleave_matches_model(struct test *t)
{
	on_random_rounds(t, check_order);
}

/* Catches shares that are only nearly the weights. */
static void interleave_counts_are_weights(struct test *t)
{
	on_random_rounds(t, check_counts);
}

static void check_computed(struct test *t, const struct round *r)
{
	struct mpol_interleave computed;

	mpol_interleave_compute(&computed, &r->nodes, r->weight);
	expect_eq(t, r->il->stride, computed.stride);
	check_slots(t, r, &computed);
}

/* Catches pages that move when there is no memory for a round. */
static void interleave_computed_matches_table(struct test *t)
{
	on_random_rounds(t, check_computed);
}

/* Catches nodes that are lost where many light ones share a cell of the row. */
static void interleave_finds_light_nodes(struct test *t)
{
	u32 nid, heavy = MAX_NUMNODES / 32;
	struct round r;

	nodes_clear(r.nodes);
	for (nid = 0; nid < MAX_NUMNODES; nid++) {
		node_set(nid, r.nodes);
		r.table[nid] = nid % 32 == 31 ? 255 : 1 + nid % 2;
	}
	r.weight = r.table;
	build(&r);
	expect_eq(t, heavy < 32 ? VEC_SHORT : VEC_LONG, layout_of(r.il));
	check_order(t, &r);
	check_counts(t, &r);
	release(&r);
}

/*
 * How far a node's count may be from its share of the slots so far: two slots,
 * and its share of two passes.
 */
static void check_pace(struct test *t, const struct round *r, u32 nid)
{
	s64 share = r->weight ? r->weight[nid] : 1;
	s64 limit = 2 * r->length + 2 * share * nodes_weight(r->nodes);
	s64 slot, had = 0;

	for (slot = 0; slot < r->length; slot++) {
		s64 ahead = had * r->length - slot * share;

		if (!expect_eq(t, true, ahead <= limit && -ahead <= limit)) {
			show_number("node", nid);
			show_number("slot", slot);
			return;
		}
		had += r->want[slot] == nid;
	}
}

static void check_paces(struct test *t, const struct round *r)
{
	u32 i, nid = 0;

	for (i = 0; i < 8; i++) {
		nid = next_node_in(nid, r->nodes);
		check_pace(t, r, nid);
	}
}

/* Catches bursts: check_order() has the order itself. */
static void interleave_keeps_pace(struct test *t)
{
	on_random_rounds(t, check_paces);
}

/* The most slots in succession that one node has, counted around. */
static u32 longest_run(const struct mpol_interleave *il)
{
	u32 slot, run = 0, longest = 0, nr = il->nr_slots;

	for (slot = 0; slot < 2 * nr; slot++) {
		u32 nid = mpol_interleave_node(il, slot % nr);

		run = nid == mpol_interleave_node(il, (slot + nr - 1) % nr) ?
			run + 1 : 1;
		longest = max(longest, run);
	}
	return longest;
}

/* Of two nodes no order has shorter runs. */
static void interleave_of_two_has_no_bursts(struct test *t)
{
	struct round r;
	u32 i;

	nodes_clear(r.nodes);
	node_set(0, r.nodes);
	node_set(5, r.nodes);
	r.weight = r.table;
	for (i = 0; i < 200 && !t->failures; i++) {
		u32 light = 1 + test_random(t, 254);
		u32 heavy = light + test_random(t, 255 - light + 1);

		r.table[i & 1 ? 0 : 5] = light;
		r.table[i & 1 ? 5 : 0] = heavy;
		build(&r);
		if (!expect_eq(t, (heavy + light - 1) / light,
			       longest_run(r.il)))
			show_round(&r);
		release(&r);
	}
}

static void check_both_after(struct test *t, const struct round *r)
{
	struct mpol_interleave computed;

	mpol_interleave_compute(&computed, &r->nodes, r->weight);
	check_after(t, r, r->il);
	check_after(t, r, &computed);
}

static void interleave_after_goes_to_next_node(struct test *t)
{
	on_random_rounds(t, check_both_after);
}

const struct property interleave_properties[] = {
	PROPERTY(interleave_vectors),
	PROPERTY(interleave_lengths),
	PROPERTY(interleave_size_is_exact),
	PROPERTY(interleave_matches_model),
	PROPERTY(interleave_counts_are_weights),
	PROPERTY(interleave_computed_matches_table),
	PROPERTY(interleave_finds_light_nodes),
	PROPERTY(interleave_keeps_pace),
	PROPERTY(interleave_of_two_has_no_bursts),
	PROPERTY(interleave_after_goes_to_next_node),
	{ }
};
