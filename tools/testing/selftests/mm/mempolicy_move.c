// SPDX-License-Identifier: GPL-2.0
/*
 * Moves that do not go as they usually do: the caller is killed, or there is no
 * huge page where one is to go and it is split up on the way.
 */
#define _GNU_SOURCE
#include "mempolicy_harness.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <time.h>

#include "mempolicy_machine.h"
#include "mempolicy_pages.h"
#include "mempolicy_policy.h"
#include "mempolicy_settings.h"

/* --- callers that are killed --- */

#define MANY_PAGES	16384UL
#define MANY_KB		(MANY_PAGES * page_size() / 1024)
#define STACK		65536

/**
 * struct call - a system call on a range
 * @base:  start of the range
 * @size:  bytes
 * @pol:   for mbind()
 * @flags: for mbind()
 * @from:  for migrate_pages(), if not empty
 * @begun: it is about to be made
 */
struct call {
	char *base;
	unsigned long size;
	struct policy pol;
	unsigned long flags;
	struct nodes from;
	bool begun;
};

static int make_call(void *arg)
{
	struct call *call = arg;

	__atomic_store_n(&call->begun, true, __ATOMIC_RELAXED);
	if (nodes_empty(&call->from))
		return policy_bind_range(&call->pol, call->base, call->size, call->flags);
	return migrate_pages_of(0, &call->from, &call->pol.ask);
}

/* As aligned as any ABI wants it. */
static char *stack_top(char *stack)
{
	return (char *)(((unsigned long)stack + STACK) & -64UL);
}

/*
 * The call is made by a process that shares this one's memory: it can be killed
 * by itself, and ends without memory to free.
 */
static pid_t start_call(struct call *call)
{
	static char stack[STACK];
	pid_t child = clone(make_call, stack_top(stack), CLONE_VM | SIGCHLD, call);

	or_die(child >= 0, "clone");
	return child;
}

/* Waits for the call's end; returns how long it is since @start. */
static double end_of(pid_t child, double start)
{
	or_die(waitpid(child, NULL, 0) == child, "waitpid");
	return seconds() - start;
}

FIXTURE(killed) {
	struct call call;
	int from;
	int to;
};

FIXTURE_VARIANT(killed) {
	bool process;	/* migrate_pages(), not mbind() */
};

FIXTURE_VARIANT_ADD(killed, mbind) { };
FIXTURE_VARIANT_ADD(killed, migrate_pages) { .process = true };

FIXTURE_SETUP(killed)
{
	struct nodes roomy = machine_with_room(2 * MANY_KB);
	struct policy here;

	self->from = nodes_nth(&roomy, 0);
	self->to = nodes_highest(&roomy);
	if (self->from < 0 || self->from == self->to)
		SKIP(return, "needs two nodes with %lu KB free", 2 * MANY_KB);
	here = policy_for(MPOL_BIND, nodes_of(self->from));
	self->call.base = map_pages(MANY_PAGES);
	self->call.size = MANY_PAGES * page_size();
	self->call.pol = policy_for(MPOL_BIND, nodes_of(self->to));
	self->call.flags = MPOL_MF_MOVE;
	if (variant->process)
		self->call.from = nodes_of(self->from);
	madvise(self->call.base, self->call.size, MADV_NOHUGEPAGE);
	ASSERT_EQ(0, policy_set_range(&here, self->call.base, self->call.size));
	touch_pages(self->call.base, MANY_PAGES);
}

FIXTURE_TEARDOWN(killed)
{
	munmap(self->call.base, self->call.size);
}

/* Catches a call that goes on to its end though nobody waits for it any more. */
TEST_F(killed, moves_no_further)
{
	pid_t child = start_call(&self->call);
	unsigned long moved;

	while (page_node(self->call.base) != self->to && !waitpid(child, NULL, WNOHANG))
		sched_yield();
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	moved = pages_on(self->call.base, MANY_PAGES, self->to);
	ksft_print_msg("%lu of %lu pages moved\n", moved, MANY_PAGES);
	EXPECT_LT(0UL, moved);
	EXPECT_GT(MANY_PAGES, moved);
}

/* --- a look at very many pages --- */

#define LOOK_PAGES	2048
#define LOOK_MAPPINGS	256

FIXTURE(look) {
	struct call call;
	char *base;
};

/* One object at many addresses: as much to look at, and little memory. */
FIXTURE_SETUP(look)
{
	unsigned long size = LOOK_PAGES * page_size();
	int node = nodes_nth(&machine.roomy, 0);
	int fd = memfd_create("look", 0);

	if (node < 0)
		SKIP(return, "needs a node with room");
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ftruncate(fd, size));
	self->call.pol = policy_for(MPOL_BIND, nodes_of(node));
	self->call.flags = MPOL_MF_STRICT;
	self->call.size = size * LOOK_MAPPINGS;
	self->call.base = mmap(NULL, self->call.size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
			       -1, 0);
	ASSERT_NE(MAP_FAILED, (void *)self->call.base);
	for (int n = 0; n < LOOK_MAPPINGS; n++) {
		char *at = self->call.base + n * size;

		ASSERT_NE(MAP_FAILED, mmap(at, size, PROT_READ | PROT_WRITE,
					   MAP_SHARED | MAP_FIXED, fd, 0));
		if (!n)
			ASSERT_EQ(0, policy_set_range(&self->call.pol, at, size));
		ASSERT_EQ(0, madvise(at, size, MADV_POPULATE_WRITE));
	}
	close(fd);
}

FIXTURE_TEARDOWN(look)
{
	munmap(self->call.base, self->call.size);
}

/* An odd number of measurements. */
#define LOOK_ROUNDS	5

static int by_length(const void *a, const void *b)
{
	double one = *(const double *)a, two = *(const double *)b;

	return (one > two) - (one < two);
}

/* How long the call takes. */
static double whole_look(struct call *call)
{
	double start = seconds();

	return end_of(start_call(call), start);
}

/* How much longer the call takes when it is killed @delay seconds after its start. */
static double killed_look(struct call *call, double delay)
{
	double start;
	pid_t child;

	call->begun = false;
	child = start_call(call);
	while (!__atomic_load_n(&call->begun, __ATOMIC_RELAXED))
		sched_yield();
	usleep(delay * 1e6);
	start = seconds();
	kill(child, SIGKILL);
	return end_of(child, start);
}

/*
 * Catches a look at all pages of a range, by a call that nobody waits for any
 * more.  Somebody else may have the CPU in some of the measurements.
 */
TEST_F(look, ends_when_killed)
{
	double all[LOOK_ROUNDS], rest[LOOK_ROUNDS];

	for (int n = 0; n < LOOK_ROUNDS; n++)
		all[n] = whole_look(&self->call);
	qsort(all, LOOK_ROUNDS, sizeof(*all), by_length);
	for (int n = 0; n < LOOK_ROUNDS; n++)
		rest[n] = killed_look(&self->call, all[0] / 8);
	qsort(rest, LOOK_ROUNDS, sizeof(*rest), by_length);
	ksft_print_msg("%.3f s, and after a kill %.3f s\n", all[0], rest[LOOK_ROUNDS / 2]);
	EXPECT_LT(rest[LOOK_ROUNDS / 2], all[0] / 2);
}

/* --- huge pages that are split up on the way --- */

#define HUGE_PAGES	2
#define PIPE_SLOTS	16
#define PIPES_MAX	256
#define BLOCKS_MAX	4096

/**
 * struct crumbs - what keeps a node from having a huge page free
 * @node:  the node
 * @pipe:  pipes that hold one page in each block of its memory
 * @nr:    pages in them
 */
struct crumbs {
	int node;
	int pipe[PIPES_MAX][2];
	unsigned long nr;
};

/* Asks for so many pages in a node's pool; returns how many there are. */
static long pool_takes(int node, long nr)
{
	pool_set(node, nr);
	return pool_of(node);
}

/* Has the pool take all that there are: some blocks come free a little later. */
static void pool_takes_all(int node, long nr)
{
	long was = -1, has = pool_takes(node, nr);

	for (int same = 0; same < 3; was = has, has = pool_takes(node, nr)) {
		same = has == was ? same + 1 : 0;
		usleep(200000);
	}
}

/* A pipe refers to the page, which cannot move from then on. */
static bool crumb_add(struct crumbs *crumbs, char *page)
{
	struct iovec one = { .iov_base = page, .iov_len = page_size() };
	unsigned long at = crumbs->nr / PIPE_SLOTS;

	if (at == PIPES_MAX || (crumbs->nr % PIPE_SLOTS == 0 && pipe(crumbs->pipe[at])))
		return false;
	crumbs->nr++;
	return vmsplice(crumbs->pipe[at][1], &one, 1, 0) == (ssize_t)page_size();
}

/* Keeps one page of each block in which @base, all that is free, has pages. */
static bool crumbs_of(struct crumbs *crumbs, char *base, unsigned long nr)
{
	static bool kept[BLOCKS_MAX];
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	unsigned long block_pages = thp_size() / page_size();
	const __u64 frame_bits = (1ULL << 55) - 1;

	or_die(fd >= 0, "opening /proc/self/pagemap");
	memset(kept, 0, sizeof(kept));
	for (unsigned long n = 0; n < nr; n++) {
		__u64 entry, at = (unsigned long)page_at(base, n) / page_size() * sizeof(entry);
		unsigned long block;

		or_die(pread(fd, &entry, sizeof(entry), at) == sizeof(entry), "reading pagemap");
		block = (entry & frame_bits) / block_pages;
		if (block >= BLOCKS_MAX || kept[block] ||
		    page_node(page_at(base, n)) != crumbs->node)
			continue;
		kept[block] = crumb_add(crumbs, page_at(base, n));
		if (!kept[block])
			return false;
	}
	close(fd);
	return true;
}

/* Leaves @node with much free memory, but no huge page: the pool takes the rest of those. */
static bool crumbs_make(struct crumbs *crumbs, int node)
{
	struct policy wish = policy_for(MPOL_PREFERRED, nodes_of(node));
	unsigned long nr = machine_free_kb(node) * 1024 / page_size();
	char *base = map_pages(nr);
	bool made;

	crumbs->node = node;
	madvise(base, nr * page_size(), MADV_NOHUGEPAGE);
	or_die(!policy_set_range(&wish, base, nr * page_size()), "mbind");
	or_die(!madvise(base, nr * page_size(), MADV_POPULATE_WRITE), "populating");
	made = crumbs_of(crumbs, base, nr);
	munmap(base, nr * page_size());
	pool_takes_all(node, nr);
	return made;
}

static void crumbs_free(struct crumbs *crumbs)
{
	pool_set(crumbs->node, 0);
	for (unsigned long n = 0; n < crumbs->nr; n += PIPE_SLOTS) {
		close(crumbs->pipe[n / PIPE_SLOTS][0]);
		close(crumbs->pipe[n / PIPE_SLOTS][1]);
	}
}

FIXTURE(split) {
	char was[64];
	char *map;
	char *base;
	unsigned long size;
	struct crumbs crumbs;
	int whole;
};

FIXTURE_VARIANT(split) {
	int mode;
};

FIXTURE_VARIANT_ADD(split, interleave) { .mode = MPOL_INTERLEAVE };
FIXTURE_VARIANT_ADD(split, weighted) { .mode = MPOL_WEIGHTED_INTERLEAVE };

/* Huge pages on a node that stays whole, and another one without. */
FIXTURE_SETUP(split)
{
	struct policy here;
	struct nodes roomy;
	int node = -1, crumbled;

	self->size = thp_size();
	if (geteuid() || !self->size || !thp_allow(self->was, sizeof(self->was)))
		SKIP(return, NEEDS_THP);
	roomy = machine_with_room(8 * HUGE_PAGES * self->size / 1024);
	if (nodes_count(&roomy) < 2)
		SKIP(return, "needs two nodes with free huge pages");
	/* The smaller the node, the sooner it is in crumbs. */
	crumbled = machine_by_room(&roomy, true);
	while (nodes_step(&roomy, &node))
		if (node != crumbled)
			self->whole = node;
	self->map = map_pages((HUGE_PAGES + 1) * self->size / page_size());
	self->base = align_up(self->map, self->size);
	here = policy_for(MPOL_BIND, nodes_of(self->whole));
	ASSERT_EQ(0, madvise(self->base, HUGE_PAGES * self->size, MADV_HUGEPAGE));
	ASSERT_EQ(0, policy_set_range(&here, self->base, HUGE_PAGES * self->size));
	touch_pages(self->base, HUGE_PAGES * self->size / page_size());
	if (thp_kb() != (long)(HUGE_PAGES * self->size / 1024))
		SKIP(return, "needs free huge pages");
	if (!crumbs_make(&self->crumbs, crumbled))
		SKIP(return, "node %d cannot be had in crumbs", crumbled);
}

FIXTURE_TEARDOWN(split)
{
	crumbs_free(&self->crumbs);
	munmap(self->map, (HUGE_PAGES + 1) * self->size);
	thp_restore(self->was);
}

/*
 * Catches parts of a huge page that all go to one node: each has an index of its
 * own, and belongs where that says.
 */
TEST_F(split, parts_go_where_their_index_says)
{
	struct policy pol = policy_for(variant->mode, nodes_of(self->whole));
	unsigned long nr = HUGE_PAGES * self->size / page_size(), wrong = 0, parts = 0;
	unsigned long first = (unsigned long)self->base / page_size();
	unsigned long each = self->size / page_size();
	int *node = calloc(nr, sizeof(*node));

	nodes_add(&pol.ask, self->crumbs.node);
	EXPECT_EQ(0, policy_bind_range(&pol, self->base, HUGE_PAGES * self->size,
				       MPOL_MF_MOVE | MPOL_MF_STRICT));
	ASSERT_TRUE(page_nodes_settled(self->base, nr, node));
	for (unsigned long n = 0; n < nr; n++) {
		bool whole = nodes_nth(&pol.ask, (first + n) / each % 2) == self->whole;

		wrong += node[n] != (whole ? self->whole : nodes_nth(&pol.ask, (first + n) % 2));
		parts += !whole;
	}
	/* Otherwise there was a huge page, after all. */
	EXPECT_EQ((long)((nr - parts) * page_size() / 1024), thp_kb());
	EXPECT_EQ(0UL, wrong) TH_LOG("of %lu parts %lu are on other nodes", parts, wrong);
	free(node);
}

int main(int argc, char **argv)
{
	machine_require();
	return run_tests(argc, argv);
}
