// SPDX-License-Identifier: GPL-2.0
/*
 * What interrupts a task is none of its policy's business: a softirq gets
 * memory of its CPU's node, and the task's interleave goes on where it was.
 */
#include <kunit/test.h>
#include <linux/bottom_half.h>
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/interrupt.h>
#include <linux/nodemask.h>
#include <linux/sched.h>
#include <linux/topology.h>

#include "requests.h"

#define PAGES	17	/* no multiple of the number of nodes */
#define TRIES	100

/**
 * struct seen - what a softirq got
 * @tasklet:	the softirq
 * @task:	whom it interrupted
 * @nid:	the CPU's node
 * @elsewhere:	pages that are not of that node
 * @slab:	answers of mempolicy_slab_node() that are not
 */
struct seen {
	struct tasklet_struct tasklet;
	struct task_struct *task;
	int nid;
	unsigned int elsewhere;
	unsigned int slab;
};

static void allocate(struct tasklet_struct *tasklet)
{
	struct seen *seen = container_of(tasklet, struct seen, tasklet);
	struct page *page;
	int i;

	seen->task = current;
	seen->elsewhere = 0;
	seen->slab = 0;
	for (i = 0; i < PAGES; i++) {
		page = alloc_pages(GFP_ATOMIC, 0);
		seen->elsewhere += !page || page_to_nid(page) != seen->nid;
		if (page)
			__free_page(page);
		seen->slab += mempolicy_slab_node() != seen->nid;
	}
}

/* Has @seen->tasklet interrupt this task; ksoftirqd may be faster. */
static bool interrupt_here(struct seen *seen)
{
	int i;

	seen->task = NULL;
	for (i = 0; i < TRIES && seen->task != current; i++) {
		tasklet_setup(&seen->tasklet, allocate);
		local_bh_disable();
		tasklet_schedule(&seen->tasklet);
		local_bh_enable();
		tasklet_kill(&seen->tasklet);
	}
	return seen->task == current;
}

/* Stays on a CPU whose node has memory. */
static int settle(void)
{
	int nid;

	for_each_node_state(nid, N_MEMORY)
		if (!set_cpus_allowed_ptr(current, cpumask_of_node(nid)))
			return nid;
	return NUMA_NO_NODE;
}

static void context_exit(struct kunit *test)
{
	request_task_policy(test, MPOL_DEFAULT, NULL);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
}

/* Catches a softirq that takes the task's turns, or keeps to its nodes. */
static void test_softirq(struct kunit *test)
{
	static const int modes[] = {
		MPOL_INTERLEAVE, MPOL_WEIGHTED_INTERLEAVE, MPOL_BIND,
	};
	nodemask_t nodes = node_states[N_MEMORY];
	struct seen *seen;
	int i, nid, next, later;

	if (nodes_weight(nodes) < 2)
		kunit_skip(test, "needs two nodes with memory");
	seen = kunit_kzalloc(test, sizeof(*seen), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, seen);
	nid = settle();
	KUNIT_ASSERT_NE(test, NUMA_NO_NODE, nid);
	seen->nid = nid;
	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		bool turns = modes[i] != MPOL_BIND;

		if (!turns)
			node_clear(nid, nodes);
		request_task_policy(test, modes[i], &nodes);
		next = turns ? mpol_next_node(current->mempolicy) : 0;
		KUNIT_ASSERT_TRUE(test, interrupt_here(seen));
		/* A failure is noted in memory that is the task's. */
		later = turns ? mpol_next_node(current->mempolicy) : 0;
		KUNIT_EXPECT_EQ_MSG(test, 0, seen->elsewhere, "mode %d",
				    modes[i]);
		KUNIT_EXPECT_EQ_MSG(test, 0, seen->slab, "mode %d", modes[i]);
		KUNIT_EXPECT_EQ_MSG(test, next, later, "mode %d", modes[i]);
	}
}

/* Catches a policy that is asked though the caller wants no other node. */
static void test_this_node(struct kunit *test)
{
	nodemask_t nodes = node_states[N_MEMORY];
	struct page *page;
	int nid;

	if (nodes_weight(nodes) < 2)
		kunit_skip(test, "needs two nodes with memory");
	nid = settle();
	KUNIT_ASSERT_NE(test, NUMA_NO_NODE, nid);
	node_clear(nid, nodes);
	request_task_policy(test, MPOL_BIND, &nodes);
	page = alloc_pages(GFP_KERNEL | __GFP_THISNODE, 0);
	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, nid, page_to_nid(page));
	__free_page(page);
}

static struct kunit_case context_cases[] = {
	KUNIT_CASE(test_softirq),
	KUNIT_CASE(test_this_node),
	{ }
};

static struct kunit_suite context_suite = {
	.name		= "mempolicy-context",
	.exit		= context_exit,
	.test_cases	= context_cases,
};

kunit_test_suite(context_suite);
