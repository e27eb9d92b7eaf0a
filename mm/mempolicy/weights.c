// SPDX-License-Identifier: GPL-2.0
/*
 * Weights of the nodes for weighted interleave.
 *
 * They are a table that never changes and is replaced as a whole. Policies
 * notice at their next allocation, as they do when allowed nodes change.
 */
#include <linux/cleanup.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#include "internal.h"

struct weight_table {
	struct rcu_head rcu;
	u8 weight[];
};

/* Replaced under weights_lock; NULL as long as all weights are 1. */
static struct weight_table __rcu *published;
static DEFINE_MUTEX(weights_lock);

/**
 * mpol_weights - the weights of all nodes
 *
 * Context: Under rcu_read_lock().
 * Return: a table by node, 1..255 each, or NULL when every weight is 1.
 */
const u8 *mpol_weights(void)
{
	const struct weight_table *table = rcu_dereference(published);

	return table ? table->weight : NULL;
}

/**
 * mpol_get_weight - the weight of a node
 * @nid:	the node
 *
 * Context: Any.
 * Return: 1..255.
 */
u8 mpol_get_weight(int nid)
{
	const u8 *weights;

	guard(rcu)();
	weights = mpol_weights();
	return weights ? weights[nid] : 1;
}

/**
 * mpol_set_weight - change the weight of a node
 * @nid:	the node
 * @weight:	1..255, or 0 for what it has by default
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int mpol_set_weight(int nid, u8 weight)
{
	struct weight_table *old, *new;

	new = kmalloc(struct_size(new, weight, nr_node_ids), GFP_KERNEL);
	if (!new)
		return -ENOMEM;

	guard(mutex)(&weights_lock);
	old = rcu_dereference_protected(published,
					lockdep_is_held(&weights_lock));
	if (old)
		memcpy(new->weight, old->weight, nr_node_ids);
	else
		memset(new->weight, 1, nr_node_ids);
	new->weight[nid] = weight ?: 1;
	rcu_assign_pointer(published, new);
	mpol_view_changed();
	if (old)
		kfree_rcu(old, rcu);
	return 0;
}
