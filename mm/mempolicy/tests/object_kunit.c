// SPDX-License-Identifier: GPL-2.0
/*
 * Policies as objects: keys, what an address space remembers, counts, failures.
 */
#include <kunit/test.h>
#include <linux/cpuset.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/sizes.h>

#include "inject.h"
#include "requests.h"

#define THREAD_ROUNDS	400
#define WAIT_TRIES	8
#define DROP_TRIES	3

/* Policies that take more than a process may leave to RCU. */
#define DROPS		(2 * SZ_1M / sizeof(struct mempolicy))

/* Modes and flags; all take nodes and differ from one another. */
static const int modes[] = {
	MPOL_BIND | MPOL_F_STATIC_NODES,
	MPOL_BIND | MPOL_F_RELATIVE_NODES,
	MPOL_BIND | MPOL_F_STATIC_NODES | MPOL_F_NUMA_BALANCING,
	MPOL_PREFERRED | MPOL_F_STATIC_NODES,
	MPOL_PREFERRED_MANY | MPOL_F_STATIC_NODES,
	MPOL_INTERLEAVE | MPOL_F_STATIC_NODES,
	MPOL_WEIGHTED_INTERLEAVE | MPOL_F_STATIC_NODES,
};

static long count_of(const struct mempolicy *pol)
{
	return atomic_long_read(&pol->count);
}

/* What an address space remembers has a count of its own. */
#define REMEMBERED	1

/* Catches equal requests of a process that become two objects. */
static void test_equal_requests(struct kunit *test)
{
	nodemask_t one, two;
	int i;

	request_nodes(&one, &two);
	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		struct mempolicy *pol = create(test, modes[i], &one);

		KUNIT_EXPECT_EQ(test, 1 + REMEMBERED, count_of(pol));
		KUNIT_EXPECT_PTR_EQ(test, pol, create(test, modes[i], &one));
		KUNIT_EXPECT_EQ(test, 2 + REMEMBERED, count_of(pol));
		mpol_put(pol);
		KUNIT_EXPECT_EQ(test, 1 + REMEMBERED, count_of(pol));
		mpol_put(pol);
	}
}

/* Catches one that is not found while others are used in between. */
static void test_remembered(struct kunit *test)
{
	struct mempolicy *pol[ARRAY_SIZE(modes)];
	nodemask_t one, two;
	int i, round;

	request_nodes(&one, &two);
	for (i = 0; i < ARRAY_SIZE(modes); i++)
		pol[i] = create(test, modes[i], &two);
	for (round = 0; round < 3; round++)
		for (i = 0; i < ARRAY_SIZE(modes); i++) {
			struct mempolicy *again = create(test, modes[i], &two);

			KUNIT_EXPECT_PTR_EQ(test, pol[i], again);
			mpol_put(again);
		}
	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		KUNIT_EXPECT_EQ(test, 1 + REMEMBERED, count_of(pol[i]));
		mpol_put(pol[i]);
	}
}

/* More than one table of older ones has room for, and less than the largest. */
#define MANY		700
#define NUMBER_BITS	10

/* A policy of its own for each number: what it asks for beside @node is not there. */
static struct mempolicy *create_number(struct kunit *test, int number,
				       const nodemask_t *node)
{
	nodemask_t nodes = *node;
	int bit;

	for (bit = 0; bit < NUMBER_BITS; bit++)
		if (number & 1 << bit)
			node_set(MAX_NUMNODES - 1 - bit, nodes);
	return create(test, MPOL_BIND | MPOL_F_STATIC_NODES, &nodes);
}

/*
 * Catches policies in use that are forgotten for others, and those that are
 * found by hash each time.
 */
static void test_many_in_use(struct kunit *test)
{
	struct mempolicy **pol;
	nodemask_t one, two;
	int i;

	request_nodes(&one, &two);
	if (nr_node_ids + NUMBER_BITS > MAX_NUMNODES)
		kunit_skip(test, "needs %d numbers of no node", NUMBER_BITS);
	pol = kunit_kcalloc(test, MANY, sizeof(*pol), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, pol);
	for (i = 0; i < MANY; i++)
		pol[i] = create_number(test, i, &one);
	for (i = 0; i < MANY; i++) {
		struct mempolicy *again = create_number(test, i, &one);

		KUNIT_EXPECT_PTR_EQ(test, pol[i], again);
		mpol_put(again);
	}
	/* One that was found by hash is remembered as one of the last ones, too. */
	mpol_put(create_number(test, 0, &one));
	KUNIT_EXPECT_EQ(test, 1 + 2 * REMEMBERED, count_of(pol[0]));
	for (i = 0; i < MANY; i++) {
		KUNIT_EXPECT_GE(test, count_of(pol[i]), 1 + REMEMBERED);
		KUNIT_EXPECT_LE(test, count_of(pol[i]), 1 + 2 * REMEMBERED);
		mpol_put(pol[i]);
	}
}

/* Catches policies that are equal and do not compare so, or the reverse. */
static void test_equal(struct kunit *test)
{
	struct mempolicy *pol, *other, *again;
	nodemask_t one, two;

	request_nodes(&one, &two);
	again = kunit_kmalloc(test, sizeof(*again), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, again);
	pol = create(test, modes[0], &one);
	other = create(test, modes[1], &one);
	/* As if another address space had made it. */
	memcpy(again, pol, sizeof(*again));
	KUNIT_EXPECT_TRUE(test, mpol_equal(pol, again));
	KUNIT_EXPECT_FALSE(test, mpol_equal(pol, other));
	KUNIT_EXPECT_FALSE(test, mpol_equal(pol, NULL));
	KUNIT_EXPECT_FALSE(test, mpol_equal(NULL, pol));
	KUNIT_EXPECT_TRUE(test, mpol_equal(NULL, NULL));
	mpol_put(pol);
	mpol_put(other);
}

/* Catches counts of a run that are lost, or taken for another policy. */
static void test_runs(struct kunit *test)
{
	struct mempolicy *a, *b, *seq[9];
	struct mpol_run run = { };
	nodemask_t one, two;
	int i;

	request_nodes(&one, &two);
	a = create(test, modes[0], &one);
	b = create(test, modes[1], &one);
	for (i = 0; i < ARRAY_SIZE(seq); i++)
		seq[i] = i % 3 == 2 ? NULL : i < 5 ? a : b;

	for (i = 0; i < ARRAY_SIZE(seq); i++)
		mpol_run_add(&run, seq[i], 1);
	mpol_run_end(&run);
	KUNIT_EXPECT_EQ(test, 1 + REMEMBERED + 4, count_of(a));
	KUNIT_EXPECT_EQ(test, 1 + REMEMBERED + 2, count_of(b));

	run = (struct mpol_run) { };
	for (i = 0; i < ARRAY_SIZE(seq); i++)
		mpol_run_add(&run, seq[i], -1);
	mpol_run_end(&run);
	KUNIT_EXPECT_EQ(test, 1 + REMEMBERED, count_of(a));
	KUNIT_EXPECT_EQ(test, 1 + REMEMBERED, count_of(b));
	mpol_put(a);
	mpol_put(b);
}

static void expect_all_differ(struct kunit *test, struct mempolicy **pol,
			      int nr)
{
	int i, k;

	for (i = 0; i < nr; i++)
		for (k = 0; k < i; k++)
			KUNIT_EXPECT_PTR_NE_MSG(test, pol[i], pol[k],
						"requests %d and %d", i, k);
}

/* Catches a part of the request that is not compared. */
static void test_other_requests(struct kunit *test)
{
	struct mempolicy *pol[2 * ARRAY_SIZE(modes)];
	int i, nr = 0;
	nodemask_t one, two;

	request_nodes(&one, &two);
	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		pol[nr++] = create(test, modes[i], &one);
		if (!nodes_equal(one, two))
			pol[nr++] = create(test, modes[i], &two);
	}
	expect_all_differ(test, pol, nr);
	while (nr--)
		mpol_put(pol[nr]);
}

/* Catches home nodes and objects' policies mixed up with those without. */
static void test_kin(struct kunit *test)
{
	int nid = first_node(node_states[N_MEMORY]);
	struct mempolicy *pol[4], *again;
	nodemask_t one, two;
	int i;

	request_nodes(&one, &two);
	pol[0] = create(test, modes[0], &one);
	pol[1] = mpol_with_home(pol[0], nid);
	pol[2] = mpol_for_object(pol[0]);
	pol[3] = mpol_for_object(pol[1]);
	expect_all_differ(test, pol, ARRAY_SIZE(pol));
	KUNIT_EXPECT_EQ(test, nid, pol[1]->spec.home_node);
	KUNIT_EXPECT_EQ(test, nid, pol[3]->spec.home_node);
	KUNIT_EXPECT_FALSE(test, pol[1]->spec.flags & MPOL_F_SHARED);
	KUNIT_EXPECT_TRUE(test, pol[2]->spec.flags & MPOL_F_SHARED);
	KUNIT_EXPECT_NULL(test, mpol_for_object(NULL));

	again = mpol_with_home(pol[1], NUMA_NO_NODE);
	KUNIT_EXPECT_PTR_EQ(test, pol[0], again);
	mpol_put(again);
	again = mpol_for_object(pol[3]);
	KUNIT_EXPECT_PTR_EQ(test, pol[3], again);
	mpol_put(again);
	for (i = 0; i < ARRAY_SIZE(pol); i++) {
		KUNIT_EXPECT_EQ(test, 1 + REMEMBERED, count_of(pol[i]));
		mpol_put(pol[i]);
	}
}

/* Catches counts of what is never counted, and NULL taken for a policy. */
static void test_counts(struct kunit *test)
{
	nodemask_t one, two;
	struct mempolicy *pol, *shared;

	request_nodes(&one, &two);
	pol = create(test, modes[0], &one);
	KUNIT_EXPECT_PTR_EQ(test, pol, mpol_dup(pol));
	KUNIT_EXPECT_EQ(test, 2 + REMEMBERED, count_of(pol));
	mpol_cond_put(pol);
	KUNIT_EXPECT_EQ(test, 2 + REMEMBERED, count_of(pol));

	shared = mpol_for_object(pol);
	mpol_get(shared);
	mpol_cond_put(shared);
	KUNIT_EXPECT_EQ(test, 1 + REMEMBERED, count_of(shared));
	mpol_put(shared);
	mpol_put(pol);
	mpol_put(pol);

	KUNIT_EXPECT_NULL(test, mpol_dup(NULL));
	mpol_put(NULL);
	mpol_cond_put(NULL);
}

/* Catches a count that cannot hold all references that memory has room for. */
static void test_many_counts(struct kunit *test)
{
	const long many = (long)BIT_ULL(32);
	struct mpol_run run = { };
	nodemask_t one, two;
	struct mempolicy *pol;

	if (!many)
		kunit_skip(test, "has no room for so many references");
	request_nodes(&one, &two);
	pol = create(test, modes[0], &one);
	mpol_run_add(&run, pol, many);
	mpol_run_end(&run);
	KUNIT_EXPECT_EQ(test, 1 + REMEMBERED + many, count_of(pol));
	mpol_get(pol);
	mpol_put(pol);
	KUNIT_EXPECT_EQ(test, 1 + REMEMBERED + many, count_of(pol));
	mpol_run_add(&run, pol, -many);
	mpol_run_end(&run);
	KUNIT_EXPECT_EQ(test, 1 + REMEMBERED, count_of(pol));
	mpol_put(pol);
}

/* How often in some tries does mpol_wait_for_rcu() wait after @bytes? */
static unsigned int count_waits(size_t bytes)
{
	unsigned int i, waits = 0;

	for (i = 0; i < WAIT_TRIES; i++) {
		struct rcu_gp_oldstate state;

		get_state_synchronize_rcu_full(&state);
		mpol_defer(bytes);
		mpol_wait_for_rcu();
		waits += poll_state_synchronize_rcu_full(&state);
	}
	return waits;
}

/*
 * Catches a call that waits though it has left little, and one that does not
 * though it has left much. A grace period may end by itself.
 */
static void test_wait_for_rcu(struct kunit *test)
{
	nodemask_t one, two;

	/* What is left is counted where policies are remembered. */
	request_nodes(&one, &two);
	mpol_put(create(test, modes[0], &one));
	KUNIT_EXPECT_LE(test, count_waits(SZ_64K), WAIT_TRIES - 2);
	KUNIT_EXPECT_EQ(test, WAIT_TRIES, count_waits(SZ_1M));
	/* The count begins anew. */
	KUNIT_EXPECT_LE(test, count_waits(1), WAIT_TRIES - 2);
}

/* Makes and drops policies of objects: how many until that has to wait? */
static unsigned int drop_until_wait(struct kunit *test, struct mempolicy *pol)
{
	struct rcu_gp_oldstate state;
	unsigned int nr = 0;

	do {
		struct mempolicy *home, *shared;

		get_state_synchronize_rcu_full(&state);
		home = mpol_with_home(pol, nr % MAX_NUMNODES);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, home);
		shared = mpol_for_object(home);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, shared);
		mpol_put(shared);
		mpol_put(home);
		mpol_wait_for_rcu();
		nr++;
	} while (nr < DROPS && !poll_state_synchronize_rcu_full(&state));
	return nr;
}

/* Catches policies that are left to RCU and not counted. */
static void test_dropped_are_counted(struct kunit *test)
{
	unsigned int i, longest = 0;
	struct mempolicy *pol;
	nodemask_t one, two;

	request_nodes(&one, &two);
	pol = create(test, modes[0], &one);
	/* Grace periods that end by themselves only make it shorter. */
	for (i = 0; i < DROP_TRIES; i++)
		longest = max(longest, drop_until_wait(test, pol));
	KUNIT_EXPECT_LT(test, longest, DROPS);
	mpol_put(pol);
}

/* Catches a policy made of nothing, or of nodes that are not allowed. */
static void test_refused(struct kunit *test)
{
	struct mempolicy *pol;
	struct mpol_spec spec;
	nodemask_t none;

	mpol_spec_set_mode(&spec, MPOL_DEFAULT);
	KUNIT_EXPECT_NULL(test, mpol_create(&spec));

	nodes_complement(none, node_states[N_MEMORY]);
	if (nodes_empty(none))
		kunit_skip(test, "every node that can be has memory");
	request(&spec, modes[0], &none);
	KUNIT_EXPECT_PTR_EQ(test, ERR_PTR(-EINVAL), mpol_create(&spec));

	mpol_spec_set_mode(&spec, MPOL_LOCAL);
	pol = mpol_create(&spec);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pol);
	KUNIT_EXPECT_FALSE(test, mpol_has_nodes(pol));
	mpol_put(pol);
}

/*
 * Catches a request whose meaning depends on the cpuset taken for one that was
 * made in another cpuset, and nodes kept that can never count.
 */
static void test_mems_allowed_asked(struct kunit *test)
{
	struct mempolicy *wide, *narrow, *same;
	nodemask_t all = cpuset_current_mems_allowed;
	nodemask_t one, two;

	if (!IS_ENABLED(CONFIG_CPUSETS))
		kunit_skip(test, "needs CONFIG_CPUSETS");
	request_nodes(&one, &two);
	if (nodes_equal(one, two))
		kunit_skip(test, "needs two nodes with memory");

	wide = create(test, MPOL_BIND, &one);
	set_mems_allowed(one);
	narrow = create(test, MPOL_BIND, &two);
	same = create(test, MPOL_BIND, &one);
	set_mems_allowed(all);

	KUNIT_EXPECT_PTR_NE(test, wide, narrow);
	KUNIT_EXPECT_PTR_EQ(test, narrow, same);
	mpol_put(wide);
	mpol_put(narrow);
	mpol_put(same);
}

/* Catches ENOMEM that leaves an object behind, or is not told. */
static void test_no_memory(struct kunit *test)
{
	struct mempolicy *pol, *failed, *found, *homeless;
	struct mpol_spec spec;
	nodemask_t one, two;

	request_nodes(&one, &two);
	request(&spec, modes[0], &one);
	/* What remembers policies can be done without: have it before. */
	mpol_put(create(test, modes[1], &one));
	inject_failure(1);
	failed = mpol_create(&spec);
	if (!inject_end()) {
		mpol_put(failed);
		kunit_skip(test, "needs CONFIG_FAILSLAB");
	}
	KUNIT_EXPECT_PTR_EQ(test, ERR_PTR(-ENOMEM), failed);

	/* What is there needs no memory to be found. */
	pol = create(test, modes[0], &one);
	inject_failure(1);
	found = mpol_create(&spec);
	KUNIT_EXPECT_FALSE(test, inject_end());
	KUNIT_EXPECT_PTR_EQ(test, pol, found);
	mpol_put(found);

	inject_failure(1);
	homeless = mpol_with_home(pol, first_node(one));
	KUNIT_EXPECT_TRUE(test, inject_end());
	KUNIT_EXPECT_PTR_EQ(test, ERR_PTR(-ENOMEM), homeless);
	KUNIT_EXPECT_EQ(test, 1 + REMEMBERED, count_of(pol));
	mpol_put(pol);
}

/* Makes and drops the same few policies, and looks at what it gets. */
static int make_and_drop(void *arg)
{
	nodemask_t one, two;
	int i, errors = 0;

	request_nodes(&one, &two);
	for (i = 0; i < THREAD_ROUNDS; i++) {
		int mode = modes[i % ARRAY_SIZE(modes)];
		struct mempolicy *pol;
		struct mpol_spec spec;

		request(&spec, mode, &two);
		pol = mpol_create(&spec);
		if (IS_ERR_OR_NULL(pol)) {
			errors++;
			continue;
		}
		errors += pol->spec.mode != spec.mode ||
			  pol->spec.flags != spec.flags ||
			  !nodes_equal(pol->spec.nodes, two) || !count_of(pol);
		if (i & 1)
			cond_resched();
		mpol_put(pol);
	}
	return errors;
}

/* Catches an object found while its last count goes. */
static void test_threads(struct kunit *test)
{
	nodemask_t one, two;
	int i;

	KUNIT_EXPECT_EQ(test, 0, request_threads(make_and_drop, NULL));
	request_nodes(&one, &two);
	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		struct mempolicy *pol = create(test, modes[i], &two);

		KUNIT_EXPECT_EQ(test, 1 + REMEMBERED, count_of(pol));
		mpol_put(pol);
	}
}

static struct kunit_case object_cases[] = {
	KUNIT_CASE(test_equal_requests),
	KUNIT_CASE(test_remembered),
	KUNIT_CASE(test_many_in_use),
	KUNIT_CASE(test_equal),
	KUNIT_CASE(test_runs),
	KUNIT_CASE(test_other_requests),
	KUNIT_CASE(test_kin),
	KUNIT_CASE(test_counts),
	KUNIT_CASE(test_many_counts),
	KUNIT_CASE(test_wait_for_rcu),
	KUNIT_CASE(test_dropped_are_counted),
	KUNIT_CASE(test_refused),
	KUNIT_CASE(test_mems_allowed_asked),
	KUNIT_CASE(test_no_memory),
	KUNIT_CASE(test_threads),
	{ }
};

static struct kunit_suite object_suite = {
	.name		= "mempolicy-objects",
	.init		= request_init,
	.test_cases	= object_cases,
};

kunit_test_suite(object_suite);

MODULE_DESCRIPTION("KUnit tests of NUMA memory policies as objects");
MODULE_LICENSE("GPL");
