// SPDX-License-Identifier: GPL-2.0
/*
 * Looking up and changing ranges of policies.
 */
#include "ranges.h"

static struct mpol_range *range_of(struct rb_node *rb)
{
	return rb ? rb_entry(rb, struct mpol_range, rb) : NULL;
}

static struct mpol_range *range_after(struct mpol_range *range)
{
	return range_of(rb_next(&range->rb));
}

static struct mpol_range *range_before(struct mpol_range *range)
{
	return range_of(rb_prev(&range->rb));
}

/**
 * mpol_ranges_extent - the policy of a page, and which pages around share it
 * @ranges:	the object's
 * @index:	of the page
 * @first:	set to the first of these pages
 * @last:	set to the last
 *
 * Pages without a policy extend up to the next ones that have one.
 *
 * Context: As a writer, or under RCU; then the answer counts only if there was
 * no writer meanwhile.
 * Return: the policy, or NULL.
 */
struct mempolicy *mpol_ranges_extent(const struct rb_root *ranges,
				     unsigned long index, unsigned long *first,
				     unsigned long *last)
{
	struct rb_node *rb = rcu_dereference_raw(ranges->rb_node);

	*first = 0;
	*last = ULONG_MAX;
	while (rb) {
		struct mpol_range *range = range_of(rb);
		unsigned long from = READ_ONCE(range->first);
		unsigned long to = READ_ONCE(range->last);

		if (index < from) {
			*last = from - 1;
			rb = rcu_dereference_raw(rb->rb_left);
		} else if (index > to) {
			*first = to + 1;
			rb = rcu_dereference_raw(rb->rb_right);
		} else {
			*first = from;
			*last = to;
			return READ_ONCE(range->policy);
		}
	}
	return NULL;
}

/* The first range that does not end before a page. */
static struct mpol_range *range_from(const struct rb_root *ranges,
				     unsigned long index)
{
	struct mpol_range *found = NULL;
	struct rb_node *rb = ranges->rb_node;

	while (rb) {
		struct mpol_range *range = range_of(rb);

		if (range->last < index) {
			rb = rb->rb_right;
		} else {
			found = range;
			rb = rb->rb_left;
		}
	}
	return found;
}

static void insert_range(struct rb_root *ranges, struct mpol_range_pool *pool,
			 unsigned long first, unsigned long last,
			 struct mempolicy *policy)
{
	struct rb_node **link = &ranges->rb_node, *parent = NULL;
	struct mpol_range *range = pool->spare;
	struct rb_node *unused;

	pool->spare = range->next;
	range->first = first;
	range->last = last;
	range->policy = policy;
	mpol_get(policy);
	while (*link) {
		parent = *link;
		link = first < range_of(parent)->first ? &parent->rb_left :
							 &parent->rb_right;
	}
	rb_link_node(&range->rb, parent, &unused);
	/* Readers that find the range find it complete. */
	smp_store_release(link, &range->rb);
	rb_insert_color(&range->rb, ranges);
}

static void remove_range(struct rb_root *ranges, struct mpol_range *range,
			 struct mpol_range_pool *pool)
{
	rb_erase(&range->rb, ranges);
	mpol_put(range->policy);
	range->next = pool->removed;
	pool->removed = range;
	pool->nr_removed++;
}

/* Makes a range begin at @index if one has pages on both sides of it. */
static void cut_before(struct rb_root *ranges, unsigned long index,
		       struct mpol_range_pool *pool)
{
	struct mpol_range *range = range_from(ranges, index);
	unsigned long last;

	if (!range || range->first >= index)
		return;
	last = range->last;
	WRITE_ONCE(range->last, index - 1);
	insert_range(ranges, pool, index, last, range->policy);
}

static void cut_borders(struct rb_root *ranges, unsigned long first,
			unsigned long last, struct mpol_range_pool *pool)
{
	if (first)
		cut_before(ranges, first, pool);
	if (last != ULONG_MAX)
		cut_before(ranges, last + 1, pool);
}

/* Leaves one range of two neighbours with equal policies: the later one. */
static void merge(struct rb_root *ranges, struct mpol_range *range,
		  struct mpol_range *next, struct mpol_range_pool *pool)
{
	if (!range || !next || range->last + 1 != next->first ||
	    !mpol_equal(range->policy, next->policy))
		return;
	WRITE_ONCE(next->first, range->first);
	remove_range(ranges, range, pool);
}

/* Up to which page may a change go that has to stop after so many ranges? */
static unsigned long end_of_budget(const struct rb_root *ranges,
				   unsigned long first, unsigned long last)
{
	struct mpol_range *range = range_from(ranges, first);
	unsigned int nr;

	for (nr = 0; range && range->first <= last; nr++) {
		if (nr == MPOL_RANGE_BUDGET)
			return range->first - 1;
		range = range_after(range);
	}
	return last;
}

/* Leaves at most one range within two borders, and returns it. */
static struct mpol_range *
remove_all_but_one(struct rb_root *ranges, unsigned long first,
		   unsigned long last, struct mpol_range_pool *pool)
{
	struct mpol_range *kept = range_from(ranges, first), *next;

	if (!kept || kept->first > last)
		return NULL;
	for (next = range_after(kept); next && next->first <= last;
	     next = range_after(kept))
		remove_range(ranges, next, pool);
	return kept;
}

static void replace_policy(struct mpol_range *range, struct mempolicy *policy)
{
	struct mempolicy *old = range->policy;

	mpol_get(policy);
	WRITE_ONCE(range->policy, policy);
	mpol_put(old);
}

/*
 * A border that the next call goes on from stays, as that call would have to
 * cut there again.
 */
static void merge_around(struct rb_root *ranges, unsigned long first,
			 bool complete, struct mpol_range_pool *pool)
{
	struct mpol_range *range = range_from(ranges, first);

	merge(ranges, range_before(range), range, pool);
	if (complete)
		merge(ranges, range, range_after(range), pool);
}

/**
 * mpol_ranges_set - give pages of an object a policy
 * @ranges:	the object's
 * @first:	first page
 * @last:	last page
 * @policy:	their new policy, or NULL for none
 * @pool:	MPOL_RANGE_NODES spare ranges; gets those that were removed
 *
 * Context: As the only writer. Does not sleep.
 * Return: the last page that was changed. Below @last if too many ranges are
 * concerned: the call has to be made again for those behind it, and needs
 * spare ranges only if another writer was there meanwhile.
 */
unsigned long mpol_ranges_set(struct rb_root *ranges, unsigned long first,
			      unsigned long last, struct mempolicy *policy,
			      struct mpol_range_pool *pool)
{
	unsigned long end = end_of_budget(ranges, first, last);
	struct mpol_range *range;

	cut_borders(ranges, first, end, pool);
	range = remove_all_but_one(ranges, first, end, pool);
	if (!policy) {
		if (range)
			remove_range(ranges, range, pool);
		return end;
	}
	if (range) {
		WRITE_ONCE(range->first, first);
		WRITE_ONCE(range->last, end);
		replace_policy(range, policy);
	} else {
		insert_range(ranges, pool, first, end, policy);
	}
	merge_around(ranges, first, end == last, pool);
	return end;
}

/**
 * mpol_ranges_map - give pages of an object a policy that follows from theirs
 * @ranges:	the object's
 * @first:	first page
 * @last:	last page
 * @successor:	tells what a policy becomes; never NULL
 * @arg:	for @successor
 * @pool:	MPOL_RANGE_NODES spare ranges; gets those that were removed
 *
 * Pages without a policy stay without one.
 *
 * Context: As the only writer. Does not sleep, if @successor does not.
 * Return: As mpol_ranges_set().
 */
unsigned long mpol_ranges_map(struct rb_root *ranges, unsigned long first,
			      unsigned long last, mpol_successor_fn successor,
			      void *arg, struct mpol_range_pool *pool)
{
	unsigned long end = end_of_budget(ranges, first, last);
	struct mpol_range *range;

	cut_borders(ranges, first, end, pool);
	range = range_from(ranges, first);
	while (range && range->first <= end) {
		replace_policy(range, successor(range->policy, arg));
		merge(ranges, range_before(range), range, pool);
		range = range_after(range);
	}
	if (range && end == last)
		merge(ranges, range_before(range), range, pool);
	return end;
}
