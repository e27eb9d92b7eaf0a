// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel allocates under policies that do not interleave, most of
 * it many pages at once, also when the node that is asked for is full.
 */
#include <kunit/test.h>
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/topology.h>
#include <linux/vmstat.h>

#include "../internal.h"

#define CHUNK		64
#define FILL_MAX	(SZ_512M / PAGE_SIZE)	/* larger nodes take too long */
#define MORE		1024

static void set_policy(struct kunit *test, int mode, int nid)
{
	struct mpol_spec spec;

	mpol_spec_set_mode(&spec, mode);
	if (mode != MPOL_DEFAULT)
		spec.nodes = nodemask_of_node(nid);
	KUNIT_ASSERT_EQ(test, 0, mpol_set_task_policy(&spec));
}

static void bulk_exit(struct kunit *test)
{
	set_policy(test, MPOL_DEFAULT, NUMA_NO_NODE);
}

/* Adds pages to a list; returns how many there were. */
static unsigned long take(struct list_head *pages)
{
	struct page *chunk[CHUNK] = { };
	unsigned long i, got;

	got = alloc_pages_bulk_array_mempolicy(GFP_KERNEL | __GFP_NOWARN,
					       CHUNK, chunk);
	for (i = 0; i < got; i++)
		list_add_tail(&chunk[i]->lru, pages);
	return got;
}

/**
 * struct found - where pages are
 * @there:	on the node
 * @before:	of these, those that came before any from elsewhere
 * @elsewhere:	on other nodes
 */
struct found {
	unsigned long there;
	unsigned long before;
	unsigned long elsewhere;
};

/* Looks at the pages in the order they came in, and gives them back. */
static struct found give_back(struct list_head *pages, int nid)
{
	struct found found = { };
	struct page *page, *next;

	list_for_each_entry_safe(page, next, pages, lru) {
		if (page_to_nid(page) != nid)
			found.elsewhere++;
		else
			found.there++;
		if (!found.elsewhere)
			found.before = found.there;
		__free_page(page);
	}
	return found;
}

/* Catches pages from elsewhere while the node has some, and too few of them. */
static void test_one_node(struct kunit *test)
{
	static const int modes[] = {
		MPOL_PREFERRED, MPOL_BIND, MPOL_PREFERRED_MANY,
		MPOL_PREFERRED_MANY | MPOL_F_STATIC_NODES,
		MPOL_PREFERRED_MANY | MPOL_F_NUMA_BALANCING,
	};
	struct found found;
	LIST_HEAD(pages);
	int i, nid;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		for_each_node_state(nid, N_MEMORY) {
			set_policy(test, modes[i], nid);
			KUNIT_EXPECT_EQ(test, CHUNK, take(&pages));
			found = give_back(&pages, nid);
			KUNIT_EXPECT_EQ_MSG(test, CHUNK, found.there,
					    "mode %#x, node %d", modes[i], nid);
			INIT_LIST_HEAD(&pages);
		}
	}
}

static int node_of_page(gfp_t gfp)
{
	struct page *page = alloc_pages(gfp | __GFP_NOWARN, 0);
	int nid = page ? page_to_nid(page) : NUMA_NO_NODE;

	if (page)
		__free_page(page);
	return nid;
}

/* Catches a policy that is obeyed where its node has no memory of the kind. */
static void test_low_zone(struct kunit *test)
{
	enum zone_type was = policy_zone;
	LIST_HEAD(pages);
	int nid, local;

	set_cpus_allowed_ptr(current, cpumask_of(raw_smp_processor_id()));
	local = node_of_page(GFP_KERNEL);
	/* As if there were nothing but movable memory. */
	policy_zone = ZONE_MOVABLE;
	mpol_invalidate();
	for_each_node_state(nid, N_MEMORY) {
		set_policy(test, MPOL_BIND, nid);
		KUNIT_EXPECT_EQ(test, local, node_of_page(GFP_KERNEL));
		KUNIT_EXPECT_EQ(test, nid, node_of_page(GFP_HIGHUSER_MOVABLE));
		KUNIT_EXPECT_EQ(test, CHUNK, take(&pages));
		KUNIT_EXPECT_EQ(test, CHUNK, give_back(&pages, local).there);
		INIT_LIST_HEAD(&pages);
	}
	policy_zone = was;
	mpol_invalidate();
	set_cpus_allowed_ptr(current, cpu_possible_mask);
}

/* Catches slab objects that come from elsewhere than pages. */
static void test_slab_node(struct kunit *test)
{
	static const int modes[] = {
		MPOL_PREFERRED, MPOL_BIND, MPOL_PREFERRED_MANY, MPOL_INTERLEAVE,
	};
	int i, nid;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		for_each_node_state(nid, N_MEMORY) {
			set_policy(test, modes[i], nid);
			KUNIT_EXPECT_EQ_MSG(test, nid, mempolicy_slab_node(),
					    "mode %#x", modes[i]);
		}
	}
}

static unsigned long free_pages_of(int nid)
{
	return sum_zone_node_page_state(nid, NR_FREE_PAGES);
}

/* The node with the least free memory, other than one. */
static int least_node_but(int other)
{
	int nid, least = NUMA_NO_NODE;

	for_each_node_state(nid, N_MEMORY)
		if (nid != other && (least == NUMA_NO_NODE ||
				     free_pages_of(nid) < free_pages_of(least)))
			least = nid;
	return least;
}

/* Of the nodes with CPUs the one with the most free memory. */
static int roomiest_cpu_node(void)
{
	int nid, most = first_node(node_states[N_CPU]);

	for_each_node_state(nid, N_CPU)
		if (free_pages_of(nid) > free_pages_of(most))
			most = nid;
	return most;
}

/*
 * Catches an allocation that fails when all preferred nodes are full, or that
 * goes elsewhere before they are.
 */
static void test_full_node(struct kunit *test)
{
	int nid = least_node_but(NUMA_NO_NODE);
	unsigned long room = free_pages_of(nid), got = 0, now;
	struct found found;
	LIST_HEAD(pages);

	if (num_node_state(N_MEMORY) < 2 || room > FILL_MAX)
		kunit_skip(test, "needs two nodes, one of at most 512 MB");
	set_policy(test, MPOL_PREFERRED_MANY, nid);
	do {
		now = take(&pages);
		got += now;
	} while (now && got < room + MORE);
	found = give_back(&pages, nid);
	KUNIT_EXPECT_NE(test, 0, now);
	KUNIT_EXPECT_GE(test, found.before, room - room / 4);
	KUNIT_EXPECT_GT(test, found.elsewhere, 0);
}

/*
 * Catches fewer pages than asked for while the CPU's node has them: a node
 * that is nearly full gives one.
 */
static void test_rest(struct kunit *test)
{
	int here = roomiest_cpu_node(), full = least_node_but(here);
	unsigned long room, got = 0, now;
	LIST_HEAD(pages);

	if (full == NUMA_NO_NODE || free_pages_of(full) > FILL_MAX ||
	    free_pages_of(here) < 4 * MORE)
		kunit_skip(test, "needs a node of at most 512 MB, and a CPU elsewhere");
	room = free_pages_of(full);
	set_cpus_allowed_ptr(current, cpumask_of_node(here));
	set_policy(test, MPOL_PREFERRED_MANY, full);
	do {
		now = take(&pages);
		got += now;
	} while (now == CHUNK && got < room + MORE);
	give_back(&pages, full);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
	KUNIT_EXPECT_EQ(test, CHUNK, now);
}

static struct kunit_case bulk_cases[] = {
	KUNIT_CASE(test_one_node),
	KUNIT_CASE(test_low_zone),
	KUNIT_CASE(test_slab_node),
	KUNIT_CASE(test_full_node),
	KUNIT_CASE(test_rest),
	{ }
};

static struct kunit_suite bulk_suite = {
	.name		= "mempolicy-bulk",
	.exit		= bulk_exit,
	.test_cases	= bulk_cases,
};

kunit_test_suite(bulk_suite);
