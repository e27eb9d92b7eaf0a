// SPDX-License-Identifier: GPL-2.0
/* Ranges of policies against an array with the policy of every page. */
#include "input.h"

#include "tests/flat.h"

#define PAGES	40

/* The array in the form of tests/flat.h, each page a letter. */
struct object {
	char flat[PAGES + 1];
	struct mpol_ranges *ranges;
};

static void splice(struct object *object, unsigned int first,
		   unsigned int last, char policy)
{
	struct mpol_ranges *to = test_alloc(mpol_ranges_room(object->ranges));

	mpol_ranges_splice(to, object->ranges, flat_first(object->flat, first),
			   flat_last(object->flat, last), flat_policy(policy));
	free(object->ranges);
	object->ranges = to;
	memset(object->flat + first, policy, last - first + 1);
}

static void check(const struct object *object)
{
	struct mpol_ranges *want;
	size_t at;

	want = test_alloc(struct_size(want, range, PAGES));
	flat_ranges(want, object->flat);
	must(flat_same_ranges(want, object->ranges));
	free(want);

	for (at = 0; at < PAGES; at++) {
		const char *flat = object->flat;
		struct mempolicy *policy = flat_policy(flat[at]);

		must(mpol_ranges_find(object->ranges, flat_first(flat, at)) ==
		     policy);
		must(mpol_ranges_find(object->ranges, flat_last(flat, at)) ==
		     policy);
	}
}

int fuzz_one(const u8 *data, size_t size)
{
	struct input in = { .at = data, .left = size };
	struct object object = { .ranges = NULL };

	memset(object.flat, '.', PAGES);
	while (in.left) {
		unsigned int first = input_byte(&in) % PAGES;
		unsigned int last = first + input_byte(&in) % (PAGES - first);

		splice(&object, first, last, ".ABCDE"[input_byte(&in) % 6]);
		check(&object);
	}
	free(object.ranges);
	return 0;
}
