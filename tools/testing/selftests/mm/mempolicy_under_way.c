// SPDX-License-Identifier: GPL-2.0
/*
 * Pages that a call meets while they are under way to another node, and addresses
 * without a page that are no pages under way either.
 */
#include "mempolicy_harness.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "mempolicy_calls.h"
#include "mempolicy_machine.h"
#include "mempolicy_pages.h"
#include "mempolicy_policy.h"
#include "mempolicy_settings.h"

#define HUGE_SIZE	(2UL << 20)
#define SMALL_PAGES	32	/* so that some are always under way */
#define SECONDS		15	/* at most */
#define MOST_MOVES	30

enum kind { SMALL, HUGE, HUGETLB };

/**
 * struct traffic - pages that a thread sends to and fro between two nodes
 * @base:   where they are
 * @nr:     how many
 * @stride: from one to the next, in bytes
 * @node:   the two
 * @moves:  from one to the other
 * @over:   the thread is to end
 */
struct traffic {
	char *base;
	unsigned long nr;
	size_t stride;
	int node[2];
	unsigned long moves;
	bool over;
};

static void *to_and_fro(void *arg)
{
	int nodes[SMALL_PAGES], status[SMALL_PAGES];
	struct traffic *traffic = arg;
	void *pages[SMALL_PAGES];

	for (unsigned long i = 0; i < traffic->nr; i++)
		pages[i] = traffic->base + i * traffic->stride;
	while (!__atomic_load_n(&traffic->over, __ATOMIC_RELAXED)) {
		for (unsigned long i = 0; i < traffic->nr; i++)
			nodes[i] = traffic->node[traffic->moves & 1];
		or_die(sys_move_pages(0, traffic->nr, pages, nodes, status, MPOL_MF_MOVE) >= 0,
		       "move_pages");
		__atomic_add_fetch(&traffic->moves, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

FIXTURE(under_way) {
	char was[64];
	char *area;
	struct nodes pools;
	struct traffic traffic;
	struct policy third;
	pthread_t thread;
};

FIXTURE_VARIANT(under_way) {
	enum kind kind;
};

FIXTURE_VARIANT_ADD(under_way, small) { .kind = SMALL };
FIXTURE_VARIANT_ADD(under_way, huge) { .kind = HUGE };
FIXTURE_VARIANT_ADD(under_way, hugetlb) { .kind = HUGETLB };

static char *map_aligned(void)
{
	char *at = map_pages(2 * HUGE_SIZE / page_size());

	return (char *)(((unsigned long)at + HUGE_SIZE - 1) & -HUGE_SIZE);
}

/* Pages of the kind, or NULL; they have been touched. */
static char *make_pages(enum kind kind, struct traffic *traffic)
{
	char *at = map_aligned();

	traffic->nr = kind == SMALL ? SMALL_PAGES : 1;
	traffic->stride = kind == SMALL ? page_size() : HUGE_SIZE;
	if (kind == HUGE && madvise(at, HUGE_SIZE, MADV_HUGEPAGE))
		return NULL;
	if (kind == HUGETLB)
		at = mmap(at, HUGE_SIZE, PROT_READ | PROT_WRITE,
			  MAP_ANONYMOUS | MAP_PRIVATE | MAP_FIXED | MAP_HUGETLB, -1, 0);
	if (at == MAP_FAILED)
		return NULL;
	touch_pages(at, traffic->nr);
	return kind == HUGE && thp_kb() != HUGE_SIZE / 1024 ? NULL : at;
}

FIXTURE_SETUP(under_way)
{
	struct traffic *traffic = &self->traffic;

	machine_require();
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		SKIP(return, "needs two CPUs");
	if (variant->kind != SMALL)
		machine_want_huge(2, HUGE_SIZE);
	if (nodes_count(&machine.roomy) < 3)
		SKIP(return, "needs three nodes with room");
	traffic->node[0] = nodes_nth(&machine.roomy, 0);
	traffic->node[1] = nodes_nth(&machine.roomy, 1);
	self->third = policy_for(MPOL_BIND, nodes_of(nodes_highest(&machine.roomy)));
	if (variant->kind == HUGE && (thp_size() != HUGE_SIZE ||
				      !thp_allow(self->was, sizeof(self->was))))
		SKIP(return, NEEDS_THP);
	if (variant->kind == HUGETLB) {
		nodes_add(&self->pools, traffic->node[0]);
		nodes_add(&self->pools, traffic->node[1]);
		nodes_add(&self->pools, nodes_highest(&machine.roomy));
		if (!pools_set(&self->pools, 1))
			SKIP(return, "needs root, and free huge pages");
	}
	traffic->base = make_pages(variant->kind, traffic);
	if (!traffic->base)
		SKIP(return, "needs free huge pages");
	ASSERT_EQ(0, pthread_create(&self->thread, NULL, to_and_fro, traffic));
}

FIXTURE_TEARDOWN(under_way)
{
	__atomic_store_n(&self->traffic.over, true, __ATOMIC_RELAXED);
	pthread_join(self->thread, NULL);
	munmap(self->traffic.base, HUGE_SIZE);
	pools_set(&self->pools, 0);
	if (*self->was)
		thp_restore(self->was);
}

/* Calls until there was time and traffic enough; returns how many did not say @want. */
static unsigned long count_others(struct traffic *traffic, const struct policy *pol,
				  unsigned long flags, int want, unsigned long *calls)
{
	unsigned long others = 0, moves = 0;
	double end = seconds() + SECONDS * test_slowness();

	/* They may begin on any node. */
	while (__atomic_load_n(&traffic->moves, __ATOMIC_RELAXED) < 2)
		sched_yield();
	for (*calls = 0; seconds() < end && moves < MOST_MOVES; (*calls)++) {
		others += policy_bind_range(pol, traffic->base, traffic->stride, flags) != want;
		moves = __atomic_load_n(&traffic->moves, __ATOMIC_RELAXED);
	}
	ksft_print_msg("%lu calls, %lu moves\n", *calls, moves);
	return moves > 2 ? others : *calls;
}

/* Catches a page under way taken for none at all: it is on no node that was asked for. */
TEST_F(under_way, strict_sees_it)
{
	unsigned long calls;

	EXPECT_EQ(0, count_others(&self->traffic, &self->third, MPOL_MF_STRICT, EIO, &calls));
	EXPECT_LT(0, calls);
}

/* Catches a move that waits for ever for a page under way, or loses one. */
TEST_F(under_way, is_no_obstacle)
{
	struct traffic *traffic = &self->traffic;
	unsigned long calls;

	for (unsigned long i = 0; i < traffic->nr; i++)
		traffic->base[i * traffic->stride] = i + 1;
	EXPECT_EQ(0, count_others(traffic, &self->third, MPOL_MF_MOVE, 0, &calls));
	EXPECT_LT(0, calls);
	for (unsigned long i = 0; i < traffic->nr; i++)
		EXPECT_EQ((char)(i + 1), traffic->base[i * traffic->stride]);
}

/* --- no page, but something in its place --- */

/* Older system headers do not know it. */
struct poison {
	struct uffdio_range range;
	__u64 mode;
	__s64 updated;
};

#define POISON		_IOWR(UFFDIO, 0x08, struct poison)
#define POISON_FEATURE	0x4000

/* Addresses that raise SIGBUS when they are used, and have no page. */
static bool poison(char *at, size_t len)
{
	struct uffdio_api api = { .api = UFFD_API, .features = POISON_FEATURE };
	struct uffdio_register all = {
		.range = { .start = (unsigned long)at, .len = len },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	struct poison poison = { .range = all.range };
	int fd = syscall(__NR_userfaultfd, O_CLOEXEC);
	bool done = fd >= 0 && !ioctl(fd, UFFDIO_API, &api) &&
		    !ioctl(fd, UFFDIO_REGISTER, &all) && !ioctl(fd, POISON, &poison);

	if (fd >= 0)
		close(fd);
	return done;
}

FIXTURE(no_page) {
	struct nodes pool;
	struct policy pol;
	char *base;
};

FIXTURE_VARIANT(no_page) {
	bool hugetlb;
};

FIXTURE_VARIANT_ADD(no_page, small) { };
FIXTURE_VARIANT_ADD(no_page, hugetlb) { .hugetlb = true };

FIXTURE_SETUP(no_page)
{
	machine_require();
	if (variant->hugetlb)
		machine_want_huge(1, HUGE_SIZE);
	if (nodes_count(&machine.roomy) < 2)
		SKIP(return, "needs two nodes with room");
	self->pol = policy_for(MPOL_BIND, nodes_of(nodes_highest(&machine.roomy)));
	self->base = map_aligned();
	if (variant->hugetlb) {
		self->pool = nodes_of(nodes_nth(&machine.roomy, 0));
		if (!pools_set(&self->pool, 1))
			SKIP(return, "needs root, and a free huge page");
		self->base = mmap(self->base, HUGE_SIZE, PROT_READ | PROT_WRITE,
				  MAP_ANONYMOUS | MAP_PRIVATE | MAP_FIXED | MAP_HUGETLB, -1, 0);
		ASSERT_NE(MAP_FAILED, self->base);
	}
	if (!poison(self->base, HUGE_SIZE))
		SKIP(return, "needs userfaultfd(2) that can poison");
}

FIXTURE_TEARDOWN(no_page)
{
	munmap(self->base, HUGE_SIZE);
	pools_set(&self->pool, 0);
}

/* Catches what is in the place of a page taken for a page, or for one under way. */
TEST_F(no_page, is_on_no_node)
{
	EXPECT_EQ(0, policy_bind_range(&self->pol, self->base, HUGE_SIZE, MPOL_MF_STRICT));
	EXPECT_EQ(0, policy_bind_range(&self->pol, self->base, HUGE_SIZE,
				       MPOL_MF_MOVE | MPOL_MF_STRICT));
	EXPECT_TRUE(policy_holds(self->base, &self->pol));
}

TEST_HARNESS_MAIN
