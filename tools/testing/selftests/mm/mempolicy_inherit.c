// SPDX-License-Identifier: GPL-2.0
/*
 * Who has which policy: after fork, exec and in new threads; when mappings are
 * split, merged, moved and grown.
 *
 * Policies are compared as get_mempolicy(2) reports them, and where copies
 * could differ in what they do, by where pages go.
 */
#include "mempolicy_harness.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "mempolicy_machine.h"
#include "mempolicy_maps.h"
#include "mempolicy_pages.h"
#include "mempolicy_policy.h"
#include "mempolicy_requests.h"

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

#define REPORT "--report-policies"

/* Ends a child: 0 when what it saw was right. */
static void child_exit(bool right)
{
	_exit(right ? 0 : 1);
}

/* Did the child end, and see what it should? */
static bool child_was_right(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* --- fork, exec and threads, for each mode --- */

FIXTURE(inherit) {
	struct policy pol;
	struct policy other;
	char *page;
};

FIXTURE_VARIANT(inherit) {
	int mode;
	const char *nodes;
};

FIXTURE_VARIANT_ADD(inherit, preferred) { .mode = MPOL_PREFERRED, .nodes = "mL" };
FIXTURE_VARIANT_ADD(inherit, preferred_static) {
	.mode = MPOL_PREFERRED | STATIC, .nodes = "m0 mL",
};

FIXTURE_VARIANT_ADD(inherit, bind) { .mode = MPOL_BIND, .nodes = "m0 mL" };
FIXTURE_VARIANT_ADD(inherit, bind_static) { .mode = MPOL_BIND | STATIC, .nodes = "mL" };
FIXTURE_VARIANT_ADD(inherit, bind_balancing) { .mode = MPOL_BIND | BALANCING, .nodes = "all" };
FIXTURE_VARIANT_ADD(inherit, interleave) { .mode = MPOL_INTERLEAVE, .nodes = "m0 mL" };
FIXTURE_VARIANT_ADD(inherit, interleave_relative) {
	.mode = MPOL_INTERLEAVE | RELATIVE, .nodes = "b1 b3",
};

FIXTURE_VARIANT_ADD(inherit, weighted) { .mode = MPOL_WEIGHTED_INTERLEAVE, .nodes = "all" };
FIXTURE_VARIANT_ADD(inherit, many) { .mode = MPOL_PREFERRED_MANY, .nodes = "m0 mL" };
FIXTURE_VARIANT_ADD(inherit, local) { .mode = MPOL_LOCAL, .nodes = "" };

FIXTURE_SETUP(inherit)
{
	if (!policy_parse(&self->pol, variant->mode, variant->nodes, &machine.usable))
		SKIP(return, "%s", nodes_lack(variant->nodes));
	policy_parse(&self->other, MPOL_BIND | RELATIVE, "m0", &machine.usable);
	self->page = map_pages(1);
	ASSERT_EQ(0, policy_set_task(&self->pol));
}

FIXTURE_TEARDOWN(inherit)
{
	munmap(self->page, page_size());
}

/* Catches a child without its parent's policy, or a parent changed by it. */
TEST_F(inherit, fork_then_child_changes)
{
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (pid == 0)
		child_exit(policy_holds(NULL, &self->pol) && !policy_set_task(&self->other) &&
			   policy_holds(NULL, &self->other));
	EXPECT_TRUE(child_was_right(pid));
	EXPECT_TRUE(policy_holds(NULL, &self->pol));
}

/* Waits until the other end of a pipe is closed. */
static void wait_for_close(const int fds[2])
{
	char none;

	close(fds[1]);
	or_die(read(fds[0], &none, 1) == 0, "read from a pipe");
}

/* Catches a child that follows what its parent does after the fork. */
TEST_F(inherit, fork_then_parent_changes)
{
	int fds[2];
	pid_t pid;

	ASSERT_EQ(0, pipe(fds));
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		wait_for_close(fds);
		child_exit(policy_holds(NULL, &self->pol));
	}
	EXPECT_EQ(0, policy_set_task(&self->other));
	close(fds[1]);
	EXPECT_TRUE(child_was_right(pid));
	EXPECT_TRUE(policy_holds(NULL, &self->other));
}

/* Catches a mapping's policy lost in the child, or shared with the parent. */
TEST_F(inherit, fork_range_then_child_changes)
{
	pid_t pid;

	ASSERT_EQ(0, policy_set_range(&self->pol, self->page, page_size()));
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0)
		child_exit(policy_holds(self->page, &self->pol) &&
			   !policy_set_range(&self->other, self->page, page_size()) &&
			   policy_holds(self->page, &self->other));
	EXPECT_TRUE(child_was_right(pid));
	EXPECT_TRUE(policy_holds(self->page, &self->pol));
}

TEST_F(inherit, fork_range_then_parent_changes)
{
	int fds[2];
	pid_t pid;

	ASSERT_EQ(0, policy_set_range(&self->pol, self->page, page_size()));
	ASSERT_EQ(0, pipe(fds));
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		wait_for_close(fds);
		child_exit(policy_holds(self->page, &self->pol));
	}
	EXPECT_EQ(0, policy_set_range(&self->other, self->page, page_size()));
	close(fds[1]);
	EXPECT_TRUE(child_was_right(pid));
	EXPECT_TRUE(policy_holds(self->page, &self->other));
}

/* In a child's child: are the child's policies there when the child is not? */
static bool outlive(pid_t parent, const void *page, const struct policy *pol)
{
	while (getppid() == parent)
		usleep(100);
	return policy_holds(NULL, pol) && policy_holds(page, pol);
}

/* Catches a policy freed with the process that made it. */
TEST_F(inherit, fork_outlives_parent)
{
	bool right = false;
	int fds[2];
	pid_t pid;

	ASSERT_EQ(0, pipe(fds));
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		pid_t parent = getpid();

		if (policy_set_task(&self->other) ||
		    policy_set_range(&self->other, self->page, page_size()) || fork())
			_exit(0);
		right = outlive(parent, self->page, &self->other);
		child_exit(write(fds[1], &right, sizeof(right)) == sizeof(right));
	}
	close(fds[1]);
	EXPECT_TRUE(child_was_right(pid));
	EXPECT_EQ((ssize_t)sizeof(right), read(fds[0], &right, sizeof(right)));
	EXPECT_TRUE(right);
}

static void print_policy(const void *addr)
{
	struct nodes set = { 0 };
	int mode = -1;

	policy_get(addr, &mode, &set);
	printf("%#x [%s]\n", mode, nodes_text(&set));
}

/* What the program does after exec: tells its policies, and those of its memory. */
static int report_policies(void)
{
	static int data = 1;
	int on_stack;

	print_policy(NULL);
	print_policy(&on_stack);
	print_policy(&data);
	return 0;
}

/* Catches a task's policy lost in exec, and a mapping's that comes along. */
TEST_F(inherit, exec)
{
	struct nodes want = policy_reported(&self->pol, &machine.usable, &machine.usable);
	char expected[512], seen[512] = "";
	unsigned long start, end;
	int fds[2];
	pid_t pid;

	snprintf(expected, sizeof(expected), "%#x [%s]\n%#x []\n%#x []\n",
		 policy_reported_mode(&self->pol), nodes_text(&want), 0, 0);
	ASSERT_TRUE(vma_find("[stack]", &start, &end));
	ASSERT_EQ(0, policy_set_range(&self->pol, (void *)start, end - start));
	ASSERT_EQ(0, pipe(fds));
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		execl("/proc/self/exe", "mempolicy_inherit", REPORT, NULL);
		child_exit(false);
	}
	close(fds[1]);
	EXPECT_TRUE(child_was_right(pid));
	EXPECT_LT(0, read(fds[0], seen, sizeof(seen) - 1));
	EXPECT_STREQ(expected, seen);
}

/* What a thread sees and does between two steps of its creator. */
struct thread {
	pthread_barrier_t step;
	const struct policy *first;	/* what it should have at first */
	const struct policy *own;	/* what it sets, or NULL */
	const struct policy *last;	/* what it should have at last */
	bool right;
};

static void *run_thread(void *arg)
{
	struct thread *t = arg;

	t->right = policy_holds(NULL, t->first);
	if (t->own && policy_set_task(t->own))
		t->right = false;
	pthread_barrier_wait(&t->step);
	pthread_barrier_wait(&t->step);
	t->right &= policy_holds(NULL, t->last);
	return NULL;
}

/* Runs a thread while its creator sets @mine; was all as the thread expects? */
static bool thread_was_right(struct thread *t, const struct policy *mine)
{
	pthread_t id;

	or_die(!pthread_barrier_init(&t->step, NULL, 2), "pthread_barrier_init");
	or_die(!pthread_create(&id, NULL, run_thread, t), "pthread_create");
	pthread_barrier_wait(&t->step);
	if (mine && policy_set_task(mine))
		t->right = false;
	pthread_barrier_wait(&t->step);
	pthread_join(id, NULL);
	return t->right;
}

/* Catches a thread that starts with the default policy, or changes all of them. */
TEST_F(inherit, thread_changes_own)
{
	struct thread t = { .first = &self->pol, .own = &self->other, .last = &self->other };

	EXPECT_TRUE(thread_was_right(&t, NULL));
	EXPECT_TRUE(policy_holds(NULL, &self->pol));
}

/* Catches a thread that follows its creator. */
TEST_F(inherit, creator_changes_own)
{
	struct thread t = { .first = &self->pol, .last = &self->pol };

	EXPECT_TRUE(thread_was_right(&t, &self->other));
	EXPECT_TRUE(policy_holds(NULL, &self->other));
}

static void *bind_page(void *arg)
{
	struct policy *pol = ((void **)arg)[0];
	void *page = ((void **)arg)[1];

	return policy_set_range(pol, page, page_size()) ? NULL : arg;
}

/* Catches a mapping's policy kept for the thread that set it. */
TEST_F(inherit, threads_share_mappings)
{
	void *arg[2] = { &self->other, self->page };
	void *result = NULL;
	pthread_t id;

	ASSERT_EQ(0, policy_set_range(&self->pol, self->page, page_size()));
	ASSERT_EQ(0, pthread_create(&id, NULL, bind_page, arg));
	ASSERT_EQ(0, pthread_join(id, &result));
	EXPECT_TRUE(result == arg);
	EXPECT_TRUE(policy_holds(self->page, &self->other));
	EXPECT_TRUE(policy_holds(NULL, &self->pol));
}

/* --- mappings that are split, merged, moved --- */

#define PAGES	12

FIXTURE(vma) {
	struct policy bind;
	struct policy interleave;
	char *base;
	int cpu_node;
};

FIXTURE_SETUP(vma)
{
	int cpu;

	/* Every mapping below is told apart on one node too: modes differ. */
	self->bind = (struct policy){ .mode = MPOL_BIND, .home = -1 };
	self->interleave = (struct policy){ .mode = MPOL_INTERLEAVE, .home = -1 };
	self->bind.ask = nodes_of(nodes_highest(&machine.roomy));
	nodes_parse("m0 mL", &machine.roomy, &self->interleave.ask);
	self->base = map_pages(PAGES);
	self->cpu_node = nodes_nth(&machine.cpu, 0);
	cpu = machine_cpu_of(self->cpu_node);
	ASSERT_TRUE(cpu >= 0 && pin_to_cpu(cpu));
}

FIXTURE_TEARDOWN(vma)
{
}

/* Does @pol hold for @nr pages from @page on, and does it place them? */
static bool holds_and_places(char *page, unsigned long nr, const struct policy *pol, int cpu_node)
{
	struct touched at = anonymous(page, nr, cpu_node);

	for (unsigned long i = 0; i < nr; i++)
		if (!policy_holds(page_at(page, i), pol))
			return false;
	touch_pages(page, nr);
	return all_right(&at, pol);
}

/* Catches a half that loses the policy, or starts its turns anew. */
TEST_F(vma, split_by_munmap)
{
	ASSERT_EQ(0, policy_set_range(&self->interleave, self->base, PAGES * page_size()));
	ASSERT_EQ(0, munmap(page_at(self->base, 5), page_size()));
	EXPECT_TRUE(holds_and_places(self->base, 5, &self->interleave, self->cpu_node));
	EXPECT_TRUE(holds_and_places(page_at(self->base, 6), PAGES - 6, &self->interleave,
				     self->cpu_node));
}

TEST_F(vma, split_by_mprotect)
{
	char *middle = page_at(self->base, 5);

	ASSERT_EQ(0, policy_set_range(&self->interleave, self->base, PAGES * page_size()));
	ASSERT_EQ(0, mprotect(middle, page_size(), PROT_READ));
	EXPECT_EQ(3, vma_count(self->base, page_at(self->base, PAGES)));
	EXPECT_TRUE(policy_holds(middle, &self->interleave));
	EXPECT_TRUE(holds_and_places(self->base, 5, &self->interleave, self->cpu_node));
	ASSERT_EQ(0, mprotect(middle, page_size(), PROT_READ | PROT_WRITE));
	EXPECT_EQ(1, vma_count(self->base, page_at(self->base, PAGES)));
	EXPECT_TRUE(holds_and_places(self->base, PAGES, &self->interleave, self->cpu_node));
}

/* Catches a policy set for more or less than the range. */
TEST_F(vma, split_by_mbind)
{
	ASSERT_EQ(0, policy_set_range(&self->interleave, self->base, PAGES * page_size()));
	ASSERT_EQ(0, policy_set_range(&self->bind, page_at(self->base, 5), 2 * page_size()));
	EXPECT_EQ(3, vma_count(self->base, page_at(self->base, PAGES)));
	EXPECT_TRUE(holds_and_places(self->base, 5, &self->interleave, self->cpu_node));
	EXPECT_TRUE(holds_and_places(page_at(self->base, 5), 2, &self->bind, self->cpu_node));
	EXPECT_TRUE(holds_and_places(page_at(self->base, 7), PAGES - 7, &self->interleave,
				     self->cpu_node));
}

/* Catches mbind() that changes the first of several mappings only. */
TEST_F(vma, mbind_over_several)
{
	ASSERT_EQ(0, policy_set_range(&self->bind, page_at(self->base, 2), 2 * page_size()));
	ASSERT_EQ(0, mprotect(page_at(self->base, 7), page_size(), PROT_READ));
	ASSERT_EQ(0, policy_set_range(&self->interleave, page_at(self->base, 1),
				      (PAGES - 2) * page_size()));
	EXPECT_TRUE(policy_holds(self->base, &no_policy));
	EXPECT_TRUE(policy_holds(page_at(self->base, PAGES - 1), &no_policy));
	for (int i = 1; i < PAGES - 1; i++)
		EXPECT_TRUE(policy_holds(page_at(self->base, i), &self->interleave));
	EXPECT_TRUE(holds_and_places(page_at(self->base, 1), 6, &self->interleave, self->cpu_node));
}

/* Catches mappings left in pieces for good. */
TEST_F(vma, mbind_back_merges)
{
	char *end = page_at(self->base, PAGES);

	ASSERT_EQ(0, policy_set_range(&self->interleave, self->base, PAGES * page_size()));
	for (int i = 1; i < PAGES; i += 2)
		ASSERT_EQ(0, policy_set_range(&self->bind, page_at(self->base, i), page_size()));
	EXPECT_EQ(PAGES, vma_count(self->base, end));
	for (int i = 1; i < PAGES; i += 2)
		ASSERT_EQ(0, policy_set_range(&self->interleave, page_at(self->base, i),
					      page_size()));
	EXPECT_EQ(1, vma_count(self->base, end));
	EXPECT_TRUE(holds_and_places(self->base, PAGES, &self->interleave, self->cpu_node));
}

TEST_F(vma, default_merges)
{
	char *end = page_at(self->base, PAGES);

	ASSERT_EQ(0, policy_set_range(&self->bind, page_at(self->base, 3), page_size()));
	ASSERT_EQ(0, policy_set_range(&self->interleave, page_at(self->base, 6), page_size()));
	EXPECT_EQ(5, vma_count(self->base, end));
	ASSERT_EQ(0, policy_set_range(&no_policy, self->base, PAGES * page_size()));
	EXPECT_EQ(1, vma_count(self->base, end));
	EXPECT_TRUE(holds_and_places(self->base, PAGES, &no_policy, self->cpu_node));
}

/* A place for a mapping whose page numbers are odd where @base's are even. */
static char *place_to_move(const char *base, unsigned long nr)
{
	char *area = map_pages(nr + 2);

	if (((area - base) / page_size()) % 2 == 0)
		area = page_at(area, 1);
	return area;
}

/* Catches a policy left behind. */
TEST_F(vma, move)
{
	char *to = place_to_move(self->base, PAGES);
	size_t len = PAGES * page_size();

	ASSERT_EQ(0, policy_set_range(&self->interleave, self->base, len));
	ASSERT_TRUE(mremap(self->base, len, len, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
	EXPECT_TRUE(holds_and_places(to, PAGES, &self->interleave, self->cpu_node));
}

/* Catches new pages without the policy, or out of step with those before them. */
TEST_F(vma, move_and_grow_touched)
{
	char *to = place_to_move(self->base, 2 * PAGES);
	size_t len = PAGES * page_size();
	struct touched at = anonymous(self->base, 2 * PAGES, self->cpu_node);

	ASSERT_EQ(0, policy_set_range(&self->interleave, self->base, len));
	touch_pages(self->base, 5);
	ASSERT_TRUE(mremap(self->base, len, 2 * len, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
	EXPECT_TRUE(policy_holds(to, &self->interleave));
	EXPECT_TRUE(policy_holds(page_at(to, 2 * PAGES - 1), &self->interleave));
	/* A mapping that has pages keeps their numbers when it moves. */
	at.base = to;
	touch_pages(to, 2 * PAGES);
	EXPECT_TRUE(all_right(&at, &self->interleave));
}

/* Catches a part that moves without its policy, or takes all of it along. */
TEST_F(vma, move_part)
{
	char *to = place_to_move(self->base, 4);
	size_t len = 4 * page_size();

	ASSERT_EQ(0, policy_set_range(&self->interleave, self->base, PAGES * page_size()));
	ASSERT_TRUE(mremap(page_at(self->base, 4), len, len, MREMAP_MAYMOVE | MREMAP_FIXED,
			   to) == to);
	EXPECT_TRUE(holds_and_places(to, 4, &self->interleave, self->cpu_node));
	EXPECT_TRUE(holds_and_places(self->base, 4, &self->interleave, self->cpu_node));
	EXPECT_TRUE(holds_and_places(page_at(self->base, 8), PAGES - 8, &self->interleave,
				     self->cpu_node));
}

/* Catches the mapping that stays without the policy that both should have. */
TEST_F(vma, move_pages_only)
{
	char *to = place_to_move(self->base, PAGES);
	size_t len = PAGES * page_size();

	ASSERT_EQ(0, policy_set_range(&self->bind, self->base, len));
	touch_pages(self->base, PAGES);
	ASSERT_TRUE(mremap(self->base, len, len,
			   MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, to) == to);
	EXPECT_TRUE(holds_and_places(to, PAGES, &self->bind, self->cpu_node));
	EXPECT_TRUE(holds_and_places(self->base, PAGES, &self->bind, self->cpu_node));
}

/* Catches policies of the mapping before in one made at its address. */
TEST_F(vma, new_mapping_is_default)
{
	size_t len = PAGES * page_size();

	ASSERT_EQ(0, policy_set_range(&self->bind, self->base, len));
	ASSERT_TRUE(mmap(self->base, len, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == self->base);
	EXPECT_TRUE(holds_and_places(self->base, PAGES, &no_policy, self->cpu_node));
}

/* Catches new memory beside a bound mapping that slips into it. */
TEST_F(vma, new_neighbour_is_default)
{
	size_t half = PAGES / 2 * page_size();
	char *upper = self->base + half;

	ASSERT_EQ(0, munmap(upper, half));
	ASSERT_EQ(0, policy_set_range(&self->bind, self->base, half));
	ASSERT_TRUE(mmap(upper, half, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == upper);
	EXPECT_EQ(2, vma_count(self->base, page_at(self->base, PAGES)));
	EXPECT_TRUE(policy_holds(self->base, &self->bind));
	EXPECT_TRUE(holds_and_places(upper, PAGES / 2, &no_policy, self->cpu_node));
}

/* Catches copies after a fork placed by anything but the mapping's policy. */
TEST_F(vma, copy_on_write_in_child)
{
	pid_t pid;

	touch_pages(self->base, PAGES);
	ASSERT_EQ(0, policy_set_range(&self->bind, self->base, PAGES * page_size()));
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0)
		child_exit(holds_and_places(self->base, PAGES, &self->bind, self->cpu_node));
	EXPECT_TRUE(child_was_right(pid));
}

/* Catches copies placed by the parent's policy, not by the one who writes. */
TEST_F(vma, copy_on_write_by_task)
{
	struct touched at = anonymous(self->base, PAGES, self->cpu_node);
	pid_t pid;

	touch_pages(self->base, PAGES);
	pid = fork();
	ASSERT_LE(0, pid);
	if (pid == 0) {
		if (policy_set_task(&self->bind))
			child_exit(false);
		touch_pages(self->base, PAGES);
		child_exit(all_right(&at, &self->bind));
	}
	EXPECT_TRUE(child_was_right(pid));
	EXPECT_TRUE(all_right(&at, &no_policy));
}

/* Catches the count of turns or of mappings going wrong with thousands of them. */
TEST_F(vma, thousands_of_mbinds)
{
	const int nr = 8192;
	char *base = map_pages(nr), *end = page_at(base, nr);

	for (int i = 1; i < nr; i += 2)
		ASSERT_EQ(0, policy_set_range(&self->bind, page_at(base, i), page_size()));
	EXPECT_EQ(nr, vma_count(base, end));
	for (int i = 0; i < nr; i += 511)
		EXPECT_TRUE(policy_holds(page_at(base, i), i % 2 ? &self->bind : &no_policy));
	ASSERT_EQ(0, policy_set_range(&self->bind, base, nr * page_size()));
	EXPECT_EQ(1, vma_count(base, end));
	ASSERT_EQ(0, policy_set_range(&no_policy, base, nr * page_size()));
	EXPECT_TRUE(policy_holds(base, &no_policy));
	EXPECT_TRUE(policy_holds(page_at(base, nr - 1), &no_policy));
}

/* Touches the stack below what was used so far, from the top down. */
static unsigned long use_stack(size_t bytes)
{
	char *area = __builtin_alloca(bytes);

	for (size_t done = 0; done < bytes; done += page_size())
		touch_pages(area + bytes - 1 - done, 1);
	return (unsigned long)area;
}

/* Catches a stack that grows out of its policy. */
TEST_F(vma, stack_grows)
{
	unsigned long start, end, lowest;

	ASSERT_TRUE(vma_find("[stack]", &start, &end));
	ASSERT_EQ(0, policy_set_range(&self->bind, (void *)start, page_size()));
	lowest = use_stack(end - start + 64 * page_size());
	ASSERT_LT(lowest, start - 32 * page_size());
	for (int i = 1; i < 32; i++) {
		char *page = (char *)start - i * page_size();

		EXPECT_TRUE(policy_holds(page, &self->bind));
		EXPECT_TRUE(nodes_has(&self->bind.ask, page_node(page)));
	}
}

/* Catches a heap that loses its policy, or hands it to what is added to it. */
TEST_F(vma, heap_grows)
{
	size_t len = 8 * page_size();
	char *heap = (char *)syscall(__NR_brk, 0);

	heap += -(unsigned long)heap % page_size();
	ASSERT_EQ((long)heap + (long)len, syscall(__NR_brk, heap + len));
	ASSERT_EQ(0, policy_set_range(&self->bind, heap, len));
	ASSERT_EQ((long)heap + 2 * (long)len, syscall(__NR_brk, heap + 2 * len));
	EXPECT_TRUE(holds_and_places(heap, 8, &self->bind, self->cpu_node));
	EXPECT_TRUE(holds_and_places(heap + len, 8, &no_policy, self->cpu_node));
}

/* --- which policies are one --- */

FIXTURE(merge) {
	struct policy first;
	struct policy second;
	char *base;
};

FIXTURE_VARIANT(merge) {
	int mode;
	const char *nodes;
	const char *home;
	int second_mode;
	const char *second_nodes;
	const char *second_home;
	int mappings;
};

/* Equal in all that was asked: one mapping. */
FIXTURE_VARIANT_ADD(merge, same) {
	.mode = MPOL_BIND, .nodes = "m0", .second_mode = MPOL_BIND, .second_nodes = "m0",
	.mappings = 1,
};

FIXTURE_VARIANT_ADD(merge, same_static) {
	.mode = MPOL_PREFERRED_MANY | STATIC, .nodes = "all",
	.second_mode = MPOL_PREFERRED_MANY | STATIC, .second_nodes = "all", .mappings = 1,
};

FIXTURE_VARIANT_ADD(merge, same_relative) {
	.mode = MPOL_INTERLEAVE | RELATIVE, .nodes = "b0 b5",
	.second_mode = MPOL_INTERLEAVE | RELATIVE, .second_nodes = "b0 b5", .mappings = 1,
};

FIXTURE_VARIANT_ADD(merge, same_weighted) {
	.mode = MPOL_WEIGHTED_INTERLEAVE, .nodes = "all",
	.second_mode = MPOL_WEIGHTED_INTERLEAVE, .second_nodes = "all", .mappings = 1,
};

FIXTURE_VARIANT_ADD(merge, same_home) {
	.mode = MPOL_BIND, .nodes = "all", .home = "mL",
	.second_mode = MPOL_BIND, .second_nodes = "all", .second_home = "mL", .mappings = 1,
};

FIXTURE_VARIANT_ADD(merge, preferred_none_is_local) {
	.mode = MPOL_LOCAL, .nodes = "", .second_mode = MPOL_PREFERRED, .second_nodes = "",
	.mappings = 1,
};

/* Unlike in one thing, they stay apart, or one would lose it. */
FIXTURE_VARIANT_ADD(merge, mode) {
	.mode = MPOL_BIND, .nodes = "m0", .second_mode = MPOL_PREFERRED_MANY,
	.second_nodes = "m0", .mappings = 2,
};

FIXTURE_VARIANT_ADD(merge, interleave_and_weighted) {
	.mode = MPOL_INTERLEAVE, .nodes = "all", .second_mode = MPOL_WEIGHTED_INTERLEAVE,
	.second_nodes = "all", .mappings = 2,
};

FIXTURE_VARIANT_ADD(merge, none_and_local) {
	.mode = MPOL_DEFAULT, .nodes = "", .second_mode = MPOL_LOCAL, .second_nodes = "",
	.mappings = 2,
};

FIXTURE_VARIANT_ADD(merge, nodes) {
	.mode = MPOL_BIND, .nodes = "m0", .second_mode = MPOL_BIND, .second_nodes = "m0 m1",
	.mappings = 2,
};

FIXTURE_VARIANT_ADD(merge, flag_static) {
	.mode = MPOL_BIND, .nodes = "m0", .second_mode = MPOL_BIND | STATIC,
	.second_nodes = "m0", .mappings = 2,
};

FIXTURE_VARIANT_ADD(merge, flag_balancing) {
	.mode = MPOL_BIND, .nodes = "m0", .second_mode = MPOL_BIND | BALANCING,
	.second_nodes = "m0", .mappings = 2,
};

FIXTURE_VARIANT_ADD(merge, relative_as_asked) {
	.mode = MPOL_BIND | RELATIVE, .nodes = "b0", .second_mode = MPOL_BIND | RELATIVE,
	.second_nodes = "R+0", .mappings = 2,
};

FIXTURE_VARIANT_ADD(merge, home_and_none) {
	.mode = MPOL_BIND, .nodes = "all", .second_mode = MPOL_BIND, .second_nodes = "all",
	.second_home = "m0", .mappings = 2,
};

FIXTURE_VARIANT_ADD(merge, homes) {
	.mode = MPOL_BIND, .nodes = "all", .home = "m1", .second_mode = MPOL_BIND,
	.second_nodes = "all", .second_home = "m0", .mappings = 2,
};

static bool make_with_home(struct policy *pol, int mode, const char *nodes, const char *home)
{
	struct nodes one;

	if (!policy_parse(pol, mode, nodes, &machine.usable))
		return false;
	if (!home)
		return true;
	if (!nodes_parse(home, &machine.usable, &one))
		return false;
	pol->home = nodes_nth(&one, 0);
	return true;
}

FIXTURE_SETUP(merge)
{
	if (!make_with_home(&self->first, variant->mode, variant->nodes, variant->home))
		SKIP(return, "%s", nodes_lack(variant->home ? variant->home : variant->nodes));
	if (!make_with_home(&self->second, variant->second_mode, variant->second_nodes,
			    variant->second_home))
		SKIP(return, "%s", nodes_lack(variant->second_nodes));
	self->base = map_pages(4);
}

FIXTURE_TEARDOWN(merge)
{
}

TEST_F(merge, side_by_side)
{
	size_t half = 2 * page_size();

	ASSERT_EQ(0, policy_set_range(&self->first, self->base, half));
	ASSERT_EQ(0, policy_set_range(&self->second, self->base + half, half));
	EXPECT_EQ(variant->mappings, vma_count(self->base, self->base + 2 * half));
	EXPECT_TRUE(policy_holds(self->base, &self->first));
	EXPECT_TRUE(policy_holds(self->base + half, &self->second));
	/* The other way round, the second comes before the first. */
	ASSERT_EQ(0, policy_set_range(&no_policy, self->base, 2 * half));
	ASSERT_EQ(0, policy_set_range(&self->first, self->base + half, half));
	ASSERT_EQ(0, policy_set_range(&self->second, self->base, half));
	EXPECT_EQ(variant->mappings, vma_count(self->base, self->base + 2 * half));
}

int main(int argc, char **argv)
{
	machine_require();
	if (argc == 2 && !strcmp(argv[1], REPORT))
		return report_policies();
	return run_tests(argc, argv);
}
