// SPDX-License-Identifier: GPL-2.0
/*
 * hugetlb under memory policies: pools that grow and shrink on the nodes of a
 * policy, pages from the pool and surplus pages, and huge pages that move.
 *
 * B7 and B8 in comments are what Linux 6.12 does wrong:
 *   B7  pages are not moved into an interleave
 *   B8  nobody is told of pages that have stayed
 */
#include "mempolicy_harness.h"

#include <errno.h>
#include <signal.h>

#include "mempolicy_files.h"
#include "mempolicy_machine.h"
#include "mempolicy_pages.h"
#include "mempolicy_policy.h"
#include "mempolicy_process.h"
#include "mempolicy_requests.h"
#include "mempolicy_settings.h"

#define HUGE_KB		2048
#define HUGE_SIZE	(HUGE_KB * 1024UL)
#define POOL		"/sys/kernel/mm/hugepages/hugepages-2048kB"
#define NODE_POOL	"/sys/devices/system/node/node%d/hugepages/hugepages-2048kB/%s"
#define EACH		4	/* pages on each node */

/* --- pools --- */

static bool pool_write(const char *file, long nr)
{
	char path[128];

	snprintf(path, sizeof(path), POOL "/%s", file);
	return file_set_number(path, nr);
}

static long pool_read(const char *file)
{
	char path[128];

	snprintf(path, sizeof(path), POOL "/%s", file);
	return file_number(path);
}

static long node_get(int node, const char *file)
{
	char path[128];

	snprintf(path, sizeof(path), NODE_POOL, node, file);
	return file_number(path);
}

/* That many on each node of @set, and none elsewhere. */
static bool pool_is(const struct nodes *set, long each)
{
	int node = -1;

	while (nodes_step(&machine.memory, &node)) {
		long want = nodes_has(set, node) ? each : 0, seen = pool_of(node);

		if (seen == want)
			continue;
		ksft_print_msg("node %d has %ld huge pages, not %ld\n", node, seen, want);
		return false;
	}
	return true;
}

static bool fill_pool(const struct nodes *set, long each)
{
	bool done = true;
	int node = -1;

	while (nodes_step(set, &node))
		done = done && pool_set(node, each);
	return done;
}

/* --- pages --- */

static void *map_huge(unsigned long nr, int flags)
{
	return mmap(NULL, nr * HUGE_SIZE, PROT_READ | PROT_WRITE,
		    MAP_ANONYMOUS | MAP_HUGETLB | flags, -1, 0);
}

static char *map_huge_or_die(unsigned long nr, int flags)
{
	void *at = map_huge(nr, flags | MAP_NORESERVE);

	or_die(at != MAP_FAILED, "mapping huge pages");
	return at;
}

static void touch_huge(char *base, unsigned long nr)
{
	for (unsigned long i = 0; i < nr; i++)
		base[i * HUGE_SIZE] = i + 1;
}

static bool huge_intact(const char *base, unsigned long nr)
{
	for (unsigned long i = 0; i < nr; i++)
		if (base[i * HUGE_SIZE] != (char)(i + 1))
			return false;
	return true;
}

/* Huge pages @first and on of a mapping, which counts them from its start. */
static struct touched huge_at(char *base, unsigned long first, unsigned long nr, int cpu_node)
{
	return (struct touched){
		.base = base + first * HUGE_SIZE, .nr = nr, .stride = HUGE_SIZE / page_size(),
		.index = first, .cpu_node = cpu_node,
	};
}

FIXTURE(huge) {
	long was;
	long overcommit;
	int cpu_node;
	struct nodes nodes;
	struct policy first;
	struct policy last;
	struct policy interleave;
};

FIXTURE_SETUP(huge)
{
	self->was = pool_read("nr_hugepages");
	self->overcommit = pool_read("nr_overcommit_hugepages");
	if (geteuid() || self->was || self->overcommit)
		SKIP(return, "needs root, and no pool of 2 MB pages yet");
	/* Twice: what is free is not all in one piece. */
	machine.roomy = machine_with_room(4 * EACH * HUGE_KB);
	self->cpu_node = machine_settle();
	if (self->cpu_node < 0 || nodes_count(&machine.roomy) < 2)
		SKIP(return, "needs two nodes with room for huge pages, one with a CPU");
	self->nodes = machine.roomy;
	self->first = policy_for(MPOL_BIND, nodes_of(nodes_nth(&self->nodes, 0)));
	self->last = policy_for(MPOL_BIND, nodes_of(nodes_highest(&self->nodes)));
	self->interleave = policy_for(MPOL_INTERLEAVE, self->nodes);
}

FIXTURE_TEARDOWN(huge)
{
	policy_set_task(&no_policy);
	pool_write("nr_overcommit_hugepages", 0);
	pool_write("nr_hugepages", 0);
}

/* --- the pool of a task with a policy --- */

/* The nodes that a pool of the task's has to be on. */
static struct nodes pool_nodes(const struct policy *pol, int cpu_node)
{
	struct nodes set = policy_effective(pol, &machine.usable, &machine.usable);

	if (policy_mode(pol) == MPOL_DEFAULT)
		return machine.memory;
	return nodes_empty(&set) ? nodes_of(cpu_node) : set;
}

/* Catches a pool on other nodes than the policy's, or on too few of them. */
TEST_F(huge, pool_grows_on_nodes_of_policy)
{
	struct policy pol;

	for (size_t n = 0; n < POLICY_REQUESTS; n++) {
		struct nodes want;

		if (!policy_request(&pol, n))
			continue;
		want = pool_nodes(&pol, self->cpu_node);
		if (!nodes_has(&machine.memory, self->cpu_node) ||
		    nodes_count(&want) > nodes_count(&self->nodes))
			continue;
		ASSERT_EQ(0, policy_set_task(&pol));
		ASSERT_TRUE(pool_write("nr_hugepages_mempolicy", 2 * nodes_count(&want)));
		EXPECT_TRUE(pool_is(&want, 2))
			TH_LOG("mode %#x nodes %s", pol.mode | pol.flags, nodes_text(&pol.ask));
		ASSERT_TRUE(pool_write("nr_hugepages_mempolicy", 0));
		EXPECT_EQ(0, pool_read("nr_hugepages"));
	}
}

/* Catches the other file obeying a policy, too. */
TEST_F(huge, pool_without_policy)
{
	if (!nodes_same(&self->nodes, &machine.memory))
		SKIP(return, "needs room for huge pages on all nodes");
	ASSERT_EQ(0, policy_set_task(&self->last));
	ASSERT_TRUE(pool_write("nr_hugepages", 2 * nodes_count(&machine.memory)));
	EXPECT_TRUE(pool_is(&machine.memory, 2));
}

/* Catches a pool that gives up pages of nodes that are not the policy's. */
TEST_F(huge, pool_shrinks_on_nodes_of_policy)
{
	long total = 3 * nodes_count(&self->nodes);
	int last = nodes_nth(&self->last.ask, 0), node = -1;

	ASSERT_TRUE(fill_pool(&self->nodes, 3));
	ASSERT_EQ(0, policy_set_task(&self->last));
	ASSERT_TRUE(pool_write("nr_hugepages_mempolicy", total - 2));
	while (nodes_step(&self->nodes, &node))
		EXPECT_EQ(node == last ? 1 : 3, pool_of(node));
	ASSERT_TRUE(pool_write("nr_hugepages_mempolicy", 0));
	node = -1;
	while (nodes_step(&self->nodes, &node))
		EXPECT_EQ(node == last ? 0 : 3, pool_of(node));
}

/* Catches a pool that ends where one node is full, or goes on outside of the policy. */
TEST_F(huge, pool_on_unequal_nodes)
{
	int small = machine_by_room(&self->nodes, true);
	int large = machine_by_room(&self->nodes, false);
	long nr = machine_free_kb(small) / HUGE_KB + 6, on_small, on_large;
	struct policy pol = policy_for(MPOL_INTERLEAVE, nodes_of(small));

	if (machine_free_kb(large) < 4 * machine_free_kb(small))
		SKIP(return, "needs a node with four times the free memory of another");
	nodes_add(&pol.ask, large);
	ASSERT_EQ(0, policy_set_task(&pol));
	ASSERT_TRUE(pool_write("nr_hugepages_mempolicy", 2 * nr));
	on_small = pool_of(small);
	on_large = pool_of(large);
	EXPECT_EQ(2 * nr, on_small + on_large);
	EXPECT_EQ(2 * nr, pool_read("nr_hugepages"));
	EXPECT_GT(nr, on_small);
	EXPECT_LT(0, on_small);
}

/* --- faults --- */

static void fault_once(struct __test_metadata *_metadata, const struct policy *pol, bool task,
		       int cpu_node)
{
	char *base = map_huge_or_die(EACH, MAP_PRIVATE);
	struct touched at = huge_at(base, 0, EACH, cpu_node);

	ASSERT_EQ(0, task ? policy_set_task(pol) :
			    policy_bind_range(pol, base, EACH * HUGE_SIZE, 0));
	touch_huge(base, EACH);
	EXPECT_TRUE(all_right(&at, pol));
	munmap(base, EACH * HUGE_SIZE);
}

static void fault_all(struct __test_metadata *_metadata, bool task, int cpu_node)
{
	struct policy pol;

	for (size_t n = 0; n < POLICY_REQUESTS; n++) {
		if (!policy_request(&pol, n))
			continue;
		fault_once(_metadata, &pol, task, cpu_node);
		ASSERT_EQ(0, policy_set_task(&no_policy));
	}
}

/* Catches pages of the pool given to the wrong mapping. */
TEST_F(huge, fault_under_mapping)
{
	ASSERT_TRUE(fill_pool(&self->nodes, EACH));
	fault_all(_metadata, false, self->cpu_node);
}

TEST_F(huge, fault_under_task)
{
	ASSERT_TRUE(fill_pool(&self->nodes, EACH));
	fault_all(_metadata, true, self->cpu_node);
}

/* Catches surplus pages that come from just anywhere. */
TEST_F(huge, surplus_under_mapping)
{
	ASSERT_TRUE(pool_write("nr_overcommit_hugepages", EACH));
	fault_all(_metadata, false, self->cpu_node);
	EXPECT_EQ(0, pool_read("surplus_hugepages"));
}

TEST_F(huge, surplus_under_task)
{
	ASSERT_TRUE(pool_write("nr_overcommit_hugepages", EACH));
	fault_all(_metadata, true, self->cpu_node);
	EXPECT_EQ(0, pool_read("surplus_hugepages"));
}

/* Catches a round that begins again where a mapping was split. */
TEST_F(huge, fault_in_split_mapping)
{
	char *base = map_huge_or_die(2 * EACH, MAP_PRIVATE);
	struct touched at = huge_at(base, 3, EACH, self->cpu_node);

	ASSERT_TRUE(fill_pool(&self->nodes, EACH));
	ASSERT_EQ(0, policy_bind_range(&self->first, base, 3 * HUGE_SIZE, 0));
	ASSERT_EQ(0, policy_bind_range(&self->interleave, at.base, EACH * HUGE_SIZE, 0));
	touch_huge(at.base, EACH);
	EXPECT_TRUE(all_right(&at, &self->interleave));
}

/* --- what the pool does not have --- */

static bool touches_two(void *arg)
{
	const struct policy *pol = arg;
	char *base = map_huge_or_die(2, MAP_PRIVATE);

	signal(SIGBUS, SIG_DFL);
	or_die(!policy_bind_range(pol, base, 2 * HUGE_SIZE, 0), "mbind");
	touch_huge(base, 2);
	return true;
}

/* Catches a bound mapping that is given another node's huge pages. */
TEST_F(huge, bound_takes_no_others)
{
	ASSERT_TRUE(pool_set(nodes_nth(&self->first.ask, 0), 2));
	EXPECT_FALSE(child_says_yes(touches_two, &self->last));
	EXPECT_EQ(2, pool_read("free_hugepages"));
	EXPECT_TRUE(child_says_yes(touches_two, &self->first));
}

/* Catches a mapping without huge pages though its policy may go elsewhere. */
TEST_F(huge, preferred_takes_others)
{
	struct policy pol = self->last;

	ASSERT_TRUE(pool_set(nodes_nth(&self->first.ask, 0), 2));
	pol.mode = MPOL_PREFERRED;
	EXPECT_TRUE(child_says_yes(touches_two, &pol));
	pol.mode = MPOL_PREFERRED_MANY;
	EXPECT_TRUE(child_says_yes(touches_two, &pol));
	pol = self->interleave;
	EXPECT_TRUE(child_says_yes(touches_two, &pol));
	pol.mode = MPOL_WEIGHTED_INTERLEAVE;
	EXPECT_TRUE(child_says_yes(touches_two, &pol));
}

/* Catches reserves that a bound task could not use when it comes to it. */
TEST_F(huge, reserve_of_bound_task)
{
	int first = nodes_nth(&self->first.ask, 0), last = nodes_nth(&self->last.ask, 0);
	char *base;

	ASSERT_TRUE(pool_set(first, 3));
	ASSERT_EQ(0, policy_set_task(&self->last));
	ASSERT_EQ(MAP_FAILED, map_huge(3, MAP_PRIVATE));
	EXPECT_EQ(ENOMEM, errno);

	ASSERT_TRUE(pool_set(first, 0));
	ASSERT_TRUE(pool_write("nr_overcommit_hugepages", 3));
	base = map_huge(3, MAP_PRIVATE);
	ASSERT_NE(MAP_FAILED, (void *)base);
	EXPECT_EQ(3, node_get(last, "surplus_hugepages"));
	touch_huge(base, 3);
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(last, page_node(base + i * HUGE_SIZE));
	munmap(base, 3 * HUGE_SIZE);
}

/* --- pages that move --- */

/* Pages of the first node, and the pool has that many more on each. */
static char *map_on_first(struct __test_metadata *_metadata, struct _test_data_huge *self,
			  int flags)
{
	char *base = map_huge_or_die(EACH, flags);
	struct touched at = huge_at(base, 0, EACH, self->cpu_node);

	EXPECT_EQ(0, policy_bind_range(&self->first, base, EACH * HUGE_SIZE, 0));
	touch_huge(base, EACH);
	EXPECT_TRUE(all_right(&at, &self->first));
	return base;
}

static void moves_to(struct __test_metadata *_metadata, struct _test_data_huge *self, char *base,
		     const struct policy *pol)
{
	struct touched at = huge_at(base, 0, EACH, self->cpu_node);

	EXPECT_EQ(0, policy_bind_range(pol, base, EACH * HUGE_SIZE,
				       MPOL_MF_MOVE | MPOL_MF_STRICT));
	EXPECT_TRUE(all_right(&at, pol));
	EXPECT_TRUE(huge_intact(base, EACH));
}

/* Catches huge pages left behind, or lost on the way. */
TEST_F(huge, moves)
{
	char *base;

	ASSERT_TRUE(fill_pool(&self->nodes, 2 * EACH));
	base = map_on_first(_metadata, self, MAP_PRIVATE);
	moves_to(_metadata, self, base, &self->last);
	moves_to(_metadata, self, base, &self->first);
}

/* Catches huge pages that can only move as far as the pool goes. */
TEST_F(huge, moves_without_pool)
{
	char *base;

	ASSERT_TRUE(pool_set(nodes_nth(&self->first.ask, 0), EACH));
	base = map_on_first(_metadata, self, MAP_PRIVATE);
	moves_to(_metadata, self, base, &self->last);
}

/* B7: huge pages go where they would be if they were allocated now. */
TEST_F(huge, moves_into_round)
{
	char *base;

	ASSERT_TRUE(fill_pool(&self->nodes, 2 * EACH));
	base = map_on_first(_metadata, self, MAP_PRIVATE);
	moves_to(_metadata, self, base, &self->interleave);
}

/* Catches STRICT that does not look at huge pages. */
TEST_F(huge, strict)
{
	char *base;

	ASSERT_TRUE(fill_pool(&self->nodes, EACH));
	base = map_on_first(_metadata, self, MAP_PRIVATE);
	EXPECT_EQ(EIO, policy_bind_range(&self->last, base, EACH * HUGE_SIZE, MPOL_MF_STRICT));
	EXPECT_EQ(0, policy_bind_range(&self->first, base, EACH * HUGE_SIZE, MPOL_MF_STRICT));
	EXPECT_EQ(nodes_nth(&self->first.ask, 0), page_node(base));
}

/* What a child does with huge pages that it shares. */
struct sharing {
	char *base;
	size_t size;
	const struct policy *to;
	unsigned long flags;
	int err;
};

static bool moves_shared(void *arg)
{
	struct sharing *sharing = arg;
	int err;

	/* Both have the pages mapped. */
	or_die(huge_intact(sharing->base, EACH), "reading what is shared");
	err = policy_bind_range(sharing->to, sharing->base, sharing->size, sharing->flags);
	if (err != sharing->err)
		ksft_print_msg("mbind: errno %d, not %d\n", err, sharing->err);
	return err == sharing->err;
}

/* B8: huge pages that another process shares stay, and that is told. */
TEST_F(huge, shared_pages_stay)
{
	struct sharing sharing = {
		.size = EACH * HUGE_SIZE, .to = &self->last,
		.flags = MPOL_MF_MOVE | MPOL_MF_STRICT, .err = EIO,
	};

	ASSERT_TRUE(fill_pool(&self->nodes, 2 * EACH));
	sharing.base = map_on_first(_metadata, self, MAP_SHARED);
	EXPECT_TRUE(child_says_yes(moves_shared, &sharing));
	EXPECT_EQ(nodes_nth(&self->first.ask, 0), page_node(sharing.base));
}

/* As much as one page table maps: processes that map all of it share the table. */
#define TABLE_SIZE	(512 * HUGE_SIZE)

static char *map_table(void)
{
	char *at = mmap(NULL, 2 * TABLE_SIZE, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	or_die(at != MAP_FAILED, "reserving addresses");
	at = align_up(at, TABLE_SIZE);
	or_die(mmap(at, TABLE_SIZE, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB | MAP_NORESERVE | MAP_FIXED, -1,
		    0) == at, "mapping huge pages");
	return at;
}

/* Catches huge pages taken from who has the page table in common: each is mapped once. */
TEST_F(huge, pages_of_shared_table_stay)
{
	struct sharing sharing = {
		.base = map_table(), .size = TABLE_SIZE, .to = &self->last,
		.flags = MPOL_MF_MOVE | MPOL_MF_STRICT, .err = EIO,
	};

	ASSERT_TRUE(fill_pool(&self->nodes, 2 * EACH));
	ASSERT_EQ(0, policy_bind_range(&self->first, sharing.base, TABLE_SIZE, 0));
	touch_huge(sharing.base, EACH);
	EXPECT_TRUE(child_says_yes(moves_shared, &sharing));
	EXPECT_EQ(nodes_nth(&self->first.ask, 0), page_node(sharing.base));
	munmap(sharing.base, TABLE_SIZE);
}

/* Catches MOVE_ALL that leaves shared huge pages alone. */
TEST_F(huge, shared_pages_move_all)
{
	struct sharing sharing = {
		.size = EACH * HUGE_SIZE, .to = &self->last,
		.flags = MPOL_MF_MOVE_ALL | MPOL_MF_STRICT,
	};
	struct touched at;

	ASSERT_TRUE(fill_pool(&self->nodes, 2 * EACH));
	sharing.base = map_on_first(_metadata, self, MAP_SHARED);
	at = huge_at(sharing.base, 0, EACH, self->cpu_node);
	EXPECT_TRUE(child_says_yes(moves_shared, &sharing));
	EXPECT_TRUE(all_right(&at, &self->last));
	EXPECT_TRUE(huge_intact(sharing.base, EACH));
}

int main(int argc, char **argv)
{
	machine_require();
	return run_tests(argc, argv);
}
