/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A cpuset for the test to be in.
 */
#ifndef _MEMPOLICY_GROUP_H
#define _MEMPOLICY_GROUP_H

#include "mempolicy_nodes.h"

const char *cpuset_missing(void);
bool cpuset_enter(const struct nodes *mems);
bool cpuset_set_mems(const struct nodes *mems);
bool cpuset_change(const struct nodes *mems);
void cpuset_leave(void);

#endif /* _MEMPOLICY_GROUP_H */
