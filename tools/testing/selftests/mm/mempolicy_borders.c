// SPDX-License-Identifier: GPL-2.0
/*
 * Borders between two policies of a shared object, and huge pages: none of
 * these lies on both sides of a border, however it comes into being, and one
 * that does because the border is younger is split when it is to move.
 *
 * All objects are of a few huge pages, H pages of usual size each.
 */
#include "mempolicy_harness.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mempolicy_files.h"
#include "mempolicy_machine.h"
#include "mempolicy_maps.h"
#include "mempolicy_object.h"
#include "mempolicy_policy.h"
#include "mempolicy_process.h"
#include "mempolicy_settings.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif

#define NR_HUGE		4UL

FIXTURE(border) {
	struct object obj;
	struct policy one;
	struct policy other;
	struct nodes roomy;
	char was[32];		/* of SHMEM_ENABLED */
	char thp_was[32];
	unsigned long h;
	long huge_kb;		/* before the object was made */
	int cpu_node;
};

/* @options are those of a tmpfs, @enabled goes to SHMEM_ENABLED for other objects. */
FIXTURE_VARIANT(border) {
	enum kind kind;
	const char *options;
	const char *enabled;
	bool huge;		/* pages are */
};

FIXTURE_VARIANT_ADD(border, anonymous) {
	.kind = ANON, .enabled = "always", .huge = true,
};

FIXTURE_VARIANT_ADD(border, memfd) {
	.kind = MEMFD, .enabled = "always", .huge = true,
};

FIXTURE_VARIANT_ADD(border, memfd_advise) {
	.kind = MEMFD, .enabled = "advise", .huge = true,
};

FIXTURE_VARIANT_ADD(border, memfd_small) {
	.kind = MEMFD, .enabled = "never",
};

FIXTURE_VARIANT_ADD(border, sysv) {
	.kind = SYSV, .enabled = "always", .huge = true,
};

FIXTURE_VARIANT_ADD(border, tmpfs_always) {
	.kind = TMPFS, .options = "huge=always", .huge = true,
};

FIXTURE_VARIANT_ADD(border, tmpfs_within_size) {
	.kind = TMPFS, .options = "huge=within_size", .huge = true,
};

FIXTURE_VARIANT_ADD(border, tmpfs_advise) {
	.kind = TMPFS, .options = "huge=advise", .huge = true,
};

FIXTURE_VARIANT_ADD(border, tmpfs_never) {
	.kind = TMPFS, .options = "huge=never",
};

/* KB of huge pages that objects have. */
static long huge_kb(void)
{
	return file_figure("/proc/meminfo", "ShmemHugePages:");
}

FIXTURE_SETUP(border)
{
	unsigned long size = thp_size();
	const char *missing = NULL;

	if (!size || geteuid())
		SKIP(return, NEEDS_THP);
	self->roomy = machine_with_room(2 * NR_HUGE * size / 1024);
	self->cpu_node = machine_settle();
	if (self->cpu_node < 0 || nodes_count(&self->roomy) < 2)
		SKIP(return, "needs two nodes with free huge pages");
	if (variant->kind == TMPFS)
		missing = scratch_missing(variant->options);
	if (missing)
		SKIP(return, "%s", missing);
	if (variant->enabled &&
	    !choice_set(SHMEM_ENABLED, variant->enabled, self->was, sizeof(self->was)))
		SKIP(return, NEEDS_THP);
	/* khugepaged holds pages that it looks at, and joins those that were split. */
	or_die(thp_forbid(self->thp_was, sizeof(self->thp_was)), "stopping khugepaged");
	self->one = policy_for(MPOL_BIND, nodes_of(nodes_nth(&self->roomy, 0)));
	self->other = policy_for(MPOL_BIND, nodes_of(nodes_highest(&self->roomy)));
	self->h = size / page_size();
	self->huge_kb = huge_kb();
	self->obj = object_make(variant->kind, NR_HUGE * self->h);
	object_align(&self->obj, size);
	if (variant->huge)
		ASSERT_EQ(0, madvise(self->obj.all, NR_HUGE * size, MADV_HUGEPAGE));
}

FIXTURE_TEARDOWN(border)
{
	object_free(&self->obj);
	if (*self->was)
		file_write(SHMEM_ENABLED, self->was);
	thp_restore(self->thp_was);
}

/* Pages @first to @last - 1 are under the other policy. */
static bool lies_across(const struct object *obj, unsigned long first, unsigned long last,
			int one, int other)
{
	for (unsigned long n = 0; n < obj->nr; n++) {
		int want = n >= first && n < last ? other : one;
		int seen = page_node_settled(page_at(obj->all, n));

		if (seen == want)
			continue;
		ksft_print_msg("page %lu of %lu is on %d, not on %d\n", n, obj->nr, seen, want);
		return false;
	}
	return true;
}

#define ONE		nodes_nth(&self->one.ask, 0)
#define OTHER		nodes_nth(&self->other.ask, 0)

/*
 * The usual borders are in the midst of the second huge page and of the last
 * one, where they are not at half of it either.
 */
#define FIRST		(3 * self->h / 2)
#define LAST		(3 * self->h + 3 * self->h / 8 + 1)
#define WHOLE_HUGE	2

#define EXPECT_ACROSS()									\
	EXPECT_TRUE(lies_across(&self->obj, FIRST, LAST, ONE, OTHER))

#define EXPECT_HUGE(nr)									\
	EXPECT_EQ(variant->huge ? (long)((nr) * self->h * page_size() / 1024) : 0,	\
		  huge_kb() - self->huge_kb)

#define SET_BORDERS() do {								\
	ASSERT_EQ(0, set_pages(&self->one, self->obj.all, 0, self->obj.nr));		\
	ASSERT_EQ(0, set_pages(&self->other, self->obj.all, FIRST, LAST - FIRST));	\
} while (0)

static void fill(const struct object *obj)
{
	for (unsigned long n = 0; n < obj->nr; n++)
		*(unsigned long *)page_at(obj->all, n) = n;
}

/* This also maps all of them: a split leaves pages of a file unmapped. */
static bool intact(const struct object *obj)
{
	for (unsigned long n = 0; n < obj->nr; n++)
		if (*(unsigned long *)page_at(obj->all, n) != n)
			return false;
	return true;
}

/* Catches a fault that brings in a huge page for two policies. */
TEST_F(border, touched)
{
	SET_BORDERS();
	fill(&self->obj);
	EXPECT_ACROSS();
	EXPECT_HUGE(WHOLE_HUGE);
}

/* Catches one that is brought in from its end, where the other policy counts. */
TEST_F(border, touched_backwards)
{
	SET_BORDERS();
	for (unsigned long n = self->obj.nr; n--; )
		touch_pages(page_at(self->obj.all, n), 1);
	EXPECT_ACROSS();
	EXPECT_HUGE(WHOLE_HUGE);
}

/* Pages without a policy are on the other side of a border, too. */
TEST_F(border, beside_no_policy)
{
	ASSERT_EQ(0, policy_set_task(&self->one));
	ASSERT_EQ(0, set_pages(&self->other, self->obj.all, FIRST, LAST - FIRST));
	fill(&self->obj);
	EXPECT_ACROSS();
	EXPECT_HUGE(WHOLE_HUGE);
}

/* Catches write() that looks at the policy of the first page only. */
TEST_F(border, written)
{
	size_t size = self->obj.nr * page_size();
	char *from;

	if (self->obj.fd < 0)
		SKIP(return, "needs an object that can be written to");
	from = map_pages(self->obj.nr);
	SET_BORDERS();
	ASSERT_EQ((ssize_t)size, pwrite(self->obj.fd, from, size, 0));
	touch_pages(self->obj.all, self->obj.nr);
	EXPECT_ACROSS();
	munmap(from, size);
}

/* Catches the same of fallocate(). */
TEST_F(border, allocated)
{
	if (self->obj.fd < 0)
		SKIP(return, "needs an object that can be allocated");
	SET_BORDERS();
	ASSERT_EQ(0, fallocate(self->obj.fd, 0, 0, self->obj.nr * page_size()));
	touch_pages(self->obj.all, self->obj.nr);
	EXPECT_ACROSS();
}

/* Catches pages of two policies made one huge page, and others refused that. */
TEST_F(border, collapsed)
{
	size_t size = self->h * page_size();

	SET_BORDERS();
	fill(&self->obj);
	EXPECT_EQ(-1, madvise(page_at(self->obj.all, self->h), size, MADV_COLLAPSE));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_ACROSS();
	EXPECT_EQ(0, madvise(self->obj.all, size, MADV_COLLAPSE));
	EXPECT_EQ((long)((variant->huge ? WHOLE_HUGE : 1) * size / 1024),
		  huge_kb() - self->huge_kb);
	EXPECT_ACROSS();
	EXPECT_TRUE(intact(&self->obj));
}

static int move_pages_of(const struct policy *pol, const struct object *obj, unsigned long first,
			 unsigned long last)
{
	return policy_bind_range(pol, page_at(obj->all, first), (last - first) * page_size(),
				 MPOL_MF_MOVE | MPOL_MF_STRICT);
}

/* Catches pages dragged along by those that share a huge page with them. */
TEST_F(border, moved)
{
	ASSERT_EQ(0, set_pages(&self->one, self->obj.all, 0, self->obj.nr));
	fill(&self->obj);
	EXPECT_HUGE(NR_HUGE);
	EXPECT_EQ(0, move_pages_of(&self->other, &self->obj, FIRST, LAST));
	EXPECT_TRUE(intact(&self->obj));
	EXPECT_ACROSS();
	EXPECT_HUGE(WHOLE_HUGE);
}

/**
 * struct sharing - what a child does with an object that it shares
 * @obj:   the object
 * @to:    where its pages are to go
 * @first: the first one of them
 * @last:  behind the last one
 */
struct sharing {
	const struct object *obj;
	const struct policy *to;
	unsigned long first;
	unsigned long last;
};

static bool cannot_move(void *arg)
{
	const struct sharing *sharing = arg;

	/* Both have the pages mapped. */
	or_die(intact(sharing->obj), "reading what is shared");
	return move_pages_of(sharing->to, sharing->obj, sharing->first, sharing->last) == EIO;
}

/* Catches a huge page on a border that is split, or goes, though others map it. */
TEST_F(border, shared_pages_stay)
{
	struct sharing sharing = { &self->obj, &self->other, FIRST, LAST };

	ASSERT_EQ(0, set_pages(&self->one, self->obj.all, 0, self->obj.nr));
	fill(&self->obj);
	EXPECT_TRUE(child_says_yes(cannot_move, &sharing));
	EXPECT_TRUE(lies_across(&self->obj, 0, 0, ONE, OTHER));
	EXPECT_HUGE(NR_HUGE);
}

/* Catches a huge page that cannot be split taken for one that was, or what is left of it. */
TEST_F(border, busy)
{
	unsigned long pin = FIRST + 1, end = variant->huge ? 2 * self->h : pin + 1;
	unsigned long n, begin = variant->huge ? FIRST : pin;
	bool in_place = true;
	int pipe;

	ASSERT_EQ(0, set_pages(&self->one, self->obj.all, 0, self->obj.nr));
	fill(&self->obj);
	pipe = pin_page(page_at(self->obj.all, pin));
	EXPECT_EQ(EIO, move_pages_of(&self->other, &self->obj, FIRST, LAST));
	EXPECT_TRUE(intact(&self->obj));
	/* A test that an assertion ends does not set SHMEM_ENABLED back. */
	for (n = 0; n < self->obj.nr && in_place; n++) {
		bool stays = n < FIRST || n >= LAST || (n >= begin && n < end);

		in_place = page_node_settled(page_at(self->obj.all, n)) == (stays ? ONE : OTHER);
	}
	EXPECT_TRUE(in_place)
		TH_LOG("page %lu of %lu", n - 1, self->obj.nr);
	close(pipe);
	EXPECT_EQ(0, move_pages_of(&self->other, &self->obj, FIRST, LAST));
	EXPECT_TRUE(intact(&self->obj));
	EXPECT_ACROSS();
}

/* Catches pages left behind in a huge page that is in part where it should be. */
TEST_F(border, moved_back)
{
	ASSERT_EQ(0, set_pages(&self->other, self->obj.all, 0, self->obj.nr));
	fill(&self->obj);
	EXPECT_EQ(0, move_pages_of(&self->one, &self->obj, 0, FIRST));
	EXPECT_EQ(0, move_pages_of(&self->one, &self->obj, LAST, self->obj.nr));
	EXPECT_TRUE(intact(&self->obj));
	EXPECT_ACROSS();
}

/* Catches parts that do not go to the node of their own index. */
TEST_F(border, moved_into_round)
{
	struct policy interleave = policy_for(MPOL_INTERLEAVE, self->roomy);
	unsigned long first = FIRST, last = FIRST + self->h;
	struct touched part;

	part = of_object(&self->obj, page_at(self->obj.all, first), first, last - first,
			 self->cpu_node);
	ASSERT_EQ(0, set_pages(&self->one, self->obj.all, 0, self->obj.nr));
	fill(&self->obj);
	EXPECT_EQ(0, move_pages_of(&interleave, &self->obj, first, last));
	EXPECT_TRUE(intact(&self->obj));
	EXPECT_TRUE(all_right(&part, &interleave));
	EXPECT_EQ(ONE, page_node(page_at(self->obj.all, first - 1)));
	EXPECT_EQ(ONE, page_node(page_at(self->obj.all, last)));
}

/* Catches a huge page split for a border although all of it is where it should be. */
TEST_F(border, right_pages_stay)
{
	struct policy both = policy_for(MPOL_BIND, self->roomy);
	struct policy round = policy_for(MPOL_INTERLEAVE, nodes_of(ONE));

	ASSERT_EQ(0, set_pages(&self->one, self->obj.all, 0, self->obj.nr));
	fill(&self->obj);
	EXPECT_EQ(0, move_pages_of(&both, &self->obj, FIRST, LAST));
	EXPECT_HUGE(NR_HUGE);
	EXPECT_EQ(0, move_pages_of(&round, &self->obj, FIRST, LAST));
	EXPECT_HUGE(NR_HUGE);
	EXPECT_TRUE(intact(&self->obj));
	EXPECT_TRUE(lies_across(&self->obj, 0, 0, ONE, OTHER));
}

/* Catches a call that is only to look, and begins to split what it sees. */
TEST_F(border, strict)
{
	size_t size = (LAST - FIRST) * page_size();
	char *first = page_at(self->obj.all, FIRST);

	ASSERT_EQ(0, set_pages(&self->one, self->obj.all, 0, self->obj.nr));
	fill(&self->obj);
	ASSERT_EQ(0, set_pages(&self->other, self->obj.all, FIRST, LAST - FIRST));
	EXPECT_TRUE(intact(&self->obj));
	EXPECT_EQ(EIO, policy_bind_range(&self->other, first, size, MPOL_MF_STRICT));
	EXPECT_HUGE(NR_HUGE);
	EXPECT_TRUE(lies_across(&self->obj, 0, 0, ONE, OTHER));
}

/* Catches borders minded by migrate_pages(2), which asks no policy. */
TEST_F(border, process_migrates)
{
	ASSERT_EQ(0, set_pages(&self->one, self->obj.all, 0, self->obj.nr));
	fill(&self->obj);
	ASSERT_EQ(0, set_pages(&self->other, self->obj.all, FIRST, LAST - FIRST));
	EXPECT_TRUE(intact(&self->obj));
	EXPECT_LE(0, migrate_pages_of(0, &self->one.ask, &self->other.ask));
	EXPECT_TRUE(intact(&self->obj));
	EXPECT_TRUE(lies_across(&self->obj, 0, self->obj.nr, ONE, OTHER));
	EXPECT_HUGE(NR_HUGE);
}

/* Catches a huge page split for a border that is none: the policies are equal. */
TEST_F(border, same_policy)
{
	ASSERT_EQ(0, set_pages(&self->one, self->obj.all, 0, FIRST));
	ASSERT_EQ(0, set_pages(&self->one, self->obj.all, FIRST, self->obj.nr - FIRST));
	fill(&self->obj);
	EXPECT_HUGE(NR_HUGE);
	EXPECT_EQ(0, move_pages_of(&self->other, &self->obj, 0, self->obj.nr));
	EXPECT_TRUE(lies_across(&self->obj, 0, self->obj.nr, ONE, OTHER));
	EXPECT_HUGE(NR_HUGE);
}

/* Catches a private mapping that minds the borders of its object. */
TEST_F(border, private_mapping)
{
	char *map;

	if (self->obj.fd < 0)
		SKIP(return, "needs an object that can be mapped privately");
	map = map_fd(self->obj.fd, 0, self->obj.nr, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	ASSERT_NE(MAP_FAILED, map);
	SET_BORDERS();
	ASSERT_EQ(0, policy_set_range(&self->other, map, self->obj.nr * page_size()));
	touch_pages(map, self->obj.nr);
	for (unsigned long n = 0; n < self->obj.nr; n += self->h / 4)
		EXPECT_EQ(OTHER, page_node(page_at(map, n)));
}

/* The pages of a node that numa_maps tells of the range at @addr, or -1. */
static long told(const void *addr, int node)
{
	char line[16384], key[16], *at;

	if (!numa_maps_line("/proc/self/numa_maps", addr, line, sizeof(line)))
		return -1;
	snprintf(key, sizeof(key), " N%d=", node);
	at = strstr(line, key);
	return at ? atol(at + strlen(key)) : 0;
}

/* Catches a huge page counted in full on both sides of a border. */
TEST_F(border, told_by_range)
{
	ASSERT_EQ(0, set_pages(&self->one, self->obj.all, 0, self->obj.nr));
	fill(&self->obj);
	ASSERT_EQ(0, set_pages(&self->other, self->obj.all, FIRST, LAST - FIRST));
	EXPECT_EQ((long)FIRST, told(self->obj.all, ONE));
	EXPECT_EQ((long)(LAST - FIRST), told(page_at(self->obj.all, FIRST), ONE));
	EXPECT_EQ((long)(self->obj.nr - LAST), told(page_at(self->obj.all, LAST), ONE));
}

int main(int argc, char **argv)
{
	machine_require();
	return run_tests(argc, argv);
}
