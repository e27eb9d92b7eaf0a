// SPDX-License-Identifier: GPL-2.0
/*
 * Shares of pages that the kernel allocates by the policy of a task, one at a
 * time and in bulk, on the nodes of the machine that runs this.
 */
#include <kunit/test.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/slab.h>

#include "../internal.h"

/**
 * struct pages - pages that were allocated
 * @nr:		how many
 * @slots:	length of the round
 * @count:	how many of them on each node
 * @page:	the pages
 */
struct pages {
	unsigned long nr;
	unsigned long slots;
	unsigned long count[MAX_NUMNODES];
	struct page *page[];
};

/* Rounds that whole rounds are tested with, and slots they can have. */
#define ROUNDS		3
#define SLOTS_MAX	1024

/* Weights that differ: a heavy node among light ones and the other way round. */
static const u8 some_weights[] = { 5, 1, 3, 1, 17, 2, 1, 4 };

static u8 weight_of(int nid)
{
	return some_weights[nid % ARRAY_SIZE(some_weights)];
}

static int set_policy(unsigned short mode)
{
	struct mpol_spec spec;

	mpol_spec_set_mode(&spec, mode);
	if (mode != MPOL_DEFAULT)
		spec.nodes = node_states[N_MEMORY];
	return mpol_set_task_policy(&spec);
}

/* Making the round takes memory, which can take a turn. */
static void bind_now(void)
{
	mpol_next_node(current->mempolicy);
}

static int weights_init(struct kunit *test)
{
	struct pages *pages;
	int nid;

	pages = kunit_kzalloc(test, struct_size(pages, page,
						(ROUNDS + 1) * SLOTS_MAX),
			      GFP_KERNEL);
	if (!pages)
		kunit_skip(test, "no memory to keep pages");
	test->priv = pages;
	for_each_node_state(nid, N_MEMORY) {
		KUNIT_ASSERT_EQ(test, 0, mpol_set_weight(nid, weight_of(nid)));
		pages->slots += weight_of(nid);
	}
	if (pages->slots > SLOTS_MAX)
		kunit_skip(test, "rounds of %lu slots are too long",
			   pages->slots);
	KUNIT_ASSERT_EQ(test, 0, set_policy(MPOL_WEIGHTED_INTERLEAVE));
	bind_now();
	return 0;
}

static void weights_exit(struct kunit *test)
{
	int nid;

	set_policy(MPOL_DEFAULT);
	for_each_node_state(nid, N_MEMORY)
		mpol_reset_weight(nid);
	mpol_follow_bandwidth(true);
}

/* Counts the pages by node and gives them back. */
static void give_back(struct pages *pages)
{
	unsigned long i;

	for (i = 0; i < pages->nr; i++) {
		pages->count[page_to_nid(pages->page[i])]++;
		__free_page(pages->page[i]);
	}
	pages->nr = 0;
}

static void one_by_one(struct pages *pages, unsigned long nr)
{
	while (nr--) {
		struct page *page = alloc_pages(GFP_KERNEL, 0);

		if (page)
			pages->page[pages->nr++] = page;
	}
}

static void in_bulk(struct pages *pages, unsigned long nr)
{
	struct page **to = pages->page + pages->nr;

	memset(to, 0, nr * sizeof(*to));
	pages->nr += alloc_pages_bulk_array_mempolicy(GFP_KERNEL, nr, to);
}

static void expect_rounds(struct kunit *test, unsigned long rounds)
{
	struct pages *pages = test->priv;
	int nid;

	for_each_node_state(nid, N_MEMORY)
		KUNIT_EXPECT_EQ_MSG(test, rounds * weight_of(nid),
				    pages->count[nid], "node %d", nid);
}

/* Catches turns that are skipped or taken twice. */
static void test_one_by_one(struct kunit *test)
{
	struct pages *pages = test->priv;

	one_by_one(pages, ROUNDS * pages->slots);
	give_back(pages);
	expect_rounds(test, ROUNDS);
}

/* Catches shares that are only about right, and weights that are not read. */
static void test_bulk(struct kunit *test)
{
	struct pages *pages = test->priv;

	in_bulk(pages, ROUNDS * pages->slots);
	give_back(pages);
	expect_rounds(test, ROUNDS);
}

/*
 * Catches a bulk allocation that starts or leaves the round elsewhere than one
 * page after the other would: any mixture adds up.
 */
static void test_mixture(struct kunit *test)
{
	struct pages *pages = test->priv;
	unsigned long left = ROUNDS * pages->slots, nr = 1;
	bool bulk = false;

	for (; left; left -= nr, nr += 2, bulk = !bulk) {
		nr = min(nr, left);
		if (bulk)
			in_bulk(pages, nr);
		else
			one_by_one(pages, nr);
	}
	give_back(pages);
	expect_rounds(test, ROUNDS);
}

/* Catches parts of a round that are not taken from where the task stands. */
static void test_bulk_in_parts(struct kunit *test)
{
	struct pages *pages = test->priv;
	unsigned long part = pages->slots + pages->slots / 2;

	in_bulk(pages, part);
	in_bulk(pages, ROUNDS * pages->slots - part);
	give_back(pages);
	expect_rounds(test, ROUNDS);
}

static int heaviest(void)
{
	int nid, best = first_node(node_states[N_MEMORY]);

	for_each_node_state(nid, N_MEMORY)
		if (weight_of(nid) > weight_of(best))
			best = nid;
	return best;
}

/* Catches a position that goes on with a weight that is no more. */
static void test_change(struct kunit *test)
{
	struct pages *pages = test->priv;
	int nid, nr = num_node_state(N_MEMORY);

	KUNIT_ASSERT_EQ(test, 0, mpol_set_weight(heaviest(), 100));
	one_by_one(pages, 10);
	give_back(pages);
	memset(pages->count, 0, sizeof(pages->count));
	for_each_node_state(nid, N_MEMORY)
		KUNIT_ASSERT_EQ(test, 0, mpol_set_weight(nid, 1));
	bind_now();
	in_bulk(pages, nr);
	one_by_one(pages, nr);
	give_back(pages);
	for_each_node_state(nid, N_MEMORY)
		KUNIT_EXPECT_EQ_MSG(test, 2, pages->count[nid], "node %d", nid);
}

static struct kunit_case weights_cases[] = {
	KUNIT_CASE(test_one_by_one),
	KUNIT_CASE(test_bulk),
	KUNIT_CASE(test_mixture),
	KUNIT_CASE(test_bulk_in_parts),
	KUNIT_CASE(test_change),
	{ }
};

static struct kunit_suite weights_suite = {
	.name		= "mempolicy-weights",
	.init		= weights_init,
	.exit		= weights_exit,
	.test_cases	= weights_cases,
};

kunit_test_suite(weights_suite);
