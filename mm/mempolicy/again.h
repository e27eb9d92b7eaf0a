/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Allocations whose nodes get old while they wait for memory.
 */
#ifndef _MM_MEMPOLICY_AGAIN_H
#define _MM_MEMPOLICY_AGAIN_H

#include <linux/nodemask.h>

#ifdef CONFIG_NUMA
bool mpol_nodes_outdated(const nodemask_t *nodes, unsigned int cookie);
bool mpol_place_again(void);
#else
static inline bool
mpol_nodes_outdated(const nodemask_t *nodes, unsigned int cookie)
{
	return false;
}

static inline bool mpol_place_again(void)
{
	return false;
}
#endif

#endif /* _MM_MEMPOLICY_AGAIN_H */
