// SPDX-License-Identifier: GPL-2.0
/*
 * Policies as objects: made, compared, counted, freed.
 *
 * A policy is immutable; a copy is a count. There is no table of all policies:
 * two of them are equal if they were asked for with the same key. So that many
 * equal requests of a process become one object, every address space remembers
 * the policies that it used last, and those before them as long as they are in
 * use and not too many.
 */
#include <linux/cleanup.h>
#include <linux/init.h>
#include <linux/jhash.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm_types.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "internal.h"

/* Policies that an address space finds by comparing; a power of two. */
#define MPOL_CACHE_SIZE		8

/* Slots for those that it finds by hash: powers of two. */
#define OLDER_MIN		32
#define OLDER_MAX		1024

/* Bytes that an address space may leave to RCU before it has to wait. */
#define MPOL_DEFERRED_MAX	SZ_1M

/**
 * struct older - policies that newer ones have displaced
 * @size:	number of slots
 * @nr:		number of policies, at most three quarters of that
 * @slot:	the policies, counted, or NULL; a policy is in the first that was
 *		free from where its hash points
 */
struct older {
	unsigned int size;
	unsigned int nr;
	struct mempolicy *slot[];
};

/**
 * struct mpol_cache - policies that an address space has used
 * @lock:	protects @newest, @older and @recent
 * @newest:	index of the newest in @recent
 * @deferred:	bytes left to RCU since current last waited for it
 * @older:	NULL as long as there is room in @recent
 * @recent:	the last policies, counted, or NULL
 */
struct mpol_cache {
	spinlock_t lock;	/* @newest, @older and @recent */
	unsigned int newest;
	atomic_long_t deferred;
	struct older *older;
	struct mempolicy *recent[MPOL_CACHE_SIZE];
};

static struct kmem_cache *policy_cache __ro_after_init;

/* Stands for the default policy where callers expect one; never freed. */
struct mempolicy mpol_local_policy = {
	.spec.mode	= MPOL_LOCAL,
	.spec.home_node	= NUMA_NO_NODE,
	.count		= ATOMIC_LONG_INIT(1),
};

/*
 * Keys are compared as memory: no byte of them may be padding, and all of a
 * request has to be in them.
 */
static_assert(sizeof(struct mpol_key) ==
	      2 * sizeof(unsigned short) + sizeof(int) + 2 * sizeof(nodemask_t));
static_assert(offsetof(struct mempolicy, mems_allowed_asked) ==
	      offsetof(struct mempolicy, key.mems_allowed_asked));

/* What of a key is hashed. */
static_assert(offsetof(struct mpol_key, mems_allowed_asked) % sizeof(u32) == 0);

/* There is no memory for more references than a long can count. */
static_assert(sizeof_field(struct mempolicy, count) == sizeof(long));

static bool same_key(const struct mpol_key *a, const struct mpol_key *b)
{
	/* A program may ask for nodes that there are not, but none is allowed. */
	return !memcmp(a, b, offsetof(struct mpol_key, mems_allowed_asked)) &&
	       bitmap_equal(a->mems_allowed_asked.bits,
			    b->mems_allowed_asked.bits, mpol_node_bits);
}

/**
 * __mpol_equal - were two policies asked for in the same way?
 * @a:	a policy or NULL
 * @b:	another one, or NULL
 *
 * Context: Any.
 * Return: true if they were.
 */
bool __mpol_equal(const struct mempolicy *a, const struct mempolicy *b)
{
	return a && b && same_key(&a->key, &b->key);
}

static void init_key(struct mpol_key *key, const struct mpol_spec *spec,
		     const nodemask_t *nodes, const nodemask_t *asked)
{
	key->spec = *spec;
	key->spec.nodes = *nodes;
	key->mems_allowed_asked = *asked;
}

static struct mempolicy *new_policy(const struct mpol_key *key)
{
	struct mempolicy *pol = kmem_cache_alloc(policy_cache, GFP_KERNEL);
	const struct mpol_mode *mode = &mpol_modes[key->spec.mode];

	if (!pol)
		return NULL;
	pol->traits = mode->traits;
	pol->traits.nodes = mode->arity != MPOL_NODES_NONE;
	mpol_resolved_init(pol);
	pol->key = *key;
	atomic_long_set(&pol->count, 1);
	raw_spin_lock_init(&pol->lock);
	return pol;
}

static struct mempolicy *find_recent(const struct mpol_cache *cache,
				     const struct mpol_key *key)
{
	unsigned int i;

	for (i = 0; i < MPOL_CACHE_SIZE; i++) {
		unsigned int at = (cache->newest - i) % MPOL_CACHE_SIZE;
		struct mempolicy *pol = cache->recent[at];

		if (!pol || same_key(&pol->key, key))
			return pol;
	}
	return NULL;
}

/* The allowed nodes are not hashed: they seldom differ within a process. */
static u32 first_slot(const struct mpol_key *key)
{
	size_t size = offsetof(struct mpol_key, mems_allowed_asked);

	return jhash2((const u32 *)key, size / sizeof(u32), 0);
}

static struct mempolicy *find_older(const struct older *older,
				    const struct mpol_key *key)
{
	u32 at = first_slot(key);
	struct mempolicy *pol;

	do {
		pol = older->slot[at++ % older->size];
	} while (pol && !same_key(&pol->key, key));
	return pol;
}

static void add_older(struct older *older, struct mempolicy *pol)
{
	u32 at = first_slot(&pol->key);

	while (older->slot[at % older->size])
		at++;
	older->slot[at % older->size] = pol;
	older->nr++;
}

static bool is_full(const struct older *older)
{
	return !older || older->nr >= older->size / 4 * 3;
}

/*
 * Is the cache's reference the only one? Of a policy that it finds both ways it
 * has two: up to MPOL_CACHE_SIZE unused ones count as used.
 */
static bool is_unused(const struct mempolicy *pol)
{
	return atomic_long_read(&pol->count) == 1;
}

/* Under the cache's lock: slots of the next table, or 0 if there is room. */
static unsigned int older_wanted(const struct mpol_cache *cache)
{
	const struct mempolicy *next;
	const struct older *older = cache->older;
	unsigned int i, used = 0;

	next = cache->recent[(cache->newest + 1) % MPOL_CACHE_SIZE];
	if (!next || is_unused(next) || !is_full(older))
		return 0;
	for (i = 0; older && i < older->size; i++)
		used += older->slot[i] && !is_unused(older->slot[i]);
	return clamp(roundup_pow_of_two(2 * used + 1), OLDER_MIN, OLDER_MAX);
}

/* A table that has room for what a new policy displaces, or NULL. */
static struct older *spare_older(struct mpol_cache *cache)
{
	struct older *spare;
	unsigned int size;

	scoped_guard(spinlock, &cache->lock)
		size = older_wanted(cache);
	if (!size)
		return NULL;
	spare = kzalloc(struct_size(spare, slot, size),
			GFP_KERNEL_ACCOUNT | __GFP_NOWARN | __GFP_NORETRY);
	if (spare)
		spare->size = size;
	return spare;
}

/*
 * Empties a table into the next one, which gets half full at most: it is long
 * until that has to be done again.
 */
static void carry_over(struct older *from, struct older *to)
{
	unsigned int i;

	for (i = 0; from && i < from->size; i++) {
		struct mempolicy *pol = from->slot[i];

		if (pol && !is_unused(pol) && to->nr < to->size / 2)
			add_older(to, pol);
		else
			mpol_put(pol);
	}
}

/* Under the cache's lock. Returns what is displaced, if it is not kept. */
static struct mempolicy *add_recent(struct mpol_cache *cache,
				    struct mempolicy *pol)
{
	unsigned int at = ++cache->newest % MPOL_CACHE_SIZE;
	struct mempolicy *drop = cache->recent[at];

	mpol_get(pol);
	cache->recent[at] = pol;
	if (!drop || is_unused(drop) || is_full(cache->older) ||
	    find_older(cache->older, &drop->key))
		return drop;
	add_older(cache->older, drop);
	return NULL;
}

/*
 * Under the cache's lock: a policy with a count, or NULL. One that was found by
 * hash is found by comparing the next time.
 */
static struct mempolicy *find_policy(struct mpol_cache *cache,
				     const struct mpol_key *key)
{
	struct mempolicy *pol = find_recent(cache, key);

	if (!pol && cache->older) {
		pol = find_older(cache->older, key);
		if (pol)
			mpol_put(add_recent(cache, pol));
	}
	mpol_get(pol);
	return pol;
}

/* Remembers a new policy, unless another thread was faster to make it. */
static struct mempolicy *remember(struct mpol_cache *cache,
				  struct mempolicy *new)
{
	struct older *spare = spare_older(cache);
	struct mempolicy *pol, *drop = new;

	spin_lock(&cache->lock);
	if (spare && is_full(cache->older)) {
		carry_over(cache->older, spare);
		swap(cache->older, spare);
	}
	pol = find_policy(cache, &new->key);
	if (!pol) {
		drop = add_recent(cache, new);
		pol = new;
	}
	spin_unlock(&cache->lock);
	kfree(spare);
	mpol_put(drop);
	return pol;
}

/* The cache of current's address space, or NULL if it cannot have one. */
static struct mpol_cache *current_cache(void)
{
	struct mm_struct *mm = current->mm;
	struct mpol_cache *cache, *old;

	if (!mm)
		return NULL;
	/* Pairs with cmpxchg() below. */
	cache = smp_load_acquire(&mm->mpol_cache);
	if (likely(cache))
		return cache;

	cache = kzalloc(sizeof(*cache), GFP_KERNEL_ACCOUNT);
	if (!cache)
		return NULL;
	spin_lock_init(&cache->lock);
	old = cmpxchg(&mm->mpol_cache, NULL, cache);
	if (!old)
		return cache;
	kfree(cache);
	return old;
}

static struct mempolicy *find_or_make_policy(const struct mpol_key *key)
{
	struct mpol_cache *cache = current_cache();
	struct mempolicy *pol = NULL;

	if (cache) {
		spin_lock(&cache->lock);
		pol = find_policy(cache, key);
		spin_unlock(&cache->lock);
	}
	if (pol)
		return pol;
	pol = new_policy(key);
	if (!pol)
		return ERR_PTR(-ENOMEM);
	return cache ? remember(cache, pol) : pol;
}

/**
 * mpol_mm_exit - forget the policies that an address space has used
 * @mm:	the address space, without users
 *
 * Context: May sleep.
 */
void mpol_mm_exit(struct mm_struct *mm)
{
	struct mpol_cache *cache = mm->mpol_cache;
	unsigned int i;

	if (!cache)
		return;
	for (i = 0; i < MPOL_CACHE_SIZE; i++)
		mpol_put(cache->recent[i]);
	for (i = 0; cache->older && i < cache->older->size; i++)
		mpol_put(cache->older->slot[i]);
	kfree(cache->older);
	kfree(cache);
	mm->mpol_cache = NULL;
}

/**
 * mpol_defer - note that memory was left to RCU
 * @bytes:	how much
 *
 * Context: Process context; does not sleep.
 */
void mpol_defer(size_t bytes)
{
	struct mm_struct *mm = current->mm;
	struct mpol_cache *cache = mm ? READ_ONCE(mm->mpol_cache) : NULL;

	if (cache)
		atomic_long_add(bytes, &cache->deferred);
}

/**
 * mpol_wait_for_rcu - bound the memory that current leaves to RCU
 *
 * Such memory stays charged until a grace period has passed. A process that
 * replaces policies of objects faster than that waits for one now and then;
 * no other process does.
 *
 * Context: May sleep; holding no lock.
 */
void mpol_wait_for_rcu(void)
{
	struct mm_struct *mm = current->mm;
	struct mpol_cache *cache = mm ? READ_ONCE(mm->mpol_cache) : NULL;

	if (!cache || atomic_long_read(&cache->deferred) < MPOL_DEFERRED_MAX)
		return;
	atomic_long_set(&cache->deferred, 0);
	synchronize_rcu();
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
	struct mpol_key key = { .spec = *spec };

	if (spec->mode == MPOL_DEFAULT)
		return NULL;
	if (mpol_modes[spec->mode].arity == MPOL_NODES_NONE)
		return find_or_make_policy(&key);

	mpol_allowed_nodes(current, &key.mems_allowed_asked);
	mpol_asked_nodes(&key.spec.nodes, spec, &key.mems_allowed_asked);
	if (nodes_empty(key.spec.nodes))
		return ERR_PTR(-EINVAL);

	/*
	 * Without a flag what is not allowed now will never count; with one a
	 * program reads the nodes that it has asked for.
	 */
	if (spec->flags & MPOL_MODE_FLAGS)
		key.spec.nodes = spec->nodes;
	return find_or_make_policy(&key);
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
	struct mpol_key key = pol->key;

	key.spec.home_node = home_node;
	return find_or_make_policy(&key);
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
	struct mpol_key key;

	if (!pol)
		return NULL;
	key = pol->key;
	key.spec.flags |= MPOL_F_SHARED;
	return find_or_make_policy(&key);
}

/**
 * mpol_create_for_mount - the policy for a request that no task makes
 * @spec:	what is asked, checked by mpol_spec_check(), not MPOL_DEFAULT
 *
 * Context: Process context, may sleep.
 * Return: a policy marked with MPOL_F_SHARED, with a count for the caller, or
 * ERR_PTR(-ENOMEM).
 */
struct mempolicy *mpol_create_for_mount(const struct mpol_spec *spec)
{
	struct mpol_key key;

	init_key(&key, spec, &spec->nodes, &node_states[N_MEMORY]);
	key.spec.flags |= MPOL_F_SHARED;
	return find_or_make_policy(&key);
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
		atomic_long_inc(&pol->count);
}

static void free_policy(struct mempolicy *pol)
{
	mpol_resolved_free(pol);
	kmem_cache_free(policy_cache, pol);
}

static void free_policy_rcu(struct rcu_head *rcu)
{
	free_policy(container_of(rcu, struct mempolicy, rcu));
}

static void release_policy(struct mempolicy *pol)
{
	/* Only what objects have is looked up without a lock or a count. */
	if (!(pol->spec.flags & MPOL_F_SHARED)) {
		free_policy(pol);
		return;
	}
	mpol_defer(sizeof(*pol) + mpol_resolved_size(pol));
	call_rcu(&pol->rcu, free_policy_rcu);
}

/**
 * mpol_put - give a count back
 * @pol:	a policy or NULL
 *
 * Context: Process context; does not sleep.
 */
void mpol_put(struct mempolicy *pol)
{
	if (pol && atomic_long_dec_and_test(&pol->count))
		release_policy(pol);
}

/**
 * mpol_run_end - take or give back the counts of a run
 * @run:	after mpol_run_add()
 *
 * Context: Process context; does not sleep.
 */
void mpol_run_end(struct mpol_run *run)
{
	if (run->nr && !atomic_long_add_return(run->nr, &run->pol->count))
		release_policy(run->pol);
	run->nr = 0;
}

/**
 * mpol_run_add - take or give back a count, together with equal ones after it
 * @run:	counts that are still to be taken or given back
 * @pol:	the policy, or NULL
 * @nr:		1 to take a count, -1 to give one back
 *
 * The policy must have another count until mpol_run_end() if one is taken.
 *
 * Context: Process context; does not sleep.
 */
void mpol_run_add(struct mpol_run *run, struct mempolicy *pol, long nr)
{
	if (!pol)
		return;
	if (pol != run->pol) {
		mpol_run_end(run);
		run->pol = pol;
	}
	run->nr += nr;
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
	policy_cache = kmem_cache_create("numa_policy", sizeof(struct mempolicy),
					 0, SLAB_PANIC | SLAB_ACCOUNT |
					 SLAB_HWCACHE_ALIGN, NULL);
}
