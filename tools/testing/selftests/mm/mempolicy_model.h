/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A model of where a policy puts a page, and of what is told of it.
 *
 * The model knows nothing of the kernel's code.  It restates what a caller was
 * promised, so that a test compares the kernel with the promise.
 */
#ifndef _MEMPOLICY_MODEL_H
#define _MEMPOLICY_MODEL_H

#include <stdbool.h>

#include "mempolicy_modes.h"
#include "mempolicy_nodes.h"

/**
 * struct policy - what a caller asks for
 * @mode:  MPOL_*
 * @flags: MPOL_F_STATIC_NODES and the like
 * @ask:   the nodes asked for
 * @home:  home node, or -1
 */
struct policy {
	int mode;
	int flags;
	struct nodes ask;
	int home;
};

extern const struct policy no_policy;

struct policy policy_for(int mode, struct nodes ask);
int policy_mode(const struct policy *pol);
bool policy_is_legal(int mode, int flags, bool empty);
struct nodes policy_effective(const struct policy *pol, const struct nodes *then,
			      const struct nodes *now);
struct nodes policy_targets(const struct policy *pol, const struct nodes *effective,
			    const struct nodes *now, int cpu_node, unsigned long index);

struct nodes policy_reported(const struct policy *pol, const struct nodes *then,
			     const struct nodes *now);
int policy_reported_mode(const struct policy *pol);
struct nodes object_reported(const struct policy *pol, const struct nodes *then);
const char *policy_text(const struct policy *pol, const struct nodes *then,
			const struct nodes *now);

#endif /* _MEMPOLICY_MODEL_H */
