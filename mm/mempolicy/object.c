// SPDX-License-Identifier: GPL-2.0
/*
 * Policies as objects: found or made, counted, freed.
 *
 * Policies are immutable, so two equal requests share one object and every
 * copy is a count. A table of all living policies finds it, under the lock of
 * a bucket.
 *
 * The policy that lost its last count most recently stays in the table, idle:
 * programs set a policy for a while and go back, again and again. Who takes it
 * out of idle_policy decides what becomes of it.
 */
#include <linux/cleanup.h>
#include <linux/hash.h>
#include <linux/init.h>
#include <linux/slab.h>

#include "internal.h"

#define MPOL_BUCKET_BITS	6

struct mpol_bucket {
	spinlock_t lock;	/* orders changes of @head */
	struct hlist_head head;
};

static struct mpol_bucket buckets[1 << MPOL_BUCKET_BITS];
static struct mempolicy *idle_policy;
static struct kmem_cache *policy_cache;

/*
 * What current has without a policy of its own. Callers that want a policy
 * at any price get this one; it is never counted and never freed.
 */
struct mempolicy mpol_local_policy = {
	.count		= REFCOUNT_INIT(1),
	.spec.mode	= MPOL_LOCAL,
	.spec.home_node	= NUMA_NO_NODE,
};

static unsigned long hash_nodes(unsigned long hash, const nodemask_t *nodes)
{
	int i;

	/* Nodes that cannot be may be asked for, but seldom make a difference. */
	for (i = 0; i < BITS_TO_LONGS(mpol_node_bits); i++)
		hash = (hash ^ nodes->bits[i]) * GOLDEN_RATIO_PRIME;
	return hash;
}

static struct mpol_bucket *bucket_of(const struct mpol_spec *spec,
				     const nodemask_t *nodes,
				     const nodemask_t *birth)
{
	unsigned long hash = spec->mode | spec->flags;

	hash = hash * GOLDEN_RATIO_PRIME + spec->home_node;
	hash = hash_nodes(hash, nodes);
	hash = hash_nodes(hash, birth);
	return &buckets[hash >> (BITS_PER_LONG - MPOL_BUCKET_BITS)];
}

static bool same_request(const struct mempolicy *pol,
			 const struct mpol_spec *spec, const nodemask_t *nodes,
			 const nodemask_t *birth)
{
	return pol->spec.mode == spec->mode && pol->spec.flags == spec->flags &&
	       pol->spec.home_node == spec->home_node &&
	       nodes_equal(pol->spec.nodes, *nodes) &&
	       bitmap_equal(pol->birth.bits, birth->bits, mpol_node_bits);
}

/* Under the bucket's lock: takes a count, or makes the idle one alive again. */
static bool take_policy(struct mempolicy *pol)
{
	if (refcount_inc_not_zero(&pol->count))
		return true;
	if (cmpxchg(&idle_policy, pol, NULL) != pol)
		return false;
	refcount_set(&pol->count, 1);
	return true;
}

/* Under the bucket's lock. One that cannot be taken is on its way out. */
static struct mempolicy *find_policy(struct mpol_bucket *bucket,
				     const struct mpol_spec *spec,
				     const nodemask_t *nodes,
				     const nodemask_t *birth)
{
	struct mempolicy *pol;

	hlist_for_each_entry(pol, &bucket->head, link)
		if (same_request(pol, spec, nodes, birth) && take_policy(pol))
			return pol;
	return NULL;
}

static struct mempolicy *new_policy(struct mpol_bucket *bucket,
				    const struct mpol_spec *spec,
				    const nodemask_t *nodes,
				    const nodemask_t *birth)
{
	struct mempolicy *pol = kmem_cache_alloc(policy_cache, GFP_KERNEL);

	if (!pol)
		return NULL;
	refcount_set(&pol->count, 1);
	pol->traits = mpol_modes[spec->mode].traits;
	RCU_INIT_POINTER(pol->bound, NULL);
	pol->bucket = bucket;
	pol->spec = *spec;
	pol->spec.nodes = *nodes;
	pol->birth = *birth;
	return pol;
}

/* A policy for @spec, but with @nodes. */
static struct mempolicy *find_or_make(const struct mpol_spec *spec,
				      const nodemask_t *nodes,
				      const nodemask_t *birth)
{
	struct mpol_bucket *bucket = bucket_of(spec, nodes, birth);
	struct mempolicy *pol, *new;

	spin_lock(&bucket->lock);
	pol = find_policy(bucket, spec, nodes, birth);
	spin_unlock(&bucket->lock);
	if (pol)
		return pol;

	new = new_policy(bucket, spec, nodes, birth);
	if (!new)
		return ERR_PTR(-ENOMEM);

	spin_lock(&bucket->lock);
	pol = find_policy(bucket, spec, nodes, birth);
	if (!pol)
		hlist_add_head(&new->link, &bucket->head);
	spin_unlock(&bucket->lock);

	if (!pol)
		return new;
	kmem_cache_free(policy_cache, new);
	return pol;
}

/**
 * mpol_create - the policy for a request of current
 * @spec:	what is asked, checked by mpol_spec_check()
 *
 * Context: Process context, may sleep.
 * Return: a policy with a count for the caller, NULL for MPOL_DEFAULT,
 * ERR_PTR(-EINVAL) if none of the nodes is allowed to current, or
 * ERR_PTR(-ENOMEM).
 */
struct mempolicy *mpol_create(const struct mpol_spec *spec)
{
	nodemask_t birth, nodes;

	if (spec->mode == MPOL_DEFAULT)
		return NULL;
	if (mpol_modes[spec->mode].arity == MPOL_NODES_NONE) {
		nodes_clear(birth);
		return find_or_make(spec, &spec->nodes, &birth);
	}

	mpol_allowed_nodes(current, &birth);
	mpol_asked_nodes(&nodes, spec, &birth);
	if (nodes_empty(nodes))
		return ERR_PTR(-EINVAL);

	/* Without a flag what is not allowed now will never count. */
	return find_or_make(spec, spec->flags & MPOL_F_KEEPS_NODES ?
			    &spec->nodes : &nodes, &birth);
}

/**
 * mpol_with_home - the same policy with another home node
 * @pol:	a policy whose mode may have one
 * @home_node:	the node
 *
 * Context: Process context, may sleep.
 * Return: a policy with a count for the caller, or ERR_PTR(-ENOMEM).
 */
struct mempolicy *mpol_with_home(const struct mempolicy *pol, int home_node)
{
	struct mpol_spec spec = pol->spec;

	spec.home_node = home_node;
	return find_or_make(&spec, &pol->spec.nodes, &pol->birth);
}

/**
 * mpol_for_object - the same policy, for a shared object
 * @pol:	a policy, or NULL
 *
 * Context: Process context, may sleep.
 * Return: a policy marked with MPOL_F_SHARED, with a count for the caller, NULL
 * for NULL, or ERR_PTR(-ENOMEM).
 */
struct mempolicy *mpol_for_object(const struct mempolicy *pol)
{
	struct mpol_spec spec;

	if (!pol)
		return NULL;
	spec = pol->spec;
	spec.flags |= MPOL_F_SHARED;
	return find_or_make(&spec, &pol->spec.nodes, &pol->birth);
}

/**
 * mpol_create_for_mount - the policy for a request that no task makes
 * @spec:	what is asked, checked by mpol_spec_check(), not MPOL_DEFAULT
 *
 * Context: Process context, may sleep.
 * Return: a policy with a count for the caller, or ERR_PTR(-ENOMEM).
 */
struct mempolicy *mpol_create_for_mount(const struct mpol_spec *spec)
{
	return find_or_make(spec, &spec->nodes, &node_states[N_MEMORY]);
}

/**
 * mpol_get - take a count on a policy
 * @pol:	a policy that cannot go away meanwhile, or NULL
 *
 * Context: Any.
 */
void mpol_get(struct mempolicy *pol)
{
	if (pol)
		refcount_inc(&pol->count);
}

static void free_policy(struct rcu_head *rcu)
{
	struct mempolicy *pol = container_of(rcu, struct mempolicy, rcu);

	mpol_bound_free(rcu_dereference_protected(pol->bound, true));
	kmem_cache_free(policy_cache, pol);
}

/* The policy was idle, and another one now is. */
static void forget_policy(struct mempolicy *pol)
{
	spin_lock(&pol->bucket->lock);
	hlist_del(&pol->link);
	spin_unlock(&pol->bucket->lock);
	call_rcu(&pol->rcu, free_policy);
}

/**
 * mpol_put - give a count back
 * @pol:	a policy or NULL
 *
 * Context: Process context; does not sleep.
 */
void mpol_put(struct mempolicy *pol)
{
	struct mempolicy *old = NULL;
	struct mpol_bucket *bucket;

	if (!pol || refcount_dec_not_one(&pol->count))
		return;

	bucket = pol->bucket;
	spin_lock(&bucket->lock);
	if (refcount_dec_and_test(&pol->count))
		old = xchg(&idle_policy, pol);
	spin_unlock(&bucket->lock);
	if (old)
		forget_policy(old);
}

/**
 * mpol_cond_put - give back what get_vma_policy() may have counted
 * @pol:	its result
 *
 * Context: Process context; does not sleep.
 */
void mpol_cond_put(struct mempolicy *pol)
{
	mpol_put_shared(pol);
}

/**
 * mpol_object_init - make policies possible
 *
 * Context: Boot, before the first policy.
 */
void __init mpol_object_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(buckets); i++)
		spin_lock_init(&buckets[i].lock);
	policy_cache = kmem_cache_create("numa_policy", sizeof(struct mempolicy),
					 0, SLAB_PANIC | SLAB_ACCOUNT, NULL);
}
