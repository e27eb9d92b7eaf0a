// SPDX-License-Identifier: GPL-2.0
/*
 * A node that is full: pages that come from elsewhere, or do not come; and
 * allocations whose nodes are old as the cpuset has changed under them.
 */
#include <kunit/test.h>
#include <linux/cpuset.h>
#include <linux/gfp.h>
#include <linux/huge_mm.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/vmstat.h>

#include "../again.h"
#include "requests.h"

#define FILL_MAX	(SZ_512M / PAGE_SIZE)	/* larger nodes take too long */
#define TRIES		1000			/* pages that may have come back */

/* No page is reclaimed for it, not even by kswapd. */
#define GFP_AS_IT_IS	__GFP_NOWARN

/**
 * struct full - a node without free memory
 * @nid:	the node; no CPU of current's is there
 * @only:	it alone
 * @all:	nodes that were allowed before the test
 * @pages:	what was free there, by its order
 */
struct full {
	int nid;
	nodemask_t only;
	nodemask_t all;
	struct list_head pages[MAX_PAGE_ORDER + 1];
};

static void keep(struct full *full, struct page *page, unsigned int order)
{
	list_add(&page->lru, &full->pages[order]);
}

static void fill(struct full *full)
{
	struct page *page;
	int order;

	for (order = MAX_PAGE_ORDER; order >= 0; order--) {
		for (;;) {
			page = __alloc_pages(GFP_AS_IT_IS | __GFP_THISNODE, order,
					     full->nid, NULL);
			if (!page)
				break;
			keep(full, page, order);
		}
	}
}

/* The node with the least memory, but not the one of this CPU. */
static int smallest_other_node(void)
{
	int nid, least = NUMA_NO_NODE;

	for_each_node_state(nid, N_MEMORY)
		if (nid != numa_mem_id() &&
		    (least == NUMA_NO_NODE ||
		     node_present_pages(nid) < node_present_pages(least)))
			least = nid;
	return least;
}

static int full_init(struct kunit *test)
{
	struct full *full = kunit_kzalloc(test, sizeof(*full), GFP_KERNEL);
	int order;

	if (!full)
		return -ENOMEM;
	for (order = 0; order <= MAX_PAGE_ORDER; order++)
		INIT_LIST_HEAD(&full->pages[order]);
	full->all = cpuset_current_mems_allowed;
	set_cpus_allowed_ptr(current, cpumask_of(raw_smp_processor_id()));
	full->nid = smallest_other_node();
	test->priv = full;
	return request_init(test);
}

static void full_exit(struct kunit *test)
{
	struct full *full = test->priv;
	struct page *page, *next;
	int order;

	if (!full)
		return;
	request_task_policy(test, MPOL_DEFAULT, NULL);
	set_mems_allowed(full->all);
	for (order = 0; order <= MAX_PAGE_ORDER; order++)
		list_for_each_entry_safe(page, next, &full->pages[order], lru)
			__free_pages(page, order);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
}

static void require_full(struct kunit *test)
{
	struct full *full = test->priv;

	if (full->nid == NUMA_NO_NODE || node_present_pages(full->nid) > FILL_MAX)
		kunit_skip(test, "needs two nodes, one of at most 512 MB");
	full->only = nodemask_of_node(full->nid);
	fill(full);
}

/* Catches pages counted as hits that came from elsewhere. */
static void test_hits(struct kunit *test)
{
	struct full *full = test->priv;
	unsigned long before = 0, hits = 0, there = 0;
	struct page *page;
	int i, nid;

	require_full(test);
	request_task_policy(test, MPOL_INTERLEAVE, &full->only);
	fold_vm_numa_events();
	for_each_node_state(nid, N_MEMORY)
		before += sum_zone_numa_event_state(nid, NUMA_INTERLEAVE_HIT);
	for (i = 0; i < 32; i++) {
		page = alloc_pages(GFP_AS_IT_IS, 0);
		KUNIT_ASSERT_NOT_NULL(test, page);
		there += page_to_nid(page) == full->nid;
		keep(full, page, 0);
	}
	fold_vm_numa_events();
	for_each_node_state(nid, N_MEMORY)
		hits += sum_zone_numa_event_state(nid, NUMA_INTERLEAVE_HIT);
	KUNIT_EXPECT_LT(test, there, 32);
	KUNIT_EXPECT_EQ(test, there, hits - before);
}

/*
 * Catches a huge page from far away for who would rather have small ones, and
 * none for who would wait for it.
 */
static void test_huge_page(struct kunit *test)
{
	struct full *full = test->priv;
	struct page *page;

	if (!IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE))
		kunit_skip(test, "needs CONFIG_TRANSPARENT_HUGEPAGE");
	require_full(test);
	page = alloc_pages_mpol(GFP_TRANSHUGE_LIGHT & ~__GFP_RECLAIM,
				HPAGE_PMD_ORDER, NULL, 0, full->nid);
	KUNIT_EXPECT_NULL(test, page);
	if (page)
		keep(full, page, HPAGE_PMD_ORDER);

	page = alloc_pages_mpol(GFP_TRANSHUGE, HPAGE_PMD_ORDER, NULL, 0,
				full->nid);
	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_NE(test, full->nid, page_to_nid(page));
	keep(full, page, HPAGE_PMD_ORDER);
}

/* Catches pages that leave the node they are bound to. */
static void test_strict(struct kunit *test)
{
	struct full *full = test->priv;
	struct page *page, *many[8] = { };
	unsigned int elsewhere = 0;
	unsigned long got;
	int i;

	require_full(test);
	request_task_policy(test, MPOL_BIND, &full->only);
	for (i = 0; i < TRIES; i++) {
		page = alloc_pages(GFP_AS_IT_IS, 0);
		if (!page)
			break;
		elsewhere += page_to_nid(page) != full->nid;
		keep(full, page, 0);
	}
	got = alloc_pages_bulk_array_mempolicy(GFP_AS_IT_IS, ARRAY_SIZE(many),
					       many);
	while (got--) {
		elsewhere += page_to_nid(many[got]) != full->nid;
		keep(full, many[got], 0);
	}
	/* A failure takes memory to be told. */
	request_task_policy(test, MPOL_DEFAULT, NULL);
	KUNIT_EXPECT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, 0, elsewhere);
}

#ifdef CONFIG_CPUSETS
/* As if there were more than one cpuset: otherwise changes do not count. */
static void use_cpusets(bool on)
{
	cpus_read_lock();
	if (on)
		cpuset_inc();
	else
		cpuset_dec();
	cpus_read_unlock();
}

/* Are the nodes of an allocation that began at @cookie old? */
static bool outdated(unsigned int cookie)
{
	bool is = mpol_nodes_outdated(&node_states[N_MEMORY], cookie);

	return mpol_place_again() == is && !mpol_place_again() && is;
}

/* Catches an allocation given up for nothing, or not given up. */
static void test_outdated(struct kunit *test)
{
	struct full *full = test->priv;
	unsigned int cookie = read_mems_allowed_begin();
	nodemask_t allowed;

	mpol_view_refresh(&allowed);
	KUNIT_EXPECT_FALSE(test, outdated(cookie));
	set_mems_allowed(full->all);
	KUNIT_EXPECT_FALSE(test, mpol_nodes_outdated(NULL, cookie));
	KUNIT_EXPECT_FALSE(test, mpol_place_again());
	KUNIT_EXPECT_TRUE(test, outdated(read_mems_allowed_begin()));

	/* Meanwhile another allocation of current was placed on new nodes. */
	use_cpusets(true);
	cookie = read_mems_allowed_begin();
	set_mems_allowed(full->all);
	mpol_view_refresh(&allowed);
	KUNIT_EXPECT_TRUE(test, outdated(cookie));
	mpol_view_refresh(&allowed);
	KUNIT_EXPECT_FALSE(test, outdated(read_mems_allowed_begin()));
	use_cpusets(false);
}

/* Catches a look at a zone that is not there: memory may go at any time. */
static void test_memory_gone(struct kunit *test)
{
	struct full *full = test->priv;
	struct mpol_targets targets;
	nodemask_t gone;
	int nid;

	nodes_andnot(gone, node_states[N_ONLINE], node_states[N_MEMORY]);
	if (nodes_empty(gone))
		kunit_skip(test, "needs a node without memory");
	nid = first_node(gone);
	node_set_state(nid, N_MEMORY);
	gone = nodemask_of_node(nid);
	set_mems_allowed(gone);
	mpol_invalidate();
	request_task_policy(test, MPOL_PREFERRED_MANY, &gone);
	KUNIT_EXPECT_EQ(test, numa_mem_id(), mempolicy_slab_node());
	mpol_targets_init(&targets, NULL);
	KUNIT_EXPECT_TRUE(test, node_isset(numa_node_id(), targets.nodes));
	request_task_policy(test, MPOL_DEFAULT, NULL);
	node_clear_state(nid, N_MEMORY);
	mpol_invalidate();

	mpol_allowed_nodes(current, &gone);
	KUNIT_EXPECT_TRUE(test, nodes_equal(node_states[N_MEMORY], gone));
	set_mems_allowed(full->all);
}
#endif

static struct kunit_case full_cases[] = {
	KUNIT_CASE(test_hits),
	KUNIT_CASE(test_huge_page),
	KUNIT_CASE(test_strict),
#ifdef CONFIG_CPUSETS
	KUNIT_CASE(test_outdated),
	KUNIT_CASE(test_memory_gone),
#endif
	{ }
};

static struct kunit_suite full_suite = {
	.name		= "mempolicy-full",
	.init		= full_init,
	.exit		= full_exit,
	.test_cases	= full_cases,
};

kunit_test_suite(full_suite);

MODULE_DESCRIPTION("KUnit tests of NUMA memory policies of full nodes");
MODULE_LICENSE("GPL");
