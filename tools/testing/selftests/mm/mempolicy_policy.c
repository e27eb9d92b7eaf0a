// SPDX-License-Identifier: GPL-2.0
/*
 * Policies of tasks and ranges; see mempolicy_policy.h.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>

#include "kselftest.h"
#include "mempolicy_calls.h"
#include "mempolicy_machine.h"
#include "mempolicy_policy.h"

int policy_set_task(const struct policy *pol)
{
	unsigned long mask[MASK_WORDS];

	nodes_to_mask(&pol->ask, mask);
	return sys_set_mempolicy(pol->mode | pol->flags, mask, machine.max + 1) ? errno : 0;
}

/* mbind() with MPOL_MF_* flags, and without a home node. */
int policy_bind_range(const struct policy *pol, const void *addr, unsigned long len,
		      unsigned long flags)
{
	unsigned long mask[MASK_WORDS];

	nodes_to_mask(&pol->ask, mask);
	return sys_mbind(addr, len, pol->mode | pol->flags, mask, machine.max + 1, flags) ?
	       errno : 0;
}

int policy_set_range(const struct policy *pol, const void *addr, unsigned long len)
{
	int err = policy_bind_range(pol, addr, len, 0);

	if (err)
		return err;
	if (pol->home >= 0 && sys_home_node(addr, len, pol->home, 0))
		return errno;
	return 0;
}

/* The policy of the mapping at @addr, or the task's when @addr is NULL. */
int policy_get(const void *addr, int *mode, struct nodes *set)
{
	unsigned long mask[MASK_WORDS] = { 0 };

	if (sys_get_mempolicy(mode, mask, machine.max + 1, addr, addr ? MPOL_F_ADDR : 0))
		return errno;
	*set = nodes_from_mask(mask, machine.max);
	return 0;
}

/* Pages of a process that did not move, or minus the errno. */
long migrate_pages_of(int pid, const struct nodes *from, const struct nodes *to)
{
	unsigned long from_mask[MASK_WORDS], to_mask[MASK_WORDS];
	long left;

	nodes_to_mask(from, from_mask);
	nodes_to_mask(to, to_mask);
	left = sys_migrate_pages(pid, machine.max + 1, from_mask, to_mask);
	return left < 0 ? -errno : left;
}

/*
 * Only words that hold possible nodes are written: of a relative request for
 * higher numbers, the caller is told no more.
 */
static unsigned int told_bits(void)
{
	return (machine.nr_ids + LONG_BITS - 1) / LONG_BITS * LONG_BITS;
}

/* Is the policy at @addr (NULL: the task's) the one asked for? */
bool policy_holds(const void *addr, const struct policy *pol)
{
	struct nodes want = policy_reported(pol, &machine.usable, &machine.usable);
	struct nodes seen;
	int err, mode = -1;

	want = nodes_below(&want, told_bits());
	err = policy_get(addr, &mode, &seen);
	if (!err && mode == policy_reported_mode(pol) && nodes_same(&seen, &want))
		return true;
	ksft_print_msg("want mode %#x nodes %s\n", policy_reported_mode(pol), nodes_text(&want));
	ksft_print_msg("seen mode %#x nodes %s, errno %d\n", mode, nodes_text(&seen), err);
	return false;
}
