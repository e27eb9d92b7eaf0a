// SPDX-License-Identifier: GPL-2.0
/* Ranges of policies against an array with the policy of every page. */
#include "input.h"

#include "object.h"

/* Three bytes for a change: from where on, how far, and what becomes of it. */
static void change(struct object *object, struct input *in)
{
	struct flat_change c = { .first = input_byte(in) % OBJECT_PAGES };
	u8 reach = input_byte(in), what = input_byte(in);

	c.last = c.first + reach % (OBJECT_PAGES - c.first);
	c.policy = ".ABCDE*"[what % 7];
	if (c.policy == '*')
		object_map(object, &c);
	else
		object_set(object, &c, what / 7);
}

int fuzz_one(const u8 *data, size_t size)
{
	struct input in = { .at = data, .left = min(size, 3 * 512) };
	struct object object;

	object_start(&object);
	while (in.left) {
		change(&object, &in);
		must(!object.fault);
	}
	object_end(&object);
	must(!object.fault);
	return 0;
}
