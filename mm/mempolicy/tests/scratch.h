/* SPDX-License-Identifier: GPL-2.0 */
/* What tests of the arithmetic work with. */
#ifndef _MM_MEMPOLICY_TESTS_SCRATCH_H
#define _MM_MEMPOLICY_TESTS_SCRATCH_H

#include <kunit/test.h>

#include "../modes.h"

/* Node masks take 128 bytes with NODES_SHIFT=10: too much for the stack. */
struct scratch {
	nodemask_t src, old, new, want, got;
	struct mpol_spec spec;
	u8 weight[MAX_NUMNODES];
};

static inline int scratch_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct scratch), GFP_KERNEL);
	if (!test->priv)
		kunit_skip(test, "no memory for node masks");
	return 0;
}

static inline void expect_nodes(struct kunit *test, const char *table, int row,
				const nodemask_t *want, const nodemask_t *got)
{
	KUNIT_EXPECT_TRUE_MSG(test, nodes_equal(*want, *got),
			      "%s[%d]: want %*pbl, got %*pbl", table, row,
			      nodemask_pr_args(want), nodemask_pr_args(got));
}

#endif /* _MM_MEMPOLICY_TESTS_SCRATCH_H */
