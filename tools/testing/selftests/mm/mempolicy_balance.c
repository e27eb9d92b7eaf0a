// SPDX-License-Identifier: GPL-2.0
/*
 * NUMA balancing under policies: pages come to the CPU that uses them where the
 * policy lets them, and stay where it does not.
 *
 * All areas are filled from a CPU of one node and then used from a CPU of
 * another. How long the kernel takes to notice is its own affair, so what stays
 * is looked at when all the others have come.
 *
 * Pages that two nodes use come to neither: the kernel moves a page only if the
 * same node touches it twice in succession.
 */
#include "kselftest_harness.h"

#include <pthread.h>
#include <sys/mman.h>
#include <time.h>

#include "mempolicy_object.h"

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

static unsigned int pages_on(char *area, int node)
{
	int seen[AREA_PAGES];
	unsigned int count = 0;

	or_die(page_nodes(area, AREA_PAGES, seen), "move_pages");
	for (unsigned int n = 0; n < AREA_PAGES; n++)
		count += seen[n] == node;
	return count;
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
			if (cases[n].comes && pages_on(area[n], near) != AREA_PAGES)
				all = false;
	}
	return all;
}

TEST_F_TIMEOUT(balance, pages_come_where_they_may, 2 * SECONDS)
{
	ASSERT_TRUE(pin_to_cpu(self->far_cpu));
	for (unsigned int n = 0; n < NR_CASES; n++) {
		self->area[n] = fill(n, self->far, self->near);
		ASSERT_EQ(AREA_PAGES, pages_on(self->area[n], self->far));
	}
	ASSERT_TRUE(pin_to_cpu(self->near_cpu));
	EXPECT_TRUE(use(self->area, self->near));
	for (unsigned int n = 0; n < NR_CASES; n++) {
		unsigned int want = 0;

		if (cases[n].comes)
			want = AREA_PAGES;
		EXPECT_EQ(want, pages_on(self->area[n], self->near)) TH_LOG("%s", cases[n].name);
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

static unsigned long object_pages_on(const struct object *obj, int node)
{
	static int seen[OBJECT_PAGES];
	unsigned long count = 0;

	or_die(page_nodes(obj->all, OBJECT_PAGES, seen), "move_pages");
	for (unsigned long n = 0; n < OBJECT_PAGES; n++)
		count += seen[n] == node;
	return count;
}

/* Uses all pages until @enough are on @node; returns how many are. */
static unsigned long use_object(const struct object *obj, int node, unsigned long enough)
{
	time_t end = time(NULL) + SECONDS;
	unsigned long come = 0;

	while (come < enough && time(NULL) < end) {
		for (int i = 0; i < 20; i++)
			touch_pages(obj->all, OBJECT_PAGES);
		come = object_pages_on(obj, node);
	}
	return come;
}

/* Catches the first page's policy taken for that of all: nothing comes. */
TEST_F_TIMEOUT(balance, all_but_the_first_page, 2 * SECONDS)
{
	struct policy bind = policy_for(MPOL_BIND, nodes_of(self->far));
	struct policy none = policy_for(MPOL_DEFAULT, (struct nodes){ 0 });
	struct object obj;

	ASSERT_TRUE(pin_to_cpu(self->far_cpu));
	obj = object_of_two(&bind, &none, self->far);
	ASSERT_TRUE(pin_to_cpu(self->near_cpu));
	EXPECT_LE(OBJECT_PAGES * 9 / 10, use_object(&obj, self->near, OBJECT_PAGES - 1));
	EXPECT_EQ(self->far, page_node(obj.all));
	object_free(&obj);
}

/* Hinting faults of the whole machine so far. */
static long hint_faults(void)
{
	static char text[1 << 16];
	const char *at;

	or_die(file_read("/proc/vmstat", text, sizeof(text)), "reading vmstat");
	at = strstr(text, "\nnuma_hint_faults ");
	or_die(at, "looking for numa_hint_faults");
	return atol(at + strlen("\nnuma_hint_faults "));
}

/* Catches faults that are provoked for pages which must not move anyway. */
TEST_F_TIMEOUT(balance, only_the_first_page, 2 * SECONDS)
{
	struct policy bind = policy_for(MPOL_BIND, nodes_of(self->far));
	struct policy none = policy_for(MPOL_DEFAULT, (struct nodes){ 0 });
	struct object obj;
	long before;

	ASSERT_TRUE(pin_to_cpu(self->far_cpu));
	obj = object_of_two(&none, &bind, self->far);
	ASSERT_TRUE(pin_to_cpu(self->near_cpu));
	before = hint_faults();
	EXPECT_EQ(1, use_object(&obj, self->near, 1));
	EXPECT_EQ(self->near, page_node(obj.all));
	EXPECT_GT((long)OBJECT_PAGES / 4, hint_faults() - before);
	object_free(&obj);
}

/* --- pages that two nodes use --- */

#define SHARED_PAGES	8192
#define WARM_FAULTS	SHARED_PAGES
#define SOME_FAULTS	SHARED_PAGES
#define FEW_FAULTS	(SHARED_PAGES / 8)

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

/* A thread that uses the area until it is told to stop. */
struct user {
	char *area;
	int cpu;
	int stop;
};

static void *use_area(void *arg)
{
	struct user *user = arg;

	or_die(pin_to_cpu(user->cpu), "pinning a thread");
	while (!__atomic_load_n(&user->stop, __ATOMIC_RELAXED))
		touch_pages(user->area, SHARED_PAGES);
	return NULL;
}

/* Hinting faults of a CPU for a page of another node. */
static long remote_faults(void)
{
	return vm_events("numa_hint_faults") - vm_events("numa_hint_faults_local");
}

/*
 * Waits for so many of them; returns how many came. A busy host scans slowly: a
 * few are worth more time.
 */
static long wait_for_faults(long nr)
{
	time_t begin = time(NULL), waited;
	long start = remote_faults(), seen;

	do {
		usleep(50000);
		seen = remote_faults() - start;
		waited = time(NULL) - begin;
	} while (seen < nr &&
		 waited < (seen < FEW_FAULTS ? 2 * SECONDS : SECONDS / 2));
	return seen;
}

/*
 * Catches faults on the page's own node that are not recorded in it: then each
 * fault on the other node finds that the last one was there, too.
 */
TEST_F_TIMEOUT(shared, pages_move_seldom, 5 * SECONDS)
{
	struct user user[2];
	pthread_t thread[2];
	long faults, moved;

	for (int n = 0; n < 2; n++) {
		user[n] = (struct user){ .area = self->area, .cpu = self->cpu[n] };
		ASSERT_EQ(0, pthread_create(&thread[n], NULL, use_area, &user[n]));
	}
	/* A page that was never used before comes at once. */
	wait_for_faults(WARM_FAULTS);
	moved = vm_events("numa_pages_migrated");
	faults = wait_for_faults(SOME_FAULTS);
	moved = vm_events("numa_pages_migrated") - moved;
	for (int n = 0; n < 2; n++) {
		__atomic_store_n(&user[n].stop, 1, __ATOMIC_RELAXED);
		ASSERT_EQ(0, pthread_join(thread[n], NULL));
	}
	ksft_print_msg("%ld of %ld remote faults moved a page\n", moved, faults);
	EXPECT_LE(FEW_FAULTS, faults);
	/* A fifth to two fifths do, or nine of ten. */
	EXPECT_LT(moved, faults * 2 / 3);
}

int main(int argc, char **argv)
{
	machine_require();
	return run_tests(argc, argv);
}
