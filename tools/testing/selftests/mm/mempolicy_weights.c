// SPDX-License-Identifier: GPL-2.0
/*
 * Weights of weighted interleave: the files that hold them, and where pages go
 * when they are not all 1.
 */
#include "kselftest_harness.h"

#include <stdlib.h>

#include "mempolicy_util.h"

#define DIRECTORY	"/sys/kernel/mm/mempolicy/weighted_interleave/"
#define ROUNDS		3
#define MAX_WEIGHT	255

static void file_of(int node, char path[128])
{
	snprintf(path, 128, DIRECTORY "node%d", node);
}

static bool write_weight(int node, const char *text)
{
	char path[128];

	file_of(node, path);
	return file_write(path, text);
}

static int read_weight(int node)
{
	char path[128], buf[16];

	file_of(node, path);
	return file_read(path, buf, sizeof(buf)) ? atoi(buf) : -1;
}

static void reset_weights(void)
{
	int node = -1;

	while (nodes_step(&machine.memory, &node))
		write_weight(node, "0");
}

FIXTURE(files) {
	int node;
};

FIXTURE_SETUP(files)
{
	machine_require();
	reset_weights();
	self->node = nodes_nth(&machine.memory, 0);
}

FIXTURE_TEARDOWN(files)
{
	reset_weights();
}

/* Catches defaults that are not 1, and files that forget what was written. */
TEST_F(files, keep_what_is_written)
{
	EXPECT_EQ(1, read_weight(self->node));
	EXPECT_TRUE(write_weight(self->node, "7\n"));
	EXPECT_EQ(7, read_weight(self->node));
	EXPECT_TRUE(write_weight(self->node, "0xff"));
	EXPECT_EQ(MAX_WEIGHT, read_weight(self->node));
}

/* Catches a reset that leaves 0, by which a page's index would be divided. */
TEST_F(files, zero_and_nothing_reset)
{
	ASSERT_TRUE(write_weight(self->node, "9"));
	EXPECT_TRUE(write_weight(self->node, "0"));
	EXPECT_EQ(1, read_weight(self->node));
	ASSERT_TRUE(write_weight(self->node, "9"));
	EXPECT_TRUE(write_weight(self->node, "\n"));
	EXPECT_EQ(1, read_weight(self->node));
}

/* Catches numbers that are cut to eight bits instead of being refused. */
TEST_F(files, junk_is_refused)
{
	static const char * const junk[] = { "256", "-1", "x", "1 2", "1.5", "0x100", NULL };
	int i;

	ASSERT_TRUE(write_weight(self->node, "5"));
	for (i = 0; junk[i]; i++) {
		EXPECT_FALSE(write_weight(self->node, junk[i]))
			TH_LOG("'%s' was taken", junk[i]);
		EXPECT_EQ(5, read_weight(self->node));
	}
}

FIXTURE(weights) {
	int first;	/* two nodes with room */
	int second;
};

/* What the two weigh. */
FIXTURE_VARIANT(weights)
{
	int first;
	int second;
};

FIXTURE_VARIANT_ADD(weights, even) { .first = 1, .second = 1 };
FIXTURE_VARIANT_ADD(weights, two_to_one) { .first = 2, .second = 1 };
FIXTURE_VARIANT_ADD(weights, three_to_five) { .first = 3, .second = 5 };
FIXTURE_VARIANT_ADD(weights, lopsided) { .first = 1, .second = 40 };
FIXTURE_VARIANT_ADD(weights, greatest) { .first = 255, .second = 3 };

FIXTURE_SETUP(weights)
{
	machine_require();
	reset_weights();
	if (nodes_count(&machine.roomy) < 2)
		SKIP(return, "needs two nodes with room");
	self->first = nodes_nth(&machine.roomy, 0);
	self->second = nodes_nth(&machine.roomy, 1);
}

FIXTURE_TEARDOWN(weights)
{
	reset_weights();
}

static struct policy weighted(int first, int second)
{
	struct policy pol = policy_for(MPOL_WEIGHTED_INTERLEAVE, nodes_of(first));

	nodes_add(&pol.ask, second);
	return pol;
}

/* How many of the pages are on a node. */
static int count_on(void *base, int nr, int node)
{
	int *nodes = calloc(nr, sizeof(*nodes));
	int i, found = 0;

	or_die(nodes && page_nodes(base, nr, nodes), "where the pages are");
	for (i = 0; i < nr; i++)
		found += nodes[i] == node;
	free(nodes);
	return found;
}

static void set_both(int first, int first_weight, int second, int second_weight)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", first_weight);
	or_die(write_weight(first, text), "writing a weight");
	snprintf(text, sizeof(text), "%d", second_weight);
	or_die(write_weight(second, text), "writing a weight");
}

/* Catches shares that are only about right: whole rounds give exact counts. */
TEST_F(weights, rounds_of_a_mapping_are_exact)
{
	int round = variant->first + variant->second;
	struct policy pol = weighted(self->first, self->second);
	void *base = map_pages(ROUNDS * round);

	set_both(self->first, variant->first, self->second, variant->second);
	ASSERT_EQ(0, policy_set_range(&pol, base, ROUNDS * round * page_size()));
	touch_pages(base, ROUNDS * round);
	EXPECT_EQ(ROUNDS * variant->first, count_on(base, ROUNDS * round, self->first));
	EXPECT_EQ(ROUNDS * variant->second, count_on(base, ROUNDS * round, self->second));
}

/* The most pages in succession that are on one node. */
static int longest_run(void *base, int nr)
{
	int *nodes = calloc(nr, sizeof(*nodes));
	int i, run = 0, longest = 0;

	or_die(nodes && page_nodes(base, nr, nodes), "where the pages are");
	for (i = 0; i < nr; i++) {
		run = i && nodes[i] == nodes[i - 1] ? run + 1 : 1;
		longest = run > longest ? run : longest;
	}
	free(nodes);
	return longest;
}

/*
 * Catches bursts, which have all threads that work through the pages wait for
 * one node: of two nodes the light one cuts the heavy one's pages into equal
 * parts.
 */
TEST_F(weights, pages_alternate_evenly)
{
	int first = variant->first, second = variant->second;
	int heavy = first > second ? first : second, light = first + second - heavy;
	struct policy pol = weighted(self->first, self->second);
	void *base = map_pages(ROUNDS * (first + second));

	set_both(self->first, first, self->second, second);
	ASSERT_EQ(0, policy_set_range(&pol, base, ROUNDS * (first + second) * page_size()));
	touch_pages(base, ROUNDS * (first + second));
	EXPECT_EQ((heavy + light - 1) / light,
		  longest_run(base, ROUNDS * (first + second)));
}

/* Catches a policy that goes on with the weights it was made under. */
TEST_F(weights, change_reaches_policies_that_exist)
{
	int round = variant->first + variant->second;
	struct policy pol = weighted(self->first, self->second);
	void *base = map_pages(2 + ROUNDS * round);

	ASSERT_EQ(0, policy_set_task(&pol));
	touch_pages(base, 2);
	EXPECT_EQ(1, count_on(base, 2, self->first));

	set_both(self->first, variant->first, self->second, variant->second);
	touch_pages(page_at(base, 2), ROUNDS * round);
	EXPECT_EQ(ROUNDS * variant->first,
		  count_on(page_at(base, 2), ROUNDS * round, self->first));
}

TEST_HARNESS_MAIN
