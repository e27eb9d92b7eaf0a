// SPDX-License-Identifier: GPL-2.0
/* Changes of an object and of its model: see object.h. */
#include "object.h"

static void wrong(struct object *object, const char *what)
{
	if (!object->fault)
		object->fault = what;
}

static void add_spare(struct object *object)
{
	struct mpol_range *range = test_alloc(sizeof(*range));

	range->next = object->pool.spare;
	object->pool.spare = range;
}

static unsigned int count_ranges(const struct object *object)
{
	unsigned int nr = 0;
	struct rb_node *rb;

	for (rb = rb_first(&object->ranges); rb; rb = rb_next(rb))
		nr++;
	return nr;
}

static unsigned int free_list(struct mpol_range *range)
{
	unsigned int nr = 0;

	while (range) {
		struct mpol_range *next = range->next;

		free(range);
		range = next;
		nr++;
	}
	return nr;
}

/*
 * A reader may stand at a range that has just been removed. It has to come to
 * an end, and to nothing that has been freed, which the sanitizer sees.
 */
static void read_from_removed(struct object *object)
{
	const struct mpol_range *range;
	unsigned long first, last;
	struct rb_root from;
	size_t at;

	for (range = object->pool.removed; range; range = range->next) {
		from.rb_node = (struct rb_node *)&range->rb;
		for (at = 0; at < OBJECT_PAGES; at += 1 + OBJECT_PAGES / 8)
			mpol_ranges_extent(&from, flat_first(object->flat, at),
					   &first, &last);
		if (!flat_letter(range->policy) || range->first > range->last)
			wrong(object, "a removed range has been changed");
	}
}

static void check(struct object *object)
{
	if (!flat_is_found(object->flat, &object->ranges))
		wrong(object, "another policy is found");
	if (!flat_is_counted(&object->ranges))
		wrong(object, "counts of policies are not those of ranges");
}

/* After all calls of a change. */
static void check_all(struct object *object)
{
	check(object);
	if (!flat_is_extent(object->flat, &object->ranges))
		wrong(object, "another extent is told");
	if (!flat_is_tree(object->flat, &object->ranges))
		wrong(object, "the ranges are not those of the model");
}

/* A change that has MPOL_RANGE_NODES ranges to take in all of its calls. */
struct call {
	const struct flat_change *change;
	unsigned int twin;
	unsigned int successors;
};

static unsigned long set_some(struct object *object, struct call *call,
			      unsigned long first, unsigned long last)
{
	return mpol_ranges_set(&object->ranges, first, last,
			       flat_policy(call->change->policy, call->twin),
			       &object->pool);
}

static unsigned long map_some(struct object *object, struct call *call,
			      unsigned long first, unsigned long last)
{
	return mpol_ranges_map(&object->ranges, first, last, flat_lower,
			       &call->successors, &object->pool);
}

/* The letters that a call has changed; @map if it is one of map_some(). */
static u32 change_letters(struct object *object, const struct call *call,
			  u32 from, unsigned long end, bool map)
{
	char *flat = object->flat;

	for (; from <= call->change->last && flat_last(flat, from) <= end;
	     from++) {
		if (!map)
			flat[from] = call->change->policy;
		else if (flat[from] != '.')
			flat[from] |= 0x20;
	}
	return from;
}

/* Every range is in the tree, removed, or still spare. */
static void check_pool(struct object *object, unsigned int had)
{
	unsigned long removed = object->pool.nr_removed;
	unsigned int left = 0, listed = 0;
	const struct mpol_range *range;

	for (range = object->pool.spare; range; range = range->next)
		left++;
	for (range = object->pool.removed; range; range = range->next)
		listed++;
	if (listed != removed)
		wrong(object, "ranges that were removed are miscounted");
	if (left > MPOL_RANGE_NODES ||
	    had + MPOL_RANGE_NODES != count_ranges(object) + removed + left)
		wrong(object, "ranges were lost");
}

static void change(struct object *object, struct call *call, bool map)
{
	unsigned long first = flat_first(object->flat, call->change->first);
	unsigned long last = flat_last(object->flat, call->change->last);
	unsigned int i, had = count_ranges(object);
	u32 at = call->change->first;
	unsigned long end;

	for (i = 0; i < MPOL_RANGE_NODES; i++)
		add_spare(object);
	for (object->calls = 1; ; object->calls++) {
		end = map ? map_some(object, call, first, last) :
			    set_some(object, call, first, last);
		if (end < first || end > last) {
			wrong(object, "a call goes too far, or nowhere");
			break;
		}
		at = change_letters(object, call, at, end, map);
		check(object);
		if (end == last)
			break;
		first = end + 1;
	}
	check_all(object);
	check_pool(object, had);
	read_from_removed(object);
	free_list(object->pool.spare);
	free_list(object->pool.removed);
	object->pool = (struct mpol_range_pool) { };
}

/* Gives pages a policy; @twin chooses one of its equals. */
void object_set(struct object *object, const struct flat_change *set,
		unsigned int twin)
{
	struct call call = { .change = set, .twin = twin };

	change(object, &call, false);
}

/* Gives them the policy with the lower letter, and asks once for each range. */
void object_map(struct object *object, const struct flat_change *map)
{
	unsigned int most = count_ranges(object);
	struct call call = { .change = map };

	change(object, &call, true);
	if (call.successors > most)
		wrong(object, "a range has several successors");
}

void object_start(struct object *object)
{
	*object = (struct object) { .ranges = RB_ROOT };
	memset(object->flat, '.', OBJECT_PAGES);
	flat_init_policies();
}

void object_end(struct object *object)
{
	struct flat_change all = {
		.first = 0, .last = strlen(object->flat) - 1, .policy = '.',
	};

	object_set(object, &all, 0);
}
