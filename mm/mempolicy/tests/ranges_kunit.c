// SPDX-License-Identifier: GPL-2.0
/*
 * Ranges of an object: the tables of flat.h, and random changes. The host tests
 * in tools/testing/mempolicy do the same, and more of it.
 */
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/slab.h>

#include "../internal.h"
#include "flat.h"

/* An object's ranges, and memory for as many as a change can take. */
struct object {
	struct rb_root ranges;
	struct mpol_range_pool pool;
};

static void add_spare(struct kunit *test, struct object *object)
{
	struct mpol_range *range;

	range = kunit_kzalloc(test, sizeof(*range), GFP_KERNEL);
	if (!range)
		kunit_skip(test, "no memory for a range");
	range->next = object->pool.spare;
	object->pool.spare = range;
}

/* What was removed is used again: there are no readers here. */
static void reuse_removed(struct object *object)
{
	struct mpol_range *range;

	while ((range = object->pool.removed)) {
		object->pool.removed = range->next;
		range->next = object->pool.spare;
		object->pool.spare = range;
	}
	object->pool.nr_removed = 0;
}

static unsigned int count_spare(const struct object *object)
{
	const struct mpol_range *range;
	unsigned int nr = 0;

	for (range = object->pool.spare; range; range = range->next)
		nr++;
	return nr;
}

/* All of a change, which may take some calls and two ranges. */
static void set_ranges(struct kunit *test, struct object *object,
		       const char *flat, const struct flat_change *change,
		       unsigned int twin)
{
	unsigned long first = flat_first(flat, change->first);
	unsigned long last = flat_last(flat, change->last), end;
	unsigned int spare;

	reuse_removed(object);
	while (count_spare(object) < MPOL_RANGE_NODES)
		add_spare(test, object);
	spare = count_spare(object);
	for (;;) {
		end = mpol_ranges_set(&object->ranges, first, last,
				      flat_policy(change->policy, twin),
				      &object->pool);
		if (end == last)
			break;
		first = end + 1;
	}
	KUNIT_EXPECT_LE(test, spare - count_spare(object), MPOL_RANGE_NODES);
}

static void check_ranges(struct kunit *test, const struct object *object,
			 const char *flat)
{
	KUNIT_EXPECT_TRUE_MSG(test, flat_is_tree(flat, &object->ranges), "%s",
			      flat);
	KUNIT_EXPECT_TRUE_MSG(test, flat_is_found(flat, &object->ranges), "%s",
			      flat);
	KUNIT_EXPECT_TRUE_MSG(test, flat_is_extent(flat, &object->ranges), "%s",
			      flat);
	KUNIT_EXPECT_TRUE_MSG(test, flat_is_counted(&object->ranges), "%s",
			      flat);
}

/* Letter by letter, and with equals of the policies between. */
static void make_ranges(struct kunit *test, struct object *object,
			const char *flat)
{
	struct flat_change change;

	*object = (struct object) { .ranges = RB_ROOT };
	flat_init_policies();
	for (change.first = 0; flat[change.first]; change.first++) {
		change.last = change.first;
		change.policy = flat[change.first];
		set_ranges(test, object, flat, &change, change.first);
	}
}

static void test_set(struct kunit *test)
{
	struct object object;
	int i;

	for (i = 0; i < ARRAY_SIZE(vec_sets); i++) {
		const struct vec_set *v = &vec_sets[i];
		struct flat_change change = { v->first, v->last, v->policy };

		make_ranges(test, &object, v->from);
		check_ranges(test, &object, v->from);
		set_ranges(test, &object, v->from, &change, 1);
		check_ranges(test, &object, v->want);
	}
}

static void test_set_random(struct kunit *test)
{
	struct object object = { .ranges = RB_ROOT };
	struct flat_change change;
	struct rnd_state random;
	char *flat;
	int i;

	flat = kunit_kzalloc(test, FLAT_LENGTH + 1, GFP_KERNEL);
	if (!flat)
		kunit_skip(test, "no memory for %d pages", FLAT_LENGTH);
	memset(flat, '.', FLAT_LENGTH);
	flat_init_policies();
	prandom_seed_state(&random, 1);
	for (i = 0; i < 300; i++) {
		change = flat_change(prandom_u32_state(&random));
		set_ranges(test, &object, flat, &change, i);
		memset(flat + change.first, change.policy,
		       change.last - change.first + 1);
		check_ranges(test, &object, flat);
	}
}

static struct kunit_case ranges_cases[] = {
	KUNIT_CASE(test_set),
	KUNIT_CASE(test_set_random),
	{ }
};

static struct kunit_suite ranges_suite = {
	.name		= "mempolicy-ranges",
	.test_cases	= ranges_cases,
};

kunit_test_suite(ranges_suite);

MODULE_DESCRIPTION("KUnit tests of the ranges of an object");
MODULE_LICENSE("GPL");
