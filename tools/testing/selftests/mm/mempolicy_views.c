// SPDX-License-Identifier: GPL-2.0
/*
 * One policy in many cpusets at once: more different sets of allowed nodes than
 * a kernel may keep something for. Pages go where the set of the task that
 * touches them says, and rounds stay whole, whoever else forks and allocates.
 */
#include "mempolicy_harness.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "mempolicy_files.h"
#include "mempolicy_group.h"
#include "mempolicy_machine.h"
#include "mempolicy_pages.h"
#include "mempolicy_policy.h"
#include "mempolicy_settings.h"

#define CGROUP		"/sys/fs/cgroup"
#define SETS		80
#define PAGES		16UL
#define ROUNDS		3

/* Sets that lack one of the nodes are different; so are those that lack two. */
#define NEEDS		"needs ten nodes with memory that are numbered without a gap"

static bool has_sets(void)
{
	int nr = nodes_count(&machine.memory);

	return nr >= 10 && nodes_highest(&machine.memory) == nr - 1;
}

/* All nodes but one or two: none of two sets is the same up to 10 * 9 / 2 + 10. */
static struct nodes nodes_in_set(unsigned int set)
{
	unsigned int nr = nodes_count(&machine.memory), one, other;
	struct nodes nodes = { 0 };

	one = set % nr;
	other = (one + set / nr) % nr;
	for (unsigned int node = 0; node < nr; node++)
		if (node != one && node != other)
			nodes_add(&nodes, node);
	return nodes;
}

static void path_of(unsigned int set, const char *file, char path[128])
{
	snprintf(path, 128, CGROUP "/mempolicy_views_%u/%s", set, file);
}

static bool make_set(unsigned int set)
{
	struct nodes nodes = nodes_in_set(set);
	char path[128];

	path_of(set, "", path);
	if (mkdir(path, 0755) && errno != EEXIST)
		return false;
	path_of(set, "cpuset.mems", path);
	return file_write(path, nodes_text(&nodes));
}

static bool enter_set(unsigned int set)
{
	char path[128];

	path_of(set, "cgroup.procs", path);
	return file_write(path, "0");
}

/* Processes that were killed leave it a moment later. */
static void remove_set(unsigned int set)
{
	char path[128];

	path_of(set, "", path);
	for (int tries = 0; tries < 100 && rmdir(path) && errno == EBUSY; tries++)
		usleep(20000);
}

static const char *sets_make(void)
{
	const char *missing = cpuset_missing();

	if (missing)
		return missing;
	if (!has_sets())
		return NEEDS;
	if (!file_write(CGROUP "/cgroup.subtree_control", "+cpuset"))
		return "needs the cpuset controller";
	for (unsigned int set = 0; set < SETS; set++)
		if (!make_set(set))
			return "needs to make cpusets";
	return NULL;
}

static void sets_remove(void)
{
	for (unsigned int set = 0; set < SETS; set++)
		remove_set(set);
}

/* --- a policy that tasks of all sets share --- */

/**
 * struct member - a task in a set of its own
 * @pid: of it
 * @go:  it is to touch pages
 * @did: it has, and writes whether they were right
 */
struct member {
	pid_t pid;
	int go[2];
	int did[2];
};

FIXTURE(shared) {
	struct member member[SETS];
	struct policy pol;
	char *base;
};

FIXTURE_VARIANT(shared) {
	int mode;
};

FIXTURE_VARIANT_ADD(shared, interleave) { .mode = MPOL_INTERLEAVE | STATIC };
FIXTURE_VARIANT_ADD(shared, weighted) { .mode = MPOL_WEIGHTED_INTERLEAVE | STATIC };
FIXTURE_VARIANT_ADD(shared, bind) { .mode = MPOL_BIND | RELATIVE };
FIXTURE_VARIANT_ADD(shared, preferred) { .mode = MPOL_PREFERRED | STATIC };

/* Touches pages that nobody has, each time it is told to. */
static void be_member(const struct member *member, unsigned int set, const struct policy *pol,
		      char *base)
{
	struct nodes now = nodes_in_set(set);
	char right;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	or_die(enter_set(set), "entering a cpuset");
	while (read(member->go[0], &right, 1) == 1) {
		struct touched at;
		int cpu_node = machine_settle();

		madvise(base, PAGES * page_size(), MADV_DONTNEED);
		touch_pages(base, PAGES);
		at = anonymous(base, PAGES, cpu_node);
		right = placed(&at, pol, &machine.usable, &now);
		or_die(write(member->did[1], &right, 1) == 1, "write to a pipe");
	}
	_exit(0);
}

FIXTURE_SETUP(shared)
{
	const char *missing = sets_make();

	if (missing)
		SKIP(return, "%s", missing);
	self->pol = policy_for(variant->mode, variant->mode & RELATIVE ?
			       nodes_of(1) : machine.memory);
	if (policy_mode(&self->pol) == (MPOL_PREFERRED | STATIC))
		self->pol.ask = nodes_of(2);
	self->base = map_pages(PAGES);
	ASSERT_EQ(0, policy_set_range(&self->pol, self->base, PAGES * page_size()));
	for (unsigned int set = 0; set < SETS; set++) {
		struct member *member = &self->member[set];

		ASSERT_EQ(0, pipe(member->go));
		ASSERT_EQ(0, pipe(member->did));
		member->pid = fork();
		ASSERT_LE(0, member->pid);
		if (!member->pid)
			be_member(member, set, &self->pol, self->base);
	}
}

FIXTURE_TEARDOWN(shared)
{
	for (unsigned int set = 0; set < SETS; set++) {
		if (self->member[set].pid <= 0)
			continue;
		kill(self->member[set].pid, SIGKILL);
		waitpid(self->member[set].pid, NULL, 0);
	}
	sets_remove();
}

/* Catches what was worked out for one set of nodes and used for another. */
TEST_F(shared, places_right_in_each_set)
{
	for (int round = 0; round < ROUNDS; round++) {
		for (unsigned int set = 0; set < SETS; set++)
			ASSERT_EQ(1, write(self->member[set].go[1], "", 1));
		for (unsigned int set = 0; set < SETS; set++) {
			char right = 0;

			ASSERT_EQ(1, read(self->member[set].did[0], &right, 1));
			EXPECT_TRUE(right)
				TH_LOG("set %u, round %d", set, round);
		}
	}
}

/* --- rounds of a task while others come and go --- */

#define FORKERS		20
#define NODES		10
#define TOTAL		45UL

static void set_weights(bool some)
{
	int node = -1;

	while (nodes_step(&machine.memory, &node))
		weight_set(node, some ? 1 + node % 3 : 0);
}

static int round_length(const struct nodes *nodes)
{
	int node = -1, sum = 0;

	while (nodes_step(nodes, &node))
		sum += 1 + node % 3;
	return sum;
}

static void fork_and_touch(char *page)
{
	pid_t pid = fork();

	or_die(pid >= 0, "fork");
	if (!pid) {
		touch_pages(page, 1);
		_exit(0);
	}
	or_die(waitpid(pid, NULL, 0) == pid, "waitpid");
}

/* Each child allocates under the policy that it was born with. */
static void fork_in_turn(const struct member *forker, unsigned int set)
{
	char *page = map_pages(1), byte;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	or_die(enter_set(set), "entering a cpuset");
	while (read(forker->go[0], &byte, 1) == 1) {
		fork_and_touch(page);
		or_die(write(forker->did[1], "", 1) == 1, "write to a pipe");
	}
	_exit(0);
}

static bool all_fork(const struct member *forker)
{
	char byte;

	for (unsigned int i = 0; i < FORKERS; i++)
		if (write(forker[i].go[1], "", 1) != 1)
			return false;
	for (unsigned int i = 0; i < FORKERS; i++)
		if (read(forker[i].did[0], &byte, 1) != 1)
			return false;
	return true;
}

FIXTURE(rounds) {
	struct policy pol;
	struct member forker[FORKERS];
	int node[TOTAL];
	char *base;
};

FIXTURE_SETUP(rounds)
{
	const char *missing = sets_make();

	if (missing)
		SKIP(return, "%s", missing);
	self->pol = policy_for(MPOL_WEIGHTED_INTERLEAVE, nodes_below(&machine.memory, NODES));
	set_weights(true);
	self->base = map_pages(TOTAL);
	/* Page tables stay when the pages go. */
	touch_pages(self->base, TOTAL);
	ASSERT_EQ(0, policy_set_task(&self->pol));
	for (unsigned int i = 0; i < FORKERS; i++) {
		struct member *forker = &self->forker[i];

		ASSERT_EQ(0, pipe(forker->go));
		ASSERT_EQ(0, pipe(forker->did));
		forker->pid = fork();
		ASSERT_LE(0, forker->pid);
		if (!forker->pid)
			fork_in_turn(forker, i);
	}
	/* What a first fork needs is there when it counts. */
	ASSERT_TRUE(all_fork(self->forker));
}

FIXTURE_TEARDOWN(rounds)
{
	for (unsigned int i = 0; i < FORKERS; i++) {
		if (self->forker[i].pid <= 0)
			continue;
		kill(self->forker[i].pid, SIGKILL);
		waitpid(self->forker[i].pid, NULL, 0);
	}
	set_weights(false);
	sets_remove();
}

/* Catches a round that begins anew because others came. */
TEST_F(rounds, stay_whole_while_others_fork)
{
	unsigned long length = round_length(&self->pol.ask), wrong = 0;

	ASSERT_EQ(0, madvise(self->base, TOTAL * page_size(), MADV_DONTNEED));
	for (unsigned long i = 0; i < TOTAL; i++) {
		touch_pages(page_at(self->base, i), 1);
		ASSERT_TRUE(all_fork(self->forker));
	}
	ASSERT_TRUE(page_nodes(self->base, TOTAL, self->node));
	for (unsigned long i = length; i < TOTAL; i++)
		wrong += self->node[i] != self->node[i - length];
	EXPECT_EQ(0, wrong)
		TH_LOG("%lu of %lu pages are not where the round has them", wrong, TOTAL - length);
}

int main(int argc, char **argv)
{
	machine_require();
	return run_tests(argc, argv);
}
