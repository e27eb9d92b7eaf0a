/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_MEMPOLICY_TYPES_H
#define _LINUX_MEMPOLICY_TYPES_H

#include <linux/types.h>

/**
 * struct mpol_cursor - where a task stands, part of its task_struct
 * @view:	number of the nodes that it is allowed, or a number that no
 *		resolved form has; valid while @seq and @generation are current
 * @round:	view under which @slot counts, 0 if it has to be found anew
 * @seq:	mems_allowed_seq when @view was taken
 * @generation:	mpol_generation when @view was taken
 * @slot:	next slot of the task's own interleave
 * @retry:	jiffies before which no resolved form is to be made
 * @last:	node that the interleave used last
 * @view_slot:	where the view is registered
 * @resolving:	the task is just resolving a policy
 * @refused:	memory for a form was refused at @retry
 *
 * Only the task itself reads and writes its cursor, in process context.
 */
struct mpol_cursor {
	u64 view;
	u64 round;
	unsigned int seq;
	unsigned int generation;
	u32 slot;
	u32 retry;
	u16 last;
	u16 view_slot;
	bool resolving;
	bool refused;
};

#endif /* _LINUX_MEMPOLICY_TYPES_H */
