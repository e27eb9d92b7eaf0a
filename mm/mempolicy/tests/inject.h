/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Making an allocation of current fail, where the kernel can do that.
 */
#ifndef _MM_MEMPOLICY_TESTS_INJECT_H
#define _MM_MEMPOLICY_TESTS_INJECT_H

#include <linux/gfp.h>
#include <linux/sched.h>

#ifdef CONFIG_FAILSLAB
/*
 * The @nth allocation of an object from now on fails. Those that may reclaim
 * are spared unless debugfs says otherwise; so none may for a moment.
 */
static inline void inject_failure(unsigned int nth)
{
	gfp_allowed_mask &= ~__GFP_DIRECT_RECLAIM;
	current->fail_nth = nth;
}

/* No more failures. Has there been one? */
static inline bool inject_end(void)
{
	bool failed = !current->fail_nth;

	current->fail_nth = 0;
	gfp_allowed_mask |= __GFP_DIRECT_RECLAIM;
	return failed;
}
#else
static inline void inject_failure(unsigned int nth) { }

static inline bool inject_end(void)
{
	return false;
}
#endif

#endif /* _MM_MEMPOLICY_TESTS_INJECT_H */
