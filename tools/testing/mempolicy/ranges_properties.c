// SPDX-License-Identifier: GPL-2.0
/* Ranges of policies against an array with the policy of every page. */
#include <stdlib.h>

#include "test.h"
#include "tests/flat.h"

/* In exactly the memory that a change may result in. */
static struct mpol_ranges *splice(const struct mpol_ranges *from,
				  unsigned long first, unsigned long last,
				  struct mempolicy *policy)
{
	struct mpol_ranges *to = test_alloc(mpol_ranges_room(from));

	mpol_ranges_splice(to, from, first, last, policy);
	return to;
}

static struct mpol_ranges *splice_flat(const struct mpol_ranges *from,
				       const char *flat, unsigned int first,
				       unsigned int last, char policy)
{
	return splice(from, flat_first(flat, first), flat_last(flat, last),
		      flat_policy(policy));
}

static struct mpol_ranges *ranges_of(const char *flat)
{
	const struct mpol_ranges *ranges;
	struct mpol_ranges *to;

	to = test_alloc(struct_size(ranges, range, strlen(flat)));
	flat_ranges(to, flat);
	return to;
}

static void show_ranges(const char *name, const struct mpol_ranges *ranges)
{
	unsigned int i;

	show_number(name, ranges->nr);
	for (i = 0; i < ranges->nr; i++) {
		const struct mpol_range *range = &ranges->range[i];
		char policy[] = { (char)(long)range->policy, '\0' };

		show_number("  first", range->first);
		show_number("  last", range->last);
		show_text("  policy", policy);
	}
}

static bool expect_ranges(struct test *t, const char *flat,
			  const struct mpol_ranges *got)
{
	struct mpol_ranges *want = ranges_of(flat);
	bool same = expect_eq(t, true, flat_same_ranges(want, got));

	if (!same) {
		show_text("flat", flat);
		show_ranges("want", want);
		show_ranges("got", got);
	}
	free(want);
	return same;
}

static void splice_vector(struct test *t, const struct vec_splice *v,
			  const struct mpol_ranges *from)
{
	struct mpol_ranges *to = splice_flat(from, v->from, v->first, v->last,
					     v->policy);

	if (!expect_ranges(t, v->want, to)) {
		show_text("from", v->from);
		show_number("first", v->first);
		show_number("last", v->last);
	}
	free(to);
}

static void splice_vectors(struct test *t)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vec_splices); i++) {
		const struct vec_splice *v = &vec_splices[i];
		struct mpol_ranges *from = ranges_of(v->from);

		splice_vector(t, v, from);
		if (!from->nr)
			splice_vector(t, v, NULL);
		free(from);
	}
}

/* Catches a page that is not found, or found in a range it is not in. */
static void find_vectors(struct test *t)
{
	unsigned int i;
	size_t at;

	expect_eq(t, true, !mpol_ranges_find(NULL, 0));
	expect_eq(t, true, !mpol_ranges_find(NULL, ULONG_MAX));
	for (i = 0; i < ARRAY_SIZE(vec_splices); i++) {
		const char *flat = vec_splices[i].want;
		struct mpol_ranges *ranges = ranges_of(flat);

		for (at = 0; flat[at]; at++) {
			unsigned long first = flat_first(flat, at);
			unsigned long last = flat_last(flat, at);
			long want = (long)flat_policy(flat[at]);

			expect_eq(t, want,
				  (long)mpol_ranges_find(ranges, first));
			expect_eq(t, want,
				  (long)mpol_ranges_find(ranges, last));
		}
		free(ranges);
	}
}

/* An object that is changed at random, and the model of it. */
struct object {
	char flat[FLAT_LENGTH + 1];
	struct mpol_ranges *ranges;
};

static void start(struct object *object)
{
	memset(object->flat, '.', FLAT_LENGTH);
	object->flat[FLAT_LENGTH] = '\0';
	object->ranges = NULL;
}

static void change(struct test *t, struct object *object)
{
	struct flat_change c = flat_change(test_random(t, UINT_MAX));
	struct mpol_ranges *old = object->ranges;

	object->ranges = splice_flat(old, object->flat, c.first, c.last,
				     c.policy);
	memset(object->flat + c.first, c.policy, c.last - c.first + 1);
	free(old);
}

#define NR_CHANGES	3000

/* Catches a change of other pages than those asked, and the sanitizer room. */
static void splices_match_flat_array(struct test *t)
{
	struct object object;
	unsigned int i;

	start(&object);
	for (i = 0; i < NR_CHANGES && !t->failures; i++) {
		change(t, &object);
		expect_ranges(t, object.flat, object.ranges);
	}
	free(object.ranges);
}

/* Whatever the model says. */
static void splices_keep_order(struct test *t)
{
	struct object object;
	unsigned int i, r;

	start(&object);
	for (i = 0; i < NR_CHANGES && !t->failures; i++) {
		change(t, &object);
		for (r = 0; r < object.ranges->nr; r++) {
			const struct mpol_range *it = &object.ranges->range[r];

			expect_eq(t, true, !!it->policy);
			expect_eq(t, true, it->first <= it->last);
			if (!r)
				continue;
			expect_eq(t, true, it[-1].last < it->first);
			expect_eq(t, false, it[-1].last + 1 == it->first &&
				  it[-1].policy == it->policy);
		}
	}
	free(object.ranges);
}

static void expect_found(struct test *t, const struct object *object,
			 unsigned long page, char want)
{
	struct mempolicy *got = mpol_ranges_find(object->ranges, page);

	if (expect_eq(t, (long)flat_policy(want), (long)got))
		return;
	show_number("page", page);
	show_ranges("ranges", object->ranges);
}

static void find_matches_flat_array(struct test *t)
{
	unsigned long middle = ULONG_MAX / 2;
	struct object object;
	unsigned int i, at;

	start(&object);
	for (i = 0; i < NR_CHANGES / 4 && !t->failures; i++) {
		const char *flat = object.flat;

		change(t, &object);
		for (at = 0; at < FLAT_LENGTH; at++) {
			expect_found(t, &object, flat_first(flat, at), flat[at]);
			expect_found(t, &object, flat_last(flat, at), flat[at]);
		}
		expect_found(t, &object, middle + test_random(t, UINT_MAX / 4),
			     flat[FLAT_LENGTH / 2]);
	}
	free(object.ranges);
}

/* Catches a change of what is published, which somebody may be reading. */
static void splice_keeps_old_ranges(struct test *t)
{
	struct object object;
	unsigned int i;

	start(&object);
	change(t, &object);
	for (i = 0; i < NR_CHANGES && !t->failures; i++) {
		struct flat_change c = flat_change(test_random(t, UINT_MAX));

		free(splice_flat(object.ranges, object.flat, c.first, c.last,
				 c.policy));
		expect_ranges(t, object.flat, object.ranges);
		change(t, &object);
	}
	free(object.ranges);
}

static struct mempolicy *lower(const struct mempolicy *policy, void *arg)
{
	unsigned int *calls = arg;

	++*calls;
	return flat_policy((char)(long)policy | 0x20);
}

/* Catches a page beside those asked that changes, and a gap that gets a policy. */
static void map_matches_flat_array(struct test *t)
{
	struct object object;
	unsigned int i, at;

	start(&object);
	for (i = 0; i < NR_CHANGES && !t->failures; i++) {
		struct flat_change c = flat_change(test_random(t, UINT_MAX));
		struct mpol_ranges *old;
		unsigned int calls = 0;

		change(t, &object);
		old = object.ranges;
		object.ranges = test_alloc(mpol_ranges_room(old));
		mpol_ranges_map(object.ranges, old, flat_first(object.flat, c.first),
				flat_last(object.flat, c.last), lower, &calls);
		for (at = c.first; at <= c.last; at++)
			if (object.flat[at] != '.')
				object.flat[at] |= 0x20;
		expect_ranges(t, object.flat, object.ranges);
		expect_eq(t, true, calls <= old->nr);
		free(old);
	}
	free(object.ranges);
}

const struct property ranges_properties[] = {
	PROPERTY(splice_vectors),
	PROPERTY(find_vectors),
	PROPERTY(splices_match_flat_array),
	PROPERTY(splices_keep_order),
	PROPERTY(find_matches_flat_array),
	PROPERTY(splice_keeps_old_ranges),
	PROPERTY(map_matches_flat_array),
	{ }
};
