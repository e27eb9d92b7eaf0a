// SPDX-License-Identifier: GPL-2.0
/* Ranges of policies against an array with the policy of every page. */
#include <stdlib.h>

#include "test.h"
#include "tests/flat.h"

/* Policies are letters; how many ranges have a count on each? */
static long counts[128];

static struct mempolicy *flat_letter(char letter)
{
	return (struct mempolicy *)(long)letter;
}

void mpol_get(struct mempolicy *policy)
{
	if (policy)
		counts[(long)policy]++;
}

void mpol_put(struct mempolicy *policy)
{
	if (policy)
		counts[(long)policy]--;
}

/* An object that is changed at random, and the model of it. */
struct object {
	char flat[FLAT_LENGTH + 1];
	struct rb_root ranges;
};

static void start(struct object *object)
{
	memset(object->flat, '.', FLAT_LENGTH);
	object->flat[FLAT_LENGTH] = '\0';
	object->ranges = RB_ROOT;
	memset(counts, 0, sizeof(counts));
}

static void free_list(struct mpol_range *range)
{
	while (range) {
		struct mpol_range *next = range->next;

		free(range);
		range = next;
	}
}

static struct mpol_range_pool new_pool(void)
{
	struct mpol_range_pool pool = { };
	int i;

	for (i = 0; i < MPOL_RANGE_NODES; i++) {
		struct mpol_range *range = test_alloc(sizeof(*range));

		range->next = pool.spare;
		pool.spare = range;
	}
	return pool;
}

static void free_pool(struct mpol_range_pool *pool)
{
	free_list(pool->spare);
	free_list(pool->removed);
}

/* With no more memory than a change may need, however often it stops. */
static void set(struct object *object, unsigned int first, unsigned int last,
		char policy)
{
	unsigned long from = flat_first(object->flat, first), end;
	unsigned long to = flat_last(object->flat, last);
	struct mpol_range_pool pool = new_pool();

	do {
		end = mpol_ranges_set(&object->ranges, from, to,
				      flat_policy(policy), &pool);
		from = end + 1;
	} while (end != to);
	free_pool(&pool);
	memset(object->flat + first, policy, last - first + 1);
}

static void finish(struct object *object)
{
	set(object, 0, strlen(object->flat) - 1, '.');
}

static void expect_object(struct test *t, const struct object *object,
			  const char *want)
{
	if (!expect_eq(t, true, flat_is(&object->ranges, want)) ||
	    !expect_eq(t, true, flat_is_found(&object->ranges, want)))
		show_text("want", want);
}

/* Every range has one count on its policy, and nothing else has. */
static void expect_counts(struct test *t, const struct object *object)
{
	long want[128] = { };
	struct rb_node *rb;
	int i;

	for (rb = rb_first(&object->ranges); rb; rb = rb_next(rb))
		want[(long)rb_entry(rb, struct mpol_range, rb)->policy]++;
	for (i = 0; i < 128; i++)
		expect_eq(t, want[i], counts[i]);
}

static void set_vectors(struct test *t)
{
	unsigned int i;
	size_t at;

	for (i = 0; i < ARRAY_SIZE(vec_splices); i++) {
		const struct vec_splice *v = &vec_splices[i];
		struct object object;

		start(&object);
		memcpy(object.flat, v->from, strlen(v->from) + 1);
		for (at = 0; v->from[at]; at++)
			set(&object, at, at, v->from[at]);
		expect_object(t, &object, v->from);
		set(&object, v->first, v->last, v->policy);
		expect_object(t, &object, v->want);
		expect_counts(t, &object);
		finish(&object);
	}
}

static void change(struct test *t, struct object *object)
{
	struct flat_change c = flat_change(test_random(t, UINT_MAX));

	set(object, c.first, c.last, c.policy);
}

#define NR_CHANGES	1500

/* Catches a change of other pages than those asked, and counts that are lost. */
static void sets_match_flat_array(struct test *t)
{
	struct object object;
	unsigned int i;

	start(&object);
	for (i = 0; i < NR_CHANGES && !t->failures; i++) {
		change(t, &object);
		expect_object(t, &object, object.flat);
		expect_counts(t, &object);
	}
	finish(&object);
	expect_counts(t, &object);
}

/* Whatever the model says. */
static void sets_keep_order(struct test *t)
{
	struct object object;
	unsigned int i;

	start(&object);
	for (i = 0; i < NR_CHANGES && !t->failures; i++) {
		const struct mpol_range *it, *before = NULL;
		struct rb_node *rb;

		change(t, &object);
		for (rb = rb_first(&object.ranges); rb; rb = rb_next(rb)) {
			it = rb_entry(rb, struct mpol_range, rb);
			expect_eq(t, true, !!it->policy);
			expect_eq(t, true, it->first <= it->last);
			if (before) {
				expect_eq(t, true, before->last < it->first);
				expect_eq(t, false,
					  before->last + 1 == it->first &&
					  before->policy == it->policy);
			}
			before = it;
		}
	}
	finish(&object);
}

/* Catches a change of many ranges that stops and is not gone on with. */
static void long_changes_match(struct test *t)
{
	const unsigned int end = FLAT_LENGTH - 1;
	unsigned int i, at;

	for (i = 0; i < 40 && !t->failures; i++) {
		unsigned int first = test_random(t, end / 4);
		unsigned int last = end - test_random(t, end / 4);
		struct object object;

		start(&object);
		for (at = 0; at < FLAT_LENGTH; at++)
			set(&object, at, at, "AB.C"[(at + i) % 3]);
		set(&object, first, last, ".ABC"[i % 4]);
		expect_object(t, &object, object.flat);
		expect_counts(t, &object);
		finish(&object);
	}
}

static void expect_found(struct test *t, const struct object *object,
			 unsigned long page, char want)
{
	struct mempolicy *got = mpol_ranges_find(&object->ranges, page);

	if (!expect_eq(t, (long)flat_policy(want), (long)got))
		show_number("page", page);
}

static void find_matches_flat_array(struct test *t)
{
	unsigned long middle = ULONG_MAX / 2;
	struct object object;
	unsigned int i;

	start(&object);
	for (i = 0; i < NR_CHANGES && !t->failures; i++) {
		change(t, &object);
		expect_found(t, &object, middle + test_random(t, UINT_MAX / 4),
			     object.flat[FLAT_LENGTH / 2]);
	}
	finish(&object);
}

static struct mempolicy *lower(struct mempolicy *policy, void *arg)
{
	unsigned int *calls = arg;

	++*calls;
	return flat_policy((char)(long)policy | 0x20);
}

static void map(struct object *object, unsigned int first, unsigned int last,
		unsigned int *calls)
{
	unsigned long from = flat_first(object->flat, first), end;
	unsigned long to = flat_last(object->flat, last);
	struct mpol_range_pool pool = new_pool();

	do {
		end = mpol_ranges_map(&object->ranges, from, to, lower, calls,
				      &pool);
		from = end + 1;
	} while (end != to);
	free_pool(&pool);
	for (; first <= last; first++)
		if (object->flat[first] != '.')
			object->flat[first] |= 0x20;
}

/* Catches a page beside those asked that changes, and a gap that gets a policy. */
static void map_matches_flat_array(struct test *t)
{
	struct object object;
	unsigned int i;

	start(&object);
	for (i = 0; i < NR_CHANGES && !t->failures; i++) {
		struct flat_change c = flat_change(test_random(t, UINT_MAX));
		unsigned int calls = 0;

		change(t, &object);
		map(&object, c.first, c.last, &calls);
		expect_object(t, &object, object.flat);
		expect_counts(t, &object);
		expect_eq(t, true, calls <= c.last - c.first + 1);
	}
	finish(&object);
}

const struct property ranges_properties[] = {
	PROPERTY(set_vectors),
	PROPERTY(sets_match_flat_array),
	PROPERTY(sets_keep_order),
	PROPERTY(long_changes_match),
	PROPERTY(find_matches_flat_array),
	PROPERTY(map_matches_flat_array),
	{ }
};
