/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Policies given to tasks and ranges, and asked for again.
 */
#ifndef _MEMPOLICY_POLICY_H
#define _MEMPOLICY_POLICY_H

#include "mempolicy_model.h"

/* These four return 0 or the errno. */
int policy_set_task(const struct policy *pol);
int policy_set_range(const struct policy *pol, const void *addr, unsigned long len);
int policy_bind_range(const struct policy *pol, const void *addr, unsigned long len,
		      unsigned long flags);
int policy_get(const void *addr, int *mode, struct nodes *set);
long migrate_pages_of(int pid, const struct nodes *from, const struct nodes *to);
bool policy_holds(const void *addr, const struct policy *pol);

#endif /* _MEMPOLICY_POLICY_H */
