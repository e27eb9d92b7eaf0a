/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the pages of a mapping are, and what numa_maps says about it.
 */
#ifndef DEMO_WHERE_H
#define DEMO_WHERE_H

#include <stddef.h>
#include <sys/types.h>

/* As many as the kernels here are built for: CONFIG_NODES_SHIFT=6. */
#define MAX_NODES 64

struct where {
	char report[64];		/* the policy in numa_maps */
	unsigned long pages[MAX_NODES];
	unsigned long total;
};

int where_own(void *addr, size_t len, struct where *where);
int where_other(pid_t pid, unsigned long pages, struct where *where);

#endif
