/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A policy as text, "interleave=static:0-3", and the raw system calls.
 */
#ifndef DEMO_POLICY_H
#define DEMO_POLICY_H

#include <stddef.h>

#define MAX_NODES 64

/* Nodes fit into one word: the kernels here have CONFIG_NODES_SHIFT=6. */
struct policy {
	int mode;		/* MPOL_* with its flags */
	unsigned long nodes;
};

int policy_parse(const char *text, struct policy *policy);
int policy_set_task(const struct policy *policy);
int policy_set_range(const struct policy *policy, void *addr, size_t len);
int policy_set_home(int node, void *addr, size_t len);
int policy_get_mode(void *addr, int *mode);
long policy_page_nodes(unsigned long count, void **pages, int *nodes);

#endif
