// SPDX-License-Identifier: GPL-2.0
/* Ranges of policies against an array with the policy of every page. */
#include "object.h"

/* object.c looks for faults after each call. */
static bool expect_right(struct test *t, const struct object *object)
{
	const struct mpol_range *range;
	struct rb_node *rb;

	if (expect_eq(t, true, !object->fault))
		return true;
	show_text("fault", object->fault);
	show_text("flat", object->flat);
	for (rb = rb_first(&object->ranges); rb; rb = rb_next(rb)) {
		char policy[2] = "";

		range = rb_entry(rb, struct mpol_range, rb);
		policy[0] = flat_letter(range->policy);
		show_number("  first", range->first);
		show_number("  last", range->last);
		show_text("  policy", policy);
	}
	return false;
}

/* Letter by letter, with equals between. */
static void make(struct object *object, const char *flat)
{
	struct flat_change c;

	object_start(object);
	memset(object->flat, '\0', sizeof(object->flat));
	memset(object->flat, '.', strlen(flat));
	for (c.first = 0; flat[c.first]; c.first++) {
		c.last = c.first;
		c.policy = flat[c.first];
		object_set(object, &c, c.first);
	}
}

static void set_vectors(struct test *t)
{
	struct object object;
	unsigned int i, twin;

	for (i = 0; i < 2 * ARRAY_SIZE(vec_sets); i++) {
		const struct vec_set *v = &vec_sets[i / 2];
		struct flat_change c = { v->first, v->last, v->policy };

		twin = i % 2;
		make(&object, v->from);
		expect_text(t, v->from, object.flat);
		object_set(&object, &c, twin);
		expect_text(t, v->want, object.flat);
		if (!expect_right(t, &object)) {
			show_text("from", v->from);
			show_number("first", v->first);
			show_number("last", v->last);
		}
		object_end(&object);
	}
}

/* Objects without ranges. */
static void nothing_is_found_in_nothing(struct test *t)
{
	struct rb_root none = RB_ROOT;
	unsigned long first, last;

	expect_eq(t, true, !mpol_ranges_find(&none, 0));
	expect_eq(t, true, !mpol_ranges_find(&none, ULONG_MAX));
	expect_eq(t, true, !mpol_ranges_extent(&none, 7, &first, &last));
	expect_eq(t, true, first == 0 && last == ULONG_MAX);
}

#define NR_CHANGES	2000

static struct flat_change random_change(struct test *t)
{
	return flat_change(test_random(t, UINT_MAX));
}

/* Catches other pages than those asked, and neighbours that stay apart. */
static void sets_match_flat_array(struct test *t)
{
	struct object object;
	unsigned int i;

	object_start(&object);
	for (i = 0; i < NR_CHANGES && !object.fault; i++) {
		struct flat_change c = random_change(t);

		object_set(&object, &c, test_random(t, FLAT_TWINS));
	}
	expect_right(t, &object);
	object_end(&object);
	expect_right(t, &object);
}

/* Catches a page beside those asked that changes, and a gap that is filled. */
static void maps_match_flat_array(struct test *t)
{
	struct object object;
	unsigned int i;

	object_start(&object);
	for (i = 0; i < NR_CHANGES && !object.fault; i++) {
		struct flat_change set = random_change(t);
		struct flat_change map = random_change(t);

		object_set(&object, &set, test_random(t, FLAT_TWINS));
		object_map(&object, &map);
	}
	expect_right(t, &object);
	object_end(&object);
	expect_right(t, &object);
}

/* Many ranges, of so many letters each; neighbours differ. */
static void make_many(struct test *t, struct object *object, u32 letters,
		      bool gaps)
{
	struct flat_change c;

	object_start(object);
	for (c.first = 0; c.first < OBJECT_PAGES; c.first++) {
		c.last = c.first;
		c.policy = (gaps ? ".A.BC" : "ABCAB")[c.first / letters % 5];
		object_set(object, &c, test_random(t, FLAT_TWINS));
	}
}

static unsigned int ranges_of(const struct object *object, u32 first, u32 last)
{
	const char *flat = object->flat;
	unsigned int nr = 0;

	for (; first <= last; first = flat_run_end(flat, first))
		nr += flat[first] != '.';
	return nr;
}

/*
 * Catches a call that takes long, one that has not done its part, and borders
 * between calls that are cut more than once, for which there is no memory.
 */
static void calls_change_so_many_ranges(struct test *t)
{
	struct flat_change c;
	struct object object;
	unsigned int i, nr;

	for (i = 0; i < 120 && !t->failures; i++) {
		bool map = i % 2, pairs = i / 2 % 2;

		make_many(t, &object, 1 + pairs, i % 3 == 0);
		/* Pairs are cut at both ends, which takes all spare ranges. */
		c.first = test_random(t, OBJECT_PAGES / 8) | pairs;
		c.last = OBJECT_PAGES - 1 - test_random(t, OBJECT_PAGES / 8);
		c.last &= ~(u32)pairs;
		c.policy = ".ABD"[test_random(t, 4)];
		nr = ranges_of(&object, c.first, c.last);
		if (map)
			object_map(&object, &c);
		else
			object_set(&object, &c, i);
		expect_right(t, &object);
		expect_eq(t, (nr + MPOL_RANGE_BUDGET - 1) / MPOL_RANGE_BUDGET,
			  object.calls);
		object_end(&object);
	}
}

const struct property ranges_properties[] = {
	PROPERTY(set_vectors),
	PROPERTY(nothing_is_found_in_nothing),
	PROPERTY(sets_match_flat_array),
	PROPERTY(maps_match_flat_array),
	PROPERTY(calls_change_so_many_ranges),
	{ }
};
