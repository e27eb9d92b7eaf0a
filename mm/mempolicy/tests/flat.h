/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What splicing must do to the ranges of an object, spelled out page by page.
 * The KUnit suite and the host tests share this.
 *
 * A string is a whole object: a letter stands for the policy of a page, '.'
 * for none. The first half are the object's first pages and the second half
 * its last ones; the letter in the middle stands for all pages between.
 */
#ifndef _MM_MEMPOLICY_TESTS_FLAT_H
#define _MM_MEMPOLICY_TESTS_FLAT_H

#include "../ranges.h"

static const struct vec_splice {
	const char *from;
	unsigned int first, last;
	char policy;
	const char *want;
} vec_splices[] = {
	/* The first policy of an object: anywhere, at its ends, everywhere. */
	{ ".....", 2, 2, 'A', "..A.." },
	{ ".....", 1, 3, 'A', ".AAA." },
	{ ".....", 0, 0, 'A', "A...." },
	{ ".....", 4, 4, 'A', "....A" },
	{ ".....", 0, 4, 'A', "AAAAA" },
	{ ".....", 0, 4, '.', "....." },
	{ ".....", 2, 2, '.', "....." },
	/* Out of a range: of its midst, and of its ends. */
	{ "AAAAA", 2, 2, 'B', "AABAA" },
	{ "AAAAA", 1, 3, '.', "A...A" },
	{ "AAAAA", 0, 0, 'B', "BAAAA" },
	{ "AAAAA", 0, 0, '.', ".AAAA" },
	{ "AAAAA", 4, 4, 'B', "AAAAB" },
	{ "AAAAA", 3, 4, '.', "AAA.." },
	{ "BAAAC", 2, 2, 'D', "BADAC" },
	/* All of a range, or of several. */
	{ "ABBBA", 1, 3, 'C', "ACCCA" },
	{ "ABBBA", 1, 3, '.', "A...A" },
	{ "ABABA", 0, 4, 'C', "CCCCC" },
	{ "ABABA", 0, 4, '.', "....." },
	{ "A.B.C", 1, 3, '.', "A...C" },
	{ "A.B.C", 1, 3, 'D', "ADDDC" },
	/* Parts of several. */
	{ "AABCC", 1, 3, 'D', "ADDDC" },
	{ "AABCC", 1, 3, '.', "A...C" },
	{ "AABBB", 1, 2, 'C', "ACCBB" },
	/* Neighbours of the same policy become one range. */
	{ "AA...", 2, 2, 'A', "AAA.." },
	{ "...AA", 2, 2, 'A', "..AAA" },
	{ "AA.AA", 2, 2, 'A', "AAAAA" },
	{ "AABAA", 2, 2, 'A', "AAAAA" },
	{ "AABCC", 1, 3, 'A', "AAAAC" },
	{ "AABCC", 1, 3, 'C', "ACCCC" },
	{ "AABCC", 1, 3, 'B', "ABBBC" },
	/* ... but neither over a gap nor with another policy. */
	{ "A....", 2, 2, 'A', "A.A.." },
	{ "....A", 2, 2, 'A', "..A.A" },
	{ "B...C", 1, 3, 'A', "BAAAC" },
	/* Nothing changes. */
	{ "AABBB", 0, 1, 'A', "AABBB" },
	{ "AABBB", 3, 3, 'B', "AABBB" },
	{ "A...B", 1, 3, '.', "A...B" },
	/* Objects of one range, of two. */
	{ "A",     0, 0, 'B', "B" },
	{ "A",     0, 0, '.', "." },
	{ ".",     0, 0, 'A', "A" },
	{ "AB",    1, 1, 'A', "AA" },
	{ "AB",    0, 0, '.', ".B" },
};

/* The first page that letter @at stands for. */
static inline unsigned long flat_first(const char *flat, size_t at)
{
	size_t length = strlen(flat);

	return at <= length / 2 ? at : ULONG_MAX - (length - 1 - at);
}

/* ... and the last one. */
static inline unsigned long flat_last(const char *flat, size_t at)
{
	return flat[at + 1] ? flat_first(flat, at + 1) - 1 : ULONG_MAX;
}

/* The policy that a letter stands for; whoever includes this has them. */
static struct mempolicy *flat_letter(char letter);

static inline struct mempolicy *flat_policy(char letter)
{
	return letter == '.' ? NULL : flat_letter(letter);
}

/* Are these ranges just those of @flat? */
static inline bool flat_is(const struct rb_root *ranges, const char *flat)
{
	struct rb_node *rb = rb_first(ranges);
	size_t at, end;

	for (at = 0; flat[at]; at = end) {
		const struct mpol_range *range;

		for (end = at + 1; flat[end] == flat[at]; end++)
			;
		if (flat[at] == '.')
			continue;
		if (!rb)
			return false;
		range = rb_entry(rb, struct mpol_range, rb);
		if (range->first != flat_first(flat, at) ||
		    range->last != flat_last(flat, end - 1) ||
		    range->policy != flat_policy(flat[at]))
			return false;
		rb = rb_next(rb);
	}
	return !rb;
}

/* Is every page of @flat found, and what is around it? */
static inline bool flat_is_found(const struct rb_root *ranges,
				 const char *flat)
{
	size_t at, first, last;

	for (at = 0; flat[at]; at++) {
		struct mempolicy *want = flat_policy(flat[at]);
		unsigned long begin, end;

		if (mpol_ranges_find(ranges, flat_first(flat, at)) != want ||
		    mpol_ranges_find(ranges, flat_last(flat, at)) != want ||
		    mpol_ranges_extent(ranges, flat_last(flat, at), &begin,
				       &end) != want)
			return false;
		for (first = at; first && flat[first - 1] == flat[at]; first--)
			;
		for (last = at; flat[last + 1] == flat[at]; last++)
			;
		if (begin != flat_first(flat, first) ||
		    end != flat_last(flat, last))
			return false;
	}
	return true;
}

/* Ranges that a change may take, and no more of them. */
struct flat_pool {
	struct mpol_range range[MPOL_RANGE_NODES];
	struct mpol_range_pool pool;
};

/* Letters of the objects that are changed at random. */
#define FLAT_LENGTH	201

struct flat_change {
	u32 first, last;
	char policy;
};

/* A change for any number: most of them small, so that ranges add up. */
static inline struct flat_change flat_change(u32 number)
{
	struct flat_change change = { .first = number % FLAT_LENGTH };
	u32 reach;

	number /= FLAT_LENGTH;
	change.policy = ".ABC"[number % 4];
	number /= 4;
	reach = number % 16 ? 6 : FLAT_LENGTH;
	number /= 16;
	change.last = change.first + number % reach;
	if (change.last >= FLAT_LENGTH)
		change.last = FLAT_LENGTH - 1;
	return change;
}

#endif /* _MM_MEMPOLICY_TESTS_FLAT_H */
