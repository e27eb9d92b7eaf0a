// SPDX-License-Identifier: GPL-2.0
/*
 * Moving pages to where a policy wants them.
 */
#include <linux/errno.h>

#include "internal.h"

/**
 * do_migrate_pages - move a process's pages between nodes
 * @mm:		address space of the process
 * @from:	nodes to move from
 * @to:		nodes to move to
 * @flags:	MPOL_MF_MOVE or MPOL_MF_MOVE_ALL
 *
 * Context: Process context.
 * Return: -ENOSYS.
 */
int do_migrate_pages(struct mm_struct *mm,
		     const nodemask_t *from, const nodemask_t *to, int flags)
{
	return -ENOSYS;
}
