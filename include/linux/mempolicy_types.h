/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_MEMPOLICY_TYPES_H
#define _LINUX_MEMPOLICY_TYPES_H

#include <linux/types.h>

/**
 * struct mpol_cursor - where a task stands, part of its task_struct
 * @view:	what its policies are to be bound against, 0 if unknown;
 *		valid while @seq and @generation are current
 * @seq:	mems_allowed_seq when @view was taken
 * @generation:	generation of nodes and weights when @view was taken
 * @round:	view under which @slot counts, 0 if it has to be found anew
 * @slot:	next slot of the task's own interleave
 * @last:	node that it used last
 * @binding:	the task is just binding a policy
 *
 * Only the task itself reads and writes its cursor, in process context.
 */
struct mpol_cursor {
	u64 view;
	u64 round;
	unsigned int seq;
	unsigned int generation;
	u32 slot;
	u16 last;
	bool binding;
};

#endif /* _LINUX_MEMPOLICY_TYPES_H */
