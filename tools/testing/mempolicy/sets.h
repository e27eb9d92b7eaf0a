/* SPDX-License-Identifier: GPL-2.0 */
/* Sets of nodes: random ones, and from one form to the other. */
#ifndef _MEMPOLICY_SETS_H
#define _MEMPOLICY_SETS_H

#include "naive.h"
#include "test.h"

void random_nodes(struct test *t, nodemask_t *nodes);
void random_some_nodes(struct test *t, nodemask_t *nodes);
unsigned int random_node_of(struct test *t, const nodemask_t *nodes);

struct naive_set to_naive(const nodemask_t *nodes);
nodemask_t from_naive(const struct naive_set *set);

#endif /* _MEMPOLICY_SETS_H */
