// SPDX-License-Identifier: GPL-2.0
/* Random sets of nodes, and their two forms. */
#include "sets.h"

static void random_range(struct test *t, nodemask_t *nodes)
{
	unsigned int nid = test_random(t, MAX_NUMNODES);
	unsigned int end = nid + test_random(t, MAX_NUMNODES - nid) + 1;

	for (; nid < end; nid++)
		node_set(nid, *nodes);
}

/* Each node is in with a chance of @chance in 16. */
static void random_sample(struct test *t, nodemask_t *nodes, u32 chance)
{
	unsigned int nid;

	for (nid = 0; nid < MAX_NUMNODES; nid++)
		if (test_random(t, 16) < chance)
			node_set(nid, *nodes);
}

/* Of all kinds: none, all, one, a range, few, half, most. */
void random_nodes(struct test *t, nodemask_t *nodes)
{
	static const u32 chances[] = { 0, 16, 1, 8, 15 };
	u32 kind = test_random(t, ARRAY_SIZE(chances) + 2);

	nodes_clear(*nodes);
	if (kind < ARRAY_SIZE(chances))
		random_sample(t, nodes, chances[kind]);
	else if (kind == ARRAY_SIZE(chances))
		random_range(t, nodes);
	else
		node_set(test_random(t, MAX_NUMNODES), *nodes);
}

/* Never none. */
void random_some_nodes(struct test *t, nodemask_t *nodes)
{
	random_nodes(t, nodes);
	if (nodes_empty(*nodes))
		node_set(test_random(t, MAX_NUMNODES), *nodes);
}

/* Any node of @nodes, which has some. */
unsigned int random_node_of(struct test *t, const nodemask_t *nodes)
{
	return next_node_in(test_random(t, MAX_NUMNODES), *nodes);
}

struct naive_set to_naive(const nodemask_t *nodes)
{
	struct naive_set set;
	int nid;

	for (nid = 0; nid < MAX_NUMNODES; nid++)
		set.has[nid] = node_isset(nid, *nodes);
	return set;
}

nodemask_t from_naive(const struct naive_set *set)
{
	nodemask_t nodes;
	int nid;

	nodes_clear(nodes);
	for (nid = 0; nid < MAX_NUMNODES; nid++)
		if (set->has[nid])
			node_set(nid, nodes);
	return nodes;
}
