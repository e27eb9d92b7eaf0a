// SPDX-License-Identifier: GPL-2.0
/*
 * Where pages go: every mode with every flag, for tasks and for mappings, page
 * by page.  The nodes that are right come from the model in mempolicy_model.c.
 *
 * Nodes with little free memory are not asked for, except where a test fills
 * one on purpose: a page that finds no room says nothing about its policy.
 */
#include "mempolicy_harness.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/uio.h>

#include "mempolicy_calls.h"
#include "mempolicy_group.h"
#include "mempolicy_machine.h"
#include "mempolicy_maps.h"
#include "mempolicy_pages.h"
#include "mempolicy_policy.h"
#include "mempolicy_requests.h"
#include "mempolicy_settings.h"

/* --- every mode and flag, small pages --- */

FIXTURE(place) {
	cpu_set_t cpus;
};

FIXTURE_VARIANT(place) {
	int mode;
	int flags;
};

FIXTURE_VARIANT_ADD(place, default) { .mode = MPOL_DEFAULT };
FIXTURE_VARIANT_ADD(place, local) { .mode = MPOL_LOCAL };
FIXTURE_VARIANT_ADD(place, preferred) { .mode = MPOL_PREFERRED };
FIXTURE_VARIANT_ADD(place, preferred_static) { .mode = MPOL_PREFERRED, .flags = STATIC };
FIXTURE_VARIANT_ADD(place, preferred_relative) { .mode = MPOL_PREFERRED, .flags = RELATIVE };
FIXTURE_VARIANT_ADD(place, bind) { .mode = MPOL_BIND };
FIXTURE_VARIANT_ADD(place, bind_static) { .mode = MPOL_BIND, .flags = STATIC };
FIXTURE_VARIANT_ADD(place, bind_relative) { .mode = MPOL_BIND, .flags = RELATIVE };
FIXTURE_VARIANT_ADD(place, bind_balancing) { .mode = MPOL_BIND, .flags = BALANCING };
FIXTURE_VARIANT_ADD(place, bind_static_balancing) {
	.mode = MPOL_BIND, .flags = STATIC | BALANCING,
};

FIXTURE_VARIANT_ADD(place, bind_relative_balancing) {
	.mode = MPOL_BIND, .flags = RELATIVE | BALANCING,
};

FIXTURE_VARIANT_ADD(place, interleave) { .mode = MPOL_INTERLEAVE };
FIXTURE_VARIANT_ADD(place, interleave_static) { .mode = MPOL_INTERLEAVE, .flags = STATIC };
FIXTURE_VARIANT_ADD(place, interleave_relative) { .mode = MPOL_INTERLEAVE, .flags = RELATIVE };
FIXTURE_VARIANT_ADD(place, weighted) { .mode = MPOL_WEIGHTED_INTERLEAVE };
FIXTURE_VARIANT_ADD(place, weighted_static) { .mode = MPOL_WEIGHTED_INTERLEAVE, .flags = STATIC };
FIXTURE_VARIANT_ADD(place, weighted_relative) {
	.mode = MPOL_WEIGHTED_INTERLEAVE, .flags = RELATIVE,
};

FIXTURE_VARIANT_ADD(place, many) { .mode = MPOL_PREFERRED_MANY };
FIXTURE_VARIANT_ADD(place, many_static) { .mode = MPOL_PREFERRED_MANY, .flags = STATIC };
FIXTURE_VARIANT_ADD(place, many_relative) { .mode = MPOL_PREFERRED_MANY, .flags = RELATIVE };
FIXTURE_VARIANT_ADD(place, many_balancing) { .mode = MPOL_PREFERRED_MANY, .flags = BALANCING };
FIXTURE_VARIANT_ADD(place, many_static_balancing) {
	.mode = MPOL_PREFERRED_MANY, .flags = STATIC | BALANCING,
};

FIXTURE_VARIANT_ADD(place, many_relative_balancing) {
	.mode = MPOL_PREFERRED_MANY, .flags = RELATIVE | BALANCING,
};

FIXTURE_SETUP(place)
{
	ASSERT_EQ(0, sched_getaffinity(0, sizeof(self->cpus), &self->cpus));
}

FIXTURE_TEARDOWN(place)
{
}

/* What each mode is asked for; relative numbers are bits, the others nodes. */
static const char * const asks[] = { "", "m0", "mL", "m0 mL", "m1 m2", "all" };
static const char * const relative_asks[] = { "", "b0", "b1", "R+1", "b1 R+2", "all" };

/* Reads the n-th request for @pol; false when there is none or it is not legal. */
static bool nth_ask(struct policy *pol, size_t n)
{
	const char *text = pol->flags & RELATIVE ? relative_asks[n] : asks[n];

	return policy_parse(pol, pol->mode | pol->flags, text, &machine.roomy);
}

static void place_once(struct __test_metadata *_metadata, const struct policy *pol, int node,
		       bool range)
{
	unsigned long nr = policy_pages(pol);
	void *base = map_pages(nr);
	struct touched at = anonymous(base, nr, node);

	if (range && pol->mode != MPOL_DEFAULT)
		ASSERT_EQ(0, policy_set_decoy(pol));
	ASSERT_EQ(0, range ? policy_set_range(pol, base, nr * page_size()) :
			     policy_set_task(pol));
	touch_pages(base, nr);
	EXPECT_TRUE(all_right(&at, pol))
		TH_LOG("from a CPU of node %d", node);
	munmap(base, nr * page_size());
}

/* Every request from a CPU of each of the first four nodes that have one. */
static void place_all(struct __test_metadata *_metadata, struct policy pol, const cpu_set_t *cpus,
		      bool range)
{
	int node = -1, done = 0;

	while (done < 4 && nodes_step(&machine.cpu, &node)) {
		ASSERT_EQ(0, sched_setaffinity(0, sizeof(*cpus), cpus));
		if (!machine_work_on(node))
			continue;
		done++;
		for (size_t n = 0; n < ARRAY_SIZE(asks); n++)
			if (nth_ask(&pol, n) && policy_has_room(&pol))
				place_once(_metadata, &pol, node, range);
	}
	if (!done)
		SKIP(return, NEEDS_CPU);
}

/* Catches a wrong node, table or starting point under a task's policy. */
TEST_F(place, task)
{
	struct policy pol = { .mode = variant->mode, .flags = variant->flags };

	place_all(_metadata, pol, &self->cpus, false);
}

/* Catches a mapping's policy that gives way to the task's. */
TEST_F(place, range)
{
	struct policy pol = { .mode = variant->mode, .flags = variant->flags };

	place_all(_metadata, pol, &self->cpus, true);
}

/* --- ways to touch a page --- */

/* Two nodes to tell apart, the first one local. */
FIXTURE(pair) {
	int local;
	int other;
	struct policy interleave;
	struct policy remote;
};

FIXTURE_SETUP(pair)
{
	int node = -1;

	self->local = -1;
	while (self->local < 0 && nodes_step(&machine.roomy, &node))
		if (nodes_has(&machine.cpu, node) && machine_work_on(node))
			self->local = node;
	if (self->local < 0 || nodes_count(&machine.roomy) < 2)
		SKIP(return, "needs two nodes with room, one of them with a CPU");
	self->other = nodes_highest(&machine.roomy);
	if (self->other == self->local)
		self->other = nodes_nth(&machine.roomy, 0);
	self->remote = policy_for(MPOL_BIND, nodes_of(self->other));
	self->interleave = policy_for(MPOL_INTERLEAVE, nodes_of(self->local));
	nodes_add(&self->interleave.ask, self->other);
}

FIXTURE_TEARDOWN(pair)
{
}

/* Catches the page of zeroes replaced by a copy that no policy placed. */
TEST_F(pair, read_then_write)
{
	void *base = map_pages(16);
	struct touched at = anonymous(base, 16, self->local);

	ASSERT_EQ(0, policy_set_range(&self->interleave, base, 16 * page_size()));
	ASSERT_EQ(0, madvise(base, 16 * page_size(), MADV_POPULATE_READ));
	touch_pages(base, 16);
	EXPECT_TRUE(all_right(&at, &self->interleave));
}

/* Catches populating that counts its own turns instead of the address. */
TEST_F(pair, populate)
{
	struct touched at;
	void *base;

	ASSERT_EQ(0, policy_set_task(&self->interleave));
	base = mmap(NULL, 16 * page_size(), PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	or_die(base != MAP_FAILED, "mmap");
	at = anonymous(base, 16, self->local);
	EXPECT_TRUE(all_right(&at, &self->interleave));
}

/* Catches turns taken in the order of touching. */
TEST_F(pair, backwards)
{
	void *base = map_pages(17);
	struct touched at = anonymous(base, 17, self->local);

	ASSERT_EQ(0, policy_set_task(&self->interleave));
	for (int i = 16; i >= 0; i--)
		touch_pages(page_at(base, i), 1);
	EXPECT_TRUE(all_right(&at, &self->interleave));
}

/* Catches pages moved by a change of policy that did not ask for it. */
TEST_F(pair, present_pages_stay)
{
	struct policy here = policy_for(MPOL_BIND, nodes_of(self->local));
	void *base = map_pages(16);
	struct touched old = anonymous(base, 8, self->local);
	struct touched new = anonymous(page_at(base, 8), 8, self->local);

	ASSERT_EQ(0, policy_set_range(&here, base, 16 * page_size()));
	touch_pages(base, 8);
	ASSERT_EQ(0, policy_set_range(&self->remote, base, 16 * page_size()));
	touch_pages(base, 16);
	EXPECT_TRUE(all_right(&old, &here));
	EXPECT_TRUE(all_right(&new, &self->remote));
}

/* Catches a policy that outlives being taken away. */
TEST_F(pair, default_gives_back_to_task)
{
	void *base = map_pages(8);
	struct touched at = anonymous(base, 8, self->local);

	ASSERT_EQ(0, policy_set_task(&self->remote));
	ASSERT_EQ(0, policy_set_range(&self->interleave, base, 8 * page_size()));
	ASSERT_EQ(0, policy_set_range(&no_policy, base, 8 * page_size()));
	touch_pages(base, 4);
	at.nr = 4;
	EXPECT_TRUE(all_right(&at, &self->remote));
	ASSERT_EQ(0, policy_set_task(&no_policy));
	at = anonymous(page_at(base, 4), 4, self->local);
	touch_pages(at.base, 4);
	EXPECT_TRUE(all_right(&at, &no_policy));
}

/* Catches memory placed by the policy of whoever happens to write to it. */
TEST_F(pair, written_by_another_process)
{
	char *base = map_pages(8);
	struct iovec from = { .iov_base = map_pages(8), .iov_len = 8 * page_size() };
	struct iovec to = { .iov_base = base, .iov_len = 8 * page_size() };
	struct policy here = policy_for(MPOL_BIND, nodes_of(self->local));
	struct touched at = anonymous(base, 8, self->local);
	pid_t owner = getpid(), writer;
	int status;

	ASSERT_EQ(0, policy_set_range(&self->remote, base, 8 * page_size()));
	writer = fork();
	ASSERT_LE(0, writer);
	if (writer == 0)
		_exit(policy_set_task(&here) ||
		      process_vm_writev(owner, &from, 1, &to, 1, 0) != (ssize_t)to.iov_len);
	ASSERT_EQ(writer, waitpid(writer, &status, 0));
	ASSERT_EQ(0, status);
	EXPECT_TRUE(all_right(&at, &self->remote));
}

/* A file whose own pages no policy of ours placed. */
static int open_scratch_file(void)
{
	char dir[] = "/tmp/mempolicy.XXXXXX";
	int fd = -1;

	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    !mkdtemp(dir))
		return -1;
	if (!mount("ramfs", dir, "ramfs", 0, NULL) && !chdir(dir))
		fd = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (!chdir("/"))
		umount2(dir, MNT_DETACH);
	rmdir(dir);
	return fd;
}

/* Catches copies of file pages that count from the address, not in the file. */
TEST_F(pair, private_file)
{
	int fd = open_scratch_file();
	struct touched at = { .nr = 16, .stride = 1, .index = 5, .cpu_node = self->local };

	if (fd < 0)
		SKIP(return, "needs to mount a ramfs: %m");
	ASSERT_EQ(0, ftruncate(fd, 32 * page_size()));
	at.base = mmap(NULL, 16 * page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE, fd,
		       5 * page_size());
	or_die(at.base != MAP_FAILED, "mmap of a file");
	ASSERT_EQ(0, policy_set_range(&self->interleave, at.base, 16 * page_size()));
	touch_pages(at.base, 16);
	EXPECT_TRUE(all_right(&at, &self->interleave));
}

/* --- home nodes --- */

FIXTURE(home) {
	int cpu_node;
};

FIXTURE_VARIANT(home) {
	int mode;
	int flags;
};

FIXTURE_VARIANT_ADD(home, bind) { .mode = MPOL_BIND };
FIXTURE_VARIANT_ADD(home, bind_static) { .mode = MPOL_BIND, .flags = STATIC };
FIXTURE_VARIANT_ADD(home, bind_balancing) { .mode = MPOL_BIND, .flags = BALANCING };
FIXTURE_VARIANT_ADD(home, many) { .mode = MPOL_PREFERRED_MANY };
FIXTURE_VARIANT_ADD(home, many_static) { .mode = MPOL_PREFERRED_MANY, .flags = STATIC };

FIXTURE_SETUP(home)
{
	self->cpu_node = machine_settle();
	if (self->cpu_node < 0)
		SKIP(return, NEEDS_CPU);
}

FIXTURE_TEARDOWN(home)
{
}

/* Catches a home that comes after the local node, or a home outside the mask
 * that brings its own memory in.
 */
TEST_F(home, first)
{
	struct policy pol = { .mode = variant->mode, .flags = variant->flags };

	for (size_t n = 0; n < ARRAY_SIZE(asks); n++) {
		if (!nth_ask(&pol, n))
			continue;
		while (nodes_step(&machine.roomy, &pol.home))
			place_once(_metadata, &pol, self->cpu_node, true);
	}
}

/* Catches a refused call that gave the first mappings their home. */
TEST_F(home, refused_changes_nothing)
{
	struct policy pol = { .mode = variant->mode, .flags = variant->flags, .home = -1 };
	struct policy interleave = { .mode = MPOL_INTERLEAVE, .ask = machine.roomy, .home = -1 };
	struct nodes near;
	int away = nodes_highest(&machine.roomy);
	void *base = map_pages(16);
	struct touched at = anonymous(base, 8, self->cpu_node);

	pol.ask = machine.roomy;
	near = machine_nearest(&machine.roomy, self->cpu_node);
	if (nodes_has(&near, away))
		away = nodes_nth(&machine.roomy, 0);
	if (nodes_has(&near, away))
		SKIP(return, "needs a node with room that is not the nearest");
	ASSERT_EQ(0, policy_set_range(&pol, base, 8 * page_size()));
	ASSERT_EQ(0, policy_set_range(&interleave, page_at(base, 8), 8 * page_size()));
	ASSERT_EQ(-1, sys_home_node(base, 16 * page_size(), away, 0));
	ASSERT_EQ(EOPNOTSUPP, errno);
	touch_pages(base, 8);
	EXPECT_TRUE(all_right(&at, &pol));
}

/* --- nodes that fill up --- */

#define SPARE_PAGES	2048UL
#define FILL_MAX_KB	(100L << 10)

FIXTURE(full) {
	int small;
	int next;
	unsigned long nr;
	char *base;
};

FIXTURE_VARIANT(full) {
	int mode;
	bool alone;	/* the small node is all that is asked for */
};

/* The rest goes to the mask's other node, or past the mask where that may be. */
FIXTURE_VARIANT_ADD(full, bind_two) { .mode = MPOL_BIND };
FIXTURE_VARIANT_ADD(full, many_two) { .mode = MPOL_PREFERRED_MANY };
FIXTURE_VARIANT_ADD(full, many_one) { .mode = MPOL_PREFERRED_MANY, .alone = true };
FIXTURE_VARIANT_ADD(full, preferred) { .mode = MPOL_PREFERRED, .alone = true };

FIXTURE_SETUP(full)
{
	long kb = page_size() / 1024;

	self->small = machine_by_room(&machine.roomy, true);
	self->next = machine_by_room(&machine.roomy, false);
	if (self->small == self->next)
		SKIP(return, "needs two nodes with room");
	if (machine_free_kb(self->small) > FILL_MAX_KB)
		SKIP(return, "needs a node with at most %ld KB free, node %d has %ld",
		     FILL_MAX_KB, self->small, machine_free_kb(self->small));
	if (machine_free_kb(self->next) < 2 * (long)SPARE_PAGES * kb)
		SKIP(return, "needs a node with %ld KB free beside the one to fill",
		     2 * SPARE_PAGES * kb);
	self->nr = machine_free_kb(self->small) / kb + SPARE_PAGES;
	self->base = map_pages(self->nr);
	madvise(self->base, self->nr * page_size(), MADV_NOHUGEPAGE);
}

FIXTURE_TEARDOWN(full)
{
	munmap(self->base, self->nr * page_size());
}

/* How many pages are on @node, and on none of @may. */
static void count_pages(const char *base, unsigned long nr, int node, const struct nodes *may,
			unsigned long counts[2])
{
	int on[64];

	for (unsigned long i = 0; i < nr; i += 64) {
		unsigned long now = nr - i < 64 ? nr - i : 64;

		or_die(page_nodes(page_at((char *)base, i), now, on), "move_pages");
		for (unsigned long k = 0; k < now; k++) {
			counts[0] += on[k] == node;
			counts[1] += on[k] < 0 || !nodes_has(may, on[k]);
		}
	}
}

/*
 * Catches memory wasted on the preferred node, a process killed though the
 * policy lets it go elsewhere, and bound memory that leaks out of its nodes.
 */
TEST_F(full, spills)
{
	struct policy pol = policy_for(variant->mode, nodes_of(self->small));
	unsigned long counts[2] = { 0 }, room = self->nr - SPARE_PAGES;

	if (!variant->alone)
		nodes_add(&pol.ask, self->next);
	if (variant->mode != MPOL_PREFERRED)
		pol.home = self->small;
	ASSERT_EQ(0, policy_set_range(&pol, self->base, self->nr * page_size()));
	touch_pages(self->base, self->nr);
	count_pages(self->base, self->nr, self->small,
		    variant->alone ? &machine.usable : &pol.ask, counts);
	/* What is kept free for others may be half of a small node. */
	EXPECT_LE(room / 3, counts[0]);
	EXPECT_GT(self->nr, counts[0]);
	EXPECT_EQ(0UL, counts[1]);
	EXPECT_EQ(self->small, page_node(self->base));
}

/* --- transparent huge pages --- */

#define HUGE_PAGES	4

FIXTURE(huge) {
	char was[64];
	size_t size;
	char *area;
	char *base;
	int cpu_node;
};

FIXTURE_VARIANT(huge) {
	int mode;
	int flags;
};

FIXTURE_VARIANT_ADD(huge, local) { .mode = MPOL_LOCAL };
FIXTURE_VARIANT_ADD(huge, preferred) { .mode = MPOL_PREFERRED };
FIXTURE_VARIANT_ADD(huge, bind) { .mode = MPOL_BIND };
FIXTURE_VARIANT_ADD(huge, bind_relative) { .mode = MPOL_BIND, .flags = RELATIVE };
FIXTURE_VARIANT_ADD(huge, interleave) { .mode = MPOL_INTERLEAVE };
FIXTURE_VARIANT_ADD(huge, weighted) { .mode = MPOL_WEIGHTED_INTERLEAVE };
FIXTURE_VARIANT_ADD(huge, many) { .mode = MPOL_PREFERRED_MANY };

FIXTURE_SETUP(huge)
{
	self->size = thp_size();
	if (!self->size || !thp_allow(self->was, sizeof(self->was)))
		SKIP(return, NEEDS_THP);
	machine_want_huge(HUGE_PAGES, self->size);
	self->cpu_node = machine_settle();
	if (self->cpu_node < 0)
		SKIP(return, NEEDS_CPU);
	self->area = map_pages((HUGE_PAGES + 1) * self->size / page_size());
	self->base = align_up(self->area, self->size);
	ASSERT_EQ(0, madvise(self->base, HUGE_PAGES * self->size, MADV_HUGEPAGE));
}

FIXTURE_TEARDOWN(huge)
{
	munmap(self->area, (HUGE_PAGES + 1) * self->size);
	thp_restore(self->was);
}

/* Catches huge pages that take turns like small ones, or always the local node. */
TEST_F(huge, place)
{
	struct policy pol = { .mode = variant->mode, .flags = variant->flags };
	struct touched at = {
		.base = self->base, .nr = HUGE_PAGES, .stride = self->size / page_size(),
		.index = (unsigned long)self->base / self->size, .cpu_node = self->cpu_node,
	};
	int tried = 0;

	for (size_t n = 0; n < ARRAY_SIZE(asks); n++) {
		machine_want_huge(HUGE_PAGES, self->size);
		if (!nth_ask(&pol, n) || !policy_has_room(&pol))
			continue;
		ASSERT_EQ(0, policy_set_range(&pol, self->base, HUGE_PAGES * self->size));
		for (int i = 0; i < HUGE_PAGES; i++)
			touch_pages(self->base + i * self->size, 1);
		if (thp_kb() == (long)(HUGE_PAGES * self->size / 1024)) {
			EXPECT_TRUE(all_right(&at, &pol));
			tried++;
		}
		ASSERT_EQ(0, madvise(self->base, HUGE_PAGES * self->size, MADV_DONTNEED));
	}
	if (!tried)
		SKIP(return, "needs free huge pages");
}

/* Catches turns that begin anew where a mapping was split inside of a huge page. */
TEST_F(huge, turns_of_split_mapping)
{
	struct policy pol = { .mode = variant->mode, .flags = variant->flags };
	char *first = self->base + self->size;
	struct touched at = {
		.base = first, .nr = HUGE_PAGES - 1, .stride = self->size / page_size(),
		.index = (unsigned long)first / self->size, .cpu_node = self->cpu_node,
	};

	if (!nth_ask(&pol, ARRAY_SIZE(asks) - 1) && !nth_ask(&pol, 0))
		SKIP(return, "needs nodes to ask for");
	ASSERT_EQ(0, policy_set_range(&pol, first - page_size(),
				      at.nr * self->size + page_size()));
	for (unsigned long i = 0; i < at.nr; i++)
		touch_pages(first + i * self->size, 1);
	if (thp_kb() != (long)(at.nr * self->size / 1024))
		SKIP(return, "needs free huge pages");
	EXPECT_TRUE(all_right(&at, &pol));
}

/* --- cpusets that change under a policy --- */

FIXTURE(cpuset) {
	int cpu_node;
};

FIXTURE_VARIANT(cpuset) {
	int mode;
	int flags;
};

FIXTURE_VARIANT_ADD(cpuset, default) { .mode = MPOL_DEFAULT };
FIXTURE_VARIANT_ADD(cpuset, local) { .mode = MPOL_LOCAL };
FIXTURE_VARIANT_ADD(cpuset, preferred) { .mode = MPOL_PREFERRED };
FIXTURE_VARIANT_ADD(cpuset, preferred_static) { .mode = MPOL_PREFERRED, .flags = STATIC };
FIXTURE_VARIANT_ADD(cpuset, preferred_relative) { .mode = MPOL_PREFERRED, .flags = RELATIVE };
FIXTURE_VARIANT_ADD(cpuset, bind) { .mode = MPOL_BIND };
FIXTURE_VARIANT_ADD(cpuset, bind_static) { .mode = MPOL_BIND, .flags = STATIC };
FIXTURE_VARIANT_ADD(cpuset, bind_relative) { .mode = MPOL_BIND, .flags = RELATIVE };
FIXTURE_VARIANT_ADD(cpuset, bind_balancing) { .mode = MPOL_BIND, .flags = BALANCING };
FIXTURE_VARIANT_ADD(cpuset, interleave) { .mode = MPOL_INTERLEAVE };
FIXTURE_VARIANT_ADD(cpuset, interleave_static) { .mode = MPOL_INTERLEAVE, .flags = STATIC };
FIXTURE_VARIANT_ADD(cpuset, interleave_relative) { .mode = MPOL_INTERLEAVE, .flags = RELATIVE };
FIXTURE_VARIANT_ADD(cpuset, weighted) { .mode = MPOL_WEIGHTED_INTERLEAVE };
FIXTURE_VARIANT_ADD(cpuset, weighted_static) { .mode = MPOL_WEIGHTED_INTERLEAVE, .flags = STATIC };
FIXTURE_VARIANT_ADD(cpuset, weighted_relative) {
	.mode = MPOL_WEIGHTED_INTERLEAVE, .flags = RELATIVE,
};

FIXTURE_VARIANT_ADD(cpuset, many) { .mode = MPOL_PREFERRED_MANY };
FIXTURE_VARIANT_ADD(cpuset, many_static) { .mode = MPOL_PREFERRED_MANY, .flags = STATIC };
FIXTURE_VARIANT_ADD(cpuset, many_relative) { .mode = MPOL_PREFERRED_MANY, .flags = RELATIVE };
FIXTURE_VARIANT_ADD(cpuset, many_balancing) { .mode = MPOL_PREFERRED_MANY, .flags = BALANCING };

static const struct change {
	const char *from;
	const char *to;
	bool back;
	bool task;	/* also tried on tasks, which takes a change for each request */
} changes[] = {
	{ .from = "m0", .to = "m1", .task = true },
	{ .from = "m0 m1", .to = "m2 m3", .task = true },
	{ .from = "m1 m2", .to = "m0 m3" },
	{ .from = "all", .to = "m0 mL" },
	{ .from = "m0 mL", .to = "all" },
	{ .from = "all", .to = "mL", .back = true, .task = true },
};

FIXTURE_SETUP(cpuset)
{
	const char *missing = cpuset_missing();

	if (missing)
		SKIP(return, "%s", missing);
	if (nodes_count(&machine.roomy) < 2)
		SKIP(return, "needs two nodes with room");
	self->cpu_node = machine_settle();
	if (self->cpu_node < 0)
		SKIP(return, NEEDS_CPU);
	ASSERT_TRUE(cpuset_enter(&machine.roomy)) TH_LOG("cannot make a cpuset: %m");
}

FIXTURE_TEARDOWN(cpuset)
{
	cpuset_leave();
}

/* Takes up the nodes that change @n starts from; false when some are missing. */
static bool begin_change(size_t n, struct nodes *from, struct nodes *to)
{
	if (!nodes_parse(changes[n].from, &machine.roomy, from) ||
	    !nodes_parse(changes[n].to, &machine.roomy, to))
		return false;
	or_die(cpuset_set_mems(from), "changing a cpuset");
	return true;
}

/* Makes change @n; returns the nodes allowed at its end. */
static const struct nodes *end_change(size_t n, const struct nodes *from, const struct nodes *to)
{
	or_die(cpuset_set_mems(to), "changing a cpuset");
	if (!changes[n].back)
		return to;
	or_die(cpuset_set_mems(from), "changing a cpuset back");
	return from;
}

/* Asks for the n-th set of nodes; false when the nodes @now allow none of it. */
static bool nth_ask_in(struct policy *pol, size_t n, const struct nodes *now)
{
	struct nodes effective;

	if (!nth_ask(pol, n))
		return false;
	effective = nodes_and(&pol->ask, now);
	return pol->flags & RELATIVE || nodes_empty(&pol->ask) || !nodes_empty(&effective);
}

/* Reads request @ask, if a cpuset before change @n allows some of it. */
static bool nth_ask_from(struct policy *pol, size_t ask, size_t n)
{
	struct nodes from;

	return nodes_parse(changes[n].from, &machine.roomy, &from) && nth_ask_in(pol, ask, &from);
}

static void task_follows(struct __test_metadata *_metadata, const struct policy *pol, size_t n,
			 int cpu_node)
{
	struct nodes from, to;
	const struct nodes *now;
	void *base = map_pages(16);
	struct touched at = anonymous(base, 16, cpu_node);

	if (begin_change(n, &from, &to)) {
		ASSERT_EQ(0, policy_set_task(pol));
		now = end_change(n, &from, &to);
		touch_pages(base, 16);
		EXPECT_TRUE(placed(&at, pol, &from, now))
			TH_LOG("cpuset %s to %s", nodes_text(&from), nodes_text(now));
	}
	munmap(base, 16 * page_size());
}

/* A task has but one policy: the most telling requests, where the mode takes them. */
static const size_t task_asks[] = { 0, 2, 3 };

/* Catches a task's nodes that do not follow its cpuset as its flags say. */
TEST_F(cpuset, task)
{
	struct policy pol = { .mode = variant->mode, .flags = variant->flags };

	for (size_t k = 0; k < ARRAY_SIZE(task_asks); k++)
		for (size_t n = 0; n < ARRAY_SIZE(changes); n++)
			if (changes[n].task && nth_ask_from(&pol, task_asks[k], n))
				task_follows(_metadata, &pol, n, self->cpu_node);
}

/* One untouched page more keeps mappings of one policy from merging. */
static void *map_apart(unsigned long nr)
{
	void *base = map_pages(nr + 1);

	or_die(!mprotect(page_at(base, nr), page_size(), PROT_NONE), "mprotect");
	return base;
}

static void check_followed(struct __test_metadata *_metadata, const struct policy *pol,
			   const struct touched *at, const struct nodes *from,
			   const struct nodes *now)
{
	struct nodes effective = policy_effective(pol, from, now);
	char text[16384];

	if (!nodes_empty(&effective)) {
		ASSERT_TRUE(numa_maps_text(at->base, text, sizeof(text)));
		EXPECT_STREQ(policy_text(pol, from, now), text);
	}
	touch_pages(at->base, at->nr);
	EXPECT_TRUE(placed(at, pol, from, now))
		TH_LOG("cpuset %s to %s", nodes_text(from), nodes_text(now));
}

static void range_follows(struct __test_metadata *_metadata, struct policy *pol, size_t n,
			  int cpu_node)
{
	void *base[ARRAY_SIZE(asks)];
	struct nodes from, to;
	const struct nodes *now;

	if (!begin_change(n, &from, &to))
		return;
	for (size_t k = 0; k < ARRAY_SIZE(asks); k++) {
		base[k] = map_apart(16);
		if (nth_ask_in(pol, k, &from))
			ASSERT_EQ(0, policy_set_range(pol, base[k], 16 * page_size()));
	}
	now = end_change(n, &from, &to);
	for (size_t k = 0; k < ARRAY_SIZE(asks); k++) {
		struct touched at = anonymous(base[k], 16, cpu_node);

		if (nth_ask_in(pol, k, &from))
			check_followed(_metadata, pol, &at, &from, now);
		munmap(base[k], 17 * page_size());
	}
}

/* Catches a mapping's nodes that do not follow, and numa_maps showing old ones. */
TEST_F(cpuset, range)
{
	struct policy pol = { .mode = variant->mode, .flags = variant->flags };

	for (size_t n = 0; n < ARRAY_SIZE(changes); n++)
		range_follows(_metadata, &pol, n, self->cpu_node);
}

int main(int argc, char **argv)
{
	machine_require();
	return run_tests(argc, argv);
}
