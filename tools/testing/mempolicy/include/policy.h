/* SPDX-License-Identifier: GPL-2.0 */
/* Policies that only count, for ranges of them. */
#ifndef _MEMPOLICY_POLICY_H
#define _MEMPOLICY_POLICY_H

struct host_atomic_long {
	long counter;
};

#define atomic_long_t		struct host_atomic_long

#define atomic_long_set(atomic, value)	((atomic)->counter = (value))
#define atomic_long_read(atomic)	((atomic)->counter)
#define atomic_long_inc(atomic)		((atomic)->counter++)
#define atomic_long_dec(atomic)		((atomic)->counter--)

/* Policies are equal if they have the same home node. */
struct mempolicy {
	struct {
		int home_node;
	} spec;
	atomic_long_t count;
};

static inline void mpol_get(struct mempolicy *policy)
{
	if (policy)
		atomic_long_inc(&policy->count);
}

/* Nobody may give back the last count: the test has it. */
static inline void mpol_put(struct mempolicy *policy)
{
	if (!policy)
		return;
	atomic_long_dec(&policy->count);
	assert(policy->count.counter > 0);
}

static inline bool mpol_equal(const struct mempolicy *a,
			      const struct mempolicy *b)
{
	return a == b || (a && b && a->spec.home_node == b->spec.home_node);
}

#endif /* _MEMPOLICY_POLICY_H */
