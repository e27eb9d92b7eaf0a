// SPDX-License-Identifier: GPL-2.0
/*
 * Views when there are more of them than slots: those in use keep theirs, the
 * others' are used again, and a task without a slot places right.
 */
#include <kunit/test.h>
#include <linux/cpuset.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/timex.h>

#include "requests.h"

/* More than MPOL_VIEWS: all subsets of nine nodes but the empty one. */
#define NODES		9
#define SUBSETS		((1U << NODES) - 1)

/* More than MPOL_VIEW_IDLE. */
#define IDLE_MS		1200
#define TRIES		4

#define BATCHES		50
#define POLICIES	400

/**
 * struct seen - what a task's cursor has after a look-up
 * @view:	number of the view
 * @slot:	its slot, if it has one
 */
struct seen {
	u64 view;
	unsigned int slot;
};

/**
 * struct views - the views of one test
 * @all:	nodes that were allowed before the test
 * @nr:		subsets that got a slot, from the first one on
 * @seen:	by subset
 */
struct views {
	nodemask_t all;
	unsigned int nr;
	struct seen seen[SUBSETS];
};

/* Nodes with memory, by the bits of a number from 1 to SUBSETS. */
static void subset_nodes(nodemask_t *nodes, unsigned int subset)
{
	int nid = first_node(node_states[N_MEMORY]);

	nodes_clear(*nodes);
	for (subset++; subset; subset >>= 1) {
		if (subset & 1)
			node_set(nid, *nodes);
		nid = next_node(nid, node_states[N_MEMORY]);
	}
}

static struct seen look_up(unsigned int subset)
{
	struct mpol_cursor *cursor = &current->mpol_cursor;
	nodemask_t nodes;

	subset_nodes(&nodes, subset);
	set_mems_allowed(nodes);
	mpol_view_refresh(&nodes);
	/* Otherwise the next try to make a form is a tick away. */
	cursor->refused = false;
	return (struct seen) { cursor->view, cursor->view_slot };
}

static bool has_slot(struct seen seen)
{
	return mpol_view_has_slot(seen.view);
}

/* Looks up subsets until one gets no slot: that begins a sweep. */
static void fill(struct kunit *test, struct views *views)
{
	mpol_invalidate();
	for (views->nr = 0; views->nr < SUBSETS; views->nr++) {
		views->seen[views->nr] = look_up(views->nr);
		if (!has_slot(views->seen[views->nr]))
			break;
	}
	KUNIT_ASSERT_GT(test, views->nr, 100);
	KUNIT_ASSERT_LT(test, views->nr, SUBSETS - 100);
}

static int views_init(struct kunit *test)
{
	struct views *views = kunit_kzalloc(test, sizeof(*views), GFP_KERNEL);

	if (!views)
		return -ENOMEM;
	views->all = cpuset_current_mems_allowed;
	test->priv = views;
	return request_init(test);
}

static void views_exit(struct kunit *test)
{
	struct views *views = test->priv;

	if (!views)
		return;
	set_mems_allowed(views->all);
	mpol_invalidate();
}

static void require_nodes(struct kunit *test)
{
	if (!IS_ENABLED(CONFIG_CPUSETS))
		kunit_skip(test, "needs CONFIG_CPUSETS");
	if (nodes_weight(node_states[N_MEMORY]) < NODES)
		kunit_skip(test, "needs %d nodes with memory", NODES);
}

/* Catches a slot that is given to two views, or to none. */
static void test_slots(struct kunit *test)
{
	struct views *views = test->priv;
	DECLARE_BITMAP(taken, SUBSETS) = { };
	unsigned int i;

	require_nodes(test);
	fill(test, views);
	for (i = 0; i < views->nr; i++) {
		struct seen seen = look_up(i);

		KUNIT_EXPECT_EQ(test, views->seen[i].view, seen.view);
		KUNIT_EXPECT_EQ(test, views->seen[i].slot, seen.slot);
		KUNIT_ASSERT_LT(test, seen.slot, SUBSETS);
		KUNIT_EXPECT_FALSE(test, test_and_set_bit(seen.slot, taken));
	}
}

static bool has_form(struct mempolicy *pol)
{
	guard(rcu)();
	return mpol_resolved(pol);
}

/* Catches pages that go elsewhere, and interleaves that begin anew, without. */
static void test_without_slot(struct kunit *test)
{
	struct views *views = test->priv;
	nodemask_t want, nodes;
	struct seen seen, again;
	struct mempolicy *pol;
	int i;

	require_nodes(test);
	pol = create(test, MPOL_INTERLEAVE | MPOL_F_STATIC_NODES,
		     &node_states[N_MEMORY]);
	fill(test, views);
	for (i = views->nr; i < views->nr + 50; i++) {
		seen = look_up(i);
		KUNIT_ASSERT_FALSE(test, has_slot(seen));
		KUNIT_EXPECT_FALSE(test, has_form(pol));
		mpol_nodes_now(pol, &nodes);
		subset_nodes(&want, i);
		KUNIT_EXPECT_TRUE(test, nodes_equal(want, nodes));
		KUNIT_EXPECT_NE(test, seen.view, look_up(i + 1).view);
		again = look_up(i);
		KUNIT_EXPECT_EQ(test, seen.view, again.view);
	}
	KUNIT_EXPECT_EQ(test, 0, mpol_resolved_size(pol));
	mpol_put(pol);
}

/* The fastest of some look-ups of two views in turn. */
static cycles_t time_look_ups(unsigned int subset)
{
	cycles_t start, spent, least = -1;
	int i, k;

	for (i = 0; i < BATCHES; i++) {
		start = get_cycles();
		/* The slot that one finds is a wrong hint for the other. */
		for (k = 0; k < 32; k++)
			look_up(subset + k % 2);
		spent = get_cycles() - start;
		least = min(least, spent);
	}
	return least;
}

/* Catches a search for a slot, under the lock, where there cannot be one. */
static void test_fast_without_slot(struct kunit *test)
{
	struct views *views = test->priv;
	cycles_t with, without;

	if (!get_cycles())
		kunit_skip(test, "needs a counter of cycles");
	require_nodes(test);
	fill(test, views);
	with = time_look_ups(views->nr - 2);
	without = time_look_ups(views->nr);
	KUNIT_EXPECT_FALSE(test, has_slot(look_up(views->nr)));
	KUNIT_EXPECT_LT(test, 2 * without, 3 * with);
}

/* Uses the views of the first @nr subsets: have they changed? */
static unsigned int use(const struct views *views, unsigned int nr)
{
	unsigned int i, changed = 0;

	for (i = 0; i < nr; i++) {
		struct seen seen = look_up(i);

		changed += seen.view != views->seen[i].view ||
			   seen.slot != views->seen[i].slot;
	}
	return changed;
}

/* A sweep may have begun less than a second before. */
static struct seen look_up_in_time(struct kunit *test, unsigned int subset,
				   unsigned int used)
{
	struct seen seen;
	int i;

	for (i = 0; i < TRIES; i++) {
		KUNIT_EXPECT_EQ(test, 0, use(test->priv, used));
		msleep(IDLE_MS);
		seen = look_up(subset);
		if (has_slot(seen))
			break;
	}
	return seen;
}

static void expect_nodes(struct kunit *test, struct mempolicy *pol,
			 unsigned int subset)
{
	nodemask_t want, nodes;

	mpol_nodes_now(pol, &nodes);
	subset_nodes(&want, subset);
	KUNIT_EXPECT_TRUE_MSG(test, nodes_equal(want, nodes),
			      "subset %u: %*pbl, not %*pbl", subset,
			      nodemask_pr_args(&nodes),
			      nodemask_pr_args(&want));
}

/*
 * Catches a view in use that loses its slot, slots that stay with views that
 * no task uses, and a form of a view whose slot another one has got.
 */
static void test_used_again(struct kunit *test)
{
	struct views *views = test->priv;
	unsigned int i, used, end;
	struct mempolicy *pol;

	require_nodes(test);
	pol = create(test, MPOL_INTERLEAVE | MPOL_F_STATIC_NODES,
		     &node_states[N_MEMORY]);
	fill(test, views);
	for (i = 0; i < views->nr; i++) {
		look_up(i);
		expect_nodes(test, pol, i);
	}

	/* Half of the slots are used, and half of the others used again. */
	used = views->nr / 2;
	end = views->nr + used / 2;
	views->seen[views->nr] = look_up_in_time(test, views->nr, used);
	for (i = views->nr + 1; i < end; i++)
		views->seen[i] = look_up(i);
	for (i = views->nr; i < end; i++) {
		struct seen seen = look_up(i);

		KUNIT_EXPECT_TRUE(test, has_slot(seen));
		KUNIT_EXPECT_EQ(test, views->seen[i].view, seen.view);
		expect_nodes(test, pol, i);
	}
	KUNIT_EXPECT_EQ(test, 0, use(views, used));
	mpol_put(pol);
}

/* Catches tables that are not freed once there is a larger one. */
static void test_no_table_is_lost(struct kunit *test)
{
	/* Each of their slots but the first two needs a larger table. */
	static const unsigned int subsets[] = { 0, 1, 8, 16, 32, 64 };
	struct views *views = test->priv;
	unsigned long before;
	struct mempolicy *pol;
	nodemask_t nodes;
	unsigned int i, n;

	require_nodes(test);
	mpol_invalidate();
	for (i = 0; i <= 64; i++)
		look_up(i);
	before = request_slab_pages();
	for (n = 0; n < POLICIES; n++) {
		set_mems_allowed(views->all);
		subset_nodes(&nodes, n);
		pol = create(test, MPOL_BIND | MPOL_F_STATIC_NODES, &nodes);
		for (i = 0; i < ARRAY_SIZE(subsets); i++) {
			look_up(subsets[i]);
			KUNIT_EXPECT_TRUE(test, has_form(pol));
		}
		mpol_put(pol);
	}
	KUNIT_EXPECT_LT(test, request_slab_pages(),
			before + POLICIES * SZ_1K / PAGE_SIZE);
}

static struct kunit_case view_cases[] = {
	KUNIT_CASE(test_slots),
	KUNIT_CASE(test_without_slot),
	KUNIT_CASE(test_fast_without_slot),
	KUNIT_CASE_SLOW(test_used_again),
	KUNIT_CASE(test_no_table_is_lost),
	{ }
};

static struct kunit_suite view_suite = {
	.name		= "mempolicy-views",
	.init		= views_init,
	.exit		= views_exit,
	.test_cases	= view_cases,
};

kunit_test_suite(view_suite);

MODULE_DESCRIPTION("KUnit tests of views of NUMA memory policy");
MODULE_LICENSE("GPL");
