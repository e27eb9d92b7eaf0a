/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a change must do to the ranges of an object, spelled out page by page.
 * The KUnit suite and the host tests share this; they have included what knows
 * struct mempolicy.
 *
 * A string is a whole object: a letter stands for the policy of a page, '.'
 * for none. The first half are the object's first pages and the second half
 * its last ones; the letter in the middle stands for all pages between.
 */
#ifndef _MM_MEMPOLICY_TESTS_FLAT_H
#define _MM_MEMPOLICY_TESTS_FLAT_H

#include "../ranges.h"

static const struct vec_set {
	const char *from;
	unsigned int first, last;
	char policy;
	const char *want;
} vec_sets[] = {
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

/* Policies with letters of either case up to 'E', and equals of them. */
#define FLAT_POLICIES	16
#define FLAT_TWINS	2
#define FLAT_COUNT	1000

static struct mempolicy flat_policies[FLAT_TWINS][FLAT_POLICIES];

/* The policy for a letter, or one that is equal to it. */
static inline struct mempolicy *flat_policy(char letter, unsigned int twin)
{
	if (letter == '.')
		return NULL;
	return &flat_policies[twin % FLAT_TWINS]
			     [(letter & 7) + (letter & 0x20 ? 8 : 0)];
}

/* Keys that differ for different letters, and have no other meaning. */
static inline void flat_init_policies(void)
{
	static const char letters[] = "ABCDEabcde";
	unsigned int i, twin;

	for (twin = 0; twin < FLAT_TWINS; twin++) {
		for (i = 0; letters[i]; i++) {
			struct mempolicy *pol = flat_policy(letters[i], twin);

			pol->spec.home_node = letters[i];
			atomic_long_set(&pol->count, FLAT_COUNT);
		}
	}
}

static inline char flat_letter(const struct mempolicy *policy)
{
	return policy ? policy->spec.home_node : '.';
}

/* Where the letters end that are as that at @at. */
static inline size_t flat_run_end(const char *flat, size_t at)
{
	size_t end = at + 1;

	while (flat[end] == flat[at])
		end++;
	return end;
}

/* Are these the ranges of @flat, as few as can be? */
static inline bool flat_is_tree(const char *flat, const struct rb_root *ranges)
{
	struct rb_node *rb = rb_first(ranges);
	const struct mpol_range *range;
	size_t at, end;

	for (at = 0; flat[at]; at = end) {
		end = flat_run_end(flat, at);
		if (flat[at] == '.')
			continue;
		if (!rb)
			return false;
		range = rb_entry(rb, struct mpol_range, rb);
		if (range->first != flat_first(flat, at) ||
		    range->last != flat_last(flat, end - 1) ||
		    flat_letter(range->policy) != flat[at])
			return false;
		rb = rb_next(rb);
	}
	return !rb;
}

/* Is a policy found at the borders of every page, as a reader finds it? */
static inline bool flat_is_found(const char *flat, const struct rb_root *ranges)
{
	struct mempolicy *low, *high;
	size_t at;

	for (at = 0; flat[at]; at++) {
		low = mpol_ranges_find(ranges, flat_first(flat, at));
		high = mpol_ranges_find(ranges, flat_last(flat, at));
		if (flat_letter(low) != flat[at] ||
		    flat_letter(high) != flat[at])
			return false;
	}
	return true;
}

/* Is it told how far policies, and gaps between them, extend? */
static inline bool flat_is_extent(const char *flat,
				  const struct rb_root *ranges)
{
	unsigned long first, last;
	size_t at, start, end;
	struct mempolicy *pol;

	for (start = 0; flat[start]; start = end) {
		end = flat_run_end(flat, start);
		for (at = start; at < end; at++) {
			pol = mpol_ranges_extent(ranges, flat_last(flat, at),
						 &first, &last);
			if (flat_letter(pol) != flat[at] ||
			    first != flat_first(flat, start) ||
			    last != flat_last(flat, end - 1))
				return false;
		}
	}
	return true;
}

/* Is every policy counted for the ranges that have it, and not once more? */
static inline bool flat_is_counted(const struct rb_root *ranges)
{
	unsigned int i, letter;
	struct rb_node *rb;
	bool same = true;

	for (rb = rb_first(ranges); rb; rb = rb_next(rb))
		atomic_long_dec(&rb_entry(rb, struct mpol_range, rb)->policy->count);
	for (i = 0; i < FLAT_TWINS; i++)
		for (letter = 0; letter < FLAT_POLICIES; letter++)
			if (flat_letter(&flat_policies[i][letter]) &&
			    atomic_long_read(&flat_policies[i][letter].count) !=
			    FLAT_COUNT)
				same = false;
	for (rb = rb_first(ranges); rb; rb = rb_next(rb))
		atomic_long_inc(&rb_entry(rb, struct mpol_range, rb)->policy->count);
	return same;
}

/* The successor of a policy: the one with the lower letter, or that itself. */
static inline struct mempolicy *flat_lower(struct mempolicy *policy, void *arg)
{
	unsigned int *calls = arg;

	return flat_policy(flat_letter(policy) | 0x20, ++*calls);
}

static inline void flat_map(char *flat, unsigned int first, unsigned int last)
{
	for (; first <= last; first++)
		if (flat[first] != '.')
			flat[first] |= 0x20;
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
