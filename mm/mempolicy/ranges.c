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

/**
 * struct cut - an interval whose borders no range crosses
 * @before:	the range before it, or NULL
 * @range:	the first range that begins in it, or else behind it, or NULL
 * @first:	its first page
 * @last:	its last page
 */
struct cut {
	struct mpol_range *before;
	struct mpol_range *range;
	unsigned long first;
	unsigned long last;
};

/* The first range that does not end before the interval, and the one before. */
static void find_first(const struct rb_root *ranges, struct cut *cut)
{
	struct rb_node *rb = ranges->rb_node;

	cut->before = NULL;
	cut->range = NULL;
	while (rb) {
		struct mpol_range *range = range_of(rb);

		if (range->last < cut->first) {
			cut->before = range;
			rb = rb->rb_right;
		} else {
			cut->range = range;
			rb = rb->rb_left;
		}
	}
}

static struct mpol_range *new_range(struct mpol_range_pool *pool,
				    unsigned long first, unsigned long last,
				    struct mempolicy *policy)
{
	struct mpol_range *range = pool->spare;

	pool->spare = range->next;
	range->first = first;
	range->last = last;
	range->policy = policy;
	mpol_get(policy);
	return range;
}

/* Puts a range behind its neighbour: there is no need to look for its place. */
static void insert_after(struct rb_root *ranges, struct mpol_range *before,
			 struct mpol_range *range)
{
	struct rb_node *parent = before ? &before->rb : NULL, **link, *unused;

	if (before && !parent->rb_right) {
		link = &parent->rb_right;
	} else {
		parent = before ? rb_next(parent) : rb_first(ranges);
		link = parent ? &parent->rb_left : &ranges->rb_node;
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

/* Makes two ranges of one; returns that which begins at @index. */
static struct mpol_range *split(struct rb_root *ranges,
				struct mpol_range *range, unsigned long index,
				struct mpol_range_pool *pool)
{
	struct mpol_range *later = new_range(pool, index, range->last,
					     range->policy);

	WRITE_ONCE(range->last, index - 1);
	insert_after(ranges, range, later);
	return later;
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

/*
 * Cuts the ranges that cross a border of an interval, which is made shorter if
 * more ranges are in it than one call may change.
 */
static void cut_out(struct rb_root *ranges, struct cut *cut,
		    struct mpol_range_pool *pool)
{
	struct mpol_range *within = NULL, *next;
	unsigned int nr = 0;

	find_first(ranges, cut);
	for (next = cut->range; next && next->first <= cut->last;
	     next = range_after(next)) {
		if (nr++ == MPOL_RANGE_BUDGET) {
			cut->last = next->first - 1;
			break;
		}
		within = next;
	}
	if (within && within->last > cut->last)
		split(ranges, within, cut->last + 1, pool);
	if (within && cut->range->first < cut->first) {
		cut->before = cut->range;
		cut->range = split(ranges, cut->range, cut->first, pool);
	}
}

static bool is_within(const struct mpol_range *range, const struct cut *cut)
{
	return range && range->first <= cut->last;
}

static void replace_policy(struct mpol_range *range, struct mempolicy *policy)
{
	struct mempolicy *old = range->policy;

	mpol_get(policy);
	WRITE_ONCE(range->policy, policy);
	mpol_put(old);
}

/* One range for all of an interval that has some; returns the one behind it. */
static struct mpol_range *unite(struct rb_root *ranges, const struct cut *cut,
				struct mempolicy *policy,
				struct mpol_range_pool *pool)
{
	struct mpol_range *kept = cut->range, *next;

	while (is_within(next = range_after(kept), cut))
		remove_range(ranges, next, pool);
	if (policy) {
		WRITE_ONCE(kept->first, cut->first);
		WRITE_ONCE(kept->last, cut->last);
		replace_policy(kept, policy);
	} else {
		remove_range(ranges, kept, pool);
	}
	return next;
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
	struct cut cut = { .first = first, .last = last };
	struct mpol_range *next;

	cut_out(ranges, &cut, pool);
	next = cut.range;
	if (is_within(cut.range, &cut)) {
		next = unite(ranges, &cut, policy, pool);
	} else if (policy) {
		cut.range = new_range(pool, first, last, policy);
		insert_after(ranges, cut.before, cut.range);
	}
	if (!policy)
		return cut.last;
	merge(ranges, cut.before, cut.range, pool);
	/*
	 * A border that the next call goes on from stays, as that call would
	 * have to cut there again.
	 */
	if (cut.last == last)
		merge(ranges, cut.range, next, pool);
	return cut.last;
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
	struct cut cut = { .first = first, .last = last };
	struct mpol_range *range, *before;

	cut_out(ranges, &cut, pool);
	before = cut.before;
	for (range = cut.range; is_within(range, &cut);
	     range = range_after(range)) {
		replace_policy(range, successor(range->policy, arg));
		merge(ranges, before, range, pool);
		before = range;
	}
	if (cut.last == last)
		merge(ranges, before, range, pool);
	return cut.last;
}
