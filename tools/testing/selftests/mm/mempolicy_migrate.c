// SPDX-License-Identifier: GPL-2.0
/*
 * Pages that move: mbind() with MPOL_MF_STRICT, MPOL_MF_MOVE and
 * MPOL_MF_MOVE_ALL, migrate_pages(2), move_pages(2), and cpusets whose nodes
 * change.
 *
 * Page frame numbers tell whether a page moved at all: one that is where it
 * should be has to stay the same page.
 *
 * B6, B7 and B8 in comments are what Linux 6.12 does wrong:
 *   B6  mbind() judges pages by the nodes it was passed, not by those that the
 *       policy means
 *   B7  an interleaving policy leaves pages on any of its nodes as they are,
 *       also when all of them are on one
 *   B8  pages that stay because others map them, too, are not reported
 */
#include "mempolicy_harness.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "mempolicy_calls.h"
#include "mempolicy_files.h"
#include "mempolicy_group.h"
#include "mempolicy_machine.h"
#include "mempolicy_maps.h"
#include "mempolicy_object.h"
#include "mempolicy_policy.h"
#include "mempolicy_process.h"
#include "mempolicy_requests.h"
#include "mempolicy_settings.h"

#define MOVE		MPOL_MF_MOVE
#define MOVE_ALL	MPOL_MF_MOVE_ALL
#define STRICTLY	MPOL_MF_STRICT

/* --- areas of memory --- */

/*
 * An area is told by a struct touched.  Its pages are numbered as policies
 * count them: anonymous memory by address, shared memory from the inode number.
 */
static struct touched area_make(enum kind kind, unsigned long nr, int cpu_node)
{
	struct object obj = object_make(kind, nr);

	if (obj.fd >= 0)
		close(obj.fd);
	return of_object(&obj, obj.all, 0, nr, cpu_node);
}

static unsigned long area_size(const struct touched *area)
{
	return area->nr * area->stride * page_size();
}

static void area_free(const struct touched *area)
{
	munmap(area->base, area_size(area));
}

static unsigned long *area_page(const struct touched *area, unsigned long n)
{
	return page_at(area->base, n * area->stride);
}

/* Part of an area. */
static struct touched area_part(const struct touched *area, unsigned long first, unsigned long nr)
{
	struct touched part = *area;

	part.base = (char *)area_page(area, first);
	part.index += first;
	part.nr = nr;
	return part;
}

/* Puts fresh pages on @node, by a policy that the area then has. */
static void area_fill(const struct touched *area, int node)
{
	struct policy pol = policy_for(MPOL_BIND, nodes_of(node));

	or_die(!policy_set_range(&pol, area->base, area_size(area)), "mbind");
	for (unsigned long n = 0; n < area->nr; n++)
		*area_page(area, n) = area->index + n;
}

/* Drops the pages; those of shared memory go with their object's. */
static void area_drop(const struct touched *area, enum kind kind)
{
	or_die(!madvise(area->base, area_size(area), kind == OWN ? MADV_DONTNEED : MADV_REMOVE),
	       "madvise");
}

/* Do the pages have what area_fill() wrote? */
static bool area_intact(const struct touched *area)
{
	for (unsigned long n = 0; n < area->nr; n++)
		if (*area_page(area, n) != area->index + n)
			return false;
	return true;
}

static bool area_on(const struct touched *area, int node)
{
	for (unsigned long n = 0; n < area->nr; n++) {
		int seen = page_node(area_page(area, n));

		if (seen == node)
			continue;
		ksft_print_msg("page %lu of %lu is on %d, not on %d\n", n, area->nr, seen, node);
		return false;
	}
	return true;
}

/* The page frames of an area, to see later which pages are still the same. */
static unsigned long *area_frames(const struct touched *area)
{
	unsigned long *frames = calloc(area->nr, sizeof(*frames));
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	const __u64 frame_bits = (1ULL << 55) - 1;

	or_die(fd >= 0 && frames, "opening /proc/self/pagemap");
	for (unsigned long n = 0; n < area->nr; n++) {
		__u64 entry, at = (unsigned long)area_page(area, n) / page_size() * sizeof(entry);

		or_die(pread(fd, &entry, sizeof(entry), at) == sizeof(entry), "reading pagemap");
		frames[n] = entry & frame_bits;
	}
	close(fd);
	return frames;
}

/* Are these the same pages as @before? */
static bool area_same(const struct touched *area, const unsigned long *before)
{
	unsigned long *now = area_frames(area);
	bool same = true;

	for (unsigned long n = 0; n < area->nr && same; n++) {
		same = now[n] && now[n] == before[n];
		if (!same)
			ksft_print_msg("page %lu of %lu is another page than before\n", n,
				       area->nr);
	}
	free(now);
	return same;
}

static int move(const struct policy *pol, const struct touched *area, unsigned long flags)
{
	return policy_bind_range(pol, area->base, area_size(area), flags);
}

/* --- where pages that mbind() moves end up --- */

/* Are the nodes that a policy means just those that are passed? */
static bool means_what_it_says(const struct policy *pol)
{
	if (pol->flags & RELATIVE || nodes_empty(&pol->ask))
		return false;
	return pol->mode != MPOL_PREFERRED || nodes_count(&pol->ask) == 1;
}

/*
 * Where a page that was on @was belongs, when it need not be one particular
 * node that it stays on.
 */
static struct nodes belongs(const struct policy *pol, const struct touched *area, unsigned long n,
			    int was, bool moves)
{
	struct nodes effective = policy_effective(pol, &machine.usable, &machine.usable);
	struct nodes fresh = policy_targets(pol, &effective, &machine.usable, area->cpu_node,
					    area->index + n);
	struct nodes *right = nodes_empty(&effective) ? &fresh : &effective;

	if ((moves && mode_interleaves(pol->mode)) || !nodes_has(right, was))
		return fresh;
	return nodes_of(was);
}

static bool all_belong(const struct policy *pol, const struct touched *area, int was,
		       const unsigned long *before)
{
	unsigned long *now = area_frames(area);
	bool right = true;

	for (unsigned long n = 0; n < area->nr && right; n++) {
		struct nodes want = belongs(pol, area, n, was, true);
		int node = page_node(area_page(area, n));

		right = nodes_has(&want, node) && (node != was || now[n] == before[n]);
		if (!right)
			ksft_print_msg("mode %#x nodes %s: page %lu of %lu from %d is on %d, %s\n",
				       pol->mode | pol->flags, nodes_text(&pol->ask), n, area->nr,
				       was, node, nodes_has(&want, node) ?
				       "but as another page" : "where it does not belong");
	}
	free(now);
	return right;
}

FIXTURE(area) {
	int cpu_node;
	int from;
	int to;
	struct policy here;
	struct policy there;
	struct policy interleave;
};

FIXTURE_VARIANT(area) {
	enum kind kind;
};

FIXTURE_VARIANT_ADD(area, anonymous) { .kind = OWN };
FIXTURE_VARIANT_ADD(area, shared) { .kind = ANON };
FIXTURE_VARIANT_ADD(area, memfd) { .kind = MEMFD };

/* NULL, or what this machine lacks. */
static const char *machine_lacks(void)
{
	if (geteuid())
		return "needs root, to see page frame numbers";
	if (machine_settle() < 0 || nodes_count(&machine.roomy) < 2)
		return NEEDS_NODES;
	return NULL;
}

FIXTURE_SETUP(area)
{
	const char *missing = machine_lacks();

	if (missing)
		SKIP(return, "%s", missing);
	self->cpu_node = machine_settle();
	self->from = nodes_nth(&machine.roomy, 0);
	self->to = nodes_highest(&machine.roomy);
	self->here = policy_for(MPOL_BIND, nodes_of(self->from));
	self->there = policy_for(MPOL_BIND, nodes_of(self->to));
	self->interleave = policy_for(MPOL_INTERLEAVE, machine.roomy);
}

FIXTURE_TEARDOWN(area)
{
}

static void move_once(struct __test_metadata *_metadata, enum kind kind, const struct policy *pol,
		      int cpu_node, int was)
{
	struct touched area = area_make(kind, policy_pages(pol), cpu_node);
	unsigned long *before;

	area_fill(&area, was);
	before = area_frames(&area);
	EXPECT_EQ(0, move(pol, &area, MOVE | STRICTLY));
	EXPECT_TRUE(all_belong(pol, &area, was, before));
	EXPECT_TRUE(area_intact(&area));
	EXPECT_TRUE(policy_holds(area.base, pol));
	free(before);
	area_free(&area);
}

static void strict_once(struct __test_metadata *_metadata, enum kind kind,
			const struct policy *pol, int cpu_node, int was)
{
	struct touched area = area_make(kind, policy_pages(pol), cpu_node);
	struct policy first = policy_for(MPOL_BIND, nodes_of(was));
	struct nodes want = belongs(pol, &area, 0, was, false);
	bool right = nodes_has(&want, was);
	unsigned long *before;

	area_fill(&area, was);
	before = area_frames(&area);
	EXPECT_EQ(right ? 0 : EIO, move(pol, &area, STRICTLY))
		TH_LOG("mode %#x nodes %s, pages on %d", pol->mode | pol->flags,
		       nodes_text(&pol->ask), was);
	EXPECT_TRUE(policy_holds(area.base, right ? pol : &first));
	EXPECT_TRUE(area_same(&area, before));
	free(before);
	area_free(&area);
}

/* Calls @once for all requests of a kind, with pages on the first and last node. */
static void each_request(struct __test_metadata *_metadata, enum kind kind, int cpu_node,
			 bool interleave, bool plain,
			 void (*once)(struct __test_metadata *_metadata, enum kind kind,
				      const struct policy *pol, int cpu_node, int was))
{
	struct policy pol;

	for (unsigned int n = 0; n < POLICY_REQUESTS; n++) {
		if (!policy_request(&pol, n) || pol.mode == MPOL_DEFAULT ||
		    mode_interleaves(pol.mode) != interleave || means_what_it_says(&pol) != plain)
			continue;
		once(_metadata, kind, &pol, cpu_node, nodes_nth(&machine.roomy, 0));
		once(_metadata, kind, &pol, cpu_node, nodes_highest(&machine.roomy));
	}
}

/* Catches pages left behind, pages moved for nothing, and pages that lose their contents. */
TEST_F(area, moves)
{
	each_request(_metadata, variant->kind, self->cpu_node, false, true, move_once);
}

/* B6: relative nodes, the first of several preferred ones, and the local node. */
TEST_F(area, moves_to_nodes_meant)
{
	each_request(_metadata, variant->kind, self->cpu_node, false, false, move_once);
}

/* B7: every page goes to the node that its index says. */
TEST_F(area, moves_into_round)
{
	each_request(_metadata, variant->kind, self->cpu_node, true, true, move_once);
}

/* B6 and B7 */
TEST_F(area, moves_into_relative_round)
{
	each_request(_metadata, variant->kind, self->cpu_node, true, false, move_once);
}

/*
 * Without MOVE nothing may move, and a refused call leaves the policy.  A page
 * on any node of an interleaving policy is good enough.
 */
TEST_F(area, strict)
{
	each_request(_metadata, variant->kind, self->cpu_node, false, true, strict_once);
	each_request(_metadata, variant->kind, self->cpu_node, true, true, strict_once);
}

/*
 * Catches a look at the turn of each page: "a node that does not follow the
 * policy", as the manual page says, is one that is none of its nodes.
 */
TEST_F(area, strict_takes_any_node)
{
	struct touched area = area_make(variant->kind, 16, self->cpu_node);
	struct policy weighted = policy_for(MPOL_WEIGHTED_INTERLEAVE, machine.roomy);
	struct policy elsewhere = policy_for(MPOL_INTERLEAVE, nodes_of(self->to));

	area_fill(&area, self->from);
	EXPECT_EQ(0, move(&self->interleave, &area, STRICTLY));
	EXPECT_EQ(0, move(&weighted, &area, STRICTLY));
	EXPECT_EQ(EIO, move(&elsewhere, &area, STRICTLY));
	EXPECT_TRUE(policy_holds(area.base, &weighted));
	EXPECT_TRUE(area_on(&area, self->from));
	area_free(&area);
}

/* B6 */
TEST_F(area, strict_about_nodes_meant)
{
	each_request(_metadata, variant->kind, self->cpu_node, false, false, strict_once);
	each_request(_metadata, variant->kind, self->cpu_node, true, false, strict_once);
}

/* Catches MOVE that takes along what is right already, or pages outside of the range. */
TEST_F(area, right_pages_stay)
{
	struct touched area = area_make(variant->kind, 24, self->cpu_node);
	struct touched before_range = area_part(&area, 0, 4), wrong = area_part(&area, 4, 8);
	struct touched right = area_part(&area, 12, 8), behind_range = area_part(&area, 20, 4);
	struct touched range = area_part(&area, 4, 16);
	unsigned long *frames;

	area_fill(&area, self->from);
	area_drop(&right, variant->kind);
	area_fill(&right, self->to);
	frames = area_frames(&area);
	EXPECT_EQ(0, move(&self->there, &range, MOVE | STRICTLY));
	EXPECT_TRUE(area_on(&wrong, self->to));
	EXPECT_TRUE(area_same(&right, frames + 12));
	EXPECT_TRUE(area_same(&before_range, frames));
	EXPECT_TRUE(area_same(&behind_range, frames + 20));
	EXPECT_TRUE(area_intact(&area));
	EXPECT_TRUE(policy_holds(before_range.base, &self->here));
	EXPECT_TRUE(policy_holds(behind_range.base, &self->here));
	free(frames);
	area_free(&area);
}

/* B7, and catches pages moved that already follow the round. */
TEST_F(area, pages_in_round_stay)
{
	struct touched area = area_make(variant->kind, 32, self->cpu_node);
	unsigned long *frames;

	ASSERT_EQ(0, policy_set_range(&self->interleave, area.base, area_size(&area)));
	touch_pages(area.base, area.nr);
	frames = area_frames(&area);
	EXPECT_EQ(0, move(&self->interleave, &area, MOVE | STRICTLY));
	EXPECT_TRUE(area_same(&area, frames));
	free(frames);
	area_free(&area);
}

/* B7: one page in place of each that was lost to another node. */
TEST_F(area, strays_come_back)
{
	struct touched area = area_make(variant->kind, 32, self->cpu_node);
	struct touched stray = area_part(&area, 8, 8);

	area_fill(&stray, self->from);
	ASSERT_EQ(0, policy_set_range(&self->interleave, area.base, area_size(&area)));
	touch_pages(area.base, 8);
	touch_pages(area_page(&area, 16), 16);
	EXPECT_EQ(0, move(&self->interleave, &area, MOVE));
	EXPECT_TRUE(all_right(&area, &self->interleave));
	EXPECT_TRUE(area_intact(&stray));
	area_free(&area);
}

/*
 * Without a policy of their own pages go to where the task's wants them: to
 * the local node if it has none.  B6: what is there already moves, too.
 */
TEST_F(area, default_moves_to_task_policy)
{
	struct touched area = area_make(variant->kind, 16, self->cpu_node);
	struct policy pol;

	for (unsigned int n = 0; n < POLICY_REQUESTS; n++) {
		unsigned long *before;

		if (!policy_request(&pol, n) || mode_interleaves(pol.mode))
			continue;
		area_fill(&area, self->to);
		before = area_frames(&area);
		ASSERT_EQ(0, policy_set_task(&pol));
		EXPECT_EQ(0, move(&no_policy, &area, MOVE | STRICTLY));
		EXPECT_TRUE(all_belong(&pol, &area, self->to, before));
		EXPECT_TRUE(policy_holds(area.base, &no_policy));
		free(before);
		area_drop(&area, variant->kind);
	}
	area_free(&area);
}

/* Catches a task's interleaving that is begun anew with each batch of pages. */
TEST_F(area, default_moves_into_task_round)
{
	struct touched area = area_make(variant->kind, 32, self->cpu_node);

	area_fill(&area, self->to);
	ASSERT_EQ(0, policy_set_task(&self->interleave));
	EXPECT_EQ(0, move(&no_policy, &area, MOVE));
	EXPECT_TRUE(all_right(&area, &self->interleave));
	area_free(&area);
}

/* Catches pages of the kernel, which every process maps, taken for those of one. */
TEST(pages_of_the_kernel)
{
	unsigned long start, end;
	int node = -1;

	if (!vma_find("[vdso]", &start, &end) || nodes_count(&machine.usable) < 2)
		SKIP(return, "needs a vDSO and two nodes");
	__atomic_load_n((char *)start, __ATOMIC_RELAXED);
	while (nodes_step(&machine.usable, &node)) {
		struct policy there = policy_for(MPOL_BIND, nodes_of(node));

		EXPECT_EQ(0, policy_bind_range(&there, (void *)start, end - start, STRICTLY));
		EXPECT_EQ(0, policy_bind_range(&there, (void *)start, end - start,
					       MOVE | STRICTLY));
	}
}

/* Catches pages that are not there, or belong to nobody, taken for misplaced. */
TEST_F(area, absent_pages)
{
	struct touched area = area_make(variant->kind, 16, self->cpu_node);

	if (variant->kind == OWN)
		ASSERT_EQ(0, madvise(area.base, 8 * page_size(), MADV_POPULATE_READ));
	EXPECT_EQ(0, move(&self->there, &area, STRICTLY));
	EXPECT_EQ(0, move(&self->there, &area, MOVE | STRICTLY));
	touch_pages(area.base, area.nr);
	EXPECT_TRUE(area_on(&area, self->to));
	area_free(&area);
}

/* Catches a call that is refused for a hole after pages were moved. */
TEST_F(area, hole_moves_nothing)
{
	struct touched area = area_make(variant->kind, 24, self->cpu_node);
	struct touched first = area_part(&area, 0, 8), last = area_part(&area, 16, 8);
	unsigned long *frames;

	area_fill(&area, self->from);
	ASSERT_EQ(0, munmap(area_page(&area, 8), 8 * page_size()));
	frames = area_frames(&first);
	EXPECT_EQ(EFAULT, move(&self->there, &area, MOVE));
	EXPECT_TRUE(area_same(&first, frames));
	EXPECT_TRUE(policy_holds(first.base, &self->here));
	EXPECT_TRUE(policy_holds(last.base, &self->here));
	EXPECT_EQ(0, move(&no_policy, &area, MOVE));
	EXPECT_TRUE(policy_holds(last.base, &no_policy));
	free(frames);
	area_free(&area);
}

/* Catches a range of several mappings that is done after the first of them. */
TEST_F(area, several_mappings)
{
	struct touched area = area_make(variant->kind, 24, self->cpu_node);

	area_fill(&area, self->from);
	ASSERT_EQ(0, policy_set_range(&self->interleave, area_page(&area, 4), 4 * page_size()));
	ASSERT_EQ(0, mprotect(area_page(&area, 10), 4 * page_size(), PROT_READ));
	or_die(mmap(area_page(&area, 16), 4 * page_size(), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED, "mmap");
	for (unsigned long n = 16; n < 20; n++)
		*area_page(&area, n) = area.index + n;
	EXPECT_EQ(0, move(&self->there, &area, MOVE | STRICTLY));
	EXPECT_TRUE(area_on(&area, self->to));
	EXPECT_TRUE(area_intact(&area));
	area_free(&area);
}

/* More than can be taken in hand at once, and the room for that. */
#define MANY_PAGES	1500
#define MANY_KB		(2 * MANY_PAGES * page_size() / 1024)

/* Catches batches that lose, skip or repeat pages where one ends. */
TEST_F(area, many_pages)
{
	struct nodes roomy = machine_with_room(MANY_KB);
	struct touched area = area_make(variant->kind, MANY_PAGES, self->cpu_node);
	int from = nodes_nth(&roomy, 0), to = nodes_highest(&roomy);
	struct policy there = policy_for(MPOL_BIND, nodes_of(to));

	if (from < 0 || from == to)
		SKIP(return, "needs two nodes with %lu KB free", MANY_KB);
	area_fill(&area, from);
	EXPECT_EQ(0, move(&there, &area, MOVE | STRICTLY));
	EXPECT_TRUE(area_on(&area, to));
	EXPECT_TRUE(area_intact(&area));
	area_free(&area);
}

/* B7, and catches batches that begin the round anew. */
TEST_F(area, many_pages_into_round)
{
	struct nodes roomy = machine_with_room(MANY_KB);
	struct touched area = area_make(variant->kind, MANY_PAGES, self->cpu_node);
	struct policy interleave = policy_for(MPOL_INTERLEAVE, roomy);

	if (nodes_count(&roomy) < 2)
		SKIP(return, "needs two nodes with %lu KB free", MANY_KB);
	area_fill(&area, nodes_nth(&roomy, 0));
	EXPECT_EQ(0, move(&interleave, &area, MOVE | STRICTLY));
	EXPECT_TRUE(all_right(&area, &interleave));
	EXPECT_TRUE(area_intact(&area));
	area_free(&area);
}

/* --- pages that do not move --- */

/* Moves to another CPU than machine_settle() did; false if there is none. */
static bool work_elsewhere(void)
{
	int here = sched_getcpu();

	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (cpu != here && pin_to_cpu(cpu))
			return true;
	return false;
}

/*
 * A child that has the area's pages mapped, or copies of them, until it is
 * killed.  It works on another CPU, so that its last pages wait there for their
 * turn to become movable.
 */
static pid_t share_area(const struct touched *area, bool copy)
{
	char ready = 0;
	int pipes[2];
	pid_t child;

	or_die(!pipe(pipes), "pipe");
	child = fork();
	or_die(child >= 0, "fork");
	if (child == 0) {
		work_elsewhere();
		or_die(!madvise(area->base, area_size(area),
				copy ? MADV_POPULATE_WRITE : MADV_POPULATE_READ), "madvise");
		or_die(write(pipes[1], &ready, 1) == 1, "write");
		for (;;)
			pause();
	}
	or_die(read(pipes[0], &ready, 1) == 1, "read");
	close(pipes[0]);
	close(pipes[1]);
	return child;
}

static void end_child(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

/* Catches pages taken from under another process that did not ask for it. */
TEST_F(area, shared_pages_stay)
{
	struct touched area = area_make(variant->kind, 8, self->cpu_node);
	unsigned long *frames;
	pid_t child;

	area_fill(&area, self->from);
	frames = area_frames(&area);
	child = share_area(&area, false);
	EXPECT_EQ(0, move(&self->there, &area, MOVE));
	EXPECT_TRUE(area_same(&area, frames));
	EXPECT_TRUE(policy_holds(area.base, &self->there));
	end_child(child);
	EXPECT_EQ(0, move(&self->there, &area, MOVE));
	EXPECT_TRUE(area_on(&area, self->to));
	free(frames);
	area_free(&area);
}

/* B8: they stay, the policy is set, and the caller is told. */
TEST_F(area, shared_pages_are_reported)
{
	struct touched area = area_make(variant->kind, 8, self->cpu_node);
	unsigned long *frames;
	pid_t child;

	area_fill(&area, self->from);
	frames = area_frames(&area);
	child = share_area(&area, false);
	EXPECT_EQ(EIO, move(&self->there, &area, MOVE | STRICTLY));
	EXPECT_TRUE(area_same(&area, frames));
	EXPECT_TRUE(policy_holds(area.base, &self->there));
	end_child(child);
	EXPECT_EQ(0, move(&self->there, &area, MOVE | STRICTLY));
	EXPECT_TRUE(area_on(&area, self->to));
	free(frames);
	area_free(&area);
}

/* Catches MOVE_ALL that is no more than MOVE, and pages lost to the other process. */
TEST_F(area, move_all)
{
	struct touched area = area_make(variant->kind, 8, self->cpu_node);
	pid_t child;

	area_fill(&area, self->from);
	child = share_area(&area, false);
	EXPECT_EQ(0, move(&self->there, &area, MOVE_ALL | STRICTLY));
	EXPECT_TRUE(area_on(&area, self->to));
	EXPECT_TRUE(area_intact(&area));
	end_child(child);
	EXPECT_TRUE(area_intact(&area));
	area_free(&area);
}

/* What an unprivileged child does with an area. */
struct request {
	const struct touched *area;
	const struct policy *pol;
	unsigned long flags;
};

static bool refused_to_user(void *arg)
{
	const struct request *request = arg;

	or_die(become_user(false), "becoming a user");
	return move(request->pol, request->area, request->flags) == EPERM;
}

/* Catches MOVE_ALL for everybody, and an EPERM that comes after the change. */
TEST_F(area, move_all_takes_privilege)
{
	struct touched area = area_make(variant->kind, 8, self->cpu_node);
	struct request request = {
		.area = &area, .pol = &self->there, .flags = MOVE_ALL | STRICTLY,
	};
	unsigned long *frames;

	area_fill(&area, self->from);
	frames = area_frames(&area);
	EXPECT_TRUE(child_says_yes(refused_to_user, &request));
	EXPECT_TRUE(area_same(&area, frames));
	EXPECT_TRUE(policy_holds(area.base, &self->here));
	free(frames);
	area_free(&area);
}

static bool user_moves(void *arg)
{
	const struct request *request = arg;
	struct touched area = area_make(OWN, 8, request->area->cpu_node);

	area_fill(&area, nodes_nth(&machine.roomy, 0));
	or_die(become_user(false), "becoming a user");
	return !move(request->pol, &area, request->flags) &&
	       area_on(&area, nodes_nth(&request->pol->ask, 0)) && area_intact(&area);
}

/* Catches MOVE that takes a privilege. */
TEST_F(area, move_takes_none)
{
	struct request request = {
		.area = &(struct touched){ .cpu_node = self->cpu_node }, .pol = &self->there,
		.flags = MOVE | STRICTLY,
	};

	EXPECT_TRUE(child_says_yes(user_moves, &request));
}

/* Catches success reported for a page that could not move, and others left for its sake. */
TEST_F(area, busy_page)
{
	struct touched area = area_make(variant->kind, 16, self->cpu_node);
	struct touched before = area_part(&area, 0, 5), busy = area_part(&area, 5, 1);
	struct touched behind = area_part(&area, 6, 10);
	int pin;

	area_fill(&area, self->from);
	pin = pin_page(busy.base);
	EXPECT_EQ(0, move(&self->there, &area, MOVE));
	EXPECT_TRUE(area_on(&before, self->to) && area_on(&behind, self->to));
	EXPECT_TRUE(area_on(&busy, self->from));
	EXPECT_EQ(EIO, move(&self->there, &area, MOVE | STRICTLY));
	EXPECT_TRUE(policy_holds(area.base, &self->there));
	close(pin);
	EXPECT_EQ(0, move(&self->there, &area, MOVE | STRICTLY));
	EXPECT_TRUE(area_on(&area, self->to));
	EXPECT_TRUE(area_intact(&area));
	area_free(&area);
}

/* What a thread on another CPU has to do, and when it may end. */
struct toucher {
	const struct touched *area;
	pthread_barrier_t touched;
	pthread_barrier_t done;
	bool elsewhere;
};

static void *touch_elsewhere(void *arg)
{
	struct toucher *toucher = arg;

	toucher->elsewhere = work_elsewhere();
	for (unsigned long n = 0; n < toucher->area->nr; n++)
		*area_page(toucher->area, n) = toucher->area->index + n;
	pthread_barrier_wait(&toucher->touched);
	pthread_barrier_wait(&toucher->done);
	return NULL;
}

/* Catches pages left behind because another CPU has not put them on a list yet. */
TEST_F(area, fresh_pages_of_another_cpu)
{
	struct touched area = area_make(variant->kind, 8, self->cpu_node);
	struct toucher toucher = { .area = &area };
	pthread_t thread;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		SKIP(return, "needs two CPUs");
	pthread_barrier_init(&toucher.touched, NULL, 2);
	pthread_barrier_init(&toucher.done, NULL, 2);
	ASSERT_EQ(0, policy_set_range(&self->here, area.base, area_size(&area)));
	ASSERT_EQ(0, pthread_create(&thread, NULL, touch_elsewhere, &toucher));
	pthread_barrier_wait(&toucher.touched);
	EXPECT_EQ(0, move(&self->there, &area, MOVE | STRICTLY));
	EXPECT_TRUE(area_on(&area, self->to));
	EXPECT_TRUE(area_intact(&area));
	pthread_barrier_wait(&toucher.done);
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_TRUE(toucher.elsewhere);
	area_free(&area);
}

/* --- while another thread faults --- */

#define RACE_PAGES	64
#define RACE_ROUNDS	400

/* A thread on another CPU, which touches all pages once a round. */
struct racer {
	const struct touched *area;
	pthread_barrier_t round;
	atomic_ulong touched;	/* pages of this round */
	atomic_bool done;
};

static void *touch_each_round(void *arg)
{
	struct racer *racer = arg;

	work_elsewhere();
	for (;;) {
		pthread_barrier_wait(&racer->round);
		if (racer->done)
			return NULL;
		for (unsigned long n = 0; n < racer->area->nr; n++) {
			*area_page(racer->area, n) = racer->area->index + n;
			racer->touched = n + 1;
		}
		pthread_barrier_wait(&racer->round);
	}
}

/* What is asked for in the midst of a round, and what must hold from then on. */
struct change {
	struct policy before;
	struct policy after;
	int to;		/* where @after wants pages */
	unsigned long flags;
};

/* Sets a policy, and its home node if it is to have one. */
static int set_with_home(const struct touched *area, const struct policy *pol,
			 unsigned long flags)
{
	int err = move(pol, area, flags);

	if (err || pol->home < 0)
		return err;
	return sys_home_node(area->base, area_size(area), pol->home, 0) ? errno : 0;
}

/* The same policy with another home is only given that. */
static int ask(const struct touched *area, const struct change *change)
{
	if (change->after.home < 0)
		return move(&change->after, area, change->flags);
	return sys_home_node(area->base, area_size(area), change->after.home, 0) ? errno : 0;
}

/* How many pages came under the old policy after the call, or stayed there. */
static unsigned int late_pages(const struct touched *area, const struct change *change,
			       const int *after)
{
	int end[RACE_PAGES];
	unsigned int late = 0;

	or_die(page_nodes(area->base, RACE_PAGES, end), "move_pages");
	for (unsigned int n = 0; n < RACE_PAGES; n++)
		late += end[n] != change->to && (change->flags & MOVE || after[n] < 0);
	return late;
}

/* Asks once @at pages are touched; false if that fails, as it may. */
static bool ask_amidst(struct racer *racer, const struct change *change, unsigned long at,
		       int *after)
{
	bool done;

	racer->touched = 0;
	pthread_barrier_wait(&racer->round);
	while (racer->touched < at)
		;
	done = !ask(racer->area, change);
	or_die(page_nodes(racer->area->base, RACE_PAGES, after), "move_pages");
	pthread_barrier_wait(&racer->round);
	return done;
}

/* Rounds of touching, each with a call in it that may leave no page out. */
static void race(struct __test_metadata *_metadata, enum kind kind, const struct change *change)
{
	struct touched area = area_make(kind, RACE_PAGES, machine_settle());
	const unsigned int rounds = RACE_ROUNDS / test_slowness();
	struct racer racer = { .area = &area };
	unsigned int asked = 0, wrong = 0;
	int after[RACE_PAGES];
	pthread_t thread;

	pthread_barrier_init(&racer.round, NULL, 2);
	ASSERT_EQ(0, pthread_create(&thread, NULL, touch_each_round, &racer));
	for (unsigned int n = 0; n < rounds; n++) {
		area_drop(&area, kind);
		or_die(!set_with_home(&area, &change->before, 0), "setting a policy");
		if (!ask_amidst(&racer, change, n % RACE_PAGES, after))
			continue;
		asked++;
		wrong += late_pages(&area, change, after) > 0;
	}
	racer.done = true;
	pthread_barrier_wait(&racer.round);
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_LT(rounds / 2, asked);
	EXPECT_EQ(0, wrong) TH_LOG("of %u calls that returned 0", asked);
	area_free(&area);
}

/* Catches a page left behind that another thread is just bringing in. */
TEST_F(area, moves_while_faulted)
{
	const struct change change = {
		.before = self->here, .after = self->there, .to = self->to,
		.flags = MOVE | STRICTLY,
	};

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		SKIP(return, "needs two CPUs");
	race(_metadata, variant->kind, &change);
}

/* Catches a page that comes under the old policy after mbind() has returned. */
TEST_F(area, set_while_faulted)
{
	const struct change change = {
		.before = self->here, .after = self->there, .to = self->to,
	};

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		SKIP(return, "needs two CPUs");
	race(_metadata, variant->kind, &change);
}

/* Catches a page that comes under the old home after set_mempolicy_home_node(). */
TEST_F(area, home_set_while_faulted)
{
	struct change change = {
		.before = policy_for(MPOL_BIND, machine.roomy), .to = self->to,
	};

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		SKIP(return, "needs two CPUs");
	change.before.home = self->from;
	change.after = change.before;
	change.after.home = self->to;
	race(_metadata, variant->kind, &change);
}

/* --- transparent huge pages --- */

#define HUGE_PAGES	4

FIXTURE(huge) {
	char was[64];
	char *map;
	struct touched area;
	struct nodes roomy;
	int from;
	int to;
};

/* Are all pages of this process's area still huge? */
static bool all_huge(void)
{
	return thp_kb() == (long)(HUGE_PAGES * thp_size() / 1024);
}

FIXTURE_SETUP(huge)
{
	const char *missing = machine_lacks();
	unsigned long size = thp_size();

	if (!size || !thp_allow(self->was, sizeof(self->was)))
		SKIP(return, NEEDS_THP);
	self->roomy = machine_with_room(3 * HUGE_PAGES * size / 1024);
	if (missing || nodes_count(&self->roomy) < 2)
		SKIP(return, "%s", missing ? missing : "needs two nodes with free huge pages");
	self->from = nodes_nth(&self->roomy, 0);
	self->to = nodes_highest(&self->roomy);
	self->map = map_pages((HUGE_PAGES + 1) * size / page_size());
	self->area = (struct touched){
		.base = align_up(self->map, size),
		.nr = HUGE_PAGES, .stride = size / page_size(), .cpu_node = machine_settle(),
	};
	self->area.index = (unsigned long)self->area.base / size;
	ASSERT_EQ(0, madvise(self->area.base, HUGE_PAGES * size, MADV_HUGEPAGE));
	area_fill(&self->area, self->from);
	if (!all_huge())
		SKIP(return, "needs free huge pages");
}

FIXTURE_TEARDOWN(huge)
{
	munmap(self->map, (HUGE_PAGES + 1) * thp_size());
	thp_restore(self->was);
}

/* Catches huge pages split up to be moved, or left behind. */
TEST_F(huge, moves)
{
	struct policy there = policy_for(MPOL_BIND, nodes_of(self->to));

	EXPECT_EQ(EIO, move(&there, &self->area, STRICTLY));
	EXPECT_EQ(0, move(&there, &self->area, MOVE | STRICTLY));
	EXPECT_TRUE(area_on(&self->area, self->to));
	EXPECT_TRUE(all_huge());
	EXPECT_TRUE(area_intact(&self->area));
}

/* Catches a huge page that is where it should be and moves all the same. */
TEST_F(huge, right_pages_stay)
{
	struct policy there = policy_for(MPOL_BIND, nodes_of(self->to));
	struct touched half = area_part(&self->area, 0, HUGE_PAGES / 2);
	unsigned long *frames;

	ASSERT_EQ(0, move(&there, &half, MOVE));
	frames = area_frames(&half);
	EXPECT_EQ(0, move(&there, &self->area, MOVE | STRICTLY));
	EXPECT_TRUE(area_same(&half, frames));
	EXPECT_TRUE(area_on(&self->area, self->to));
	EXPECT_TRUE(all_huge());
	free(frames);
}

/* B7: the round counts huge pages. */
TEST_F(huge, moves_into_round)
{
	struct policy interleave = policy_for(MPOL_INTERLEAVE, self->roomy);

	EXPECT_EQ(0, move(&interleave, &self->area, MOVE | STRICTLY));
	EXPECT_TRUE(all_right(&self->area, &interleave));
	EXPECT_TRUE(all_huge());
	EXPECT_TRUE(area_intact(&self->area));
}

/* Catches the half of a huge page that another policy begins in. */
TEST_F(huge, half_a_page)
{
	struct policy there = policy_for(MPOL_BIND, nodes_of(self->to));
	unsigned long half = self->area.stride / 2;
	struct touched part = self->area;

	part.stride = 1;
	part.nr = half;
	part.base = page_at(part.base, half);
	EXPECT_EQ(0, move(&there, &part, MOVE | STRICTLY));
	EXPECT_TRUE(area_on(&part, self->to));
	EXPECT_TRUE(policy_holds(part.base, &there));
	EXPECT_FALSE(policy_holds(self->area.base, &there));
	EXPECT_TRUE(area_intact(&self->area));
}

/* --- migrate_pages(2) --- */

/*
 * The n-th node that is left goes to the n-th that is entered, counted round;
 * but where their numbers differ, a page on a node that is entered stays.
 */
static int migrated(int node, const struct nodes *from, const struct nodes *to)
{
	if (!nodes_has(from, node))
		return node;
	if (nodes_count(from) != nodes_count(to) && nodes_has(to, node))
		return node;
	return nodes_nth(to, nodes_rank(from, node) % nodes_count(to));
}

FIXTURE(process) {
	struct touched area;
	struct policy interleave;
	pid_t child;
};

FIXTURE_VARIANT(process) {
	enum kind kind;
	bool other;	/* not one's own process */
};

FIXTURE_VARIANT_ADD(process, own_anonymous) { .kind = OWN };
FIXTURE_VARIANT_ADD(process, own_shared) { .kind = ANON };
FIXTURE_VARIANT_ADD(process, other_anonymous) { .kind = OWN, .other = true };
FIXTURE_VARIANT_ADD(process, other_memfd) { .kind = MEMFD, .other = true };

FIXTURE_SETUP(process)
{
	const char *missing = machine_lacks();

	if (missing)
		SKIP(return, "%s", missing);
	self->interleave = policy_for(MPOL_INTERLEAVE, machine.roomy);
	self->area = area_make(variant->kind, policy_pages(&self->interleave), machine_settle());
}

FIXTURE_TEARDOWN(process)
{
	area_free(&self->area);
}

static const struct {
	const char *from;
	const char *to;
} migrations[] = {
	{ "m0", "m1" }, { "mL", "m0" }, { "m0 m1", "m1 m2" }, { "m1 m2", "m0 m1" },
	{ "m0 m1", "m2 mL" }, { "m0 m1", "m1" }, { "m0 m1 m2", "m1 mL" }, { "all", "m0" },
	{ "m0", "m1 m2" }, { "m0 m1 m2", "mL" }, { "all", "all" }, { "m0 x", "m1" },
};

static int node_in(pid_t pid, void *page)
{
	int node = -1;

	return sys_move_pages(pid, 1, &page, NULL, &node, 0) ? -errno : node;
}

static bool all_migrated(pid_t pid, const struct touched *area, const int *was,
			 const struct nodes *from, const struct nodes *to)
{
	for (unsigned long n = 0; n < area->nr; n++) {
		int node = node_in(pid, area_page(area, n));

		if (node == migrated(was[n], from, to))
			continue;
		ksft_print_msg("%s to %s: page %lu of %lu is on %d, not on %d\n", nodes_text(from),
			       nodes_text(to), n, area->nr, node, migrated(was[n], from, to));
		return false;
	}
	return true;
}

static void migrate_once(struct __test_metadata *_metadata, const struct touched *area, bool other,
			 const struct nodes *from, const struct nodes *to)
{
	pid_t pid = other ? share_area(area, true) : 0;
	int *was = calloc(area->nr, sizeof(*was));

	for (unsigned long n = 0; n < area->nr; n++)
		was[n] = node_in(pid, area_page(area, n));
	EXPECT_LE(0, migrate_pages_of(pid, from, to));
	EXPECT_TRUE(all_migrated(pid, area, was, from, to));
	EXPECT_TRUE(area_intact(area));
	if (other)
		end_child(pid);
	free(was);
}

/* Catches nodes paired up wrongly, pages moved on twice, and memory outside of the masks. */
TEST_F(process, migrates)
{
	struct nodes from, to;

	for (size_t n = 0; n < ARRAY_SIZE(migrations); n++) {
		if (!nodes_parse(migrations[n].from, &machine.roomy, &from) ||
		    !nodes_parse(migrations[n].to, &machine.roomy, &to))
			continue;
		ASSERT_EQ(0, policy_set_range(&self->interleave, self->area.base,
					      area_size(&self->area)));
		for (unsigned long i = 0; i < self->area.nr; i++)
			*area_page(&self->area, i) = self->area.index + i;
		migrate_once(_metadata, &self->area, variant->other, &from, &to);
		EXPECT_TRUE(policy_holds(self->area.base, &self->interleave));
		area_drop(&self->area, variant->kind);
	}
}

/* --- calls of migrate_pages(2) --- */

FIXTURE(calls) {
	struct touched area;
	struct nodes from;
	struct nodes to;
};

FIXTURE_SETUP(calls)
{
	const char *missing = machine_lacks();

	if (missing)
		SKIP(return, "%s", missing);
	self->from = nodes_of(nodes_nth(&machine.roomy, 0));
	self->to = nodes_of(nodes_highest(&machine.roomy));
	self->area = area_make(OWN, 8, machine_settle());
	area_fill(&self->area, nodes_nth(&self->from, 0));
}

FIXTURE_TEARDOWN(calls)
{
	area_free(&self->area);
}

/* Catches a count of pages left that does not count them. */
TEST_F(calls, count_what_stays)
{
	long usual = migrate_pages_of(0, &self->from, &self->to);
	int pin;

	ASSERT_LE(0, usual);
	EXPECT_TRUE(area_on(&self->area, nodes_nth(&self->to, 0)));
	ASSERT_LE(0, migrate_pages_of(0, &self->to, &self->from));
	pin = pin_page(area_page(&self->area, 3));
	EXPECT_EQ(usual + 1, migrate_pages_of(0, &self->from, &self->to));
	EXPECT_EQ(nodes_nth(&self->from, 0), page_node(area_page(&self->area, 3)));
	EXPECT_EQ(nodes_nth(&self->to, 0), page_node(area_page(&self->area, 4)));
	close(pin);
}

/*
 * Masks as nodes_parse() reads them, NULL for a null pointer, "bad" for one
 * that does not point to memory; @maxnode 0 for one that fits.
 */
static const struct call {
	pid_t pid;
	const char *from;
	const char *to;
	unsigned long maxnode;
	int err;
} calls[] = {
	{ 0, "", "m1", 0, 0 },
	{ 0, "x", "m0", 0, 0 },
	{ 0, "m0", "x", 0, EINVAL },
	{ 0, "m0", "", 0, EINVAL },
	{ 0, NULL, "m1", 0, 0 },
	{ 0, "m0", NULL, 0, EINVAL },
	{ 0, "bad", "m1", 0, EFAULT },
	{ 0, "m0", "bad", 0, EFAULT },
	{ 0, "m0", "m1", 1, EINVAL },
	{ 0, "m0", "m1", 32770, EINVAL },
	{ 0, "m0", "M+1", 0, EINVAL },
	{ -1, "m0", "m1", 0, ESRCH },
	{ 2, "m0", "m1", 0, EINVAL },	/* a kernel thread */
	/* Which error wins. */
	{ -1, "bad", "m1", 0, EFAULT },
	{ -1, "m0", "M+1", 0, EINVAL },
	{ -1, "m0", "x", 0, ESRCH },
	{ 2, "m0", "x", 0, EINVAL },
};

static unsigned long call_maxnode(const struct call *call)
{
	/* Bits beyond what the kernel was built for have to be in reach. */
	return call->maxnode ? call->maxnode : machine.max + LONG_BITS + 1;
}

/* Points *@ptr to the mask; false when this machine lacks the nodes. */
static bool call_mask(const char *text, unsigned long *mask, const void **ptr)
{
	struct nodes set = { 0 };

	*ptr = text ? mask : NULL;
	if (text && !strcmp(text, "bad"))
		*ptr = (void *)8;
	else if (text && !nodes_parse(text, &machine.usable, &set))
		return false;
	nodes_to_mask(&set, mask);
	return true;
}

/* Catches an errno that changed, and the order of checks. */
TEST_F(calls, errors)
{
	unsigned long from_mask[MASK_WORDS], to_mask[MASK_WORDS];
	const void *from, *to;

	for (size_t n = 0; n < ARRAY_SIZE(calls); n++) {
		const struct call *call = &calls[n];
		long left;

		if (!call_mask(call->from, from_mask, &from) || !call_mask(call->to, to_mask, &to))
			continue;
		left = sys_migrate_pages(call->pid, call_maxnode(call), from, to);
		EXPECT_EQ(call->err, left < 0 ? errno : 0)
			TH_LOG("row %zu: pid %d from %s to %s maxnode %lu", n, call->pid,
			       call->from ? call->from : "NULL", call->to ? call->to : "NULL",
			       call_maxnode(call));
	}
}

/* What an unprivileged child does. */
struct user_call {
	const struct touched *area;
	struct nodes from;
	struct nodes to;
	pid_t pid;
	long result;
};

static bool user_migrates(void *arg)
{
	const struct user_call *call = arg;
	long left;

	or_die(become_user(false), "becoming a user");
	left = migrate_pages_of(call->pid, &call->from, &call->to);
	if (left == call->result)
		return true;
	ksft_print_msg("want %ld, seen %ld\n", call->result, left);
	return false;
}

/* Catches a look at, or a push of, memory of processes that are none of the caller's. */
TEST_F(calls, other_users)
{
	struct user_call call = {
		.from = self->from, .to = self->to, .pid = 1, .result = -EPERM,
	};

	EXPECT_TRUE(child_says_yes(user_migrates, &call));
	call.pid = getpid();
	EXPECT_TRUE(child_says_yes(user_migrates, &call));
	EXPECT_TRUE(area_on(&self->area, nodes_nth(&self->from, 0)));
}

static bool user_keeps_shared(void *arg)
{
	struct user_call *call = arg;
	struct touched own = area_make(OWN, 8, call->area->cpu_node);

	area_fill(&own, nodes_nth(&call->from, 0));
	or_die(become_user(false), "becoming a user");
	return migrate_pages_of(0, &call->from, &call->to) >= 0 &&
	       area_on(&own, nodes_nth(&call->to, 0)) &&
	       area_on(call->area, nodes_nth(&call->from, 0));
}

/* Catches pages of others, here the parent's, moved without CAP_SYS_NICE. */
TEST_F(calls, shared_pages)
{
	struct user_call call = { .area = &self->area, .from = self->from, .to = self->to };

	EXPECT_TRUE(child_says_yes(user_keeps_shared, &call));
	EXPECT_TRUE(area_on(&self->area, nodes_nth(&self->from, 0)));
	EXPECT_TRUE(area_intact(&self->area));
}

/* Catches huge pages split up by migrate_pages(2), or left behind. */
TEST_F(huge, process_migrates)
{
	struct nodes from = nodes_of(self->from), to = nodes_of(self->to);

	EXPECT_LE(0, migrate_pages_of(0, &from, &to));
	EXPECT_TRUE(area_on(&self->area, self->to));
	EXPECT_TRUE(all_huge());
	EXPECT_TRUE(area_intact(&self->area));
}

/* Catches a page moved on by its second mapping, to where pages of its new node go. */
TEST_F(area, process_moves_once)
{
	struct touched area, again;
	struct nodes from, to;

	if (variant->kind == OWN)
		SKIP(return, "needs an object, to map it twice");
	if (!nodes_parse("m0 m1", &machine.roomy, &from) ||
	    !nodes_parse("m1 m2", &machine.roomy, &to) || nodes_count(&machine.roomy) < 3)
		SKIP(return, "needs three nodes with room");
	/* The first mapping's pages have moved when the second is looked at. */
	area = area_make(variant->kind, MANY_PAGES, self->cpu_node);
	area_fill(&area, nodes_nth(&from, 0));
	again = area;
	again.base = mremap(area.base, 0, area_size(&area), MREMAP_MAYMOVE);
	ASSERT_NE(MAP_FAILED, (void *)again.base);
	ASSERT_TRUE(area_intact(&again));
	EXPECT_LE(0, migrate_pages_of(0, &from, &to));
	EXPECT_TRUE(area_on(&area, nodes_nth(&to, 0)));
	EXPECT_TRUE(area_intact(&area));
	area_free(&again);
	area_free(&area);
}

/* Catches pages of a node that is also their new one, copied for nothing. */
TEST_F(area, process_leaves_what_stays)
{
	struct touched area;
	struct nodes from, to;
	unsigned long *frames;

	if (!nodes_parse("m0 m1", &machine.roomy, &from) ||
	    !nodes_parse("m0 m2", &machine.roomy, &to) || nodes_count(&machine.roomy) < 3)
		SKIP(return, "needs three nodes with room");
	area = area_make(variant->kind, 16, self->cpu_node);
	area_fill(&area, nodes_nth(&from, 0));
	frames = area_frames(&area);
	EXPECT_LE(0, migrate_pages_of(0, &from, &to));
	EXPECT_TRUE(area_same(&area, frames));
	free(frames);
	area_free(&area);
}

/* Catches a huge page that is left behind, or told of, once for each of its addresses. */
TEST_F(huge, process_migrates_parts)
{
	struct nodes from = nodes_of(self->from), to = nodes_of(self->to);
	unsigned long half = self->area.stride / 2;
	long left;

	for (int i = 0; i < HUGE_PAGES; i++)
		ASSERT_EQ(0, mprotect(page_at(self->area.base, i * self->area.stride),
				      half * page_size(), PROT_READ));
	left = migrate_pages_of(0, &from, &to);
	EXPECT_LE(0, left);
	EXPECT_GT((long)half, left);
	EXPECT_TRUE(area_on(&self->area, self->to));
	EXPECT_TRUE(area_intact(&self->area));
}

/* --- cpusets --- */

FIXTURE(cpuset) {
	struct touched area;
	struct policy interleave;
};

FIXTURE_VARIANT(cpuset) {
	enum kind kind;
};

FIXTURE_VARIANT_ADD(cpuset, anonymous) { .kind = OWN };
FIXTURE_VARIANT_ADD(cpuset, memfd) { .kind = MEMFD };

FIXTURE_SETUP(cpuset)
{
	const char *missing = cpuset_missing();

	if (!missing)
		missing = machine_lacks();
	if (missing)
		SKIP(return, "%s", missing);
	self->interleave = policy_for(MPOL_INTERLEAVE | STATIC, machine.roomy);
	self->area = area_make(variant->kind, policy_pages(&self->interleave), machine_settle());
	ASSERT_TRUE(cpuset_enter(&machine.roomy)) TH_LOG("cannot make a cpuset: %m");
}

FIXTURE_TEARDOWN(cpuset)
{
	area_free(&self->area);
	cpuset_leave();
}

/* Fresh pages on each of these nodes in turn. */
static void area_interleave(const struct touched *area, const struct policy *interleave)
{
	or_die(!policy_set_range(interleave, area->base, area_size(area)), "mbind");
	for (unsigned long n = 0; n < area->nr; n++)
		*area_page(area, n) = area->index + n;
}

static void area_nodes(const struct touched *area, int *node)
{
	for (unsigned long n = 0; n < area->nr; n++)
		node[n] = page_node(area_page(area, n));
}

/* Nodes of a cpuset before and after a change. */
static const struct {
	const char *from;
	const char *to;
} mems_changes[] = {
	{ "m0", "m1" }, { "m0 m1", "m2 mL" }, { "m1 m2", "m0 mL" }, { "m0 m1", "m1 m2" },
	{ "all", "m1" }, { "m0 m1 m2", "m1 m2" }, { "m0", "all" }, { "m1 m2", "m0" },
};

static void follow_once(struct __test_metadata *_metadata, const struct touched *area,
			const struct nodes *from, const struct nodes *to)
{
	int *was = calloc(area->nr, sizeof(*was));

	area_nodes(area, was);
	ASSERT_TRUE(cpuset_set_mems(to));
	EXPECT_TRUE(all_migrated(0, area, was, from, to));
	EXPECT_TRUE(area_intact(area));
	free(was);
}

/* Catches pages that stay in nodes taken away, or lose their place among the others. */
TEST_F(cpuset, pages_follow)
{
	struct nodes from, to;

	for (size_t n = 0; n < ARRAY_SIZE(mems_changes); n++) {
		if (!nodes_parse(mems_changes[n].from, &machine.roomy, &from) ||
		    !nodes_parse(mems_changes[n].to, &machine.roomy, &to))
			continue;
		ASSERT_TRUE(cpuset_set_mems(&from));
		area_interleave(&self->area, &self->interleave);
		follow_once(_metadata, &self->area, &from, &to);
		area_drop(&self->area, variant->kind);
	}
}

/*
 * Catches pages that are judged by the node of a CPU whose memory is not
 * allowed: the nearest node that is allowed is the local one.
 */
TEST_F(cpuset, local_elsewhere)
{
	struct policy local = policy_for(MPOL_LOCAL, (struct nodes){ 0 });
	int here = machine_settle(), node = -1;
	struct nodes mems = { 0 };

	while (nodes_step(&machine.roomy, &node))
		if (node != here)
			nodes_add(&mems, node);
	ASSERT_TRUE(cpuset_set_mems(&mems));
	ASSERT_EQ(0, policy_set_range(&local, self->area.base, area_size(&self->area)));
	for (unsigned long n = 0; n < self->area.nr; n++)
		*area_page(&self->area, n) = self->area.index + n;
	node = page_node(self->area.base);
	ASSERT_TRUE(nodes_has(&mems, node));
	EXPECT_EQ(0, policy_bind_range(&local, self->area.base, area_size(&self->area),
				       STRICTLY));
	EXPECT_EQ(0, move(&local, &self->area, MOVE | STRICTLY));
	EXPECT_TRUE(area_on(&self->area, node));
	EXPECT_TRUE(area_intact(&self->area));
}

/*
 * Catches pages judged by a preferred node that is not allowed any more: wherever
 * they are, they go to the node that is allowed and nearest to it, and stay there
 * from then on.
 */
TEST_F(cpuset, preferred_elsewhere)
{
	struct policy pol = no_policy;
	struct nodes mems, ends = { 0 };
	unsigned long *frames;
	int node = -1;

	pol.mode = MPOL_PREFERRED;
	if (!nodes_parse("m1", &machine.roomy, &pol.ask) ||
	    !nodes_parse("m0 mL", &machine.roomy, &mems) ||
	    nodes_has(&mems, nodes_nth(&pol.ask, 0)))
		SKIP(return, "needs three nodes with room");
	ASSERT_EQ(0, policy_set_task(&pol));
	ASSERT_TRUE(cpuset_set_mems(&mems));
	while (nodes_step(&mems, &node)) {
		area_fill(&self->area, node);
		EXPECT_EQ(0, move(&no_policy, &self->area, MOVE | STRICTLY));
		nodes_add(&ends, page_node(self->area.base));
		EXPECT_TRUE(area_on(&self->area, page_node(self->area.base)));
		frames = area_frames(&self->area);
		EXPECT_EQ(0, move(&no_policy, &self->area, MOVE | STRICTLY));
		EXPECT_TRUE(area_same(&self->area, frames));
		EXPECT_TRUE(area_intact(&self->area));
		free(frames);
		area_drop(&self->area, variant->kind);
	}
	EXPECT_EQ(1, nodes_count(&ends));
	mems = machine_nearest(&mems, nodes_nth(&pol.ask, 0));
	EXPECT_TRUE(nodes_has(&mems, nodes_nth(&ends, 0)));
}

/* Catches targets that are not allowed, taken all the same or refused as a whole. */
TEST_F(cpuset, migrate_pages)
{
	struct nodes from = nodes_of(nodes_nth(&machine.roomy, 0));
	struct nodes to = nodes_of(nodes_highest(&machine.roomy));
	struct nodes out, mems, both;

	if (!nodes_parse("m1", &machine.roomy, &out) || nodes_same(&out, &to))
		SKIP(return, "needs three nodes with room");
	mems = from;
	nodes_add(&mems, nodes_nth(&to, 0));
	both = out;
	nodes_add(&both, nodes_nth(&to, 0));
	ASSERT_TRUE(cpuset_set_mems(&mems));
	area_fill(&self->area, nodes_nth(&from, 0));
	EXPECT_EQ(-EINVAL, migrate_pages_of(0, &from, &out));
	EXPECT_TRUE(area_on(&self->area, nodes_nth(&from, 0)));
	EXPECT_LE(0, migrate_pages_of(0, &from, &both));
	EXPECT_TRUE(area_on(&self->area, nodes_nth(&to, 0)));
}

/* Catches nodes outside of the cpuset, that only CAP_SYS_NICE may name, given to a user. */
TEST_F(cpuset, user_names_other_nodes)
{
	struct nodes from = nodes_of(nodes_nth(&machine.roomy, 0));
	struct user_call call = { .from = from, .to = machine.roomy, .result = -EPERM };

	ASSERT_TRUE(cpuset_set_mems(&from));
	area_fill(&self->area, nodes_nth(&from, 0));
	EXPECT_TRUE(child_says_yes(user_migrates, &call));
	EXPECT_LE(0, migrate_pages_of(0, &call.from, &call.to));
	EXPECT_TRUE(area_on(&self->area, nodes_nth(&from, 0)));
}

/* A hierarchy of version 1, which the controller has to be free for. */
FIXTURE(cpuset_v1) {
	char dir[32];
	struct touched area;
	struct policy interleave;
};

FIXTURE_VARIANT(cpuset_v1) {
	bool migrate;	/* cpuset.memory_migrate */
};

FIXTURE_VARIANT_ADD(cpuset_v1, migrates) { .migrate = true };
FIXTURE_VARIANT_ADD(cpuset_v1, stays) { };

static bool v1_write(const char *dir, const char *file, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	return file_write(path, text);
}

/* A cpuset that was just removed keeps the controller busy for a moment. */
static bool v1_mount(const char *dir)
{
	for (int tries = 0; tries < 100; tries++) {
		if (!mount("cpuset", dir, "cgroup", 0, "cpuset"))
			return true;
		usleep(20000);
	}
	return false;
}

/* Makes the caller's cpuset dir/test. */
static bool v1_enter(const char *dir, const char *cpus, bool migrate)
{
	char test[64];

	snprintf(test, sizeof(test), "%s/test", dir);
	return !mkdir(test, 0755) && v1_write(test, "cpuset.cpus", cpus) &&
	       v1_write(test, "cpuset.mems", nodes_text(&machine.roomy)) &&
	       v1_write(test, "cpuset.memory_migrate", migrate ? "1" : "0") &&
	       v1_write(test, "cgroup.procs", "0");
}

/*
 * Gives the controller back to version 2.  A hierarchy that is unmounted while
 * a removed cpuset lingers stays, and has to be mounted to be tried again.
 */
static void v1_leave(const char *dir)
{
	char test[64];

	v1_write(dir, "cgroup.procs", "0");
	snprintf(test, sizeof(test), "%s/test", dir);
	rmdir(test);
	for (int tries = 0; tries < 20; tries++) {
		umount2(dir, 0);
		usleep(100000);
		if (!cpuset_missing())
			break;
		v1_mount(dir);
	}
	rmdir(dir);
}

FIXTURE_SETUP(cpuset_v1)
{
	const char *missing = cpuset_missing();
	char cpus[256];

	if (!missing)
		missing = machine_lacks();
	if (missing)
		SKIP(return, "%s", missing);
	snprintf(self->dir, sizeof(self->dir), "/tmp/mempolicy.XXXXXX");
	file_write("/sys/fs/cgroup/cgroup.subtree_control", "-cpuset");
	if (!mkdtemp(self->dir) || !v1_mount(self->dir)) {
		rmdir(self->dir);
		SKIP(return, "needs to mount a cgroup v1 cpuset hierarchy: %m");
	}
	self->interleave = policy_for(MPOL_INTERLEAVE | STATIC, machine.roomy);
	self->area = area_make(OWN, policy_pages(&self->interleave), machine_settle());
	ASSERT_TRUE(file_read("/sys/devices/system/cpu/online", cpus, sizeof(cpus)));
	ASSERT_TRUE(v1_enter(self->dir, cpus, variant->migrate)) TH_LOG("cannot make a cpuset: %m");
}

FIXTURE_TEARDOWN(cpuset_v1)
{
	area_free(&self->area);
	v1_leave(self->dir);
}

/* Catches memory_migrate that does nothing, or more than it was asked for. */
TEST_F(cpuset_v1, memory_migrate)
{
	struct nodes to = nodes_of(nodes_highest(&machine.roomy));
	struct nodes end = variant->migrate ? to : machine.roomy;
	int *was = calloc(self->area.nr, sizeof(*was));
	char test[64];

	snprintf(test, sizeof(test), "%s/test", self->dir);
	area_interleave(&self->area, &self->interleave);
	area_nodes(&self->area, was);
	ASSERT_TRUE(v1_write(test, "cpuset.mems", nodes_text(&to)));
	EXPECT_TRUE(all_migrated(0, &self->area, was, &machine.roomy, &end));
	EXPECT_TRUE(area_intact(&self->area));
	free(was);
}

/* --- move_pages(2) --- */

/* Catches move_pages() refused in, or hindered by, mappings that have a policy. */
TEST_F(area, move_pages)
{
	struct touched area = area_make(variant->kind, 16, self->cpu_node);
	int want[16], seen[16];
	void *page[16];

	area_fill(&area, self->from);
	for (int n = 0; n < 16; n++) {
		page[n] = area_page(&area, n);
		want[n] = n % 2 ? self->to : self->from;
	}
	area_drop(&(struct touched){ .base = page[15], .nr = 1, .stride = 1 }, variant->kind);
	EXPECT_EQ(0, sys_move_pages(0, 16, page, want, seen, MPOL_MF_MOVE));
	for (int n = 0; n < 15; n++) {
		EXPECT_EQ(want[n], seen[n]);
		EXPECT_EQ(want[n], page_node(page[n]));
	}
	EXPECT_EQ(-ENOENT, seen[15]);
	EXPECT_TRUE(policy_holds(area.base, &self->here));
	area_free(&area);
}

int main(int argc, char **argv)
{
	machine_require();
	return run_tests(argc, argv);
}
