// SPDX-License-Identifier: GPL-2.0
/*
 * Policies of shared objects. Objects cannot be given one yet: the calls that
 * would say so.
 */
#include <linux/errno.h>

#include "internal.h"

/**
 * mpol_shared_policy_init - prepare the policies of an object
 * @sp:		the object's policies
 * @pol:	policy for all of the object, or NULL; its count is consumed
 *
 * Context: Process context.
 */
void mpol_shared_policy_init(struct shared_policy *sp, struct mempolicy *pol)
{
	mpol_put(pol);
}

/**
 * mpol_set_shared_policy - give the part of an object that is mapped a policy
 * @sp:		the object's policies
 * @vma:	the mapping
 * @pol:	the policy, or NULL for none
 *
 * Context: Holding the mmap_lock for write.
 * Return: -EOPNOTSUPP.
 */
int mpol_set_shared_policy(struct shared_policy *sp, struct vm_area_struct *vma,
			   struct mempolicy *pol)
{
	return -EOPNOTSUPP;
}

/**
 * mpol_free_shared_policy - free the policies of an object
 * @sp:	the object's policies
 *
 * Context: Process context.
 */
void mpol_free_shared_policy(struct shared_policy *sp)
{
}

/**
 * mpol_shared_policy_lookup - the policy of a page of an object
 * @sp:		the object's policies
 * @idx:	index of the page
 *
 * Context: Any.
 * Return: a counted policy marked with MPOL_F_SHARED, or NULL.
 */
struct mempolicy *mpol_shared_policy_lookup(struct shared_policy *sp,
					    pgoff_t idx)
{
	return NULL;
}

#ifdef CONFIG_TMPFS
/**
 * mpol_parse_str - read a policy from a mount option
 * @str:	the text
 * @pol:	set to a counted policy, or to NULL for the default
 *
 * Context: Process context.
 * Return: 0, or 1 if the text is not understood, which it never is yet.
 */
int mpol_parse_str(char *str, struct mempolicy **pol)
{
	return 1;
}
#endif
