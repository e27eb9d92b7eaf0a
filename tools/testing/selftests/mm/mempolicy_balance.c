// SPDX-License-Identifier: GPL-2.0
/*
 * NUMA balancing under policies: pages come to the CPU that uses them where the
 * policy lets them, and stay where it does not.
 *
 * All areas are filled from a CPU of one node and then used from a CPU of
 * another. How long the kernel takes to notice is its own affair, so what stays
 * is looked at when all the others have come.
 *
 * Pages that two nodes use in turn come to neither: the kernel moves a page only
 * if the same node touches it twice in succession.
 */
#include "mempolicy_harness.h"

#include <pthread.h>
#include <sys/mman.h>
#include <time.h>

#include "mempolicy_files.h"
#include "mempolicy_machine.h"
#include "mempolicy_object.h"
#include "mempolicy_policy.h"

#define AREA_PAGES	16
#define SECONDS		90

static const struct {
	const char *name;
	int mode;
	bool near;	/* the node to come to is one of the policy's */
	bool comes;
} cases[] = {
	/* Catches the default taken for a policy. */
	{ "default", MPOL_DEFAULT, false, true },
	/* Catches the flag lost, or taken for none. */
	{ "bind, balancing", MPOL_BIND | BALANCING, true, true },
	{ "preferred-many, balancing", MPOL_PREFERRED_MANY | BALANCING, true, true },
	/* Catches pages that leave the nodes of a strict policy. */
	{ "bind elsewhere, balancing", MPOL_BIND | BALANCING, false, false },
	{ "preferred-many elsewhere, balancing", MPOL_PREFERRED_MANY | BALANCING, false, false },
	/* Catches pages that are moved without being asked for it. */
	{ "bind", MPOL_BIND, true, false },
	{ "interleave", MPOL_INTERLEAVE, false, false },
	{ "preferred", MPOL_PREFERRED, false, false },
	{ "local", MPOL_LOCAL, false, false },
};

#define NR_CASES	ARRAY_SIZE(cases)

FIXTURE(balance) {
	int far_cpu, near_cpu;
	int far, near;
	char *area[NR_CASES];
};

/* Two nodes with a CPU each, and with room. */
static bool choose(int *node, int *cpu)
{
	int found = 0, at = -1;

	while (found < 2 && nodes_step(&machine.roomy, &at)) {
		cpu[found] = machine_cpu_of(at);
		node[found] = at;
		found += cpu[found] >= 0;
	}
	return found == 2;
}

/* The sysctl for it is not in every kernel. */
static bool is_on(void)
{
	char line[4096];

	return file_read("/proc/cmdline", line, sizeof(line)) &&
	       strstr(line, "numa_balancing=enable");
}

FIXTURE_SETUP(balance)
{
	int node[2], cpu[2];

	if (!choose(node, cpu))
		SKIP(return, "needs two nodes with a CPU and memory");
	if (!is_on())
		SKIP(return, "needs a kernel that was booted with numa_balancing=enable");
	self->far = node[0];
	self->far_cpu = cpu[0];
	self->near = node[1];
	self->near_cpu = cpu[1];
}

FIXTURE_TEARDOWN(balance)
{
}

/* One page of another policy between areas keeps them apart. */
static char *fill(unsigned int n, int far, int near)
{
	struct policy pol = policy_for(cases[n].mode, nodes_of(far));
	char *area = map_pages(AREA_PAGES + 1);

	if (cases[n].near)
		nodes_add(&pol.ask, near);
	if (pol.mode == MPOL_DEFAULT || pol.mode == MPOL_LOCAL)
		memset(&pol.ask, 0, sizeof(pol.ask));
	or_die(!mprotect(page_at(area, AREA_PAGES), page_size(), PROT_NONE), "mprotect");
	or_die(!policy_set_range(&pol, area, AREA_PAGES * page_size()), "mbind");
	touch_pages(area, AREA_PAGES);
	return area;
}

/* Uses all areas until those that are to come have come. */
static bool use(char *const *area, int near)
{
	time_t end = time(NULL) + SECONDS;
	bool all = false;

	while (!all && time(NULL) < end) {
		for (int i = 0; i < 1000; i++)
			for (unsigned int n = 0; n < NR_CASES; n++)
				touch_pages(area[n], AREA_PAGES);
		all = true;
		for (unsigned int n = 0; n < NR_CASES; n++)
			if (cases[n].comes && pages_on(area[n], AREA_PAGES, near) != AREA_PAGES)
				all = false;
	}
	return all;
}

TEST_F_TIMEOUT(balance, pages_come_where_they_may, 2 * SECONDS)
{
	ASSERT_TRUE(pin_to_cpu(self->far_cpu));
	for (unsigned int n = 0; n < NR_CASES; n++) {
		self->area[n] = fill(n, self->far, self->near);
		ASSERT_EQ(AREA_PAGES, pages_on(self->area[n], AREA_PAGES, self->far));
	}
	ASSERT_TRUE(pin_to_cpu(self->near_cpu));
	EXPECT_TRUE(use(self->area, self->near));
	for (unsigned int n = 0; n < NR_CASES; n++) {
		unsigned int want = 0;

		if (cases[n].comes)
			want = AREA_PAGES;
		EXPECT_EQ(want, pages_on(self->area[n], AREA_PAGES, self->near))
			TH_LOG("%s", cases[n].name);
	}
}

/* --- one mapping with several policies --- */

#define OBJECT_PAGES	2048UL

/* An object on the far node: page 0 is under one policy, all others under another. */
static struct object object_of_two(const struct policy *first, const struct policy *others,
				   int far)
{
	struct object obj = object_make(MEMFD, OBJECT_PAGES);

	or_die(!set_pages(others, obj.all, 1, OBJECT_PAGES - 1), "mbind");
	or_die(!set_pages(first, obj.all, 0, 1), "mbind");
	touch_pages(obj.all, OBJECT_PAGES);
	or_die(page_node(obj.all) == far && page_node(page_at(obj.all, 1)) == far, "filling");
	return obj;
}

/* Uses all pages until @enough are on @node; returns how many are. */
static unsigned long use_object(const struct object *obj, int node, unsigned long enough)
{
	time_t end = time(NULL) + SECONDS;
	unsigned long come = 0;

	while (come < enough && time(NULL) < end) {
		for (int i = 0; i < 20; i++)
			touch_pages(obj->all, OBJECT_PAGES);
		come = pages_on(obj->all, OBJECT_PAGES, node);
	}
	return come;
}

/* Catches the first page's policy taken for that of all: nothing comes. */
TEST_F_TIMEOUT(balance, all_but_the_first_page, 2 * SECONDS)
{
	struct policy bind = policy_for(MPOL_BIND, nodes_of(self->far));
	struct object obj;

	ASSERT_TRUE(pin_to_cpu(self->far_cpu));
	obj = object_of_two(&bind, &no_policy, self->far);
	ASSERT_TRUE(pin_to_cpu(self->near_cpu));
	EXPECT_LE(OBJECT_PAGES * 9 / 10, use_object(&obj, self->near, OBJECT_PAGES - 1));
	EXPECT_EQ(self->far, page_node(obj.all));
	object_free(&obj);
}

/* What the whole machine did so far; all of it is read at once. */
struct events {
	long faults;	/* hinting faults */
	long remote;	/* ... of a CPU for a page of another node */
	long moved;	/* pages */
};

static long event(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	or_die(at, name);
	return atol(at + strlen(name));
}

static struct events events(void)
{
	static char text[1 << 16];
	struct events now;

	or_die(file_read("/proc/vmstat", text, sizeof(text)), "reading vmstat");
	now.faults = event(text, "\nnuma_hint_faults ");
	now.remote = now.faults - event(text, "\nnuma_hint_faults_local ");
	now.moved = event(text, "\nnuma_pages_migrated ");
	return now;
}

/* Catches faults that are provoked for pages which must not move anyway. */
TEST_F_TIMEOUT(balance, only_the_first_page, 2 * SECONDS)
{
	struct policy bind = policy_for(MPOL_BIND, nodes_of(self->far));
	struct object obj;
	long before;

	ASSERT_TRUE(pin_to_cpu(self->far_cpu));
	obj = object_of_two(&no_policy, &bind, self->far);
	ASSERT_TRUE(pin_to_cpu(self->near_cpu));
	before = events().faults;
	EXPECT_EQ(1, use_object(&obj, self->near, 1));
	EXPECT_EQ(self->near, page_node(obj.all));
	EXPECT_GT((long)OBJECT_PAGES / 4, events().faults - before);
	object_free(&obj);
}

/* --- pages that two nodes use --- */

#define SHARED_PAGES	1024
#define WARM_TURNS	2
#define TURNS		6

FIXTURE(shared) {
	int cpu[2];
	int node[2];
	char *area;
};

FIXTURE_VARIANT(shared) {
	int mode;
};

FIXTURE_VARIANT_ADD(shared, default) { .mode = MPOL_DEFAULT };
FIXTURE_VARIANT_ADD(shared, bind) { .mode = MPOL_BIND | BALANCING };
FIXTURE_VARIANT_ADD(shared, many) { .mode = MPOL_PREFERRED_MANY | BALANCING };

FIXTURE_SETUP(shared)
{
	struct policy pol;

	if (!choose(self->node, self->cpu))
		SKIP(return, "needs two nodes with a CPU and memory");
	if (!is_on())
		SKIP(return, "needs a kernel that was booted with numa_balancing=enable");
	pol = policy_for(variant->mode, nodes_of(self->node[0]));
	nodes_add(&pol.ask, self->node[1]);
	if (pol.mode == MPOL_DEFAULT)
		memset(&pol.ask, 0, sizeof(pol.ask));
	self->area = map_pages(SHARED_PAGES);
	madvise(self->area, SHARED_PAGES * page_size(), MADV_NOHUGEPAGE);
	ASSERT_EQ(0, policy_set_range(&pol, self->area, SHARED_PAGES * page_size()));
	ASSERT_TRUE(pin_to_cpu(self->cpu[0]));
	touch_pages(self->area, SHARED_PAGES);
}

FIXTURE_TEARDOWN(shared)
{
	munmap(self->area, SHARED_PAGES * page_size());
}

/* One use of an area from a CPU. */
struct use {
	char *area;
	int cpu;
	bool done;
};

/*
 * Uses the area until almost each page had its hinting fault. A scan marks all of
 * them at once, and the next one is a second away or more. The last byte of a
 * thread's number is kept in a page; 255 stands for none there.
 */
static void *use_once(void *arg)
{
	time_t end = time(NULL) + SECONDS;
	long before = events().faults;
	struct use *use = arg;

	if (gettid() % 256 == 255 || !pin_to_cpu(use->cpu))
		return NULL;
	do {
		touch_pages(use->area, SHARED_PAGES);
		use->done = events().faults - before > SHARED_PAGES * 7 / 8;
	} while (!use->done && time(NULL) < end);
	return NULL;
}

/* By a new thread each, as the kernel scans seldom for one that it knows. */
static bool use_in_turn(char *area, const int *cpu, int turns)
{
	for (int n = 0; n < turns; n++) {
		struct use use = { .area = area, .cpu = cpu[n % 2] };

		for (int tries = 0; !use.done; tries++) {
			pthread_t thread;

			if (tries == 2 || pthread_create(&thread, NULL, use_once, &use) ||
			    pthread_join(thread, NULL))
				return false;
		}
	}
	return true;
}

/*
 * Catches faults on the page's own node that are not recorded in it: then a
 * fault on the other node finds that the last one was there, too.
 */
TEST_F_TIMEOUT(shared, pages_stay, 5 * SECONDS)
{
	struct events before, after;
	long remote, moved;

	/* A page that was never used before comes at once. */
	ASSERT_TRUE(use_in_turn(self->area, self->cpu, WARM_TURNS));
	before = events();
	ASSERT_TRUE(use_in_turn(self->area, self->cpu, TURNS));
	after = events();
	remote = after.remote - before.remote;
	moved = after.moved - before.moved;
	ksft_print_msg("%ld of %ld remote faults moved a page\n", moved, remote);
	EXPECT_LE(SHARED_PAGES * TURNS / 2 * 3 / 4, remote);
	/* None does, or all of them. */
	EXPECT_GT(remote / 4, moved);
}

int main(int argc, char **argv)
{
	machine_require();
	return run_tests(argc, argv);
}
