// SPDX-License-Identifier: GPL-2.0
/*
 * Policies that get another home node.
 *
 * What all policies of a range are to become is made first, and kept until the
 * range has it. So finding one again cannot fail, and no table of old and new
 * ones has to be searched.
 */
#include <linux/list.h>
#include <linux/slab.h>

#include "internal.h"

/* What a policy becomes, with a count. */
struct kept_policy {
	struct list_head list;
	struct mempolicy *pol;
};

/**
 * mpol_homing_begin - start giving policies a home node
 * @homing:	set up
 * @home_node:	the node
 *
 * Context: Any; to be ended by mpol_homing_end().
 */
void mpol_homing_begin(struct mpol_homing *homing, int home_node)
{
	homing->home_node = home_node;
	homing->nr = 0;
	homing->from = NULL;
	INIT_LIST_HEAD(&homing->kept);
}

static int keep_homed(struct mpol_homing *homing, const struct mempolicy *pol)
{
	struct kept_policy *kept = kmalloc(sizeof(*kept), GFP_KERNEL_ACCOUNT);

	if (!kept)
		return -ENOMEM;
	kept->pol = mpol_with_home(pol, homing->home_node);
	if (IS_ERR(kept->pol)) {
		kfree(kept);
		return -ENOMEM;
	}
	list_add(&kept->list, &homing->kept);
	return 0;
}

/**
 * mpol_homing_add - prepare to give a policy the home node
 * @homing:	from mpol_homing_begin()
 * @pol:	the policy, which stays where it is until mpol_homing_end()
 *
 * Context: May sleep.
 * Return: 0, -EOPNOTSUPP if its mode has no home, or -ENOMEM.
 */
int mpol_homing_add(struct mpol_homing *homing, const struct mempolicy *pol)
{
	if (!pol->traits.home)
		return -EOPNOTSUPP;
	homing->nr++;

	/* Neighbours mostly have the same one. */
	if (homing->from == pol)
		return 0;
	homing->from = pol;
	return keep_homed(homing, pol);
}

/**
 * mpol_homed - what a policy becomes
 * @pol:	a policy, after mpol_homing_add()
 * @homing:	the struct mpol_homing
 *
 * Context: May sleep.
 * Return: the policy, good until mpol_homing_end().
 */
struct mempolicy *mpol_homed(const struct mempolicy *pol, void *homing)
{
	const struct mpol_homing *h = homing;
	struct mempolicy *homed = mpol_with_home(pol, h->home_node);

	/* It is there already, and kept. */
	mpol_put(homed);
	return homed;
}

/**
 * mpol_homing_end - let go of what was prepared
 * @homing:	from mpol_homing_begin()
 *
 * Context: May sleep.
 */
void mpol_homing_end(struct mpol_homing *homing)
{
	struct kept_policy *kept, *next;

	list_for_each_entry_safe(kept, next, &homing->kept, list) {
		mpol_put(kept->pol);
		kfree(kept);
	}
}
