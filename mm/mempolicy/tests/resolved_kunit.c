// SPDX-License-Identifier: GPL-2.0
/*
 * What policies mean here and now: forms that are found, that get old, that
 * cannot be had.
 */
#include <kunit/test.h>
#include <linux/cpuset.h>
#include <linux/module.h>
#include <linux/sizes.h>

#include "inject.h"
#include "requests.h"

#define CHANGES		8
#define THREAD_ROUNDS	300
#define MANY_FORMS	20000

/* Modes and flags, each of which places in its own way. */
static const int modes[] = {
	MPOL_BIND | MPOL_F_STATIC_NODES,
	MPOL_PREFERRED | MPOL_F_STATIC_NODES,
	MPOL_PREFERRED_MANY | MPOL_F_STATIC_NODES,
	MPOL_INTERLEAVE | MPOL_F_STATIC_NODES,
	MPOL_WEIGHTED_INTERLEAVE | MPOL_F_STATIC_NODES,
	MPOL_BIND | MPOL_F_RELATIVE_NODES,
	MPOL_INTERLEAVE | MPOL_F_RELATIVE_NODES,
};

/* The form that an allocation of current would use; only to be compared. */
static const struct mpol_resolved *form_of(struct mempolicy *pol)
{
	guard(rcu)();
	return mpol_resolved(pol);
}

static unsigned int count_forms(struct mempolicy *pol)
{
	const struct mpol_forms *forms;
	unsigned int i, nr = 0;

	guard(rcu)();
	forms = rcu_dereference(pol->forms);
	for (i = 0; i <= forms->mask; i++)
		nr += !!rcu_dereference(forms->form[i])->view;
	return nr;
}

/* Is the form what the policy means to current? */
static bool right_form(struct mempolicy *pol)
{
	const struct mpol_resolved *resolved;
	nodemask_t want;

	mpol_nodes_now(pol, &want);
	guard(rcu)();
	resolved = mpol_resolved(pol);
	return resolved && nodes_equal(resolved->nodes, want) &&
	       resolved->view == current->mpol_cursor.view;
}

/* Catches forms that are made anew at every allocation. */
static void test_found_again(struct kunit *test)
{
	nodemask_t one, two;
	int i;

	request_nodes(&one, &two);
	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		struct mempolicy *pol = create(test, modes[i], &two);
		const struct mpol_resolved *form = form_of(pol);

		KUNIT_EXPECT_NOT_NULL(test, form);
		KUNIT_EXPECT_PTR_EQ(test, form, form_of(pol));
		KUNIT_EXPECT_TRUE(test, right_form(pol));
		KUNIT_EXPECT_EQ(test, 1, count_forms(pol));
		mpol_put(pol);
	}
}

/* Catches a form that is used after it got old, and too many that are kept. */
static void test_gets_old(struct kunit *test)
{
	const struct mpol_resolved *old, *new;
	struct mempolicy *pol;
	nodemask_t one, two;
	u64 view;
	int i;

	request_nodes(&one, &two);
	pol = create(test, modes[0], &two);
	for (i = 1; i <= CHANGES; i++) {
		old = form_of(pol);
		view = current->mpol_cursor.view;
		mpol_invalidate();
		new = form_of(pol);
		KUNIT_EXPECT_PTR_NE(test, old, new);
		KUNIT_EXPECT_NE(test, view, current->mpol_cursor.view);
		KUNIT_EXPECT_TRUE(test, right_form(pol));
		KUNIT_EXPECT_LE(test, count_forms(pol), i + 1);
		KUNIT_EXPECT_LE(test, count_forms(pol), 4);
	}
	mpol_put(pol);
}

/* Catches nodes lost while a cpuset is smaller, and forms made once more. */
static void test_cpuset_and_back(struct kunit *test)
{
	nodemask_t all = cpuset_current_mems_allowed;
	nodemask_t one, two;
	int i;

	if (!IS_ENABLED(CONFIG_CPUSETS))
		kunit_skip(test, "needs CONFIG_CPUSETS");
	request_nodes(&one, &two);
	if (nodes_equal(one, two))
		kunit_skip(test, "needs two nodes with memory");

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		struct mempolicy *pol = create(test, modes[i], &two);
		const struct mpol_resolved *wide = form_of(pol), *narrow, *again;
		bool right;

		set_mems_allowed(one);
		narrow = form_of(pol);
		right = right_form(pol);
		set_mems_allowed(all);
		again = form_of(pol);

		KUNIT_EXPECT_TRUE_MSG(test, right, "request %d", i);
		KUNIT_EXPECT_PTR_NE(test, wide, narrow);
		KUNIT_EXPECT_PTR_EQ(test, wide, again);
		KUNIT_EXPECT_EQ(test, 2, count_forms(pol));
		mpol_put(pol);
	}
}

/* The node of the CPU that places: not the one that policies name first. */
static int cpu_node(void)
{
	int nid = first_node(node_states[N_MEMORY]);

	return next_node_in(nid, node_states[N_MEMORY]);
}

/* The node of each page of an object, and what may be used instead. */
static void placements(struct mempolicy *pol, struct mpol_placement *where,
		       int nr)
{
	int i;

	for (i = 0; i < nr; i++) {
		nodes_clear(where[i].nodes);
		mpol_place(&where[i], pol, GFP_HIGHUSER_MOVABLE, i, cpu_node());
	}
}

static bool same_placement(const struct mpol_placement *a,
			   const struct mpol_placement *b)
{
	return a->nid == b->nid && a->reach == b->reach &&
	       a->interleaved == b->interleaved &&
	       nodes_equal(a->nodes, b->nodes);
}

static void set_weights(struct kunit *test, u8 first, u8 second)
{
	unsigned int i = 0;
	int nid;

	for_each_node_state(nid, N_MEMORY)
		KUNIT_EXPECT_EQ(test, 0,
				mpol_set_weight(nid, i++ % 2 ? second : first));
}

static void reset_weights(void)
{
	int nid;

	for_each_node_state(nid, N_MEMORY)
		mpol_reset_weight(nid);
}

/* Places while there is no form, by @impede, and compares. */
static void place_without_form(struct kunit *test, int mode,
			       void (*impede)(bool on))
{
	struct mpol_placement without[4], with[4];
	struct mempolicy *pol;
	nodemask_t one, two;
	int i;

	request_nodes(&one, &two);
	pol = create(test, mode, &two);
	for (i = 0; i < ARRAY_SIZE(without); i++) {
		nodes_clear(without[i].nodes);
		impede(true);
		mpol_place(&without[i], pol, GFP_HIGHUSER_MOVABLE, i,
			   cpu_node());
		impede(false);
		KUNIT_EXPECT_EQ(test, 0, count_forms(pol));
	}
	placements(pol, with, ARRAY_SIZE(with));
	KUNIT_EXPECT_EQ(test, 1, count_forms(pol));
	for (i = 0; i < ARRAY_SIZE(with); i++)
		KUNIT_EXPECT_TRUE_MSG(test,
				      same_placement(&without[i], &with[i]),
				      "mode %#x, page %d: %d and %d", mode, i,
				      without[i].nid, with[i].nid);
	mpol_put(pol);
}

static void impede_by_resolving(bool on)
{
	current->mpol_cursor.resolving = on;
}

/*
 * Making a form allocates, and that may come back for one. Catches a lock taken
 * twice, pages that go elsewhere meanwhile, and weights that are forgotten or
 * that count where they should not.
 */
static void test_while_resolving(struct kunit *test)
{
	int i;

	set_weights(test, 3, 1);
	for (i = 0; i < ARRAY_SIZE(modes); i++)
		place_without_form(test, modes[i], impede_by_resolving);
	reset_weights();
}

/* Catches pages of a node that is not allowed, or of the number of none. */
static void test_became_local(struct kunit *test)
{
	nodemask_t all = cpuset_current_mems_allowed;
	struct mpol_placement with, without;
	nodemask_t one, two, other;
	struct mpol_targets targets;
	struct mempolicy *pol;

	if (!IS_ENABLED(CONFIG_CPUSETS))
		kunit_skip(test, "needs CONFIG_CPUSETS");
	request_nodes(&one, &two);
	nodes_andnot(other, two, one);
	if (nodes_empty(other))
		kunit_skip(test, "needs two nodes with memory");

	pol = create(test, MPOL_PREFERRED | MPOL_F_STATIC_NODES, &other);
	set_mems_allowed(one);
	impede_by_resolving(true);
	mpol_place(&without, pol, GFP_KERNEL, 0, first_node(one));
	impede_by_resolving(false);
	mpol_place(&with, pol, GFP_KERNEL, 0, first_node(one));
	mpol_targets_init(&targets, pol);
	set_mems_allowed(all);
	KUNIT_EXPECT_TRUE(test, nodes_equal(one, targets.nodes));
	KUNIT_EXPECT_EQ(test, first_node(one), without.nid);
	KUNIT_EXPECT_EQ(test, first_node(one), with.nid);
	mpol_put(pol);
}

/* What is placed while @lowest is the zone from which on nodes are obeyed. */
static void place_in_zones(struct kunit *test, enum zone_type lowest)
{
	static const gfp_t gfps[] = {
		GFP_KERNEL, GFP_KERNEL | __GFP_DMA, GFP_KERNEL | __GFP_DMA32,
		GFP_HIGHUSER_MOVABLE,
	};
	struct mpol_placement only, preferred;
	struct mempolicy *bind, *many;
	nodemask_t one, two;
	int i;

	request_nodes(&one, &two);
	bind = create(test, MPOL_BIND | MPOL_F_STATIC_NODES, &two);
	many = create(test, MPOL_PREFERRED_MANY | MPOL_F_STATIC_NODES, &two);
	for (i = 0; i < ARRAY_SIZE(gfps); i++) {
		mpol_place(&only, bind, gfps[i], 0, cpu_node());
		mpol_place(&preferred, many, gfps[i], 0, cpu_node());
		KUNIT_EXPECT_EQ_MSG(test, gfp_zone(gfps[i]) >= lowest ?
				    MPOL_REACH_ONLY : MPOL_REACH_ANY,
				    only.reach, "%pGg", &gfps[i]);
		KUNIT_EXPECT_EQ(test, MPOL_REACH_PREFERRED, preferred.reach);
	}
	mpol_put(many);
	mpol_put(bind);
}

/*
 * Catches a page for which there is no zone on the nodes of a policy, and a
 * policy that prefers nodes but is not asked. As on machines whose nodes have
 * memory above 4 GB, or nothing but movable memory.
 */
static void test_low_zones(struct kunit *test)
{
	enum zone_type was = policy_zone;

	place_in_zones(test, was);
	policy_zone = ZONE_NORMAL;
	mpol_invalidate();
	place_in_zones(test, ZONE_NORMAL);
	policy_zone = ZONE_MOVABLE;
	mpol_invalidate();
	place_in_zones(test, ZONE_MOVABLE);
	policy_zone = was;
	mpol_invalidate();
}

static void impede_by_failure(bool on)
{
	if (on) {
		inject_failure(1);
		return;
	}
	inject_end();
	/* Otherwise the next try is a tick away. */
	current->mpol_cursor.refused = false;
}

/* Catches pages that go elsewhere when there is no memory for a form. */
static void test_no_memory(struct kunit *test)
{
	struct mempolicy *pol;
	nodemask_t one, two;
	bool hit;
	int i;

	request_nodes(&one, &two);
	pol = create(test, modes[0], &two);
	inject_failure(1);
	form_of(pol);
	hit = inject_end();
	mpol_put(pol);
	if (!hit)
		kunit_skip(test, "needs CONFIG_FAILSLAB");

	for (i = 0; i < ARRAY_SIZE(modes); i++)
		place_without_form(test, modes[i], impede_by_failure);
}

static void impede_by_failure_of_view(bool on)
{
	if (on)
		mpol_invalidate();
	impede_by_failure(on);
}

/* The same when there is no memory for a view. */
static void test_no_memory_for_view(struct kunit *test)
{
	int i;

	if (!IS_ENABLED(CONFIG_FAILSLAB))
		kunit_skip(test, "needs CONFIG_FAILSLAB");
	for (i = 0; i < ARRAY_SIZE(modes); i++)
		place_without_form(test, modes[i], impede_by_failure_of_view);
}

/* Catches a try at every allocation while there is no memory, or none later. */
static void test_tried_once_a_tick(struct kunit *test)
{
	struct mpol_cursor *cursor = &current->mpol_cursor;
	const struct mpol_resolved *form;
	struct mempolicy *pol = NULL;
	nodemask_t one, two;
	unsigned long tick;

	request_nodes(&one, &two);
	mpol_view_refresh(&one);
	do {
		mpol_put(pol);
		pol = create(test, modes[0], &two);
		cursor->refused = true;
		tick = jiffies;
		cursor->retry = tick;
		form = form_of(pol);
	} while (time_before(tick, jiffies));
	KUNIT_EXPECT_NULL(test, form);
	cursor->refused = true;
	cursor->retry = jiffies - 1;
	KUNIT_EXPECT_NOT_NULL(test, form_of(pol));
	mpol_put(pol);
}

/* Catches forms that are not freed: old ones, and new ones without a place. */
static void test_none_is_lost(struct kunit *test)
{
	nodemask_t all = cpuset_current_mems_allowed;
	unsigned long before;
	nodemask_t one, two, nodes;
	struct mempolicy *pol;
	int i;

	if (IS_ENABLED(CONFIG_KASAN))
		kunit_skip(test, "needs a kernel that keeps nothing that is freed");
	request_nodes(&one, &two);
	pol = create(test, modes[0], &two);
	form_of(pol);
	before = request_slab_pages();
	for (i = 0; i < MANY_FORMS; i++) {
		mpol_invalidate();
		form_of(pol);
	}
	set_mems_allowed(one);
	mpol_view_refresh(&nodes);
	for (i = 0; i < MANY_FORMS && IS_ENABLED(CONFIG_FAILSLAB); i++) {
		current->mpol_cursor.refused = false;
		inject_failure(2);
		form_of(pol);
		inject_end();
	}
	set_mems_allowed(all);
	KUNIT_EXPECT_LT(test, request_slab_pages(),
			before + MANY_FORMS * sizeof(*pol->only) / PAGE_SIZE / 2);
	mpol_put(pol);
}

/* Catches a policy that is obeyed in zones which its nodes do not have. */
static void test_lowest_zone(struct kunit *test)
{
	nodemask_t none = NODE_MASK_NONE;

	KUNIT_EXPECT_EQ(test, policy_zone,
			mpol_lowest_zone(&node_states[N_MEMORY]));
	KUNIT_EXPECT_EQ(test, ZONE_MOVABLE, mpol_lowest_zone(&none));
}

/* A task's own turns, half of them without a form. */
static void test_turns_without_form(struct kunit *test)
{
	struct mpol_cursor cursor = current->mpol_cursor;
	struct mpol_placement where;
	unsigned int turn;
	struct mempolicy *pol;
	nodemask_t one, two;
	int want;

	request_nodes(&one, &two);
	pol = create(test, MPOL_INTERLEAVE | MPOL_F_STATIC_NODES, &two);
	want = MAX_NUMNODES - 1;
	current->mpol_cursor.round = 0;
	current->mpol_cursor.last = want;
	for (turn = 0; turn < 8; turn++) {
		want = next_node_in(want, two);
		if (turn & 4)
			current->mpol_cursor.resolving = true;
		/* A form of an older view is none. */
		mpol_invalidate();
		mpol_place(&where, pol, GFP_KERNEL, NO_INTERLEAVE_INDEX, 0);
		current->mpol_cursor.resolving = false;
		KUNIT_EXPECT_EQ_MSG(test, want, where.nid, "turn %u", turn);
	}
	mpol_put(pol);
	current->mpol_cursor.round = cursor.round;
	current->mpol_cursor.last = cursor.last;
}

/*
 * Catches a slot of another round, which may be none of this one: the turn is
 * that of the node after the last.
 */
static void test_turn_after_another_round(struct kunit *test)
{
	static const int interleaves[] = {
		MPOL_INTERLEAVE | MPOL_F_STATIC_NODES,
		MPOL_WEIGHTED_INTERLEAVE | MPOL_F_STATIC_NODES,
	};
	struct mpol_cursor *cursor = &current->mpol_cursor;
	struct mpol_placement where;
	nodemask_t one, two;
	int i, want, last = cursor->last;

	request_nodes(&one, &two);
	want = next_node_in(first_node(one), two);
	for (i = 0; i < 2 * ARRAY_SIZE(interleaves); i++) {
		struct mempolicy *pol = create(test, interleaves[i / 2], &two);

		KUNIT_EXPECT_NOT_NULL(test, form_of(pol));
		cursor->last = first_node(one);
		cursor->round = i & 1 ? cursor->view : 0;
		cursor->slot = i & 1 ? U16_MAX : 0;
		mpol_place(&where, pol, GFP_KERNEL, NO_INTERLEAVE_INDEX, 0);
		KUNIT_EXPECT_EQ(test, want, where.nid);
		mpol_put(pol);
	}
	cursor->round = 0;
	cursor->last = last;
}

/* Catches a table that is as long as the round, whatever the weights are. */
static void test_size(struct kunit *test)
{
	static const u8 weights[][2] = { { 1, 1 }, { 56, 55 }, { 255, 254 } };
	struct mempolicy *pol;
	int i;

	pol = create(test, MPOL_WEIGHTED_INTERLEAVE | MPOL_F_STATIC_NODES,
		     &node_states[N_MEMORY]);
	for (i = 0; i < ARRAY_SIZE(weights); i++) {
		set_weights(test, weights[i][0], weights[i][1]);
		KUNIT_EXPECT_NOT_NULL(test, form_of(pol));
		KUNIT_EXPECT_TRUE(test, right_form(pol));
		KUNIT_EXPECT_GT(test, mpol_resolved_size(pol), 0);
		KUNIT_EXPECT_LE(test, mpol_resolved_size(pol), SZ_4K);
	}
	reset_weights();
	mpol_put(pol);
}

/* Makes the forms of all tasks old, and looks at its own. */
static int resolve_and_change(void *arg)
{
	struct mempolicy *pol = arg;
	struct mpol_placement where;
	int i, errors = 0;

	for (i = 0; i < THREAD_ROUNDS; i++) {
		mpol_invalidate();
		nodes_clear(where.nodes);
		mpol_place(&where, pol, GFP_KERNEL, i, 0);
		errors += where.reach != MPOL_REACH_ONLY ||
			  !nodes_equal(where.nodes, pol->spec.nodes);
		if (i & 1)
			cond_resched();
	}
	return errors;
}

/* Catches a form freed while it is read, and a list of forms that breaks. */
static void test_threads(struct kunit *test)
{
	struct mempolicy *pol;
	nodemask_t one, two;

	request_nodes(&one, &two);
	pol = create(test, modes[0], &two);
	KUNIT_EXPECT_EQ(test, 0, request_threads(resolve_and_change, pol));
	KUNIT_EXPECT_LE(test, count_forms(pol), 4);
	KUNIT_EXPECT_TRUE(test, right_form(pol));
	mpol_put(pol);
}

static struct kunit_case resolved_cases[] = {
	KUNIT_CASE(test_found_again),
	KUNIT_CASE(test_gets_old),
	KUNIT_CASE(test_cpuset_and_back),
	KUNIT_CASE(test_while_resolving),
	KUNIT_CASE(test_became_local),
	KUNIT_CASE(test_low_zones),
	KUNIT_CASE(test_no_memory),
	KUNIT_CASE(test_no_memory_for_view),
	KUNIT_CASE(test_tried_once_a_tick),
	KUNIT_CASE(test_none_is_lost),
	KUNIT_CASE(test_lowest_zone),
	KUNIT_CASE(test_turns_without_form),
	KUNIT_CASE(test_turn_after_another_round),
	KUNIT_CASE(test_size),
	KUNIT_CASE(test_threads),
	{ }
};

static struct kunit_suite resolved_suite = {
	.name		= "mempolicy-resolved",
	.init		= request_init,
	.test_cases	= resolved_cases,
};

kunit_test_suite(resolved_suite);

MODULE_DESCRIPTION("KUnit tests of what NUMA memory policies mean to a task");
MODULE_LICENSE("GPL");
