// SPDX-License-Identifier: GPL-2.0
/*
 * Pages merged by KSM under memory policies.  A merged page is shared by who
 * knows whom, and is at several places of a mapping at once.
 *
 * B8 in comments is what Linux 6.12 does wrong: nobody is told of pages that
 * have stayed, and pages that have moved are said to have stayed.
 */
#include "mempolicy_harness.h"

#include <errno.h>

#include "mempolicy_files.h"
#include "mempolicy_machine.h"
#include "mempolicy_pages.h"
#include "mempolicy_policy.h"

#define KSM		"/sys/kernel/mm/ksm/"
#define PAGES		8UL
#define PATTERN		0x5a

static bool ksm_set(const char *file, long value)
{
	char path[64];

	snprintf(path, sizeof(path), KSM "%s", file);
	return file_set_number(path, value);
}

static long ksm_get(const char *file)
{
	char path[64];

	snprintf(path, sizeof(path), KSM "%s", file);
	return file_number(path);
}

FIXTURE(merged) {
	int cpu_node;
	struct policy here;
	struct policy there;
	struct policy both;
	struct policy interleave;
	char *base;
};

/* Waits until all pages are one. */
static bool merge(char *base)
{
	if (madvise(base, PAGES * page_size(), MADV_MERGEABLE) ||
	    !ksm_set("pages_to_scan", 1000) || !ksm_set("sleep_millisecs", 10) ||
	    !ksm_set("run", 1))
		return false;
	for (int tries = 0; tries < 1000; tries++) {
		if (ksm_get("pages_sharing") == (long)PAGES - 1)
			return ksm_set("run", 0);
		usleep(10000);
	}
	ksft_print_msg("%ld pages are shared\n", ksm_get("pages_sharing"));
	return false;
}

static bool intact(const char *base)
{
	for (unsigned long i = 0; i < PAGES * page_size(); i++)
		if (base[i] != PATTERN)
			return false;
	return true;
}

FIXTURE_SETUP(merged)
{
	if (geteuid() || ksm_get("run") != 0 || ksm_get("pages_sharing"))
		SKIP(return, "needs root, and KSM that does not run yet");
	self->cpu_node = machine_settle();
	if (self->cpu_node < 0 || nodes_count(&machine.roomy) < 2)
		SKIP(return, NEEDS_NODES);
	self->here = policy_for(MPOL_BIND, nodes_of(nodes_nth(&machine.roomy, 0)));
	self->there = policy_for(MPOL_BIND, nodes_of(nodes_highest(&machine.roomy)));
	self->both = self->here;
	nodes_add(&self->both.ask, nodes_highest(&machine.roomy));
	self->interleave = self->both;
	self->interleave.mode = MPOL_INTERLEAVE;

	self->base = map_pages(PAGES);
	ASSERT_EQ(0, policy_set_range(&self->here, self->base, PAGES * page_size()));
	memset(self->base, PATTERN, PAGES * page_size());
	ASSERT_TRUE(merge(self->base));
	ASSERT_EQ(PAGES, pages_on(self->base, PAGES, nodes_nth(&self->here.ask, 0)));
}

FIXTURE_TEARDOWN(merged)
{
	ksm_set("run", 2);
	ksm_set("run", 0);
	munmap(self->base, PAGES * page_size());
}

static int bind_merged(char *base, const struct policy *pol, unsigned long flags)
{
	return policy_bind_range(pol, base, PAGES * page_size(), flags);
}

/* B8: a merged page may be anybody's, so it stays, and that is told. */
TEST_F(merged, stays)
{
	EXPECT_EQ(EIO, bind_merged(self->base, &self->there, MPOL_MF_MOVE | MPOL_MF_STRICT));
	EXPECT_EQ(PAGES, pages_on(self->base, PAGES, nodes_nth(&self->here.ask, 0)));
	EXPECT_EQ(0, bind_merged(self->base, &self->there, MPOL_MF_MOVE));
	EXPECT_EQ(PAGES, pages_on(self->base, PAGES, nodes_nth(&self->here.ask, 0)));
	EXPECT_TRUE(intact(self->base));
	EXPECT_EQ((long)PAGES - 1, ksm_get("pages_sharing"));
}

/* B8, and catches a merged page that is moved once for each of its places, or not at all. */
TEST_F(merged, moves_all)
{
	EXPECT_EQ(0, bind_merged(self->base, &self->there, MPOL_MF_MOVE_ALL | MPOL_MF_STRICT));
	EXPECT_EQ(PAGES, pages_on(self->base, PAGES, nodes_nth(&self->there.ask, 0)));
	EXPECT_TRUE(intact(self->base));
	EXPECT_EQ((long)PAGES - 1, ksm_get("pages_sharing"));
}

/* Catches a page that is on a right node, and is moved or complained about. */
TEST_F(merged, right_page_stays)
{
	EXPECT_EQ(0, bind_merged(self->base, &self->both, MPOL_MF_STRICT));
	EXPECT_EQ(0, bind_merged(self->base, &self->both, MPOL_MF_MOVE_ALL | MPOL_MF_STRICT));
	EXPECT_EQ(PAGES, pages_on(self->base, PAGES, nodes_nth(&self->here.ask, 0)));
}

/* Catches one page that is to be on two nodes at once: any node of them is right. */
TEST_F(merged, interleaved)
{
	EXPECT_EQ(0, bind_merged(self->base, &self->interleave, MPOL_MF_MOVE_ALL | MPOL_MF_STRICT));
	EXPECT_EQ(PAGES, pages_on(self->base, PAGES, nodes_nth(&self->here.ask, 0)));
	EXPECT_TRUE(intact(self->base));
}

/* Catches the copy of a merged page that no policy places. */
TEST_F(merged, copies_follow_policy)
{
	struct touched at = anonymous(self->base, PAGES, self->cpu_node);

	ASSERT_EQ(0, bind_merged(self->base, &self->interleave, 0));
	touch_pages(self->base, PAGES);
	EXPECT_TRUE(all_right(&at, &self->interleave));
	ASSERT_EQ(0, bind_merged(self->base, &self->there, 0));
	EXPECT_TRUE(all_right(&at, &self->interleave));
}

int main(int argc, char **argv)
{
	machine_require();
	return run_tests(argc, argv);
}
