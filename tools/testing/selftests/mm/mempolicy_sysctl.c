// SPDX-License-Identifier: GPL-2.0
/*
 * What /proc/sys/vm and /proc/sys/kernel have to do with memory policy: the pool
 * of huge pages that follows the writer's policy, the switch of NUMA balancing,
 * and a process that may not have one mapping more.
 */
#include "mempolicy_harness.h"

#include <sys/mman.h>
#include <time.h>

#include "mempolicy_calls.h"
#include "mempolicy_files.h"
#include "mempolicy_machine.h"
#include "mempolicy_pages.h"
#include "mempolicy_policy.h"
#include "mempolicy_settings.h"

#define POOL		"/proc/sys/vm/nr_hugepages_mempolicy"
#define SWITCH		"/proc/sys/kernel/numa_balancing"
#define MAX_MAPS	"/proc/sys/vm/max_map_count"

#define LIMIT_S		60
#define REST_S		4
#define BALANCED_PAGES	64

/* --- a pool of huge pages --- */

/* Catches a pool that does not follow the policy of who writes the sysctl. */
TEST(pool_follows_the_writer)
{
	int first, second, node = -1;
	struct policy pol;

	machine_want_huge(2, POOL_PAGE);
	first = machine_by_room(&machine.roomy, false);
	second = machine_by_room(&machine.roomy, true);
	if (first == second || file_number(POOL) != 0)
		SKIP(return, "needs two nodes with room, and no pool of 2 MB pages yet");
	pol = policy_for(MPOL_BIND, nodes_of(second));
	ASSERT_EQ(0, policy_set_task(&pol));
	if (!file_set_number(POOL, 2))
		SKIP(return, "needs root, to set " POOL);
	while (nodes_step(&machine.memory, &node)) {
		EXPECT_EQ(node == second ? 2 : 0, pool_of(node))
			TH_LOG("node %d", node);
	}
	/* Under another policy these pages are none of the writer's. */
	pol.ask = nodes_of(first);
	ASSERT_EQ(0, policy_set_task(&pol));
	EXPECT_TRUE(file_set_number(POOL, 3));
	EXPECT_EQ(1, pool_of(first));
	EXPECT_EQ(2, pool_of(second));
	ASSERT_EQ(0, sys_set_mempolicy(MPOL_DEFAULT, NULL, 0));
	EXPECT_TRUE(file_set_number("/proc/sys/vm/nr_hugepages", 0));
}

/* --- NUMA balancing --- */

/* Uses the pages until @wanted of them are on @node, or for some time. */
static unsigned long use(char *base, int node, unsigned long wanted, double most)
{
	double end = seconds() + most;
	unsigned long there;

	do {
		for (int round = 0; round < 500; round++)
			touch_pages(base, BALANCED_PAGES);
		there = pages_on(base, BALANCED_PAGES, node);
	} while (there < wanted && seconds() < end);
	return there;
}

/* Puts the pages on a node, where no policy holds them. */
static bool put_on(char *base, int node)
{
	struct policy pol = policy_for(MPOL_BIND, nodes_of(node));

	return !policy_bind_range(&pol, base, BALANCED_PAGES * page_size(), MPOL_MF_MOVE) &&
	       !policy_set_range(&no_policy, base, BALANCED_PAGES * page_size());
}

/* Catches a switch that does nothing, in either direction. */
TEST(balancing_can_be_switched)
{
	char *base = map_pages(BALANCED_PAGES);
	int here = machine_settle(), there = -1;
	long was = file_number(SWITCH);

	while (nodes_step(&machine.roomy, &there) && there == here)
		;
	if (here < 0 || there < 0 || there == here)
		SKIP(return, NEEDS_NODES);
	if (was < 0 || !file_set_number(SWITCH, 0))
		SKIP(return, "needs root, to set " SWITCH);
	touch_pages(base, BALANCED_PAGES);
	ASSERT_TRUE(put_on(base, there));
	EXPECT_EQ(0UL, use(base, here, 1, REST_S));

	EXPECT_TRUE(file_set_number(SWITCH, 1));
	EXPECT_LE(BALANCED_PAGES * 9 / 10,
		  use(base, here, BALANCED_PAGES * 9 / 10, LIMIT_S * test_slowness()));
	EXPECT_TRUE(file_set_number(SWITCH, was));
}

/* --- as many mappings as there may be --- */

#define PART	4	/* pages of a mapping */

FIXTURE(crowded) {
	char *area;
	long limit;
	struct policy was[3];
};

FIXTURE_SETUP(crowded)
{
	static const int modes[] = { MPOL_BIND, MPOL_INTERLEAVE, MPOL_BIND };
	int last = nodes_nth(&machine.usable, nodes_count(&machine.usable) - 1);

	self->limit = file_number(MAX_MAPS);
	self->area = map_pages(3 * PART);
	/* The middle is unlike its neighbours, with which it cannot merge. */
	ASSERT_EQ(0, mprotect(page_at(self->area, PART), PART * page_size(), PROT_READ));
	for (int i = 0; i < 3; i++) {
		self->was[i] = policy_for(modes[i], nodes_of(last));
		ASSERT_EQ(0, policy_set_range(&self->was[i], page_at(self->area, i * PART),
					      PART * page_size()));
	}
	if (self->limit < 0 || !file_set_number(MAX_MAPS, self->limit))
		SKIP(return, "needs root, to set " MAX_MAPS);
}

FIXTURE_TEARDOWN(crowded)
{
	munmap(self->area, 3 * PART * page_size());
}

/*
 * Catches a call that fails at its last mapping, which would have to be split,
 * when the first ones have changed.
 */
TEST_F(crowded, all_or_nothing)
{
	struct policy pol = policy_for(MPOL_PREFERRED_MANY, machine.usable);
	int err;

	ASSERT_TRUE(file_set_number(MAX_MAPS, 1));
	err = policy_set_range(&pol, self->area, (2 * PART + 1) * page_size());
	ASSERT_TRUE(file_set_number(MAX_MAPS, self->limit));
	EXPECT_EQ(ENOMEM, err);
	for (int i = 0; i < 3 * PART; i++) {
		EXPECT_TRUE(policy_holds(page_at(self->area, i), &self->was[i / PART]))
			TH_LOG("page %d", i);
	}
}

int main(int argc, char **argv)
{
	machine_require();
	return run_tests(argc, argv);
}
