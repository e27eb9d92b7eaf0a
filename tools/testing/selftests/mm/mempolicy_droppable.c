// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that the kernel may drop (MAP_DROPPABLE): its policies are those of
 * any anonymous memory, but a node that is full drops pages and kills nobody.
 */
#include "mempolicy_harness.h"

#include <sys/mman.h>

#include "mempolicy_machine.h"
#include "mempolicy_maps.h"
#include "mempolicy_pages.h"
#include "mempolicy_policy.h"
#include "mempolicy_process.h"
#include "mempolicy_requests.h"

/* Older system headers do not know it. */
#ifndef MAP_DROPPABLE
#define MAP_DROPPABLE	0x08
#endif

#define PAGES		8
#define FILL_MAX_KB	(100L << 10)	/* what a small node has free at most */

/* MAP_FAILED where the kernel has no such memory. */
static char *map_droppable(void *at, unsigned long nr)
{
	return mmap(at, nr * page_size(), PROT_READ | PROT_WRITE,
		    MAP_DROPPABLE | MAP_ANONYMOUS | (at ? MAP_FIXED : 0), -1, 0);
}

FIXTURE(droppable) {
	int cpu_node;
	struct policy here;
	struct policy there;
	char *base;
};

FIXTURE_SETUP(droppable)
{
	machine_require();
	self->cpu_node = machine_settle();
	if (self->cpu_node < 0 || nodes_count(&machine.roomy) < 2)
		SKIP(return, NEEDS_NODES);
	self->here = policy_for(MPOL_BIND, nodes_of(nodes_nth(&machine.roomy, 0)));
	self->there = policy_for(MPOL_BIND, nodes_of(nodes_highest(&machine.roomy)));
	self->base = map_droppable(NULL, PAGES);
	if (self->base == MAP_FAILED)
		SKIP(return, "needs MAP_DROPPABLE");
}

FIXTURE_TEARDOWN(droppable)
{
}

/* Fresh memory under a policy of its own, or of the task. */
static bool places(const struct policy *pol, bool own, int cpu_node)
{
	unsigned long nr = policy_pages(pol);
	struct touched at = anonymous(map_droppable(NULL, nr), nr, cpu_node);
	bool right;

	or_die(!(own ? policy_set_range(pol, at.base, nr * page_size()) : policy_set_task(pol)),
	       "setting a policy");
	touch_pages(at.base, nr);
	or_die(!policy_set_task(&no_policy), "set_mempolicy");
	right = all_right(&at, pol);
	munmap(at.base, nr * page_size());
	return right;
}

/* Catches a mapping whose flags have its policy, or the task's, left out. */
TEST_F(droppable, pages_follow_every_policy)
{
	struct policy pol;

	for (unsigned int n = 0; n < POLICY_REQUESTS; n++) {
		if (!policy_request(&pol, n))
			continue;
		EXPECT_TRUE(places(&pol, true, self->cpu_node))
			TH_LOG("mode %#x of the mapping", pol.mode | pol.flags);
		EXPECT_TRUE(places(&pol, false, self->cpu_node))
			TH_LOG("mode %#x of the task", pol.mode | pol.flags);
	}
}

/* Catches pages that cannot be moved, are dropped for it, or lose what they hold. */
TEST_F(droppable, pages_move)
{
	int there = nodes_highest(&machine.roomy);

	ASSERT_EQ(0, policy_set_range(&self->here, self->base, PAGES * page_size()));
	for (int i = 0; i < PAGES; i++)
		*(char *)page_at(self->base, i) = i + 1;
	EXPECT_EQ(EIO, policy_bind_range(&self->there, self->base, PAGES * page_size(),
					 MPOL_MF_STRICT));
	EXPECT_EQ(0, policy_bind_range(&self->there, self->base, PAGES * page_size(),
				       MPOL_MF_MOVE | MPOL_MF_STRICT));
	EXPECT_TRUE(pages_on(self->base, PAGES, there) == PAGES);
	for (int i = 0; i < PAGES; i++)
		EXPECT_EQ(i + 1, *(char *)page_at(self->base, i));
}

struct inherited {
	void *base;
	const struct policy *pol;
	int node;
};

/* In a child: the pages have gone, the policy has not. */
static bool starts_anew(void *arg)
{
	const struct inherited *from = arg;

	if (page_node(from->base) >= 0 || !policy_holds(from->base, from->pol))
		return false;
	touch_pages(from->base, PAGES);
	return pages_on(from->base, PAGES, from->node) == PAGES;
}

/* Catches a child whose mapping is wiped together with its policy. */
TEST_F(droppable, child_has_policy_without_pages)
{
	struct inherited from = {
		.base = self->base, .pol = &self->there, .node = nodes_highest(&machine.roomy),
	};

	ASSERT_EQ(0, policy_set_range(&self->there, self->base, PAGES * page_size()));
	touch_pages(self->base, PAGES);
	EXPECT_TRUE(child_says_yes(starts_anew, &from));
	EXPECT_TRUE(pages_on(self->base, PAGES, from.node) == PAGES);
}

/* Catches memory that is merged with some that may not be dropped, by an equal policy. */
TEST_F(droppable, stays_a_mapping_of_its_own)
{
	char *base = map_pages(3 * PAGES), *end = page_at(base, 3 * PAGES);
	char *middle = page_at(base, PAGES);

	ASSERT_EQ(middle, map_droppable(middle, PAGES));
	ASSERT_EQ(0, policy_set_range(&self->there, base, 3 * PAGES * page_size()));
	EXPECT_EQ(3, vma_count(base, end));
	EXPECT_TRUE(policy_holds(middle, &self->there));
	ASSERT_EQ(0, policy_set_range(&self->here, page_at(middle, 2), page_size()));
	EXPECT_EQ(5, vma_count(base, end));
	ASSERT_EQ(0, policy_set_range(&self->there, page_at(middle, 2), page_size()));
	EXPECT_EQ(3, vma_count(base, end));
}

/* --- a node that is full --- */

/* Pages that are there, less those that are not on @node; how many were dropped. */
static long count_pages(char *base, unsigned long nr, int node, unsigned long *dropped)
{
	int at[64];
	long right = 0;

	*dropped = 0;
	for (unsigned long i = 0; i < nr; i++) {
		unsigned long left = nr - i < 64 ? nr - i : 64;

		if (i % 64 == 0)
			or_die(page_nodes(page_at(base, i), left, at), "move_pages");
		if (at[i % 64] < 0)
			*dropped += 1;
		else
			right += at[i % 64] == node ? 1 : -(long)nr;
	}
	return right;
}

/*
 * Catches a kill where dropping is enough, and pages that leave the nodes they
 * are bound to when these are full.
 */
TEST_F(droppable, full_node_drops_pages)
{
	int node = machine_by_room(&machine.roomy, true);
	struct policy pol = policy_for(MPOL_BIND, nodes_of(node));
	unsigned long nr, dropped;
	char *base;

	if (machine_free_kb(node) > FILL_MAX_KB)
		SKIP(return, "needs a node with at most %ld MB free", FILL_MAX_KB >> 10);
	nr = machine_free_kb(node) * 5 / 4 * 1024 / page_size();
	base = map_droppable(NULL, nr);
	ASSERT_EQ(0, policy_set_range(&pol, base, nr * page_size()));
	touch_pages(base, nr);
	EXPECT_LT((long)nr / 16, count_pages(base, nr, node, &dropped));
	EXPECT_LT(nr / 10, dropped);
	munmap(base, nr * page_size());
}

TEST_HARNESS_MAIN
