// SPDX-License-Identifier: GPL-2.0
/*
 * Calls in which one allocation of the kernel fails, each of them in turn, until
 * there is none left that could. A call that fails leaves every policy as it was,
 * and one that needs no more than it got does the whole of its work. A fault is
 * tried again, and its page comes from where the policy says.
 */
#include "mempolicy_harness.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mempolicy_calls.h"
#include "mempolicy_files.h"
#include "mempolicy_machine.h"
#include "mempolicy_object.h"
#include "mempolicy_policy.h"
#include "mempolicy_process.h"
#include "mempolicy_requests.h"
#include "mempolicy_settings.h"

#define FAIL_NTH	"/proc/thread-self/fail-nth"

#define PAGES		24
#define PART		4	/* pages of a mapping, or of an object's range */
#define MOST_FAILURES	2000

/**
 * struct policies - what there is of policies, before or after a call
 * @mode:   of the task, and then of each page
 * @set:    their nodes
 * @weight: of one node
 */
struct policies {
	int mode[PAGES + 1];
	struct nodes set[PAGES + 1];
	long weight;
};

/**
 * struct place - pages whose policies a call is to change
 * @base:   PAGES pages, or NULL
 * @obj:    what some of them may be of
 * @fails:  what is written to it chooses the allocation that fails
 * @local:  the node of this CPU
 * @node:   another one with room
 * @before: the policies before the call
 * @ended:  no allocation is to fail any more
 * @failed: one has failed before that
 */
struct place {
	char *base;
	struct object obj;
	int fails;
	int local;
	int node;
	struct policies before;
	bool ended;
	bool failed;
};

static void *part(const struct place *at, unsigned int n)
{
	return page_at(at->base, n * PART);
}

/* --- what there is before a call --- */

static void make_nothing(struct place *at)
{
	at->base = NULL;
}

static void make_pages(struct place *at)
{
	at->base = map_pages(PAGES);
}

static void set_range(const struct policy *pol, void *addr, unsigned long nr)
{
	or_die(!policy_set_range(pol, addr, nr * page_size()), "mbind");
}

static void make_touched(struct place *at)
{
	struct policy pol = policy_for(MPOL_BIND, nodes_of(at->local));

	make_pages(at);
	set_range(&pol, at->base, PAGES);
	for (int i = 0; i < PAGES; i++)
		*(char *)page_at(at->base, i) = i + 1;
	set_range(&no_policy, at->base, PAGES);
}

/* Neighbours differ, and every policy can have a home node. */
static void set_parts(struct place *at, unsigned int step)
{
	struct policy pol;

	for (unsigned int n = 0; n < PAGES / PART; n += step) {
		pol = policy_for(n / step & 1 ? MPOL_BIND : MPOL_PREFERRED_MANY, machine.roomy);
		set_range(&pol, part(at, n), PART);
	}
}

static void make_parts(struct place *at)
{
	make_pages(at);
	set_parts(at, 1);
}

static void make_object(struct place *at)
{
	at->obj = object_make(MEMFD, PAGES);
	at->base = at->obj.all;
}

static void make_ranges(struct place *at)
{
	make_object(at);
	set_parts(at, 2);
}

/* Private memory, two windows of an object, and two other objects. */
static void make_mixture(struct place *at)
{
	struct policy pol = policy_for(MPOL_BIND, nodes_of(at->local));

	make_parts(at);
	at->obj = object_make(MEMFD, PAGES);
	for (unsigned int n = 1; n < 5; n++) {
		void *to = mmap(part(at, n), PART * page_size(), PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_FIXED | (n < 3 ? 0 : MAP_ANONYMOUS),
				n < 3 ? at->obj.fd : -1, n < 3 ? 2 * n * PART * page_size() : 0);

		or_die(to != MAP_FAILED, "mmap");
	}
	set_range(&pol, page_at(part(at, 1), 1), 2);
}

/* --- policies --- */

static const char *weight_file(const struct place *at)
{
	static char path[128];

	weight_path(at->node, path);
	return path;
}

static struct policies look(const struct place *at)
{
	struct policies found = { 0 };

	for (int i = 0; i <= PAGES; i++) {
		void *addr = i && at->base ? page_at(at->base, i - 1) : NULL;

		or_die(!policy_get(addr, &found.mode[i], &found.set[i]), "get_mempolicy");
	}
	found.weight = file_number(weight_file(at));
	return found;
}

static bool same(const struct policies *a, const struct policies *b)
{
	bool same = a->weight == b->weight;

	for (int i = 0; i <= PAGES; i++)
		same &= a->mode[i] == b->mode[i] && nodes_same(&a->set[i], &b->set[i]);
	return same;
}

static bool as_before(const struct place *at)
{
	struct policies now = look(at);

	return same(&now, &at->before);
}

/* --- failures --- */

static void fail_nth(const struct place *at, unsigned int nth)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", nth);
	or_die(pwrite(at->fails, text, strlen(text), 0) > 0, FAIL_NTH);
}

/* Has it come to the allocation that was to fail? */
static bool has_failed(const struct place *at)
{
	char text[16] = "";

	or_die(pread(at->fails, text, sizeof(text) - 1, 0) > 0, FAIL_NTH);
	return !atoi(text);
}

/* No more failures; where this has been called before, it says what it said. */
static bool end_failures(struct place *at)
{
	if (!at->ended)
		at->failed = has_failed(at);
	at->ended = true;
	fail_nth(at, 0);
	return at->failed;
}

/* --- the calls --- */

static int set_first(struct place *at, unsigned long first, unsigned long nr, int flags)
{
	struct policy pol = policy_for(MPOL_PREFERRED, nodes_of(at->node));

	return policy_bind_range(&pol, page_at(at->base, first), nr * page_size(), flags);
}

static int set_middle(struct place *at)
{
	return set_first(at, PART + 1, PART, 0);
}

static int set_most(struct place *at)
{
	return set_first(at, 1, PAGES - 2, 0);
}

static int set_and_move(struct place *at)
{
	return set_first(at, 1, PAGES - 2, MPOL_MF_MOVE);
}

static int forget_most(struct place *at)
{
	return policy_set_range(&no_policy, page_at(at->base, 1), (PAGES - 2) * page_size());
}

static int set_home(struct place *at)
{
	return sys_home_node(page_at(at->base, 1), (PAGES - 2) * page_size(), at->node, 0) ?
		errno : 0;
}

static int set_task(struct place *at)
{
	struct policy pol = policy_for(MPOL_WEIGHTED_INTERLEAVE, nodes_of(at->node));

	return policy_set_task(&pol);
}

static int move_process(struct place *at)
{
	struct nodes local = nodes_of(at->local), node = nodes_of(at->node);
	long left = migrate_pages_of(0, &local, &node);

	return left < 0 ? -left : 0;
}

/* In the child no allocation fails. */
static int fork_child(struct place *at)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(!as_before(at));
	if (pid < 0)
		return errno;
	/* What follows copies pages that are shared with the child, also for the kernel. */
	end_failures(at);
	or_die(waitpid(pid, &status, 0) == pid, "waitpid");
	return status ? EFAULT : 0;
}

static int write_weight(struct place *at)
{
	char text[8];
	int fd, err;

	snprintf(text, sizeof(text), "%ld", at->before.weight % 200 + 7);
	fd = open(weight_file(at), O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	err = write(fd, text, strlen(text)) < 0 ? errno : 0;
	close(fd);
	return err;
}

/* --- one failure after the other --- */

/**
 * struct attempt - a call in which an allocation fails
 * @at:     the pages
 * @make:   what there is before the call
 * @call:   returns 0 or an errno
 * @nth:    the allocation that fails; 0 for none
 * @err:    what the call returned
 * @failed: there was such an allocation
 * @after:  the policies after it
 * @homely: pages that are touched then come from at.node
 * @kept:   touched pages hold what was written to them
 */
struct attempt {
	struct place at;
	void (*make)(struct place *at);
	int (*call)(struct place *at);
	unsigned int nth;
	int err;
	bool failed;
	struct policies after;
	bool homely;
	bool kept;
};

FIXTURE(failing) {
	struct attempt *attempt;
};

/*
 * @make:  what there is before the call
 * @call:  returns 0 or an errno
 * @home:  it sets a home node, which only pages show
 * @later: an error may come when the policies are set already
 */
FIXTURE_VARIANT(failing) {
	void (*make)(struct place *at);
	int (*call)(struct place *at);
	bool home;
	bool later;
};

FIXTURE_VARIANT_ADD(failing, middle_of_mapping) {
	.make = make_pages, .call = set_middle,
};

FIXTURE_VARIANT_ADD(failing, several_mappings) {
	.make = make_parts, .call = set_most,
};

FIXTURE_VARIANT_ADD(failing, policies_forgotten) {
	.make = make_parts, .call = forget_most,
};

FIXTURE_VARIANT_ADD(failing, home_of_mappings) {
	.make = make_parts, .call = set_home, .home = true,
};

FIXTURE_VARIANT_ADD(failing, first_policy_of_object) {
	.make = make_object, .call = set_middle,
};

FIXTURE_VARIANT_ADD(failing, ranges_of_object) {
	.make = make_ranges, .call = set_most,
};

FIXTURE_VARIANT_ADD(failing, ranges_forgotten) {
	.make = make_ranges, .call = forget_most,
};

FIXTURE_VARIANT_ADD(failing, home_of_ranges) {
	.make = make_ranges, .call = set_home, .home = true,
};

FIXTURE_VARIANT_ADD(failing, mixture) {
	.make = make_mixture, .call = set_most,
};

FIXTURE_VARIANT_ADD(failing, home_of_mixture) {
	.make = make_mixture, .call = set_home, .home = true,
};

FIXTURE_VARIANT_ADD(failing, pages_that_move) {
	.make = make_touched, .call = set_and_move, .later = true,
};

FIXTURE_VARIANT_ADD(failing, process_that_moves) {
	.make = make_touched, .call = move_process,
};

FIXTURE_VARIANT_ADD(failing, task) {
	.make = make_nothing, .call = set_task,
};

FIXTURE_VARIANT_ADD(failing, fork) {
	.make = make_mixture, .call = fork_child,
};

FIXTURE_VARIANT_ADD(failing, weight) {
	.make = make_nothing, .call = write_weight,
};

FIXTURE_SETUP(failing)
{
	struct place *at;

	machine_require();
	if (!failures_on_demand())
		SKIP(return, NEEDS_FAILURES);
	self->attempt = mmap(NULL, sizeof(*self->attempt), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->attempt);
	at = &self->attempt->at;
	at->local = machine_settle();
	if (at->local < 0 || nodes_count(&machine.roomy) < 2)
		SKIP(return, NEEDS_NODES);
	at->node = -1;
	while (nodes_step(&machine.roomy, &at->node) && at->node == at->local)
		;
	self->attempt->make = variant->make;
	self->attempt->call = variant->call;
}

FIXTURE_TEARDOWN(failing)
{
	file_write("/sys/kernel/mm/mempolicy/weighted_interleave/auto", "1");
}

/*
 * Are all pages on @node whose policies have it among their nodes?  The call has
 * not been for the first and the last page.
 */
static bool all_on(const struct place *at, int node)
{
	int on[PAGES];
	bool all;

	touch_pages(at->base, PAGES);
	all = page_nodes(at->base, PAGES, on);
	for (int i = 1; i < PAGES - 1; i++)
		all &= !nodes_has(&at->before.set[i + 1], node) || on[i] == node;
	return all;
}

static bool all_kept(const struct place *at)
{
	bool all = true;

	for (int i = 0; i < PAGES; i++)
		all &= *(char *)page_at(at->base, i) == i + 1;
	return all;
}

/* In a child, as this process could use a policy that it has had once more. */
static bool try_it(void *arg)
{
	struct attempt *attempt = arg;
	struct place *at = &attempt->at;

	at->fails = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	or_die(at->fails >= 0, FAIL_NTH);
	at->obj.fd = -1;
	at->ended = false;
	attempt->make(at);
	at->before = look(at);
	fail_nth(at, attempt->nth);
	attempt->err = attempt->call(at);
	attempt->failed = end_failures(at) && attempt->nth;
	attempt->after = look(at);
	attempt->kept = attempt->make != make_touched || all_kept(at);
	attempt->homely = at->base && all_on(at, at->node);
	if (attempt->after.weight != at->before.weight)
		or_die(file_set_number(weight_file(at), at->before.weight), "writing a weight");
	return true;
}

/* Catches a call that has changed some of the policies when it fails, or says it did all. */
TEST_F(failing, all_or_nothing)
{
	struct attempt *attempt = self->attempt;
	struct policies *before = &attempt->at.before, *after = &attempt->after, done;
	unsigned int errors = 0;
	bool homely;

	ASSERT_TRUE(child_says_yes(try_it, attempt));
	ASSERT_EQ(0, attempt->err);
	done = attempt->after;
	homely = attempt->homely;
	do {
		attempt->nth++;
		ASSERT_TRUE(child_says_yes(try_it, attempt));
		if (!attempt->err) {
			EXPECT_TRUE(same(after, &done));
			EXPECT_EQ(homely, attempt->homely);
		} else {
			errors++;
			EXPECT_EQ(ENOMEM, attempt->err);
			EXPECT_TRUE(attempt->failed);
			EXPECT_TRUE(same(after, before) || (variant->later && same(after, &done)));
			EXPECT_FALSE(variant->home && attempt->homely);
		}
		EXPECT_TRUE(attempt->kept)
			TH_LOG("errno %d, failure %u", attempt->err, attempt->nth);
	} while (attempt->failed && attempt->nth < MOST_FAILURES);
	EXPECT_FALSE(attempt->failed);
	EXPECT_TRUE(!variant->home || homely);
	EXPECT_LT(0, errors);
	TH_LOG("%u failures, %u errors", attempt->nth - 1, errors);
}

/* --- pages --- */

/**
 * struct fresh - memory whose policy is set, and that is touched, while an
 *	allocation fails
 * @pol:      the policy
 * @huge:     with huge pages
 * @cpu_node: node of the CPU
 * @nth:      the allocation that fails
 * @err:      of setting the policy
 * @failed:   there was such an allocation
 * @right:    pages are where they should be
 */
struct fresh {
	struct policy pol;
	bool huge;
	int cpu_node;
	unsigned int nth;
	int err;
	bool failed;
	bool right;
};

/* Huge pages or, where there are none, small ones: all on nodes of the policy. */
static bool huge_right(const struct fresh *fresh, char *base, size_t size)
{
	bool right = true;

	for (size_t at = 0; at < 2 * size; at += size / 2)
		right &= nodes_has(&fresh->pol.ask, page_node(base + at));
	return right;
}

static bool touch_fresh(void *arg)
{
	struct fresh *fresh = arg;
	size_t size = fresh->huge ? thp_size() : page_size();
	unsigned long nr = fresh->huge ? 3 * size / page_size() : policy_pages(&fresh->pol);
	struct place at = { .fails = open(FAIL_NTH, O_RDWR | O_CLOEXEC) };
	struct touched pages = anonymous(map_pages(nr), nr, fresh->cpu_node);
	char *base = align_up(pages.base, size);

	or_die(at.fails >= 0, FAIL_NTH);
	if (fresh->huge)
		or_die(!madvise(base, 2 * size, MADV_HUGEPAGE), "madvise");
	fail_nth(&at, fresh->nth);
	fresh->err = policy_set_range(&fresh->pol, pages.base, nr * page_size());
	if (!fresh->err && fresh->huge)
		for (size_t offset = 0; offset < 2 * size; offset += size / 2)
			base[offset] = 1;
	else if (!fresh->err)
		touch_pages(pages.base, nr);
	fresh->failed = has_failed(&at);
	fail_nth(&at, 0);
	fresh->right = fresh->err || (fresh->huge ? huge_right(fresh, base, size) :
				      all_right(&pages, &fresh->pol));
	return true;
}

FIXTURE(page) {
	struct fresh *fresh;
	char was[64];
};

FIXTURE_VARIANT(page) {
	int mode;
	bool one;
	bool huge;
};

FIXTURE_VARIANT_ADD(page, bind) { .mode = MPOL_BIND };
FIXTURE_VARIANT_ADD(page, preferred) { .mode = MPOL_PREFERRED, .one = true };
FIXTURE_VARIANT_ADD(page, preferred_many) { .mode = MPOL_PREFERRED_MANY };
FIXTURE_VARIANT_ADD(page, interleave) { .mode = MPOL_INTERLEAVE };
FIXTURE_VARIANT_ADD(page, weighted) { .mode = MPOL_WEIGHTED_INTERLEAVE };
FIXTURE_VARIANT_ADD(page, huge_bind) { .mode = MPOL_BIND, .one = true, .huge = true };
FIXTURE_VARIANT_ADD(page, huge_interleave) { .mode = MPOL_INTERLEAVE, .huge = true };

FIXTURE_SETUP(page)
{
	struct fresh *fresh;

	machine_require();
	if (!failures_on_demand())
		SKIP(return, NEEDS_FAILURES);
	fresh = mmap(NULL, sizeof(*fresh), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		     -1, 0);
	ASSERT_NE(MAP_FAILED, fresh);
	self->fresh = fresh;
	fresh->cpu_node = machine_settle();
	if (fresh->cpu_node < 0 || nodes_count(&machine.roomy) < 2)
		SKIP(return, NEEDS_NODES);
	fresh->pol = policy_for(variant->mode, machine.roomy);
	if (variant->one)
		fresh->pol.ask = nodes_of(nodes_highest(&machine.roomy));
	fresh->huge = variant->huge;
	if (variant->huge && (!thp_size() || !thp_allow(self->was, sizeof(self->was))))
		SKIP(return, NEEDS_THP);
}

FIXTURE_TEARDOWN(page)
{
	if (*self->was)
		thp_restore(self->was);
}

/* Catches a fault that is not tried again as the policy says, or kills. */
TEST_F(page, comes_later)
{
	struct fresh *fresh = self->fresh;

	do {
		fresh->nth++;
		ASSERT_TRUE(child_says_yes(touch_fresh, fresh));
		EXPECT_TRUE(fresh->right)
			TH_LOG("failure %u", fresh->nth);
		EXPECT_TRUE(!fresh->err || (fresh->err == ENOMEM && fresh->failed));
	} while (fresh->failed && fresh->nth < MOST_FAILURES);
	EXPECT_FALSE(fresh->failed);
	EXPECT_LT(5, fresh->nth);
}

TEST_HARNESS_MAIN
