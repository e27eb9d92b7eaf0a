/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An object whose ranges are changed, and the model of it: tests/flat.h has the
 * form of that. The first thing that a change breaks is in @fault.
 */
#ifndef _MEMPOLICY_OBJECT_H
#define _MEMPOLICY_OBJECT_H

#include <stdlib.h>

#include "test.h"
#include "tests/flat.h"

#define OBJECT_PAGES	FLAT_LENGTH

/**
 * struct object - an object, and what is wrong with it
 * @flat:	the model
 * @ranges:	what it is compared to
 * @pool:	ranges for the change that is being made
 * @calls:	that the last change took
 * @fault:	the first thing that was wrong, or NULL
 */
struct object {
	char flat[OBJECT_PAGES + 1];
	struct rb_root ranges;
	struct mpol_range_pool pool;
	unsigned int calls;
	const char *fault;
};

void object_start(struct object *object);
void object_end(struct object *object);
void object_set(struct object *object, const struct flat_change *change,
		unsigned int twin);
void object_map(struct object *object, const struct flat_change *change);

#endif /* _MEMPOLICY_OBJECT_H */
