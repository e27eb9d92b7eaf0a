// SPDX-License-Identifier: GPL-2.0
/*
 * Policies of objects that several tasks change at the same time: what a change
 * has reserved is enough, or it gets more.
 */
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/random.h>

#include "requests.h"

/* Pages of an object; a change of all of them is made in several parts. */
#define PAGES		(5UL * MPOL_RANGE_BUDGET)

#define THREAD_ROUNDS	300

/**
 * struct object - an object's policies, and what they are to be
 * @sp:		the policies
 * @pol:	policies for VMAs, none equal to another
 * @of_object:	the same for the object
 */
struct object {
	struct shared_policy sp;
	struct mempolicy *pol[2];
	struct mempolicy *of_object[2];
};

static int object_init(struct kunit *test)
{
	struct object *obj = kunit_kzalloc(test, sizeof(*obj), GFP_KERNEL);
	int err = request_init(test);
	nodemask_t one, two;
	int i;

	if (!obj || err)
		return -ENOMEM;
	mpol_shared_policy_init(&obj->sp, NULL);
	request_nodes(&one, &two);
	obj->pol[0] = create(test, MPOL_BIND | MPOL_F_STATIC_NODES, &one);
	obj->pol[1] = create(test, MPOL_INTERLEAVE | MPOL_F_STATIC_NODES, &two);
	for (i = 0; i < 2; i++) {
		obj->of_object[i] = mpol_for_object(obj->pol[i]);
		if (IS_ERR(obj->of_object[i]))
			return -ENOMEM;
	}
	test->priv = obj;
	return 0;
}

static void object_exit(struct kunit *test)
{
	struct object *obj = test->priv;
	int i;

	if (!obj)
		return;
	mpol_free_shared_policy(&obj->sp);
	for (i = 0; i < 2; i++) {
		mpol_put(obj->of_object[i]);
		mpol_put(obj->pol[i]);
	}
}

/* A change of @intervals intervals to the object's policy @which. */
static int begin(struct mpol_change *change, const struct object *obj,
		 int which, unsigned long intervals)
{
	int err;

	mpol_change_policy(change, 0, 0, obj->pol[which]);
	change->object_policy = mpol_dup(obj->of_object[which]);
	err = mpol_shared_reserve(change, intervals);
	if (err)
		mpol_change_end(change);
	return err;
}

static int set_pages(struct object *obj, pgoff_t first, pgoff_t last, int which)
{
	struct mpol_change change;
	int err = begin(&change, obj, which, 1);

	if (err)
		return err;
	mpol_shared_change(&obj->sp, first, last, &change);
	mpol_change_end(&change);
	return 0;
}

/* Ranges of the first PAGES pages, or 0 if they are not as they have to be. */
static unsigned int count_ranges(struct object *obj)
{
	pgoff_t index = 0, first, last;
	unsigned int nr = 0;

	while (index < PAGES) {
		if (!mpol_shared_extent(&obj->sp, index, &first, &last) ||
		    first > index || last < index || (nr && first != index))
			return 0;
		nr++;
		index = last + 1;
	}
	return nr;
}

static void expect_policy(struct kunit *test, pgoff_t index, int which)
{
	struct object *obj = test->priv;

	guard(rcu)();
	KUNIT_EXPECT_PTR_EQ_MSG(test, obj->of_object[which],
				mpol_shared_find(&obj->sp, index),
				"page %lu", index);
}

/* Catches pages that a change in several parts leaves out. */
static void test_parts(struct kunit *test)
{
	struct object *obj = test->priv;
	unsigned long i;

	for (i = 0; i < PAGES; i++)
		KUNIT_ASSERT_EQ(test, 0, set_pages(obj, i, i, i % 2));
	KUNIT_EXPECT_EQ(test, PAGES, count_ranges(obj));

	KUNIT_ASSERT_EQ(test, 0, set_pages(obj, 1, PAGES - 2, 0));
	for (i = 0; i < PAGES - 1; i++)
		expect_policy(test, i, 0);
	expect_policy(test, PAGES - 1, 1);
	KUNIT_EXPECT_EQ(test, 2, count_ranges(obj));
}

/*
 * A change that goes on behind a border which another task has moved takes more
 * than was reserved for its interval. Catches the next one that has too little.
 */
static void test_reserve_used_up(struct kunit *test)
{
	struct object *obj = test->priv;
	struct mpol_change change;

	KUNIT_ASSERT_EQ(test, 0, set_pages(obj, 0, PAGES - 1, 0));
	KUNIT_ASSERT_EQ(test, 0, begin(&change, obj, 1, 1));
	mpol_shared_change(&obj->sp, 10, 19, &change);
	KUNIT_EXPECT_NULL(test, change.pool.spare);
	mpol_shared_change(&obj->sp, 30, 39, &change);
	mpol_shared_change(&obj->sp, 60, 69, &change);
	mpol_change_end(&change);
	KUNIT_EXPECT_EQ(test, 7, count_ranges(obj));
	expect_policy(test, 9, 0);
	expect_policy(test, 30, 1);
	expect_policy(test, 39, 1);
	expect_policy(test, 59, 0);
	expect_policy(test, 69, 1);
}

static int change_two_intervals(struct object *obj, unsigned int at, int which)
{
	struct mpol_change change;
	int err = begin(&change, obj, which, 2);

	if (err)
		return err;
	mpol_shared_change(&obj->sp, at, at + 2 * MPOL_RANGE_BUDGET, &change);
	at = (at + PAGES / 2) % PAGES;
	mpol_shared_change(&obj->sp, at, at + 9, &change);
	mpol_change_end(&change);
	return 0;
}

/* Many ranges, borders that move, and changes of which each is in parts. */
static int change_at_random(void *arg)
{
	struct object *obj = arg;
	int i, k, errors = 0;

	for (i = 0; i < THREAD_ROUNDS; i++) {
		unsigned int at = get_random_u32_below(PAGES);

		for (k = 0; k < 16; k++)
			errors += !!set_pages(obj, (at + 2 * k) % PAGES,
					      (at + 2 * k) % PAGES + k % 3,
					      k % 2);
		if (i % 8 == 0)
			errors += !!change_two_intervals(obj, at, i / 8 % 2);
	}
	return errors;
}

/* Catches a tree that breaks, and memory that is missing under the lock. */
static void test_threads(struct kunit *test)
{
	struct object *obj = test->priv;

	KUNIT_ASSERT_EQ(test, 0, set_pages(obj, 0, PAGES - 1, 0));
	KUNIT_EXPECT_EQ(test, 0, request_threads(change_at_random, obj));
	KUNIT_EXPECT_NE(test, 0, count_ranges(obj));
	KUNIT_ASSERT_EQ(test, 0, set_pages(obj, 0, 3 * PAGES, 1));
	KUNIT_EXPECT_EQ(test, 1, count_ranges(obj));
}

static struct kunit_case shared_cases[] = {
	KUNIT_CASE(test_parts),
	KUNIT_CASE(test_reserve_used_up),
	KUNIT_CASE(test_threads),
	{ }
};

static struct kunit_suite shared_suite = {
	.name		= "mempolicy-shared",
	.init		= object_init,
	.exit		= object_exit,
	.test_cases	= shared_cases,
};

kunit_test_suite(shared_suite);

MODULE_DESCRIPTION("KUnit tests of NUMA memory policies of objects");
MODULE_LICENSE("GPL");
