/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Policies of the parts of an object: sorted ranges of page indices, none of
 * which overlap, and no two neighbours of which have the same policy.
 */
#ifndef _MM_MEMPOLICY_RANGES_H
#define _MM_MEMPOLICY_RANGES_H

#include "pure.h"

struct mempolicy;

/* Pages @first to @last of an object. */
struct mpol_range {
	unsigned long first;
	unsigned long last;
	struct mempolicy *policy;
};

/**
 * struct mpol_ranges - all policies of an object
 * @rcu:	to free it
 * @nr:		number of ranges
 * @range:	the ranges in ascending order
 *
 * Never changes once it is published: a change makes a new one.
 */
struct mpol_ranges {
	struct rcu_head rcu;
	unsigned int nr;
	struct mpol_range range[] __counted_by(nr);
};

struct mempolicy *mpol_ranges_find(const struct mpol_ranges *ranges,
				   unsigned long index);
size_t mpol_ranges_room(const struct mpol_ranges *from);
void mpol_ranges_splice(struct mpol_ranges *to, const struct mpol_ranges *from,
			unsigned long first, unsigned long last,
			struct mempolicy *policy);
void mpol_ranges_map(struct mpol_ranges *to, const struct mpol_ranges *from,
		     unsigned long first, unsigned long last,
		     struct mempolicy *(*becomes)(const struct mempolicy *policy,
						  void *arg), void *arg);

#endif /* _MM_MEMPOLICY_RANGES_H */
