/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Policies as text: those that are asked for, "interleave=static:0-3", and those
 * that numa_maps shows.
 */
#ifndef MEMPOLICY_LIB_POLICY_H
#define MEMPOLICY_LIB_POLICY_H

#include <stddef.h>

#include "mempolicy_nodes.h"

struct policy {
	int mode;		/* MPOL_* with its flags */
	struct nodes nodes;
};

int policy_parse(const char *text, struct policy *policy);
size_t policy_length(const char *shown);
int policy_set_task(const struct policy *policy);
int policy_set_range(const struct policy *policy, void *addr, size_t len,
		     int flags);

#endif
