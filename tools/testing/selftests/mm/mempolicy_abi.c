// SPDX-License-Identifier: GPL-2.0
/*
 * The answers of set_mempolicy(2), get_mempolicy(2), mbind(2) and
 * set_mempolicy_home_node(2): errno for errno, which error wins when there are
 * several, and what the kernel reports of a policy it took.
 *
 * A refused call must leave the policy that was there: every row checks that.
 *
 * Rows name nodes as nodes_parse() reads them, so that they hold on any
 * machine; one that needs more nodes than there are is skipped and says so.
 * The same source also builds as a 32-bit program (-m32): then the kernel's
 * compat entries, with masks of 32-bit words, answer.
 */
#include "mempolicy_harness.h"

#include "mempolicy_calls.h"
#include "mempolicy_group.h"
#include "mempolicy_machine.h"
#include "mempolicy_maps.h"
#include "mempolicy_pages.h"
#include "mempolicy_policy.h"
#include "mempolicy_requests.h"

#define BAD_POINTER	((void *)8)
#define LONGEST_MASK	65536	/* the kernel takes a page of bits */

/* Only the first MASK_WORDS are ever set. */
static unsigned long big_mask[LONGEST_MASK / sizeof(long)];

/*
 * A maxnode is a number, or a letter and an offset: h the highest bit of the
 * mask, M MAX_NUMNODES, L the bits of a long, P the bits of a page, I one more
 * than the highest possible node.
 */
static unsigned long parse_maxnode(const char *text, const struct nodes *asked)
{
	long offset = text[0] ? atol(text + 1) : 0;

	switch (text[0]) {
	case 'h':
		return nodes_highest(asked) + offset;
	case 'M':
		return machine.max + offset;
	case 'L':
		return LONG_BITS + offset;
	case 'P':
		return page_size() * CHAR_BIT + offset;
	case 'I':
		return machine.nr_ids + offset;
	default:
		return strtoul(text, NULL, 10);
	}
}

/* A mask as a call takes it, and what the kernel should see in it. */
struct user_mask {
	const void *ptr;
	unsigned long maxnode;
	struct nodes seen;
};

/*
 * Without @maxnode it is what the mask needs.  Returns false when this machine
 * does not have the nodes.
 */
static bool make_mask(struct user_mask *um, const char *text, const char *maxnode)
{
	struct nodes asked = { 0 };

	*um = (struct user_mask){ .ptr = text ? big_mask : NULL };
	if (text && !strcmp(text, "bad"))
		um->ptr = BAD_POINTER;
	else if (text && !nodes_parse(text, &machine.usable, &asked))
		return false;
	nodes_to_mask(&asked, big_mask);
	um->maxnode = text ? machine.max + 1 : 0;
	if (maxnode)
		um->maxnode = parse_maxnode(maxnode, &asked);
	um->seen = nodes_below(&asked, um->maxnode - 1);
	return true;
}

static int errno_of(long result)
{
	return result ? errno : 0;
}

/* What holds before each call, to see that a refused one leaves it. */
static struct policy base_policy(void)
{
	return (struct policy){
		.mode = MPOL_INTERLEAVE,
		.ask = nodes_of(nodes_nth(&machine.usable, 0)),
		.home = -1,
	};
}

/* --- every mode with every flag --- */

FIXTURE(mode) {
	void *page;
};

FIXTURE_VARIANT(mode) {
	int mode;
};

FIXTURE_VARIANT_ADD(mode, default) { .mode = MPOL_DEFAULT };
FIXTURE_VARIANT_ADD(mode, preferred) { .mode = MPOL_PREFERRED };
FIXTURE_VARIANT_ADD(mode, bind) { .mode = MPOL_BIND };
FIXTURE_VARIANT_ADD(mode, interleave) { .mode = MPOL_INTERLEAVE };
FIXTURE_VARIANT_ADD(mode, local) { .mode = MPOL_LOCAL };
FIXTURE_VARIANT_ADD(mode, preferred_many) { .mode = MPOL_PREFERRED_MANY };
FIXTURE_VARIANT_ADD(mode, weighted_interleave) { .mode = MPOL_WEIGHTED_INTERLEAVE };

FIXTURE_SETUP(mode)
{
	self->page = map_pages(1);
}

FIXTURE_TEARDOWN(mode)
{
	munmap(self->page, page_size());
}

static const int mode_flags[] = {
	0, STATIC, RELATIVE, STATIC | RELATIVE, BALANCING, BALANCING | STATIC,
	BALANCING | RELATIVE, BALANCING | STATIC | RELATIVE,
};

static const char * const mode_masks[] = { NULL, "", "m0", "mL", "m0 mL", "m1 m2", "all" };

/* Calls @ask for each flag combination and mask of one mode. */
static void each_request(struct __test_metadata *_metadata, int mode, const void *page,
			 int (*ask)(const struct policy *pol, const struct user_mask *um,
				    const void *page))
{
	struct policy base = base_policy();
	struct user_mask um;

	for (size_t i = 0; i < ARRAY_SIZE(mode_flags) * ARRAY_SIZE(mode_masks); i++) {
		const char *mask = mode_masks[i / ARRAY_SIZE(mode_flags)];
		struct policy pol = {
			.mode = mode,
			.flags = mode_flags[i % ARRAY_SIZE(mode_flags)],
			.home = -1,
		};
		int want;

		if (!make_mask(&um, mask, NULL))
			continue;
		pol.ask = um.seen;
		want = policy_is_legal(mode, pol.flags, nodes_empty(&um.seen)) ? 0 : EINVAL;
		ASSERT_EQ(0, page ? policy_set_range(&base, page, page_size()) :
				    policy_set_task(&base));
		make_mask(&um, mask, NULL);
		EXPECT_EQ(want, ask(&pol, &um, page))
			TH_LOG("flags %#x, nodes %s", pol.flags, mask ? mask : "NULL");
		EXPECT_TRUE(policy_holds(page, want ? &base : &pol))
			TH_LOG("flags %#x, nodes %s", pol.flags, mask ? mask : "NULL");
	}
}

static int ask_task(const struct policy *pol, const struct user_mask *um, const void *page)
{
	(void)page;
	return errno_of(sys_set_mempolicy(pol->mode | pol->flags, um->ptr, um->maxnode));
}

static int ask_range(const struct policy *pol, const struct user_mask *um, const void *page)
{
	return errno_of(sys_mbind(page, page_size(), pol->mode | pol->flags, um->ptr,
				  um->maxnode, 0));
}

/* Catches a flag or an empty mask taken where the mode has no use for it. */
TEST_F(mode, task)
{
	each_request(_metadata, variant->mode, NULL, ask_task);
}

/* Catches mbind() judging a request otherwise than set_mempolicy(). */
TEST_F(mode, range)
{
	each_request(_metadata, variant->mode, self->page, ask_range);
}

/* Puts the policy on the page and compares numa_maps with the model's text. */
static void check_text(struct __test_metadata *_metadata, const struct policy *pol, void *page)
{
	char text[16384];

	ASSERT_EQ(0, policy_set_range(pol, page, page_size()));
	ASSERT_TRUE(numa_maps_text(page, text, sizeof(text)));
	EXPECT_STREQ(policy_text(pol, &machine.usable, &machine.usable), text);
}

/* Catches a wrong name, flag or node list: it shows the nodes in effect. */
TEST_F(mode, numa_maps)
{
	struct user_mask um;

	for (size_t i = 0; i < ARRAY_SIZE(mode_flags) * ARRAY_SIZE(mode_masks); i++) {
		struct policy pol = {
			.mode = variant->mode,
			.flags = mode_flags[i % ARRAY_SIZE(mode_flags)],
			.home = -1,
		};

		if (!make_mask(&um, mode_masks[i / ARRAY_SIZE(mode_flags)], NULL) ||
		    !policy_is_legal(pol.mode, pol.flags, nodes_empty(&um.seen)))
			continue;
		pol.ask = um.seen;
		if (pol.mode != MPOL_DEFAULT)
			check_text(_metadata, &pol, self->page);
	}
}

/* --- modes, masks and maxnode --- */

FIXTURE(mask) {
	struct user_mask um;
	struct policy base;
	struct policy pol;
	void *page;
};

FIXTURE_VARIANT(mask) {
	int mode;
	const char *mask;
	const char *maxnode;
	int err;
};

/* Modes and flags that nobody defined: one taken is one that can never be. */
FIXTURE_VARIANT_ADD(mask, mode_7) { .mode = 7, .mask = "m0", .err = EINVAL };
FIXTURE_VARIANT_ADD(mask, mode_8) { .mode = 8, .mask = "m0", .err = EINVAL };
FIXTURE_VARIANT_ADD(mask, mode_99) { .mode = 99, .mask = "m0", .err = EINVAL };
FIXTURE_VARIANT_ADD(mask, mode_negative) { .mode = -1, .mask = "m0", .err = EINVAL };
FIXTURE_VARIANT_ADD(mask, mode_bit_12) { .mode = 1 << 12, .mask = "m0", .err = EINVAL };
FIXTURE_VARIANT_ADD(mask, mode_bit_12_bind) {
	.mode = 1 << 12 | MPOL_BIND, .mask = "m0", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(mask, mode_bit_16_bind) {
	.mode = 1 << 16 | MPOL_BIND, .mask = "m0", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(mask, mode_bit_31_bind) {
	.mode = INT_MIN | MPOL_BIND, .mask = "m0", .err = EINVAL,
};

/* Nodes that are not there: refused alone, dropped beside one that is. */
FIXTURE_VARIANT_ADD(mask, no_such_node) { .mode = MPOL_BIND, .mask = "x", .err = EINVAL };
FIXTURE_VARIANT_ADD(mask, no_such_node_static) {
	.mode = MPOL_BIND | STATIC, .mask = "x", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(mask, no_such_node_interleave) {
	.mode = MPOL_INTERLEAVE, .mask = "x", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(mask, no_such_node_weighted) {
	.mode = MPOL_WEIGHTED_INTERLEAVE, .mask = "x", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(mask, no_such_node_preferred) {
	.mode = MPOL_PREFERRED, .mask = "x", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(mask, no_such_node_many) {
	.mode = MPOL_PREFERRED_MANY, .mask = "x", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(mask, partly_there) { .mode = MPOL_BIND, .mask = "m0 x" };
FIXTURE_VARIANT_ADD(mask, partly_there_static) { .mode = MPOL_BIND | STATIC, .mask = "m0 x" };
FIXTURE_VARIANT_ADD(mask, partly_there_interleave) { .mode = MPOL_INTERLEAVE, .mask = "x mL" };
FIXTURE_VARIANT_ADD(mask, partly_there_many) { .mode = MPOL_PREFERRED_MANY, .mask = "x mL" };

/* Relative numbers wrap: no number is too high, and it is told as asked. */
FIXTURE_VARIANT_ADD(mask, relative_wraps) { .mode = MPOL_BIND | RELATIVE, .mask = "R+0" };
FIXTURE_VARIANT_ADD(mask, relative_wraps_two) { .mode = MPOL_BIND | RELATIVE, .mask = "R+0 R+1" };
FIXTURE_VARIANT_ADD(mask, relative_highest) { .mode = MPOL_BIND | RELATIVE, .mask = "M-1" };
FIXTURE_VARIANT_ADD(mask, relative_absent) { .mode = MPOL_INTERLEAVE | RELATIVE, .mask = "x" };
FIXTURE_VARIANT_ADD(mask, relative_preferred) { .mode = MPOL_PREFERRED | RELATIVE, .mask = "R+1" };

/* Only the first node is preferred; a fixed one is told as asked. */
FIXTURE_VARIANT_ADD(mask, preferred_three) { .mode = MPOL_PREFERRED, .mask = "m1 m2 m3" };
FIXTURE_VARIANT_ADD(mask, preferred_three_static) {
	.mode = MPOL_PREFERRED | STATIC, .mask = "m1 m2 m3",
};

/* maxnode is one more than the bits: off by one loses or adds a node. */
FIXTURE_VARIANT_ADD(mask, last_bit_outside) {
	.mode = MPOL_BIND, .mask = "mL", .maxnode = "h+1", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(mask, last_bit_inside) { .mode = MPOL_BIND, .mask = "mL", .maxnode = "h+2" };
FIXTURE_VARIANT_ADD(mask, last_bit_dropped) {
	.mode = MPOL_BIND, .mask = "m0 m1", .maxnode = "h+1",
};

FIXTURE_VARIANT_ADD(mask, first_bit_inside) { .mode = MPOL_BIND, .mask = "m0", .maxnode = "h+2" };
FIXTURE_VARIANT_ADD(mask, highest_bit) { .mode = MPOL_BIND, .mask = "m0 M-1", .maxnode = "M+1" };
FIXTURE_VARIANT_ADD(mask, long_less_one) { .mode = MPOL_BIND, .mask = "m0", .maxnode = "L-1" };
FIXTURE_VARIANT_ADD(mask, long_exactly) { .mode = MPOL_BIND, .mask = "m0", .maxnode = "L+0" };
FIXTURE_VARIANT_ADD(mask, long_all_bits) { .mode = MPOL_BIND, .mask = "m0", .maxnode = "L+1" };
FIXTURE_VARIANT_ADD(mask, long_and_one) { .mode = MPOL_BIND, .mask = "m0", .maxnode = "L+2" };
FIXTURE_VARIANT_ADD(mask, second_long) { .mode = MPOL_BIND, .mask = "m0 b40", .maxnode = "M+1" };
FIXTURE_VARIANT_ADD(mask, maxnode_1) {
	.mode = MPOL_BIND, .mask = "m0", .maxnode = "1", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(mask, maxnode_1_default) { .mode = MPOL_DEFAULT, .mask = "m0", .maxnode = "1" };
FIXTURE_VARIANT_ADD(mask, maxnode_0) {
	.mode = MPOL_BIND, .mask = "m0", .maxnode = "0", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(mask, maxnode_0_default) {
	.mode = MPOL_DEFAULT, .mask = "", .maxnode = "0", .err = EINVAL,
};

/* More bits than the kernel has nodes: fine while they are empty. */
FIXTURE_VARIANT_ADD(mask, past_max) { .mode = MPOL_BIND, .mask = "m0", .maxnode = "M+2" };
FIXTURE_VARIANT_ADD(mask, past_max_far) { .mode = MPOL_BIND, .mask = "m0", .maxnode = "M+961" };
FIXTURE_VARIANT_ADD(mask, page_of_bits) { .mode = MPOL_BIND, .mask = "m0", .maxnode = "P+1" };
FIXTURE_VARIANT_ADD(mask, above_page_of_bits) {
	.mode = MPOL_BIND, .mask = "m0", .maxnode = "P+2", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(mask, above_page_of_bits_default) {
	.mode = MPOL_DEFAULT, .mask = "", .maxnode = "P+2", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(mask, endless) {
	.mode = MPOL_BIND, .mask = "m0", .maxnode = "-1", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(mask, bit_past_max) {
	.mode = MPOL_BIND, .mask = "m0 M+40", .maxnode = "M+42", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(mask, bit_past_max_first) {
	.mode = MPOL_BIND, .mask = "m0 M+0", .maxnode = "M+2", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(mask, bit_past_max_default) {
	.mode = MPOL_DEFAULT, .mask = "M+40", .maxnode = "M+42", .err = EINVAL,
};

/* Bits beyond maxnode are not the caller's: neither taken nor refused. */
FIXTURE_VARIANT_ADD(mask, beyond_max) { .mode = MPOL_BIND, .mask = "m0 M+0", .maxnode = "M+1" };
FIXTURE_VARIANT_ADD(mask, beyond_in_last_long) {
	.mode = MPOL_BIND, .mask = "m0 M+40", .maxnode = "M+6",
};

FIXTURE_VARIANT_ADD(mask, beyond_by_one) { .mode = MPOL_BIND, .mask = "m0 M+5", .maxnode = "M+6" };
FIXTURE_VARIANT_ADD(mask, beyond_default) {
	.mode = MPOL_DEFAULT, .mask = "M+40", .maxnode = "M+6",
};

/* Without a mask, maxnode says nothing. */
FIXTURE_VARIANT_ADD(mask, null_counted) { .mode = MPOL_BIND, .maxnode = "64", .err = EINVAL };
FIXTURE_VARIANT_ADD(mask, null_counted_local) { .mode = MPOL_LOCAL, .maxnode = "64" };
FIXTURE_VARIANT_ADD(mask, null_counted_preferred) { .mode = MPOL_PREFERRED, .maxnode = "64" };
FIXTURE_VARIANT_ADD(mask, null_endless) { .mode = MPOL_DEFAULT, .maxnode = "-1" };

/* Which error wins: the mode, then maxnode, the pointer, at last the nodes. */
FIXTURE_VARIANT_ADD(mask, order_pointer) {
	.mode = MPOL_DEFAULT, .mask = "bad", .maxnode = "64", .err = EFAULT,
};

FIXTURE_VARIANT_ADD(mask, order_pointer_then_nodes) {
	.mode = MPOL_LOCAL | STATIC, .mask = "bad", .maxnode = "64", .err = EFAULT,
};

FIXTURE_VARIANT_ADD(mask, order_mode) { .mode = 99, .mask = "bad", .maxnode = "64", .err = EINVAL };
FIXTURE_VARIANT_ADD(mask, order_flags) {
	.mode = MPOL_BIND | STATIC | RELATIVE, .mask = "bad", .maxnode = "64", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(mask, order_balancing) {
	.mode = MPOL_LOCAL | BALANCING, .mask = "bad", .maxnode = "64", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(mask, order_maxnode_0) {
	.mode = MPOL_DEFAULT, .mask = "bad", .maxnode = "0", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(mask, order_maxnode_high) {
	.mode = MPOL_BIND, .mask = "bad", .maxnode = "P+2", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(mask, order_unread) { .mode = MPOL_DEFAULT, .mask = "bad", .maxnode = "1" };
FIXTURE_VARIANT_ADD(mask, order_far_word) {
	.mode = MPOL_BIND, .mask = "bad", .maxnode = "P+1", .err = EFAULT,
};

FIXTURE_SETUP(mask)
{
	if (!make_mask(&self->um, variant->mask, variant->maxnode))
		SKIP(return, "%s", nodes_lack(variant->mask));
	self->page = map_pages(1);
	self->base = base_policy();
	self->pol = (struct policy){
		.mode = variant->mode & ~(STATIC | RELATIVE | BALANCING),
		.flags = variant->mode & (STATIC | RELATIVE | BALANCING),
		.ask = self->um.seen,
		.home = -1,
	};
}

FIXTURE_TEARDOWN(mask)
{
	munmap(self->page, page_size());
}

TEST_F(mask, task)
{
	ASSERT_EQ(0, policy_set_task(&self->base));
	EXPECT_EQ(variant->err, errno_of(sys_set_mempolicy(variant->mode, self->um.ptr,
							   self->um.maxnode)));
	EXPECT_TRUE(policy_holds(NULL, variant->err ? &self->base : &self->pol));
}

TEST_F(mask, range)
{
	unsigned int mode = variant->mode;

	ASSERT_EQ(0, policy_set_range(&self->base, self->page, page_size()));
	EXPECT_EQ(variant->err, errno_of(sys_mbind(self->page, page_size(), mode,
						   self->um.ptr, self->um.maxnode, 0)));
	EXPECT_TRUE(policy_holds(self->page, variant->err ? &self->base : &self->pol));
}

/* --- masks at the end of what is mapped --- */

FIXTURE(edge) {
	void *pages;
};

FIXTURE_VARIANT(edge) {
	unsigned int bytes;	/* of the mask that can be read */
	unsigned int longs;	/* that maxnode covers */
	int err;
};

/* Catches a read of more words than maxnode covers, and of fewer. */
FIXTURE_VARIANT_ADD(edge, one_long) { .bytes = sizeof(long), .longs = 1 };
FIXTURE_VARIANT_ADD(edge, one_of_two_longs) { .bytes = sizeof(long), .longs = 2, .err = EFAULT };
FIXTURE_VARIANT_ADD(edge, four_longs) { .bytes = 4 * sizeof(long), .longs = 4 };
FIXTURE_VARIANT_ADD(edge, three_of_four_longs) {
	.bytes = 3 * sizeof(long), .longs = 4, .err = EFAULT,
};

FIXTURE_VARIANT_ADD(edge, one_byte) { .bytes = 1, .longs = 1, .err = EFAULT };

FIXTURE_SETUP(edge)
{
	self->pages = map_pages(2);
	ASSERT_EQ(0, munmap(page_at(self->pages, 1), page_size()));
}

FIXTURE_TEARDOWN(edge)
{
	munmap(self->pages, page_size());
}

TEST_F(edge, set_mempolicy)
{
	int m0 = nodes_nth(&machine.usable, 0);
	char *mask = (char *)page_at(self->pages, 1) - variant->bytes;

	if (m0 >= (int)LONG_BITS)
		SKIP(return, "needs memory on a node below %u", LONG_BITS);
	if (variant->bytes >= sizeof(long))
		memcpy(mask, &(unsigned long){ 1UL << m0 }, sizeof(long));
	EXPECT_EQ(variant->err, errno_of(sys_set_mempolicy(MPOL_BIND, mask,
							   variant->longs * LONG_BITS + 1)));
}

/* --- mbind(): ranges, flags, pages that are there --- */

/*
 * Sixteen pages from which all but these are unmapped:
 *   2 ONE, 4 TWO, 8 and 9 PAIR, 12 NO_ACCESS
 */
enum place { NOWHERE, ONE = 2, AFTER_ONE = 3, TWO = 4, HOLE = 6, PAIR = 8, NO_ACCESS = 12,
	     KERNEL_SPACE = 100, VVAR };

static void *lay_out(void)
{
	static const bool kept[16] = {
		[ONE] = true, [TWO] = true, [PAIR] = true, [PAIR + 1] = true,
		[NO_ACCESS] = true,
	};
	void *area = map_pages(16);

	for (int i = 0; i < 16; i++)
		if (!kept[i])
			or_die(!munmap(page_at(area, i), page_size()), "munmap");
	or_die(!mprotect(page_at(area, NO_ACCESS), page_size(), PROT_NONE), "mprotect");
	return area;
}

static void *address_of(void *area, enum place place)
{
	unsigned long start, end;

	if (place == KERNEL_SPACE)
		return (void *)(ULONG_MAX << (LONG_BITS == 64 ? 47 : 12));
	if (place == VVAR)
		return vma_find("[vvar]", &start, &end) && end - start > page_size() ?
		       (void *)start : NULL;
	return place ? page_at(area, place) : NULL;
}

FIXTURE(range) {
	void *area;
	char *addr;
	struct policy base;
};

FIXTURE_VARIANT(range) {
	enum place at;
	unsigned int off;	/* bytes past the start of the page */
	long pages;
	unsigned long more_mode;	/* bits above the mode's int */
	int mode;
	const char *mask;
	const char *maxnode;
	unsigned long flags;
	int err;
	long bytes;		/* of length, beyond @pages */
};

#define BIND_M0 .mode = MPOL_BIND, .mask = "m0"

/* Lengths: none asks nothing, any part of a page asks for all of it. */
FIXTURE_VARIANT_ADD(range, page) { .at = ONE, .pages = 1, BIND_M0 };
FIXTURE_VARIANT_ADD(range, one_byte) { .at = ONE, .bytes = 1, BIND_M0 };
FIXTURE_VARIANT_ADD(range, protected) { .at = NO_ACCESS, .pages = 1, BIND_M0 };
FIXTURE_VARIANT_ADD(range, pair) { .at = PAIR, .pages = 2, .mode = MPOL_BIND, .mask = "mL" };
FIXTURE_VARIANT_ADD(range, half_of_pair) {
	.at = PAIR, .bytes = 9, .mode = MPOL_BIND, .mask = "mL",
};

/* An end that wraps must not become "nothing to do". */
FIXTURE_VARIANT_ADD(range, wraps) {
	.at = ONE, .pages = -1, BIND_M0,
	.err = LONG_BITS == 64 ? EINVAL : EFAULT,
};

FIXTURE_VARIANT_ADD(range, wraps_rounded) {
	.at = ONE, .bytes = -1, BIND_M0,
	.err = LONG_BITS == 64 ? EINVAL : EFAULT,
};

/* Misaligned starts are refused, with or without a length. */
FIXTURE_VARIANT_ADD(range, off_by_one) { .at = ONE, .off = 1, .pages = 1, BIND_M0, .err = EINVAL };
FIXTURE_VARIANT_ADD(range, off_by_one_empty) { .at = ONE, .off = 1, BIND_M0, .err = EINVAL };

/* Holes: refused for a policy, stepped over when policies are taken away. */
FIXTURE_VARIANT_ADD(range, hole) { .at = HOLE, .pages = 1, BIND_M0, .err = EFAULT };
FIXTURE_VARIANT_ADD(range, hole_default) { .at = HOLE, .pages = 1, .err = EFAULT };
FIXTURE_VARIANT_ADD(range, kernel_space) { .at = KERNEL_SPACE, .pages = 1, BIND_M0, .err = EFAULT };
FIXTURE_VARIANT_ADD(range, kernel_space_default) { .at = KERNEL_SPACE, .pages = 1, .err = EFAULT };
FIXTURE_VARIANT_ADD(range, hole_between) { .at = ONE, .pages = 3, BIND_M0, .err = EFAULT };
FIXTURE_VARIANT_ADD(range, hole_after) { .at = TWO, .pages = 2, BIND_M0, .err = EFAULT };
FIXTURE_VARIANT_ADD(range, hole_before) { .at = AFTER_ONE, .pages = 2, BIND_M0, .err = EFAULT };
FIXTURE_VARIANT_ADD(range, hole_between_default) { .at = ONE, .pages = 3 };
FIXTURE_VARIANT_ADD(range, hole_after_default) { .at = TWO, .pages = 2 };
FIXTURE_VARIANT_ADD(range, hole_before_default) { .at = AFTER_ONE, .pages = 2 };

/* The kernel's own mapping of data for the vDSO cannot be split. */
FIXTURE_VARIANT_ADD(range, vvar) { .at = VVAR, .pages = 1, BIND_M0, .err = EINVAL };

/* Flags: what only the kernel may set must not come in from outside. */
FIXTURE_VARIANT_ADD(range, flag_lazy) {
	.at = ONE, .pages = 1, BIND_M0, .flags = 1 << 3, .err = EINVAL,
};

FIXTURE_VARIANT_ADD(range, flag_internal) {
	.at = ONE, .pages = 1, BIND_M0, .flags = 1 << 4, .err = EINVAL,
};

FIXTURE_VARIANT_ADD(range, flag_high) {
	.at = ONE, .pages = 1, BIND_M0, .flags = 1UL << 31, .err = EINVAL,
};

#if ULONG_MAX > 0xffffffff
/* Mode and flags are ints: what a caller leaves above is not looked at. */
FIXTURE_VARIANT_ADD(range, mode_above_int) {
	.at = ONE, .pages = 1, .more_mode = 1UL << 32, BIND_M0,
};

FIXTURE_VARIANT_ADD(range, flag_above_int) { .at = ONE, .pages = 1, BIND_M0, .flags = 1UL << 32 };
#endif

/*
 * Which error wins: the mode, the mask's pointer, flags, alignment, the end;
 * then a length of nothing; then the nodes; the mappings come last.
 */
FIXTURE_VARIANT_ADD(range, order_mode) {
	.at = HOLE, .off = 1, .pages = 1, .mode = 99, .mask = "bad", .flags = 8, .err = EINVAL,
};

FIXTURE_VARIANT_ADD(range, order_pointer_then_flags) {
	.at = ONE, .pages = 1, .mode = MPOL_BIND, .mask = "bad", .flags = 8, .err = EFAULT,
};

FIXTURE_VARIANT_ADD(range, order_pointer_then_alignment) {
	.at = ONE, .off = 1, .pages = 1, .mode = MPOL_BIND, .mask = "bad", .err = EFAULT,
};

FIXTURE_VARIANT_ADD(range, order_pointer_then_empty) {
	.at = ONE, .mode = MPOL_BIND, .mask = "bad", .err = EFAULT,
};

FIXTURE_VARIANT_ADD(range, order_flags_then_empty) {
	.at = ONE, BIND_M0, .flags = 8, .err = EINVAL,
};

FIXTURE_VARIANT_ADD(range, order_flags_then_hole) {
	.at = HOLE, .pages = 1, BIND_M0, .flags = 8, .err = EINVAL,
};

FIXTURE_VARIANT_ADD(range, order_mode_then_empty) {
	.at = ONE, .mode = 99, .mask = "m0", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(range, order_empty_then_nodes) { .at = ONE, .mode = MPOL_BIND, .mask = "" };
FIXTURE_VARIANT_ADD(range, order_empty_in_hole) { .at = HOLE, BIND_M0 };
FIXTURE_VARIANT_ADD(range, order_alignment_then_hole) {
	.at = HOLE, .off = 1, .pages = 1, BIND_M0, .err = EINVAL,
};

FIXTURE_VARIANT_ADD(range, order_nodes_then_hole) {
	.at = HOLE, .pages = 1, .mode = MPOL_BIND, .mask = "x", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(range, order_no_nodes_then_hole) {
	.at = HOLE, .pages = 1, .mode = MPOL_BIND, .mask = "", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(range, order_maxnode_then_hole) {
	.at = HOLE, .pages = 1, .mask = "", .maxnode = "0", .err = EINVAL,
};

FIXTURE_SETUP(range)
{
	self->area = lay_out();
	self->addr = address_of(self->area, variant->at);
	if (!self->addr)
		SKIP(return, "needs a [vvar] mapping of several pages");
	self->base = base_policy();
	for (int i = 0; i < 16; i++)
		policy_set_range(&self->base, page_at(self->area, i), page_size());
}

FIXTURE_TEARDOWN(range)
{
	munmap(self->area, 16 * page_size());
}

TEST_F(range, mbind)
{
	unsigned long len = variant->pages * page_size() + variant->bytes;
	char *end = self->addr + (len + page_size() - 1) / page_size() * page_size();
	struct policy want = { .mode = variant->mode, .home = -1 };
	struct user_mask um;
	struct nodes none;
	int mode;

	if (!make_mask(&um, variant->mask, variant->maxnode))
		SKIP(return, "%s", nodes_lack(variant->mask));
	want.ask = um.seen;
	EXPECT_EQ(variant->err, errno_of(sys_mbind(self->addr + variant->off, len,
						   variant->more_mode | variant->mode,
						   um.ptr, um.maxnode, variant->flags)));
	for (int i = 0; i < 16; i++) {
		char *page = page_at(self->area, i);
		bool changed = !variant->err && page >= self->addr && page < end;

		if (policy_get(page, &mode, &none) != EFAULT)
			EXPECT_TRUE(policy_holds(page, changed ? &want : &self->base))
				TH_LOG("page %d of the layout", i);
	}
}

/* --- mbind() with MPOL_MF_STRICT --- */

FIXTURE(strict) {
	char *page;
	struct user_mask um;
};

FIXTURE_VARIANT(strict) {
	int mode;
	const char *mask;
	int err;
	bool local;	/* where the page is: its node is the CPU's */
	bool read_only;	/* only read: the shared page of zeroes */
	bool untouched;
};

/*
 * Rows with .local have their page on m0, which the CPU is on, the others on
 * m1.  A page is right when its node is one of those the policy means, not of
 * those whose numbers the caller wrote: the two differ for relative, preferred
 * and local policies.
 */
FIXTURE_VARIANT_ADD(strict, default) { .mode = MPOL_DEFAULT };
FIXTURE_VARIANT_ADD(strict, bind) { .mode = MPOL_BIND, .mask = "m1" };
FIXTURE_VARIANT_ADD(strict, bind_wrong) { .mode = MPOL_BIND, .mask = "m0", .err = EIO };
FIXTURE_VARIANT_ADD(strict, bind_static) { .mode = MPOL_BIND | STATIC, .mask = "m1" };
FIXTURE_VARIANT_ADD(strict, bind_static_wrong) {
	.mode = MPOL_BIND | STATIC, .mask = "m0", .err = EIO,
};

FIXTURE_VARIANT_ADD(strict, bind_untouched) { .mode = MPOL_BIND, .mask = "m0", .untouched = true };
FIXTURE_VARIANT_ADD(strict, bind_zero_page) { .mode = MPOL_BIND, .mask = "mL", .read_only = true };
FIXTURE_VARIANT_ADD(strict, relative) { .mode = MPOL_BIND | RELATIVE, .mask = "b1" };
FIXTURE_VARIANT_ADD(strict, relative_wraps) { .mode = MPOL_BIND | RELATIVE, .mask = "R+1" };
FIXTURE_VARIANT_ADD(strict, relative_wraps_wrong) {
	.mode = MPOL_BIND | RELATIVE, .mask = "R+0", .err = EIO,
};

FIXTURE_VARIANT_ADD(strict, many) { .mode = MPOL_PREFERRED_MANY, .mask = "m1" };
FIXTURE_VARIANT_ADD(strict, many_wrong) { .mode = MPOL_PREFERRED_MANY, .mask = "m0", .err = EIO };
FIXTURE_VARIANT_ADD(strict, preferred) { .mode = MPOL_PREFERRED, .mask = "m1" };
FIXTURE_VARIANT_ADD(strict, preferred_wrong) { .mode = MPOL_PREFERRED, .mask = "m0", .err = EIO };
FIXTURE_VARIANT_ADD(strict, preferred_second) {
	.mode = MPOL_PREFERRED, .mask = "m0 m1", .err = EIO,
};

FIXTURE_VARIANT_ADD(strict, preferred_relative) {
	.mode = MPOL_PREFERRED | RELATIVE, .mask = "R+1",
};

FIXTURE_VARIANT_ADD(strict, interleave) { .mode = MPOL_INTERLEAVE, .mask = "m0 m1" };
FIXTURE_VARIANT_ADD(strict, interleave_wrong) { .mode = MPOL_INTERLEAVE, .mask = "m0", .err = EIO };
FIXTURE_VARIANT_ADD(strict, weighted) { .mode = MPOL_WEIGHTED_INTERLEAVE, .mask = "m0 m1" };
FIXTURE_VARIANT_ADD(strict, weighted_wrong) {
	.mode = MPOL_WEIGHTED_INTERLEAVE, .mask = "m0", .err = EIO,
};

FIXTURE_VARIANT_ADD(strict, local) { .mode = MPOL_LOCAL, .local = true };
FIXTURE_VARIANT_ADD(strict, local_wrong) { .mode = MPOL_LOCAL, .err = EIO };
FIXTURE_VARIANT_ADD(strict, preferred_none) { .mode = MPOL_PREFERRED, .local = true };
FIXTURE_VARIANT_ADD(strict, preferred_none_wrong) { .mode = MPOL_PREFERRED, .err = EIO };

FIXTURE_SETUP(strict)
{
	int m0 = nodes_nth(&machine.usable, 0), cpu = machine_cpu_of(m0);
	int node = variant->local ? m0 : nodes_nth(&machine.usable, 1);
	struct policy on_node = { .mode = MPOL_BIND, .ask = nodes_of(node), .home = -1 };

	if (node < 0 || !make_mask(&self->um, variant->mask, NULL))
		SKIP(return, "%s", nodes_lack("m0 m1"));
	if (cpu < 0)
		SKIP(return, "needs a CPU on node %d", m0);
	self->page = map_pages(1);
	ASSERT_TRUE(pin_to_cpu(cpu));
	ASSERT_EQ(0, policy_set_task(&on_node));
	if (variant->read_only) {
		ASSERT_EQ(0, madvise(self->page, page_size(), MADV_POPULATE_READ));
	} else if (!variant->untouched) {
		*self->page = 1;
		ASSERT_EQ(node, page_node(self->page));
	}
	ASSERT_EQ(0, sys_set_mempolicy(MPOL_DEFAULT, NULL, 0));
}

FIXTURE_TEARDOWN(strict)
{
	munmap(self->page, page_size());
}

TEST_F(strict, mbind)
{
	struct policy base = base_policy();
	struct policy pol = {
		.mode = variant->mode & ~(STATIC | RELATIVE),
		.flags = variant->mode & (STATIC | RELATIVE),
		.home = -1,
	};

	ASSERT_EQ(0, policy_set_range(&base, self->page, page_size()));
	ASSERT_TRUE(make_mask(&self->um, variant->mask, NULL));
	pol.ask = self->um.seen;
	EXPECT_EQ(variant->err, errno_of(sys_mbind(self->page, page_size(), variant->mode,
						   self->um.ptr, self->um.maxnode,
						   MPOL_MF_STRICT)));
	EXPECT_TRUE(policy_holds(self->page, variant->err ? &base : &pol));
}

/* --- get_mempolicy() --- */

enum pointer { GIVEN, ABSENT, BAD, READ_ONLY };

FIXTURE(get) {
	void *area;
	struct policy task;
	struct policy range;
	unsigned char *mask;
};

FIXTURE_VARIANT(get) {
	enum pointer policy;
	enum pointer mask;
	const char *maxnode;
	enum place at;
	unsigned long flags;
	int err;
	int task_mode;		/* MPOL_BIND when not given */
	bool task_default;
};

#define UNTOUCHED	0xa5
#define ALL_ASKED	(MPOL_F_NODE | MPOL_F_ADDR | MPOL_F_MEMS_ALLOWED)

/* Each result is optional. */
FIXTURE_VARIANT_ADD(get, both) { .policy = GIVEN, .mask = GIVEN };
FIXTURE_VARIANT_ADD(get, policy_only) { .policy = GIVEN, .mask = ABSENT };
FIXTURE_VARIANT_ADD(get, mask_only) { .policy = ABSENT, .mask = GIVEN };
FIXTURE_VARIANT_ADD(get, nothing) { .policy = ABSENT, .mask = ABSENT };
FIXTURE_VARIANT_ADD(get, default_policy) { .policy = GIVEN, .mask = GIVEN, .task_default = true };

/* A mask needs room for every possible node, and no more is written. */
FIXTURE_VARIANT_ADD(get, room_0) { .policy = GIVEN, .mask = GIVEN, .maxnode = "0", .err = EINVAL };
FIXTURE_VARIANT_ADD(get, room_less_one) {
	.policy = GIVEN, .mask = GIVEN, .maxnode = "I-1", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(get, room_exact) { .policy = GIVEN, .mask = GIVEN, .maxnode = "I+0" };
FIXTURE_VARIANT_ADD(get, room_and_one) { .policy = GIVEN, .mask = GIVEN, .maxnode = "I+1" };
FIXTURE_VARIANT_ADD(get, room_64) { .policy = GIVEN, .mask = GIVEN, .maxnode = "64" };
FIXTURE_VARIANT_ADD(get, room_65) { .policy = GIVEN, .mask = GIVEN, .maxnode = "65" };
FIXTURE_VARIANT_ADD(get, room_66) { .policy = GIVEN, .mask = GIVEN, .maxnode = "66" };
FIXTURE_VARIANT_ADD(get, room_max) { .policy = GIVEN, .mask = GIVEN, .maxnode = "M+1" };
FIXTURE_VARIANT_ADD(get, room_past_max) { .policy = GIVEN, .mask = GIVEN, .maxnode = "M+200" };
FIXTURE_VARIANT_ADD(get, room_page) { .policy = GIVEN, .mask = GIVEN, .maxnode = "P+1" };
FIXTURE_VARIANT_ADD(get, room_above_page) {
	.policy = GIVEN, .mask = GIVEN, .maxnode = "P+2", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(get, room_endless) {
	.policy = GIVEN, .mask = GIVEN, .maxnode = "-1", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(get, room_endless_rounded) {
	.policy = GIVEN, .mask = GIVEN, .maxnode = "-64", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(get, room_unused) { .policy = GIVEN, .mask = ABSENT, .maxnode = "0" };
FIXTURE_VARIANT_ADD(get, room_endless_unused) { .policy = GIVEN, .mask = ABSENT, .maxnode = "-1" };

/* Pointers that lead nowhere. */
FIXTURE_VARIANT_ADD(get, bad_policy) { .policy = BAD, .mask = GIVEN, .err = EFAULT };
FIXTURE_VARIANT_ADD(get, bad_mask) { .policy = GIVEN, .mask = BAD, .err = EFAULT };
FIXTURE_VARIANT_ADD(get, read_only_mask) { .policy = GIVEN, .mask = READ_ONLY, .err = EFAULT };

/* An address and the flag that asks for it go together. */
FIXTURE_VARIANT_ADD(get, addr_unasked) { .policy = GIVEN, .mask = GIVEN, .at = ONE, .err = EINVAL };
FIXTURE_VARIANT_ADD(get, addr) { .policy = GIVEN, .mask = GIVEN, .at = ONE, .flags = MPOL_F_ADDR };
FIXTURE_VARIANT_ADD(get, addr_null) {
	.policy = GIVEN, .mask = GIVEN, .flags = MPOL_F_ADDR, .err = EFAULT,
};

FIXTURE_VARIANT_ADD(get, addr_hole) {
	.policy = GIVEN, .mask = GIVEN, .at = HOLE, .flags = MPOL_F_ADDR, .err = EFAULT,
};

FIXTURE_VARIANT_ADD(get, addr_kernel_space) {
	.policy = GIVEN, .mask = GIVEN, .at = KERNEL_SPACE, .flags = MPOL_F_ADDR, .err = EFAULT,
};

/* A mapping without a policy is "default", whatever the task has. */
FIXTURE_VARIANT_ADD(get, addr_unbound) {
	.policy = GIVEN, .mask = GIVEN, .at = TWO, .flags = MPOL_F_ADDR,
};

FIXTURE_VARIANT_ADD(get, addr_protected) {
	.policy = GIVEN, .mask = GIVEN, .at = NO_ACCESS, .flags = MPOL_F_ADDR,
};

FIXTURE_VARIANT_ADD(get, page_protected) {
	.policy = GIVEN, .mask = GIVEN, .at = NO_ACCESS, .flags = MPOL_F_ADDR | MPOL_F_NODE,
	.err = EFAULT,
};

FIXTURE_VARIANT_ADD(get, page_hole) {
	.policy = GIVEN, .mask = GIVEN, .at = HOLE, .flags = MPOL_F_ADDR | MPOL_F_NODE,
	.err = EFAULT,
};

/* The allowed nodes: nothing else can be asked for with them. */
FIXTURE_VARIANT_ADD(get, mems) { .policy = GIVEN, .mask = GIVEN, .flags = MPOL_F_MEMS_ALLOWED };
FIXTURE_VARIANT_ADD(get, mems_short) {
	.policy = GIVEN, .mask = GIVEN, .maxnode = "I-1", .flags = MPOL_F_MEMS_ALLOWED,
	.err = EINVAL,
};

FIXTURE_VARIANT_ADD(get, mems_at_addr) {
	.policy = GIVEN, .mask = GIVEN, .at = HOLE, .flags = MPOL_F_MEMS_ALLOWED,
};

FIXTURE_VARIANT_ADD(get, mems_and_node) {
	.policy = GIVEN, .mask = GIVEN, .flags = MPOL_F_MEMS_ALLOWED | MPOL_F_NODE, .err = EINVAL,
};

FIXTURE_VARIANT_ADD(get, mems_and_addr) {
	.policy = GIVEN, .mask = GIVEN, .at = ONE, .flags = MPOL_F_MEMS_ALLOWED | MPOL_F_ADDR,
	.err = EINVAL,
};

FIXTURE_VARIANT_ADD(get, everything) {
	.policy = GIVEN, .mask = GIVEN, .at = ONE, .flags = ALL_ASKED, .err = EINVAL,
};

FIXTURE_VARIANT_ADD(get, flag_3) { .policy = GIVEN, .mask = GIVEN, .flags = 1 << 3, .err = EINVAL };
FIXTURE_VARIANT_ADD(get, flag_31) {
	.policy = GIVEN, .mask = GIVEN, .flags = 1UL << 31, .err = EINVAL,
};

/* The next node: only a policy that takes turns has one. */
FIXTURE_VARIANT_ADD(get, next_default) {
	.policy = GIVEN, .mask = GIVEN, .flags = MPOL_F_NODE, .task_default = true, .err = EINVAL,
};

FIXTURE_VARIANT_ADD(get, next_bind) {
	.policy = GIVEN, .mask = GIVEN, .flags = MPOL_F_NODE, .err = EINVAL,
};

FIXTURE_VARIANT_ADD(get, next_local) {
	.policy = GIVEN, .mask = GIVEN, .flags = MPOL_F_NODE, .task_mode = MPOL_LOCAL,
	.err = EINVAL,
};

FIXTURE_VARIANT_ADD(get, next_preferred) {
	.policy = GIVEN, .mask = GIVEN, .flags = MPOL_F_NODE, .task_mode = MPOL_PREFERRED,
	.err = EINVAL,
};

FIXTURE_VARIANT_ADD(get, next_preferred_many) {
	.policy = GIVEN, .mask = GIVEN, .flags = MPOL_F_NODE, .task_mode = MPOL_PREFERRED_MANY,
	.err = EINVAL,
};

FIXTURE_VARIANT_ADD(get, next_interleave) {
	.policy = GIVEN, .mask = GIVEN, .flags = MPOL_F_NODE, .task_mode = MPOL_INTERLEAVE,
};

FIXTURE_VARIANT_ADD(get, next_weighted) {
	.policy = GIVEN, .mask = GIVEN, .flags = MPOL_F_NODE,
	.task_mode = MPOL_WEIGHTED_INTERLEAVE,
};

/* Which error wins: room, then flags, then the address, then the pointers. */
FIXTURE_VARIANT_ADD(get, order_room_then_hole) {
	.policy = BAD, .mask = BAD, .maxnode = "0", .at = HOLE, .flags = MPOL_F_ADDR,
	.err = EINVAL,
};

FIXTURE_VARIANT_ADD(get, order_flags_then_pointers) {
	.policy = BAD, .mask = BAD, .flags = 1 << 3, .err = EINVAL,
};

FIXTURE_VARIANT_ADD(get, order_addr_then_pointers) {
	.policy = BAD, .mask = BAD, .at = ONE, .err = EINVAL,
};

FIXTURE_VARIANT_ADD(get, order_next_then_pointers) {
	.policy = BAD, .mask = BAD, .flags = MPOL_F_NODE, .err = EINVAL,
};

FIXTURE_VARIANT_ADD(get, order_pointer_then_room_above) {
	.policy = BAD, .mask = GIVEN, .maxnode = "P+2", .err = EFAULT,
};

FIXTURE_SETUP(get)
{
	self->area = lay_out();
	self->mask = map_pages(2);
	memset(self->mask, UNTOUCHED, 2 * page_size());
	if (variant->mask == READ_ONLY)
		ASSERT_EQ(0, mprotect(self->mask, 2 * page_size(), PROT_READ));
	self->range = (struct policy){ .mode = MPOL_BIND, .home = -1 };
	nodes_parse("mL", &machine.usable, &self->range.ask);
	ASSERT_EQ(0, policy_set_range(&self->range, address_of(self->area, ONE), page_size()));
	self->task = (struct policy){ .mode = MPOL_BIND, .home = -1 };
	if (variant->task_mode)
		self->task.mode = variant->task_mode;
	if (variant->task_default)
		self->task.mode = MPOL_DEFAULT;
	else if (self->task.mode != MPOL_LOCAL)
		nodes_parse("m0 mL", &machine.usable, &self->task.ask);
}

FIXTURE_TEARDOWN(get)
{
	munmap(self->mask, 2 * page_size());
	munmap(self->area, 16 * page_size());
}

/* The nodes that the row should see. */
static struct nodes get_expects(enum place at, unsigned long flags, const struct policy *task,
				const struct policy *range)
{
	const struct policy *pol = task;

	if (flags & MPOL_F_MEMS_ALLOWED)
		return machine.usable;
	if (flags & MPOL_F_ADDR)
		pol = at == ONE ? range : &no_policy;
	return policy_reported(pol, &machine.usable, &machine.usable);
}

/*
 * The kernel rounds the room up to whole words, but not to none: that many
 * bytes hold the nodes and zeroes, those behind stay as they are.
 */
static void check_written(struct __test_metadata *_metadata, const unsigned char *seen,
			  unsigned long maxnode, const struct nodes *want)
{
	unsigned long bits = maxnode > 1 ? maxnode - 1 : 1;
	unsigned long end = (bits + LONG_BITS - 1) / LONG_BITS * sizeof(long);
	unsigned long words[MASK_WORDS];

	nodes_to_mask(want, words);
	for (unsigned long i = 0; i < 2 * page_size(); i++) {
		unsigned char byte = i < sizeof(words) ? ((unsigned char *)words)[i] : 0;

		if (i >= end)
			byte = UNTOUCHED;
		if (byte != seen[i])
			ASSERT_EQ(byte, seen[i]) TH_LOG("byte %lu, room for %lu", i, end);
	}
}

TEST_F(get, answer)
{
	int mode = -7, want_mode;
	void *addr = address_of(self->area, variant->at);
	struct nodes none = { 0 }, want;
	unsigned long room = machine.max + 1;
	int err;

	if (variant->maxnode)
		room = parse_maxnode(variant->maxnode, &none);
	want = get_expects(variant->at, variant->flags, &self->task, &self->range);
	want_mode = variant->flags & MPOL_F_MEMS_ALLOWED ? MPOL_DEFAULT :
		    variant->flags & MPOL_F_NODE ? nodes_nth(&self->task.ask, 0) :
		    !(variant->flags & MPOL_F_ADDR) ? policy_reported_mode(&self->task) :
		    variant->at == ONE ? self->range.mode : MPOL_DEFAULT;
	ASSERT_EQ(0, policy_set_task(&self->task));
	err = errno_of(sys_get_mempolicy(variant->policy == GIVEN ? &mode :
					 variant->policy == BAD ? BAD_POINTER : NULL,
					 variant->mask == BAD ? BAD_POINTER :
					 variant->mask == ABSENT ? NULL : self->mask,
					 room, addr, variant->flags));
	ASSERT_EQ(0, sys_set_mempolicy(MPOL_DEFAULT, NULL, 0));
	EXPECT_EQ(variant->err, err);
	if (!err && variant->policy == GIVEN)
		EXPECT_EQ(want_mode, mode);
	if (!err && variant->mask == GIVEN)
		check_written(_metadata, self->mask, room, &want);
}

/* Catches a task's policy changed by asking for a page that is not there yet. */
TEST(get_node_of_untouched_page)
{
	struct policy pol = { .mode = MPOL_BIND, .ask = machine.usable, .home = -1 };
	unsigned long mask[MASK_WORDS] = { 0 };
	void *page = map_pages(1);
	struct nodes seen;
	int node = -1;

	ASSERT_EQ(0, policy_set_range(&pol, page, page_size()));
	EXPECT_EQ(0, sys_get_mempolicy(&node, mask, machine.max + 1, page,
				       MPOL_F_ADDR | MPOL_F_NODE));
	EXPECT_TRUE(nodes_has(&machine.memory, node));
	seen = nodes_from_mask(mask, machine.max);
	EXPECT_TRUE(nodes_same(&machine.usable, &seen));
}

/* Catches a node that is not the page's: each page is put where it is asked. */
TEST(get_node_of_page)
{
	struct policy pol = { .mode = MPOL_BIND, .home = -1 };
	char *page = map_pages(1);
	int node = -1, on = -1;

	while (nodes_step(&machine.usable, &on)) {
		pol.ask = nodes_of(on);
		ASSERT_EQ(0, policy_set_range(&pol, page, page_size()));
		*page = 1;
		EXPECT_EQ(0, sys_get_mempolicy(&node, NULL, 0, page, MPOL_F_ADDR | MPOL_F_NODE));
		EXPECT_EQ(on, node);
		ASSERT_EQ(0, madvise(page, page_size(), MADV_DONTNEED));
	}
}

/* Catches pages that are asked about in one call and looked up beside the array. */
TEST(where_many_pages_are)
{
	enum { NR = 100, UNSET = -99 };
	int status[NR + 1];
	void *page[NR];
	char *area = map_pages(NR);

	for (int i = 0; i < NR; i++) {
		page[i] = area + i * page_size();
		if (i % 3)
			*(char *)page[i] = 1;
	}
	for (int i = 0; i <= NR; i++)
		status[i] = UNSET;
	ASSERT_EQ(0, sys_move_pages(0, NR, page, NULL, status, 0));
	for (int i = 0; i < NR; i++) {
		bool touched = i % 3;

		EXPECT_EQ(touched, status[i] >= 0 && nodes_has(&machine.memory, status[i]));
		if (!touched)
			EXPECT_EQ(-ENOENT, status[i]);
	}
	EXPECT_EQ(UNSET, status[NR]);
	munmap(area, NR * page_size());
}

/* Catches numa_maps showing nothing, or "default", where the task's policy holds. */
TEST(numa_maps_of_unbound_mapping)
{
	struct policy pol = { .mode = MPOL_INTERLEAVE, .ask = machine.usable, .home = -1 };
	void *page = map_pages(1);
	char text[16384];

	/* Unlike its neighbours, or it would become part of one. */
	ASSERT_EQ(0, mprotect(page, page_size(), PROT_NONE));
	ASSERT_TRUE(numa_maps_text(page, text, sizeof(text)));
	EXPECT_STREQ(policy_text(&no_policy, &machine.usable, &machine.usable), text);
	ASSERT_EQ(0, policy_set_task(&pol));
	ASSERT_TRUE(numa_maps_text(page, text, sizeof(text)));
	EXPECT_STREQ(policy_text(&pol, &machine.usable, &machine.usable), text);
}

/* Catches a node list cut at the 64 bytes of a buffer. */
TEST(numa_maps_long_list)
{
	struct policy pol = { .mode = MPOL_BIND, .flags = STATIC, .home = -1 };
	void *page = map_pages(1);
	char text[16384];
	int node = -1;

	while (nodes_step(&machine.usable, &node))
		if (nodes_rank(&machine.usable, node) % 2 == 0)
			nodes_add(&pol.ask, node);
	if (strlen(nodes_text(&pol.ask)) < 64)
		SKIP(return, "needs a list of 64 characters, every other node is %s",
		     nodes_text(&pol.ask));
	ASSERT_EQ(0, policy_set_range(&pol, page, page_size()));
	ASSERT_TRUE(numa_maps_text(page, text, sizeof(text)));
	EXPECT_STREQ(policy_text(&pol, &machine.usable, &machine.usable), text);
}

/* --- set_mempolicy_home_node() --- */

FIXTURE(home) {
	void *area;
};

FIXTURE_VARIANT(home) {
	enum place at;
	unsigned int off;
	long pages;
	long bytes;
	const char *node;
	unsigned long flags;
	int err;
	int first;	/* modes of PAIR: none where MPOL_DEFAULT */
	int second;
};

/* Only bind and preferred-many have a home; one of another kind spoils it. */
FIXTURE_VARIANT_ADD(home, bind) { .at = PAIR, .pages = 1, .node = "m0", .first = MPOL_BIND };
FIXTURE_VARIANT_ADD(home, bind_static) {
	.at = PAIR, .pages = 1, .node = "m0", .first = MPOL_BIND | STATIC,
};

FIXTURE_VARIANT_ADD(home, many) {
	.at = PAIR, .pages = 1, .node = "mL", .first = MPOL_PREFERRED_MANY,
};

FIXTURE_VARIANT_ADD(home, both) {
	.at = PAIR, .pages = 2, .node = "mL", .first = MPOL_BIND, .second = MPOL_PREFERRED_MANY,
};

FIXTURE_VARIANT_ADD(home, interleave) {
	.at = PAIR, .pages = 1, .node = "m0", .first = MPOL_INTERLEAVE, .err = EOPNOTSUPP,
};

FIXTURE_VARIANT_ADD(home, weighted) {
	.at = PAIR, .pages = 1, .node = "m0", .first = MPOL_WEIGHTED_INTERLEAVE,
	.err = EOPNOTSUPP,
};

FIXTURE_VARIANT_ADD(home, preferred) {
	.at = PAIR, .pages = 1, .node = "m0", .first = MPOL_PREFERRED, .err = EOPNOTSUPP,
};

FIXTURE_VARIANT_ADD(home, local) {
	.at = PAIR, .pages = 1, .node = "m0", .first = MPOL_LOCAL, .err = EOPNOTSUPP,
};

FIXTURE_VARIANT_ADD(home, bind_then_interleave) {
	.at = PAIR, .pages = 2, .node = "m0", .first = MPOL_BIND, .second = MPOL_INTERLEAVE,
	.err = EOPNOTSUPP,
};

FIXTURE_VARIANT_ADD(home, interleave_then_bind) {
	.at = PAIR, .pages = 2, .node = "m0", .first = MPOL_INTERLEAVE, .second = MPOL_BIND,
	.err = EOPNOTSUPP,
};

/* Mappings without a policy, and holes, are stepped over. */
FIXTURE_VARIANT_ADD(home, unbound) { .at = PAIR, .pages = 1, .node = "m0", .err = ENOENT };
FIXTURE_VARIANT_ADD(home, hole) { .at = HOLE, .pages = 1, .node = "m0", .err = ENOENT };
FIXTURE_VARIANT_ADD(home, bind_then_unbound) {
	.at = PAIR, .pages = 2, .node = "m0", .first = MPOL_BIND,
};

FIXTURE_VARIANT_ADD(home, unbound_then_bind) {
	.at = PAIR, .pages = 2, .node = "m0", .second = MPOL_BIND,
};

FIXTURE_VARIANT_ADD(home, hole_then_bind) {
	.at = HOLE, .pages = 3, .node = "m0", .first = MPOL_BIND,
};

FIXTURE_VARIANT_ADD(home, bind_then_hole) {
	.at = PAIR, .pages = 4, .node = "m0", .first = MPOL_BIND,
};

/* A home is a node with memory. */
FIXTURE_VARIANT_ADD(home, no_memory) {
	.at = PAIR, .pages = 1, .node = "x", .first = MPOL_BIND, .err = EINVAL,
};

FIXTURE_VARIANT_ADD(home, past_max) {
	.at = PAIR, .pages = 1, .node = "M+0", .first = MPOL_BIND, .err = EINVAL,
};

FIXTURE_VARIANT_ADD(home, minus_one) {
	.at = PAIR, .pages = 1, .node = NULL, .first = MPOL_BIND, .err = EINVAL,
};

/* Ranges, as with mbind(). */
FIXTURE_VARIANT_ADD(home, empty) { .at = PAIR, .node = "m0", .first = MPOL_BIND };
FIXTURE_VARIANT_ADD(home, empty_in_hole) { .at = HOLE, .node = "m0" };
FIXTURE_VARIANT_ADD(home, off_by_one) {
	.at = PAIR, .off = 1, .pages = 1, .node = "m0", .first = MPOL_BIND, .err = EINVAL,
};

FIXTURE_VARIANT_ADD(home, flag) {
	.at = PAIR, .pages = 1, .node = "m0", .flags = 1, .first = MPOL_BIND, .err = EINVAL,
};

#if ULONG_MAX > 0xffffffff
/* A 32-bit length cannot wrap the kernel's address. */
FIXTURE_VARIANT_ADD(home, wraps) {
	.at = PAIR, .pages = -2, .node = "m0", .first = MPOL_BIND, .err = EINVAL,
};

FIXTURE_VARIANT_ADD(home, wraps_rounded) {
	.at = PAIR, .bytes = -1, .node = "m0", .first = MPOL_BIND, .err = EINVAL,
};
#endif

/* Which error wins: what is wrong with the call comes before the mappings. */
FIXTURE_VARIANT_ADD(home, order_flag_then_hole) {
	.at = HOLE, .pages = 1, .node = "m0", .flags = 1, .err = EINVAL,
};

FIXTURE_VARIANT_ADD(home, order_node_then_hole) {
	.at = HOLE, .pages = 1, .node = "M+0", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(home, order_node_then_empty) { .at = PAIR, .node = "M+0", .err = EINVAL };
FIXTURE_VARIANT_ADD(home, order_node_then_mode) {
	.at = PAIR, .pages = 1, .node = "M+0", .first = MPOL_INTERLEAVE, .err = EINVAL,
};

FIXTURE_SETUP(home)
{
	const int modes[2] = { variant->first, variant->second };

	self->area = lay_out();
	for (int i = 0; i < 2; i++) {
		struct policy pol = {
			.mode = modes[i] & ~STATIC, .flags = modes[i] & STATIC, .home = -1,
		};

		if (pol.mode == MPOL_DEFAULT)
			continue;
		if (pol.mode != MPOL_LOCAL)
			pol.ask = machine.usable;
		ASSERT_EQ(0, policy_set_range(&pol, page_at(self->area, PAIR + i), page_size()));
	}
}

FIXTURE_TEARDOWN(home)
{
	munmap(self->area, 16 * page_size());
}

TEST_F(home, answer)
{
	unsigned long len = variant->pages * page_size() + variant->bytes;
	char *addr = address_of(self->area, variant->at);
	unsigned long node = -1;
	struct nodes named;

	if (variant->node) {
		if (!nodes_parse(variant->node, &machine.usable, &named))
			SKIP(return, "%s", nodes_lack(variant->node));
		node = nodes_nth(&named, 0);
	}
	EXPECT_EQ(variant->err, errno_of(sys_home_node(addr + variant->off, len, node,
						       variant->flags)));
}

/* --- policies and cpusets --- */

struct cpuset_change {
	struct nodes from;
	struct nodes to;
	bool back;
	struct policy pol;
	int err;
};

FIXTURE(cpuset) {
	struct cpuset_change change;
	void *page;
};

FIXTURE_VARIANT(cpuset) {
	const char *from;
	const char *to;
	bool back;	/* to @from again, after @to */
	int mode;
	const char *mask;
	int err;
};

/* Only nodes of the cpuset count; a request with none of them is refused. */
FIXTURE_VARIANT_ADD(cpuset, bind_outside) {
	.from = "m0", .mode = MPOL_BIND, .mask = "m1", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(cpuset, static_outside) {
	.from = "m0", .mode = MPOL_BIND | STATIC, .mask = "m1", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(cpuset, preferred_outside) {
	.from = "m0 m1", .mode = MPOL_PREFERRED, .mask = "m2", .err = EINVAL,
};

FIXTURE_VARIANT_ADD(cpuset, relative_outside) {
	.from = "m0 m1", .mode = MPOL_BIND | RELATIVE, .mask = "m2",
};

FIXTURE_VARIANT_ADD(cpuset, bind_partly) { .from = "m0 m1", .mode = MPOL_BIND, .mask = "m1 m2" };
FIXTURE_VARIANT_ADD(cpuset, preferred_partly) {
	.from = "m1 m2", .mode = MPOL_PREFERRED, .mask = "m0 m2",
};

FIXTURE_VARIANT_ADD(cpuset, interleave_partly) {
	.from = "m0 m1", .mode = MPOL_INTERLEAVE, .mask = "all",
};

/* Unflagged sets follow by place in the cpuset: the n-th becomes the n-th. */
FIXTURE_VARIANT_ADD(cpuset, bind_moves) {
	.from = "m0", .to = "m1", .mode = MPOL_BIND, .mask = "m0",
};

FIXTURE_VARIANT_ADD(cpuset, bind_second) {
	.from = "m0 m1", .to = "m2 m3", .mode = MPOL_BIND, .mask = "m1",
};

FIXTURE_VARIANT_ADD(cpuset, interleave_moves) {
	.from = "m0 m1", .to = "m1 m2 m3", .mode = MPOL_INTERLEAVE, .mask = "m0 m1",
};

FIXTURE_VARIANT_ADD(cpuset, weighted_moves) {
	.from = "m0 m1", .to = "m1 m2", .mode = MPOL_WEIGHTED_INTERLEAVE, .mask = "m0 m1",
};

FIXTURE_VARIANT_ADD(cpuset, interleave_shrinks) {
	.from = "m0 m1", .to = "m3", .mode = MPOL_INTERLEAVE, .mask = "m0 m1",
};

FIXTURE_VARIANT_ADD(cpuset, interleave_wraps) {
	.from = "all", .to = "m1 m2", .mode = MPOL_INTERLEAVE, .mask = "m0 mL",
};

/* The balancing flag has no say in it. */
FIXTURE_VARIANT_ADD(cpuset, balancing_second) {
	.from = "m0 m1", .to = "m2 m3", .mode = MPOL_BIND | BALANCING, .mask = "m1",
};

FIXTURE_VARIANT_ADD(cpuset, balancing_moves) {
	.from = "m0", .to = "m1", .mode = MPOL_BIND | BALANCING, .mask = "m0",
};

/* It is read as it was asked, as long as that means the same. */
FIXTURE_VARIANT_ADD(cpuset, balancing_partly) {
	.from = "m0 m1", .mode = MPOL_BIND | BALANCING, .mask = "m1 m2",
};

FIXTURE_VARIANT_ADD(cpuset, balancing_without_memory) {
	.from = "m0 m1", .mode = MPOL_BIND | BALANCING, .mask = "m1 x",
};

FIXTURE_VARIANT_ADD(cpuset, many_balancing_partly) {
	.from = "m0 m1", .to = "m2 m3", .mode = MPOL_PREFERRED_MANY | BALANCING, .mask = "m1 m2",
};

FIXTURE_VARIANT_ADD(cpuset, balancing_partly_and_back) {
	.from = "m0 m1", .to = "m2 m3", .back = true, .mode = MPOL_BIND | BALANCING,
	.mask = "m1 m2",
};

FIXTURE_VARIANT_ADD(cpuset, balancing_partly_moves) {
	.from = "m0 m1", .to = "m2 m3", .mode = MPOL_BIND | BALANCING, .mask = "m1 m2",
};

/* Preferred nodes stay what they are. */
FIXTURE_VARIANT_ADD(cpuset, preferred_stays) {
	.from = "m0 m1", .to = "m2 m3", .mode = MPOL_PREFERRED, .mask = "m1",
};

FIXTURE_VARIANT_ADD(cpuset, many_stays) {
	.from = "m0 m1", .to = "m2 m3", .mode = MPOL_PREFERRED_MANY, .mask = "m1",
};

FIXTURE_VARIANT_ADD(cpuset, many_balancing_stays) {
	.from = "m0", .to = "m1", .mode = MPOL_PREFERRED_MANY | BALANCING, .mask = "m0",
};

/* Static and relative sets are told as they were asked. */
FIXTURE_VARIANT_ADD(cpuset, bind_static) {
	.from = "m0", .to = "m1", .mode = MPOL_BIND | STATIC, .mask = "m0",
};

FIXTURE_VARIANT_ADD(cpuset, interleave_static_shrinks) {
	.from = "all", .to = "m0", .mode = MPOL_INTERLEAVE | STATIC, .mask = "all",
};

FIXTURE_VARIANT_ADD(cpuset, bind_relative) {
	.from = "m0", .to = "m1", .mode = MPOL_BIND | RELATIVE, .mask = "R+1",
};

FIXTURE_VARIANT_ADD(cpuset, preferred_static) {
	.from = "m0", .to = "m1", .mode = MPOL_PREFERRED | STATIC, .mask = "m0",
};

FIXTURE_VARIANT_ADD(cpuset, preferred_relative) {
	.from = "m0", .to = "m1", .mode = MPOL_PREFERRED | RELATIVE, .mask = "b1",
};

FIXTURE_VARIANT_ADD(cpuset, many_static) {
	.from = "m0 m1", .to = "m2 m3", .mode = MPOL_PREFERRED_MANY | STATIC, .mask = "m1",
};

FIXTURE_VARIANT_ADD(cpuset, many_static_moves) {
	.from = "m0", .to = "m1", .mode = MPOL_PREFERRED_MANY | STATIC, .mask = "m0",
};

FIXTURE_VARIANT_ADD(cpuset, many_relative) {
	.from = "m0", .to = "m1", .mode = MPOL_PREFERRED_MANY | RELATIVE, .mask = "b1",
};

/* A detour through fewer nodes loses nothing of what was asked. */
FIXTURE_VARIANT_ADD(cpuset, interleave_and_back) {
	.from = "all", .to = "m0", .back = true, .mode = MPOL_INTERLEAVE, .mask = "all",
};

FIXTURE_VARIANT_ADD(cpuset, weighted_and_back) {
	.from = "all", .to = "mL", .back = true, .mode = MPOL_WEIGHTED_INTERLEAVE, .mask = "all",
};

FIXTURE_VARIANT_ADD(cpuset, bind_and_back) {
	.from = "all", .to = "m0", .back = true, .mode = MPOL_BIND, .mask = "mL",
};

FIXTURE_VARIANT_ADD(cpuset, bind_two_and_back) {
	.from = "all", .to = "m0", .back = true, .mode = MPOL_BIND, .mask = "m1 m2",
};

FIXTURE_VARIANT_ADD(cpuset, balancing_and_back) {
	.from = "all", .to = "m1", .back = true, .mode = MPOL_BIND | BALANCING, .mask = "all",
};

FIXTURE_VARIANT_ADD(cpuset, static_and_back) {
	.from = "all", .to = "m0", .back = true, .mode = MPOL_BIND | STATIC, .mask = "all",
};

FIXTURE_VARIANT_ADD(cpuset, relative_and_back) {
	.from = "all", .to = "m0", .back = true, .mode = MPOL_BIND | RELATIVE, .mask = "b1",
};

FIXTURE_VARIANT_ADD(cpuset, many_and_back) {
	.from = "all", .to = "m0", .back = true, .mode = MPOL_PREFERRED_MANY, .mask = "mL",
};

FIXTURE_SETUP(cpuset)
{
	struct cpuset_change *change = &self->change;
	const char *missing = cpuset_missing();
	const char *to = variant->to ? variant->to : "";

	if (missing)
		SKIP(return, "%s", missing);
	if (!nodes_parse(variant->from, &machine.usable, &change->from))
		SKIP(return, "%s", nodes_lack(variant->from));
	if (!nodes_parse(to, &machine.usable, &change->to))
		SKIP(return, "%s", nodes_lack(to));
	if (!nodes_parse(variant->mask, &machine.usable, &change->pol.ask))
		SKIP(return, "%s", nodes_lack(variant->mask));
	change->pol.home = -1;
	change->pol.mode = variant->mode & ~(STATIC | RELATIVE | BALANCING);
	change->pol.flags = variant->mode & (STATIC | RELATIVE | BALANCING);
	change->back = variant->back;
	change->err = variant->err;
	self->page = map_pages(1);
	ASSERT_TRUE(cpuset_enter(&change->from))
		TH_LOG("cannot enter a cpuset with nodes %s: %m", nodes_text(&change->from));
}

FIXTURE_TEARDOWN(cpuset)
{
	cpuset_leave();
	munmap(self->page, page_size());
}

/* Changes the cpuset as the row says; returns the nodes allowed at the end. */
static struct nodes apply_change(const struct cpuset_change *change)
{
	if (nodes_empty(&change->to))
		return change->from;
	or_die(cpuset_set_mems(&change->to), "changing the cpuset");
	if (!change->back)
		return change->to;
	or_die(cpuset_set_mems(&change->from), "changing the cpuset back");
	return change->from;
}

static void check_change(struct __test_metadata *_metadata, const struct cpuset_change *change,
			 const void *page)
{
	const struct policy *pol = &change->pol;
	struct nodes now, want, seen;
	int mode;

	ASSERT_EQ(change->err, page ? policy_set_range(pol, page, page_size()) :
				      policy_set_task(pol));
	if (change->err)
		return;
	now = apply_change(change);
	want = policy_reported(pol, &change->from, &now);
	ASSERT_EQ(0, policy_get(page, &mode, &seen));
	EXPECT_EQ(policy_reported_mode(pol), mode);
	EXPECT_TRUE(nodes_same(&want, &seen))
		TH_LOG("want nodes %s, seen %s", nodes_text(&want), nodes_text(&seen));
}

TEST_F(cpuset, task)
{
	check_change(_metadata, &self->change, NULL);
}

TEST_F(cpuset, range)
{
	check_change(_metadata, &self->change, self->page);
}

int main(int argc, char **argv)
{
	machine_require();
	return run_tests(argc, argv);
}
