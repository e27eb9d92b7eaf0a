// SPDX-License-Identifier: GPL-2.0
/* Rounds of slots: their size, their order, and every way to read them. */
#include <stdlib.h>

#include "sets.h"
#include "spread.h"
#include "tests/vectors.h"

/* A round, and what the model says about it. */
struct round {
	nodemask_t nodes;
	u8 table[MAX_NUMNODES];
	const u8 *weight;
	struct mpol_spread *spread;
	size_t size;
	u16 *want;
	u32 length;
};

static void build(struct round *r)
{
	struct naive_set nodes = to_naive(&r->nodes);

	r->want = naive_round(&nodes, r->weight, &r->length);
	r->size = mpol_spread_size(&r->nodes, r->weight);
	r->spread = test_alloc(r->size);
	mpol_spread_build(r->spread, &r->nodes, r->weight);
}

static void release(struct round *r)
{
	free(r->spread);
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
}

/* Weights of all kinds: none, and up to 1, 4, 255 or always 255. */
static void random_round(struct test *t, struct round *r)
{
	static const u8 lowest[] = { 1, 1, 1, 1, 255 };
	static const u8 highest[] = { 1, 1, 4, 255, 255 };
	u32 nid, kind = test_random(t, ARRAY_SIZE(lowest));
	u32 span = highest[kind] - lowest[kind] + 1;

	random_some_nodes(t, &r->nodes);
	for (nid = 0; nid < MAX_NUMNODES; nid++)
		r->table[nid] = lowest[kind] + test_random(t, span);
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
	expect_eq(t, strlen(v->round), r.spread->nr_slots);
	for (slot = 0; slot < r.spread->nr_slots && slot < 31; slot++)
		got[slot] = '0' + mpol_spread_node(r.spread, slot);
	expect_text(t, v->round, got);
	release(&r);
}

static void spread_vectors(struct test *t)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vec_rounds); i++)
		check_vector(t, &vec_rounds[i]);
}

/* The first and the last slot of each node. */
static void check_ends(struct test *t, const struct vec_length *v,
		       const struct mpol_spread *spread)
{
	u32 nid, first = 0;

	for (nid = 0; nid < v->nodes; nid++) {
		u32 share = nid < v->nodes - 1 ? v->weight : v->last;

		expect_eq(t, nid, mpol_spread_node(spread, first));
		first += share;
		expect_eq(t, nid, mpol_spread_node(spread, first - 1));
	}
}

static void check_length(struct test *t, const struct vec_length *v)
{
	u32 nid, bytes = v->runs ? v->nodes * 8 : v->slots * 2;
	struct round r;

	nodes_clear(r.nodes);
	for (nid = 0; nid < v->nodes; nid++) {
		node_set(nid, r.nodes);
		r.table[nid] = v->weight;
	}
	r.table[v->nodes - 1] = v->last;
	r.weight = r.table;
	build(&r);
	expect_eq(t, 8 + bytes, r.size);
	expect_eq(t, v->slots, r.spread->nr_slots);
	expect_eq(t, v->runs ? v->nodes : 0, r.spread->nr_runs);
	check_ends(t, v, r.spread);
	release(&r);
}

/* Catches an off-by-one where slots give way to runs. */
static void spread_lengths(struct test *t)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vec_lengths); i++)
		if (vec_lengths[i].nodes <= MAX_NUMNODES)
			check_length(t, &vec_lengths[i]);
}

static void check_size(struct test *t, const struct round *r)
{
	bool runs = r->length > MPOL_SPREAD_SLOTS;
	u32 nr_runs = runs ? nodes_weight(r->nodes) : 0;

	expect_eq(t, r->length, r->spread->nr_slots);
	expect_eq(t, nr_runs, r->spread->nr_runs);
	expect_eq(t, 8 + (runs ? nr_runs * 8 : r->length * 2), r->size);
}

/* Catches memory that is too small (with the sanitizer) or too large. */
static void spread_size_is_exact(struct test *t)
{
	on_random_rounds(t, check_size);
}

static void check_order(struct test *t, const struct round *r)
{
	u32 slot;

	for (slot = 0; slot < r->length && !t->failures; slot++)
		if (!expect_eq(t, r->want[slot],
			       mpol_spread_node(r->spread, slot)))
			show_number("slot", slot);
}

static void spread_matches_model(struct test *t)
{
	on_random_rounds(t, check_order);
}

static void check_counts(struct test *t, const struct round *r)
{
	u32 count[MAX_NUMNODES] = { 0 };
	u32 slot, nid;

	for (slot = 0; slot < r->spread->nr_slots; slot++)
		count[mpol_spread_node(r->spread, slot)]++;
	for (nid = 0; nid < MAX_NUMNODES; nid++) {
		u32 weight = r->weight ? r->weight[nid] : 1;
		u32 want = node_isset(nid, r->nodes) ? weight : 0;

		if (!expect_eq(t, want, count[nid]))
			show_number("node", nid);
	}
}

/* Catches shares that are only nearly the weights. */
static void spread_counts_are_weights(struct test *t)
{
	on_random_rounds(t, check_counts);
}

/* The round of @r as runs, however short it is. */
static struct mpol_spread *as_runs(const struct round *r)
{
	struct mpol_spread *spread;
	u32 slot, last = 0;

	spread = test_alloc(struct_size(spread, run, nodes_weight(r->nodes)));
	spread->nr_slots = r->length;
	for (slot = 0; slot < r->length; slot++) {
		if (slot && r->want[slot] != r->want[slot - 1])
			last++;
		spread->run[last].nid = r->want[slot];
		spread->run[last].end = slot + 1;
	}
	spread->nr_runs = last + 1;
	return spread;
}

static void check_search(struct test *t, const struct round *r)
{
	struct mpol_spread *spread = as_runs(r);
	u32 slot;

	for (slot = 0; slot < r->length && !t->failures; slot++)
		if (!expect_eq(t, r->want[slot],
			       mpol_spread_search(spread, slot)))
			show_number("slot", slot);
	free(spread);
}

/* Catches a search that misses the first or the last slot of a run. */
static void spread_search_matches_table(struct test *t)
{
	on_random_rounds(t, check_search);
}

static void check_run(struct test *t, const struct round *r)
{
	u32 slot = r->length, want = 0;

	while (slot-- && !t->failures) {
		bool last = slot == r->length - 1;

		if (last || r->want[slot] != r->want[slot + 1])
			want = 0;
		want++;
		if (!expect_eq(t, want, mpol_spread_run(r->spread, slot)))
			show_number("slot", slot);
	}
}

static void spread_run_reaches_next_node(struct test *t)
{
	on_random_rounds(t, check_run);
}

static u32 naive_after(const struct round *r, u32 nid)
{
	u32 slot;

	for (slot = 0; slot < r->length; slot++)
		if (r->want[slot] > nid)
			return slot;
	return 0;
}

static void check_after(struct test *t, const struct round *r)
{
	u32 i, nid;

	for (i = 0; i < 64 && !t->failures; i++) {
		nid = MAX_NUMNODES > 64 ? test_random(t, MAX_NUMNODES) : i;
		if (!expect_eq(t, naive_after(r, nid),
			       mpol_spread_after(r->spread, nid)))
			show_number("node", nid);
	}
	/* Behind the last node, and a task that has never been anywhere. */
	expect_eq(t, 0, mpol_spread_after(r->spread, MAX_NUMNODES - 1));
	expect_eq(t, 0, mpol_spread_after(r->spread, (u32)NUMA_NO_NODE));
}

static void spread_after_goes_to_next_node(struct test *t)
{
	on_random_rounds(t, check_after);
}

static void check_walk(struct test *t, const struct round *r)
{
	unsigned long index;
	u32 i;

	for (i = 0; i < 500 && !t->failures; i++) {
		index = test_random(t, UINT_MAX) % (r->length * 3);
		/* From the top as well: the index may be any. */
		if (i & 1)
			index = ULONG_MAX - index;
		if (!expect_eq(t, r->want[index % r->length],
			       mpol_spread_walk(&r->nodes, r->weight, index)))
			show_number("index", index);
	}
}

/* Catches pages that move when there is no memory for a round. */
static void spread_walk_matches_table(struct test *t)
{
	on_random_rounds(t, check_walk);
}

const struct property spread_properties[] = {
	PROPERTY(spread_vectors),
	PROPERTY(spread_lengths),
	PROPERTY(spread_size_is_exact),
	PROPERTY(spread_matches_model),
	PROPERTY(spread_counts_are_weights),
	PROPERTY(spread_search_matches_table),
	PROPERTY(spread_run_reaches_next_node),
	PROPERTY(spread_after_goes_to_next_node),
	PROPERTY(spread_walk_matches_table),
	{ }
};
