// SPDX-License-Identifier: GPL-2.0
/* Ranges of policies against an array with the policy of every page. */
#include "input.h"

#include "tests/flat.h"

#define PAGES	40

static struct mempolicy *flat_letter(char letter)
{
	return (struct mempolicy *)(long)letter;
}

/* The array in the form of tests/flat.h, each page a letter. */
struct object {
	char flat[PAGES + 1];
	struct rb_root ranges;
};

static void free_list(struct mpol_range *range)
{
	while (range) {
		struct mpol_range *next = range->next;

		free(range);
		range = next;
	}
}

static void set(struct object *object, unsigned int first, unsigned int last,
		char policy)
{
	struct mpol_range_pool pool = { };
	int i;

	for (i = 0; i < MPOL_RANGE_NODES; i++) {
		struct mpol_range *range = test_alloc(sizeof(*range));

		range->next = pool.spare;
		pool.spare = range;
	}
	must(mpol_ranges_set(&object->ranges, flat_first(object->flat, first),
			     flat_last(object->flat, last),
			     flat_policy(policy), &pool) ==
	     flat_last(object->flat, last));
	free_list(pool.spare);
	free_list(pool.removed);
	memset(object->flat + first, policy, last - first + 1);
}

int fuzz_one(const u8 *data, size_t size)
{
	struct input in = { .at = data, .left = size };
	struct object object = { .ranges = RB_ROOT };

	memset(object.flat, '.', PAGES);
	while (in.left) {
		unsigned int first = input_byte(&in) % PAGES;
		unsigned int last = first + input_byte(&in) % (PAGES - first);

		set(&object, first, last, ".ABCDE"[input_byte(&in) % 6]);
		must(flat_is(&object.ranges, object.flat));
		must(flat_is_found(&object.ranges, object.flat));
	}
	set(&object, 0, PAGES - 1, '.');
	return 0;
}
