// SPDX-License-Identifier: GPL-2.0
/*
 * Looking up and changing ranges of policies.
 */
#include "ranges.h"

/**
 * mpol_ranges_find - the policy of a page
 * @ranges:	the object's, or NULL if it has none
 * @index:	of the page
 *
 * Context: Any in which @ranges stays.
 * Return: the policy, or NULL.
 */
struct mempolicy *mpol_ranges_find(const struct mpol_ranges *ranges,
				   unsigned long index)
{
	unsigned int low = 0, high = ranges ? ranges->nr : 0;

	while (low < high) {
		unsigned int mid = low + (high - low) / 2;
		const struct mpol_range *range = &ranges->range[mid];

		if (index < range->first)
			high = mid;
		else if (index > range->last)
			low = mid + 1;
		else
			return range->policy;
	}
	return NULL;
}

/**
 * mpol_ranges_room - memory for what a change can result in
 * @from:	the object's ranges, or NULL if it has none
 *
 * Context: Any.
 * Return: bytes. A change in the midst of one range makes three of it.
 */
size_t mpol_ranges_room(const struct mpol_ranges *from)
{
	const struct mpol_ranges *ranges = from;

	return struct_size(ranges, range, (from ? from->nr : 0) + 2);
}

static void append(struct mpol_ranges *to, unsigned long first,
		   unsigned long last, struct mempolicy *policy)
{
	struct mpol_range *range;

	if (!policy)
		return;
	if (to->nr) {
		range = &to->range[to->nr - 1];
		if (range->policy == policy && range->last + 1 == first) {
			range->last = last;
			return;
		}
	}
	range = &to->range[to->nr++];
	range->first = first;
	range->last = last;
	range->policy = policy;
}

/**
 * mpol_ranges_splice - ranges that differ in one of them
 * @to:		the result, mpol_ranges_room() bytes
 * @from:	the object's ranges, or NULL if it has none
 * @first:	first page that changes
 * @last:	last page that changes
 * @policy:	their new policy, or NULL for none
 *
 * Context: Any.
 */
void mpol_ranges_splice(struct mpol_ranges *to, const struct mpol_ranges *from,
			unsigned long first, unsigned long last,
			struct mempolicy *policy)
{
	unsigned int nr = from ? from->nr : 0;
	unsigned int i;

	to->nr = 0;
	for (i = 0; i < nr && from->range[i].first < first; i++)
		append(to, from->range[i].first,
		       min(from->range[i].last, first - 1),
		       from->range[i].policy);

	append(to, first, last, policy);

	for (i = 0; i < nr; i++)
		if (from->range[i].last > last)
			append(to, max(from->range[i].first, last + 1),
			       from->range[i].last, from->range[i].policy);
}

/**
 * mpol_ranges_map - ranges whose policies differ in some pages
 * @to:		the result, mpol_ranges_room() bytes
 * @from:	the object's ranges, or NULL if it has none
 * @first:	first page that changes
 * @last:	last page that changes
 * @becomes:	what a policy of these pages becomes
 * @arg:	for @becomes
 *
 * Pages without a policy stay without one.
 *
 * Context: That of @becomes.
 */
void mpol_ranges_map(struct mpol_ranges *to, const struct mpol_ranges *from,
		     unsigned long first, unsigned long last,
		     struct mempolicy *(*becomes)(const struct mempolicy *policy,
						  void *arg), void *arg)
{
	unsigned int i, nr = from ? from->nr : 0;

	to->nr = 0;
	for (i = 0; i < nr; i++) {
		const struct mpol_range *range = &from->range[i];

		if (range->last < first || range->first > last) {
			append(to, range->first, range->last, range->policy);
			continue;
		}
		if (range->first < first)
			append(to, range->first, first - 1, range->policy);
		append(to, max(range->first, first), min(range->last, last),
		       becomes(range->policy, arg));
		if (range->last > last)
			append(to, last + 1, range->last, range->policy);
	}
}
