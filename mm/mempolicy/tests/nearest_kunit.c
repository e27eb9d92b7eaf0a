// SPDX-License-Identifier: GPL-2.0
/*
 * The nearest node in a state, from nodes that are in it, that have no memory,
 * and that are not there at all.
 */
#include <kunit/test.h>
#include <linux/nodemask.h>
#include <linux/numa.h>
#include <linux/topology.h>

/* A state in which no allocation and no scheduler is interested. */
#define TRIAL	N_GENERIC_INITIATOR

#define SUBSETS	64

static nodemask_t trial_before;

static int nearest_init(struct kunit *test)
{
	trial_before = node_states[TRIAL];
	return 0;
}

static void nearest_exit(struct kunit *test)
{
	node_states[TRIAL] = trial_before;
}

/* Is no node of the state nearer than @found, or as near with a lower number? */
static bool is_nearest(int node, int found, enum node_states state)
{
	int nid;

	if (found < 0 || found >= MAX_NUMNODES || !node_state(found, state))
		return false;
	if (node_state(node, state))
		return found == node;
	for_each_node_state(nid, state) {
		if (node_distance(node, nid) < node_distance(node, found))
			return false;
		if (nid < found &&
		    node_distance(node, nid) == node_distance(node, found))
			return false;
	}
	return true;
}

static void expect_nearest(struct kunit *test, enum node_states state)
{
	int node, found;

	for (node = 0; node < MAX_NUMNODES; node++) {
		found = numa_nearest_node(node, state);
		KUNIT_EXPECT_TRUE_MSG(test, is_nearest(node, found, state),
				      "from node %d in state %d: %d", node,
				      state, found);
	}
}

/* Catches a node without memory, or one that is offline, that stays itself. */
static void test_states_of_machine(struct kunit *test)
{
	expect_nearest(test, N_ONLINE);
	expect_nearest(test, N_MEMORY);
	expect_nearest(test, N_CPU);
}

/* Catches distances that are not compared, or not with all nodes. */
static void test_any_nodes(struct kunit *test)
{
	int subset, nid, nr;

	for (subset = 1; subset < SUBSETS; subset++) {
		nr = 0;
		nodes_clear(node_states[TRIAL]);
		for_each_online_node(nid)
			if (subset & BIT(nr++ % ilog2(SUBSETS)))
				node_set_state(nid, TRIAL);
		if (!nodes_empty(node_states[TRIAL]))
			expect_nearest(test, TRIAL);
	}
}

/* Catches an order of nodes that has to do with where they are searched from. */
static void test_offline_first(struct kunit *test)
{
	int nid, last = MAX_NUMNODES - 1;

	if (node_online(last))
		kunit_skip(test, "node %d is online", last);
	nodes_clear(node_states[TRIAL]);
	for_each_online_node(nid)
		node_set_state(nid, TRIAL);
	KUNIT_EXPECT_EQ(test, first_online_node,
			numa_nearest_node(last, TRIAL));
}

/* Catches a node made up where there is none. */
static void test_no_node(struct kunit *test)
{
	nodes_clear(node_states[TRIAL]);
	KUNIT_EXPECT_EQ(test, 0, numa_nearest_node(0, TRIAL));
	KUNIT_EXPECT_EQ(test, 1, numa_nearest_node(1, TRIAL));
	KUNIT_EXPECT_EQ(test, NUMA_NO_NODE,
			numa_nearest_node(NUMA_NO_NODE, N_MEMORY));
}

/* Catches a state that is looked up behind the last one. */
static void test_no_state(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, -EINVAL, numa_nearest_node(0, NR_NODE_STATES));
	KUNIT_EXPECT_EQ(test, -EINVAL, numa_nearest_node(0, -1));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			numa_nearest_node(NUMA_NO_NODE, NR_NODE_STATES));
}

static struct kunit_case nearest_cases[] = {
	KUNIT_CASE(test_states_of_machine),
	KUNIT_CASE(test_any_nodes),
	KUNIT_CASE(test_offline_first),
	KUNIT_CASE(test_no_node),
	KUNIT_CASE(test_no_state),
	{ }
};

static struct kunit_suite nearest_suite = {
	.name		= "mempolicy-nearest",
	.init		= nearest_init,
	.exit		= nearest_exit,
	.test_cases	= nearest_cases,
};

kunit_test_suite(nearest_suite);
