// SPDX-License-Identifier: GPL-2.0
/*
 * Nodes that are full: which policies look for a free page elsewhere before
 * memory is reclaimed, and which have it compacted first.
 */
#include "mempolicy_harness.h"

#include <sys/mman.h>

#include "mempolicy_files.h"
#include "mempolicy_machine.h"
#include "mempolicy_pages.h"
#include "mempolicy_policy.h"
#include "mempolicy_settings.h"

#define ASKED_KB	(24L << 10)
#define HUGE_PAGES	6UL

/* Small pages as many as are free on @node, which go elsewhere when it is full. */
static char *fill_node(int node, unsigned long *nr)
{
	struct policy pol = policy_for(MPOL_PREFERRED, nodes_of(node));
	char *base;

	*nr = machine_free_kb(node) * 1024 / page_size();
	base = map_pages(*nr);
	madvise(base, *nr * page_size(), MADV_NOHUGEPAGE);
	or_die(!policy_set_range(&pol, base, *nr * page_size()), "mbind");
	touch_pages(base, *nr);
	return base;
}

/* --- full of what cannot be given up --- */

FIXTURE(full) {
	int node;
	char *fill;
	unsigned long filled;
	char *base;
	unsigned long nr;
};

FIXTURE_VARIANT(full) {
	int mode;
};

FIXTURE_VARIANT_ADD(full, many) { .mode = MPOL_PREFERRED_MANY };
FIXTURE_VARIANT_ADD(full, preferred) { .mode = MPOL_PREFERRED };

FIXTURE_SETUP(full)
{
	struct nodes other = machine_with_room(4 * ASKED_KB);

	self->node = machine_by_room(&machine.roomy, true);
	if (nodes_count(&other) < 2)
		SKIP(return, "needs two nodes with room");
	self->nr = ASKED_KB * 1024 / page_size();
	self->base = map_pages(self->nr);
	madvise(self->base, ASKED_KB * 1024, MADV_NOHUGEPAGE);
	self->fill = fill_node(self->node, &self->filled);
}

FIXTURE_TEARDOWN(full)
{
	if (self->base)
		munmap(self->base, ASKED_KB * 1024);
	if (self->fill)
		munmap(self->fill, self->filled * page_size());
}

/* Catches memory of a node reclaimed by a task that may go elsewhere. */
TEST_F(full, tries_others_before_it_reclaims)
{
	struct policy pol = policy_for(variant->mode, nodes_of(self->node));
	long before;

	ASSERT_EQ(0, policy_set_range(&pol, self->base, ASKED_KB * 1024));
	before = vm_stalls();
	ASSERT_LE(0, before);
	touch_pages(self->base, self->nr);
	EXPECT_EQ(before, vm_stalls());
}

/* --- full of pages that can be moved --- */

FIXTURE(scattered) {
	char was[64];
	size_t size;
	int node;
	char *fill;
	unsigned long nr;
	unsigned long whole;
	char *huge;
	size_t len;
};

/* The most huge pages that are free on a node other than @node. */
static unsigned long other_huge(int node, size_t size)
{
	unsigned long most = 0, nr;
	int other = -1;

	while (nodes_step(&machine.roomy, &other)) {
		nr = other == node ? 0 : machine_free_huge(other, size);
		if (nr > most)
			most = nr;
	}
	return most;
}

/* The memory of a CPU without a node of its own is not looked for. */
static int go_to_memory(void)
{
	int node = -1;

	while (nodes_step(&machine.roomy, &node))
		if (machine_cpu_of(node) >= 0 && pin_to_cpu(machine_cpu_of(node)))
			return node;
	return -1;
}

FIXTURE_SETUP(scattered)
{
	self->size = thp_size();
	if (!self->size || !thp_allow(self->was, sizeof(self->was)))
		SKIP(return, NEEDS_THP);
	/* Half of it is free later, in memory that can be made whole. */
	machine_want_huge(3 * HUGE_PAGES, self->size);
	self->node = go_to_memory();
	if (self->node < 0 || nodes_count(&machine.roomy) < 2)
		SKIP(return, "needs two nodes with room for huge pages, one with a CPU");
	self->fill = fill_node(self->node, &self->nr);
	for (unsigned long i = 0; i < self->nr; i += 2)
		madvise(page_at(self->fill, i), page_size(), MADV_DONTNEED);
	/* What is kept back of a node that is full may be whole. */
	self->whole = machine_free_huge(self->node, self->size);
	if (other_huge(self->node, self->size) < self->whole + HUGE_PAGES)
		SKIP(return, "needs another node with %lu huge pages free",
		     self->whole + HUGE_PAGES);
	self->len = (self->whole + HUGE_PAGES + 1) * self->size;
	self->huge = map_pages(self->len / page_size());
}

FIXTURE_TEARDOWN(scattered)
{
	if (self->fill)
		munmap(self->fill, self->nr * page_size());
	if (self->huge)
		munmap(self->huge, self->len);
	if (self->was[0])
		thp_restore(self->was);
}

/*
 * Catches a huge page taken from another node, where there are free ones, before
 * the node of the CPU was asked to make one of the memory that it has.
 *
 * Whether compaction succeeds depends on whose pages are in the way, and after
 * a failure it is not tried for a while: what is certain is that it was tried.
 */
TEST_F(scattered, huge_page_of_the_nearest_node)
{
	char *base = align_up(self->huge, self->size);
	unsigned long i, here = 0, nr = self->whole + HUGE_PAGES;
	long tries = vm_events("compact_stall"), was_kb = thp_kb();

	ASSERT_EQ(0, madvise(base, nr * self->size, MADV_HUGEPAGE));
	for (i = 0; i < nr; i++) {
		touch_pages(base + i * self->size, 1);
		here += page_node(base + i * self->size) == self->node;
	}
	tries = vm_events("compact_stall") - tries;
	TH_LOG("%lu of %lu on node %d, %lu were whole, %ld compactions, %ld KB in huge pages",
	       here, nr, self->node, self->whole, tries, thp_kb() - was_kb);
	EXPECT_TRUE(here == nr || tries > 0);
	/* Nearly all: somebody else may take one that was whole. */
	EXPECT_LE((long)((nr - HUGE_PAGES / 2) * self->size / 1024), thp_kb() - was_kb);
}

int main(int argc, char **argv)
{
	machine_require();
	return run_tests(argc, argv);
}
