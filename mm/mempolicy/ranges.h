/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Policies of the parts of an object: a tree of ranges of page indices, none
 * of which overlap, and no two neighbours of which have equal policies.
 *
 * Readers walk the tree under RCU while a writer changes it. What they find
 * may be wrong then: they have to notice the writer, by a seqcount, and look
 * again. A range that leaves the tree keeps its links down the tree, its
 * indices and its policy, and is freed after a grace period.
 *
 * Writers are to exclude one another. No function here allocates: a change of
 * one interval takes at most MPOL_RANGE_NODES ranges from its pool, whatever
 * the tree looks like, so they can be there before any lock is taken.
 */
#ifndef _MM_MEMPOLICY_RANGES_H
#define _MM_MEMPOLICY_RANGES_H

#include "pure.h"

struct mempolicy;

/* Ranges that a change of one interval may need: one at either border. */
#define MPOL_RANGE_NODES	2

/* Ranges that one call changes at most before it returns to its caller. */
#define MPOL_RANGE_BUDGET	64

/**
 * struct mpol_range - pages of an object that have one policy
 * @rb:		in the object's tree
 * @next:	in a pool; not where @rb has the links that readers follow
 * @first:	index of the first page
 * @last:	index of the last page
 * @policy:	their policy, counted
 */
struct mpol_range {
	union {
		struct rb_node rb;
		struct mpol_range *next;
	};
	unsigned long first;
	unsigned long last;
	struct mempolicy *policy;
};

static_assert(offsetof(struct rb_node, rb_left) >= sizeof(void *) &&
	      offsetof(struct rb_node, rb_right) >= sizeof(void *));

/**
 * struct mpol_range_pool - memory for a change, and memory that it left over
 * @spare:	ranges to take
 * @removed:	ranges that readers may still see
 * @nr_removed:	number of @removed
 */
struct mpol_range_pool {
	struct mpol_range *spare;
	struct mpol_range *removed;
	unsigned long nr_removed;
};

/* What the policy of some pages is to become; without a count for the caller. */
typedef struct mempolicy *(*mpol_successor_fn)(struct mempolicy *policy,
					       void *arg);

struct mempolicy *mpol_ranges_extent(const struct rb_root *ranges,
				     unsigned long index, unsigned long *first,
				     unsigned long *last);
unsigned long mpol_ranges_set(struct rb_root *ranges, unsigned long first,
			      unsigned long last, struct mempolicy *policy,
			      struct mpol_range_pool *pool);
unsigned long mpol_ranges_map(struct rb_root *ranges, unsigned long first,
			      unsigned long last, mpol_successor_fn successor,
			      void *arg, struct mpol_range_pool *pool);

/**
 * mpol_ranges_find - the policy of a page
 * @ranges:	the object's
 * @index:	of the page
 *
 * In line, as every fault of an object comes here.
 *
 * Context: As mpol_ranges_extent().
 * Return: the policy, or NULL.
 */
static __always_inline struct mempolicy *
mpol_ranges_find(const struct rb_root *ranges, unsigned long index)
{
	struct rb_node *rb = rcu_dereference_raw(ranges->rb_node);

	while (rb) {
		struct mpol_range *range = rb_entry(rb, struct mpol_range, rb);

		if (index < READ_ONCE(range->first))
			rb = rcu_dereference_raw(rb->rb_left);
		else if (index > READ_ONCE(range->last))
			rb = rcu_dereference_raw(rb->rb_right);
		else
			return READ_ONCE(range->policy);
	}
	return NULL;
}

#endif /* _MM_MEMPOLICY_RANGES_H */
