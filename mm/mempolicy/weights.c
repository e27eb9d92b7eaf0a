// SPDX-License-Identifier: GPL-2.0
/*
 * Weights of the nodes for weighted interleave.
 *
 * They are a table that never changes and is replaced as a whole. Policies
 * notice at their next allocation, as they do when allowed nodes change.
 *
 * Until a weight is written they follow the bandwidth of the nodes that
 * firmware reports; a node without a report weighs 1.
 */
#define pr_fmt(fmt) "mempolicy: " fmt

#include <linux/cleanup.h>
#include <linux/init.h>
#include <linux/mutex.h>
#include <linux/node.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "internal.h"
#include "bandwidth.h"

struct weight_table {
	DECLARE_FLEX_ARRAY(u8, weight);
};

/* All below is changed under this. */
static DEFINE_MUTEX(weights_lock);

/* NULL as long as all weights are 1. */
static struct weight_table __rcu *published;

/* Bandwidth by node in MB/s, 0 if unknown; NULL if none is known. */
static u32 *bandwidths;

/* Do the weights follow it, as far as it is known? */
static bool follows = true;

/* While booting firmware tells of one node after the other. */
static bool booted;

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

static struct weight_table *alloc_table(void)
{
	struct weight_table *table;

	table = kmalloc(struct_size(table, weight, nr_node_ids), GFP_KERNEL);
	if (table)
		memset(table->weight, 1, nr_node_ids);
	return table;
}

static bool same_weights(const struct weight_table *old,
			 const struct weight_table *new)
{
	return old ? !memcmp(old->weight, new->weight, nr_node_ids) :
		     !memchr_inv(new->weight, 1, nr_node_ids);
}

/*
 * A change makes every task resolve its policies again. Waiting for a grace
 * period keeps a program that does nothing but write weights from having that
 * done at every allocation.
 */
static void publish(struct weight_table *new)
{
	struct weight_table *old;

	old = rcu_dereference_protected(published,
					lockdep_is_held(&weights_lock));
	if (same_weights(old, new)) {
		kfree(new);
		return;
	}
	rcu_assign_pointer(published, new);
	mpol_invalidate();
	synchronize_rcu();
	kfree(old);
}

/* From one weight for each node whose bandwidth is known to all by node. */
static void scatter(u8 *weight, unsigned int known)
{
	int nid = nr_node_ids;

	while (nid--)
		weight[nid] = bandwidths[nid] ? weight[--known] : 1;
}

/* A table of what the nodes weigh by their bandwidth, or NULL. */
static struct weight_table *default_table(void)
{
	struct weight_table *table = alloc_table();
	unsigned int nid, known = 0;
	u32 *compact;

	if (!table || !bandwidths)
		return table;
	compact = kmalloc_array(nr_node_ids, sizeof(*compact), GFP_KERNEL);
	if (!compact) {
		kfree(table);
		return NULL;
	}
	for (nid = 0; nid < nr_node_ids; nid++)
		if (bandwidths[nid])
			compact[known++] = bandwidths[nid];
	mpol_bandwidth_weigh(table->weight, compact, known);
	kfree(compact);
	scatter(table->weight, known);
	return table;
}

static int publish_defaults(void)
{
	struct weight_table *table = default_table();

	if (!table)
		return -ENOMEM;
	publish(table);
	return 0;
}

/* Replaces one weight of @new, and takes the others from those in force. */
static void publish_one(struct weight_table *new, int nid, u8 weight)
{
	const struct weight_table *old;

	old = rcu_dereference_protected(published,
					lockdep_is_held(&weights_lock));
	if (old)
		memcpy(new->weight, old->weight, nr_node_ids);
	else
		memset(new->weight, 1, nr_node_ids);
	new->weight[nid] = weight;
	publish(new);
}

/**
 * mpol_set_weight - set the weight of a node by hand
 * @nid:	the node
 * @weight:	1..255
 *
 * From then on no weight follows bandwidth.
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int mpol_set_weight(int nid, u8 weight)
{
	struct weight_table *new = alloc_table();

	if (!new)
		return -ENOMEM;
	guard(mutex)(&weights_lock);
	follows = false;
	publish_one(new, nid, weight);
	return 0;
}

/**
 * mpol_reset_weight - give a node the weight that it has by default
 * @nid:	the node
 *
 * That is what it would have if weights followed bandwidth; if they do, it has
 * it, and nothing changes.
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int mpol_reset_weight(int nid)
{
	struct weight_table *new;

	guard(mutex)(&weights_lock);
	if (follows)
		return 0;
	new = default_table();
	if (!new)
		return -ENOMEM;
	publish_one(new, nid, new->weight[nid]);
	return 0;
}

/**
 * mpol_weights_follow - do the weights follow bandwidth?
 *
 * Context: May sleep.
 * Return: true until a weight is set by hand, whatever is known by now.
 */
bool mpol_weights_follow(void)
{
	guard(mutex)(&weights_lock);
	return follows;
}

/**
 * mpol_follow_bandwidth - have weights follow bandwidth, or leave them
 * @follow:	true to replace all weights; false to leave them as they are
 *
 * As long as no bandwidth is known the weights that replace them are all 1.
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int mpol_follow_bandwidth(bool follow)
{
	int err = 0;

	guard(mutex)(&weights_lock);
	if (follow)
		err = publish_defaults();
	if (!err)
		follows = follow;
	return err;
}

static int note_bandwidth(unsigned int nid, u32 bandwidth)
{
	guard(mutex)(&weights_lock);
	if (!bandwidths)
		bandwidths = kcalloc(nr_node_ids, sizeof(*bandwidths),
				     GFP_KERNEL);
	if (!bandwidths)
		return -ENOMEM;
	if (bandwidths[nid] == bandwidth)
		return 0;
	bandwidths[nid] = bandwidth;
	return follows && booted ? publish_defaults() : 0;
}

/**
 * mpol_set_node_perf - take notice of how fast a node's memory is
 * @nid:	the node
 * @coord:	as the nearest CPU sees it
 *
 * What counts is the slower of reading and writing: pages are mostly both read
 * and written.
 *
 * Context: May sleep.
 */
void mpol_set_node_perf(unsigned int nid, const struct access_coordinate *coord)
{
	u32 bandwidth = min(coord->read_bandwidth, coord->write_bandwidth);
	int err;

	if (!bandwidth)
		return;
	err = note_bandwidth(nid, bandwidth);
	if (err)
		pr_warn("weights do not follow the bandwidth of node %u: error %d\n",
			nid, err);
}

/* All nodes that are there at boot are known now: once for all of them. */
static int __init follow_all(void)
{
	guard(mutex)(&weights_lock);
	booted = true;
	return bandwidths ? publish_defaults() : 0;
}
late_initcall(follow_all);
