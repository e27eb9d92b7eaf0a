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

/* Nobody looks into the policy of a range, so any address will do. */
static inline struct mempolicy *flat_policy(char letter)
{
	return letter == '.' ? NULL : (struct mempolicy *)(long)letter;
}

/* The ranges of @flat: @to has room for one per letter. */
static inline void flat_ranges(struct mpol_ranges *to, const char *flat)
{
	struct mpol_range *range = NULL;
	size_t at;

	to->nr = 0;
	for (at = 0; flat[at]; at++) {
		if (flat[at] == '.')
			continue;
		if (!at || flat[at] != flat[at - 1]) {
			range = &to->range[to->nr++];
			range->first = flat_first(flat, at);
			range->policy = flat_policy(flat[at]);
		}
		range->last = flat_last(flat, at);
	}
}

static inline bool flat_same_ranges(const struct mpol_ranges *a,
				    const struct mpol_ranges *b)
{
	unsigned int i;

	for (i = 0; i < a->nr && i < b->nr; i++)
		if (a->range[i].first != b->range[i].first ||
		    a->range[i].last != b->range[i].last ||
		    a->range[i].policy != b->range[i].policy)
			return false;
	return a->nr == b->nr;
}

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
