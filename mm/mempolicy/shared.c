// SPDX-License-Identifier: GPL-2.0
/*
 * Policies of shared objects.
 *
 * Only the object has its policies, no mapping has a copy of them. They are
 * a tree of ranges, each with a count on its policy. A page is looked up under
 * RCU, without a lock: a seqlock tells whether the tree changed meanwhile.
 *
 * Why an rbtree, and not a maple tree: what a change can need is two ranges,
 * whatever the tree looks like, so that all memory is there before the lock is
 * taken and many objects can be changed by one call that cannot fail half-way.
 * A maple tree has to be walked to know what a store takes, and would have to
 * be locked from there on, while memory is charged.
 */
#include <linux/cleanup.h>
#include <linux/seq_file.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "internal.h"

static struct kmem_cache *range_cache __ro_after_init;

/**
 * struct mpol_removal - ranges that readers may still see
 * @rcu:	to free them
 * @ranges:	the ranges
 */
struct mpol_removal {
	struct rcu_head rcu;
	struct mpol_range *ranges;
};

static void free_ranges(struct mpol_range *range)
{
	while (range) {
		struct mpol_range *next = range->next;

		kmem_cache_free(range_cache, range);
		range = next;
	}
}

static void free_removal(struct rcu_head *rcu)
{
	struct mpol_removal *removal = container_of(rcu, struct mpol_removal,
						    rcu);

	free_ranges(removal->ranges);
	kfree(removal);
}

static bool add_spare(struct mpol_range_pool *pool, gfp_t gfp)
{
	struct mpol_range *range = kmem_cache_alloc(range_cache, gfp);

	if (!range)
		return false;
	range->next = pool->spare;
	pool->spare = range;
	return true;
}

/**
 * mpol_shared_reserve - get memory for changing objects
 * @change:	the change
 * @intervals:	intervals of pages that it concerns
 *
 * Context: May sleep; holding no lock of an object.
 * Return: 0, -EINTR if current is being killed, or -ENOMEM.
 */
int mpol_shared_reserve(struct mpol_change *change, unsigned long intervals)
{
	unsigned long nr = intervals * MPOL_RANGE_NODES;

	if (!nr)
		return 0;
	change->removal = kmalloc(sizeof(*change->removal), GFP_KERNEL_ACCOUNT);
	if (!change->removal)
		return -ENOMEM;
	while (nr--) {
		if (fatal_signal_pending(current))
			return -EINTR;
		if (!add_spare(&change->pool, GFP_KERNEL_ACCOUNT))
			return -ENOMEM;
		cond_resched();
	}
	return 0;
}

/* Under the object's lock: up to which page it has changed. */
static unsigned long change_some(struct shared_policy *sp, pgoff_t first,
				 pgoff_t last, struct mpol_change *change)
{
	if (change->home_node != NUMA_NO_NODE)
		return mpol_ranges_map(&sp->ranges, first, last,
				       mpol_change_successor, change,
				       &change->pool);
	return mpol_ranges_set(&sp->ranges, first, last, change->object_policy,
			       &change->pool);
}

/*
 * What is reserved for all intervals is enough, unless another call changed the
 * same pages while the object's lock was dropped: the rest of this change may
 * then use up what is reserved for later intervals. It must not fail half-way.
 */
static void top_up(struct mpol_range_pool *pool)
{
	const struct mpol_range *range = pool->spare;
	int nr;

	for (nr = 0; range && nr < MPOL_RANGE_NODES; nr++)
		range = range->next;
	while (nr++ < MPOL_RANGE_NODES)
		add_spare(pool, GFP_KERNEL_ACCOUNT | __GFP_NOFAIL);
}

/**
 * mpol_shared_change - change the policies of some pages of an object
 * @sp:		the object's policies
 * @first:	first page
 * @last:	last page
 * @change:	what to do; after mpol_shared_reserve() for all of its intervals
 *
 * The lock is held for MPOL_RANGE_BUDGET ranges at a time.
 *
 * Context: May sleep.
 */
void mpol_shared_change(struct shared_policy *sp, pgoff_t first, pgoff_t last,
			struct mpol_change *change)
{
	pgoff_t end;

	for (;;) {
		top_up(&change->pool);
		write_seqlock(&sp->lock);
		end = change_some(sp, first, last, change);
		write_sequnlock(&sp->lock);
		if (end == last)
			return;
		first = end + 1;
		cond_resched();
	}
}

/**
 * mpol_shared_release - free what a change did not use, or took out
 * @change:	after mpol_shared_reserve(), whether it was changed or not
 *
 * Context: May sleep.
 */
void mpol_shared_release(struct mpol_change *change)
{
	struct mpol_removal *removal = change->removal;

	free_ranges(change->pool.spare);
	if (!change->pool.removed) {
		kfree(removal);
		return;
	}
	removal->ranges = change->pool.removed;
	mpol_defer(sizeof(*removal) +
		   change->pool.nr_removed * sizeof(struct mpol_range));
	call_rcu(&removal->rcu, free_removal);
}

/**
 * mpol_shared_policy_init - prepare the policies of an object
 * @sp:		the object's policies
 * @pol:	policy for all of the object, marked with MPOL_F_SHARED, or NULL;
 *		its count is consumed
 *
 * Without memory the object has no policy.
 *
 * Context: May sleep. The object is not published yet.
 */
void mpol_shared_policy_init(struct shared_policy *sp, struct mempolicy *pol)
{
	struct mpol_range_pool pool = { };

	seqlock_init(&sp->lock);
	sp->ranges = RB_ROOT;
	if (pol && add_spare(&pool, GFP_KERNEL_ACCOUNT))
		mpol_ranges_set(&sp->ranges, 0, ULONG_MAX, pol, &pool);
	mpol_put(pol);
}

/**
 * mpol_free_shared_policy - free the policies of an object
 * @sp:	the object's policies
 *
 * Context: May sleep. The object has no other users any more.
 */
void mpol_free_shared_policy(struct shared_policy *sp)
{
	struct mpol_range *range, *next;

	rbtree_postorder_for_each_entry_safe(range, next, &sp->ranges, rb) {
		mpol_put(range->policy);
		kmem_cache_free(range_cache, range);
	}
}

/**
 * mpol_shared_policy_lookup - the policy of a page of an object
 * @sp:		the object's policies
 * @idx:	index of the page
 *
 * Context: Any but interrupts.
 * Return: a counted policy marked with MPOL_F_SHARED, or NULL.
 */
struct mempolicy *mpol_shared_policy_lookup(struct shared_policy *sp,
					    pgoff_t idx)
{
	struct mempolicy *pol;

	/* A policy without counts has left the tree. */
	guard(rcu)();
	do {
		pol = mpol_shared_find(sp, idx);
	} while (pol && !atomic_long_inc_not_zero(&pol->count));
	return pol;
}

static struct mempolicy *find_extent(struct shared_policy *sp, pgoff_t index,
				     pgoff_t *first, pgoff_t *last)
{
	struct mempolicy *pol;
	unsigned int seq;

	do {
		seq = read_seqbegin(&sp->lock);
		pol = mpol_ranges_extent(&sp->ranges, index, first, last);
	} while (read_seqretry(&sp->lock, seq));
	return pol;
}

/**
 * mpol_shared_range - the policy of a page of an object, and how far it reaches
 * @sp:		the object's policies
 * @index:	index of the page
 * @last:	set to the last page from there on that has the same policy, or
 *		none
 *
 * Context: Any but interrupts. The answer may be old once this returns.
 * Return: a counted policy, or NULL.
 */
struct mempolicy *mpol_shared_range(struct shared_policy *sp, pgoff_t index,
				    pgoff_t *last)
{
	struct mempolicy *pol;
	pgoff_t first;

	guard(rcu)();
	do {
		pol = find_extent(sp, index, &first, last);
	} while (pol && !atomic_long_inc_not_zero(&pol->count));
	return pol;
}

/**
 * mpol_shared_extent - the pages around one that have the same policy
 * @sp:		the object's policies
 * @index:	index of the page
 * @first:	set to the first of these pages
 * @last:	set to the last of them
 *
 * They have one and the same policy, or none.
 *
 * Context: Any but interrupts. The answer may be old once this returns.
 * Return: false if the object has no policies at all.
 */
bool mpol_shared_extent(struct shared_policy *sp, pgoff_t index,
			pgoff_t *first, pgoff_t *last)
{
	guard(rcu)();
	if (RB_EMPTY_ROOT(&sp->ranges)) {
		*first = 0;
		*last = ULONG_MAX;
		return false;
	}
	find_extent(sp, index, first, last);
	return true;
}

/**
 * mpol_shared_order - how large may a folio of an object be?
 * @sp:		the object's policies
 * @index:	index of one of its pages
 * @order:	the order that is wanted
 *
 * Context: Any but interrupts. The answer may be old once this returns.
 * Return: the largest order up to @order for which the naturally aligned folio
 * around @index crosses no border between two policies.
 */
unsigned int mpol_shared_order(struct shared_policy *sp, pgoff_t index,
			       unsigned int order)
{
	pgoff_t first, last;

	if (!order || !mpol_shared_extent(sp, index, &first, &last))
		return order;
	while (order && (round_down(index, 1UL << order) < first ||
			 (index | ((1UL << order) - 1)) > last))
		order--;
	return order;
}

/* The object whose policies count in a VMA, or NULL. */
static struct shared_policy *vma_object(struct vm_area_struct *vma)
{
	if (!vma->vm_ops || !vma->vm_ops->shared_policy)
		return NULL;
	if (!(vma->vm_flags & VM_MAYSHARE) && vma->vm_policy)
		return NULL;
	return vma->vm_ops->shared_policy(vma);
}

static noinline unsigned long object_extent(struct shared_policy *sp,
					    struct vm_area_struct *vma,
					    unsigned long addr)
{
	pgoff_t index = linear_page_index(vma, addr);
	pgoff_t first, last;

	if (!mpol_shared_extent(sp, index, &first, &last) ||
	    last - index >= (vma->vm_end - addr) >> PAGE_SHIFT)
		return vma->vm_end;
	return addr + ((last - index + 1) << PAGE_SHIFT);
}

/**
 * mpol_vma_extent - how far does the policy of an address reach?
 * @vma:	the VMA
 * @addr:	page-aligned address within it
 *
 * Context: Holding the mmap_lock or the VMA's lock.
 * Return: the end of the addresses from @addr on that have one policy, or none.
 */
unsigned long mpol_vma_extent(struct vm_area_struct *vma, unsigned long addr)
{
	struct shared_policy *sp = vma_object(vma);

	return sp ? object_extent(sp, vma, addr) : vma->vm_end;
}

/**
 * mpol_folio_crosses - does a folio lie on both sides of a border?
 * @vma:	the VMA
 * @addr:	address of one of the folio's pages
 * @folio:	the folio
 *
 * Context: Holding the mmap_lock or the VMA's lock.
 * Return: true if it is an object's and its pages have several policies there.
 */
bool mpol_folio_crosses(struct vm_area_struct *vma, unsigned long addr,
			const struct folio *folio)
{
	unsigned int order = folio_order(folio);
	struct shared_policy *sp;

	if (!order || folio_test_anon(folio))
		return false;
	sp = vma_object(vma);
	return sp && mpol_shared_order(sp, linear_page_index(vma, addr),
				       order) < order;
}

/**
 * mpol_shared_init - make policies of objects possible
 *
 * Context: Boot, before the first object.
 */
void __init mpol_shared_init(void)
{
	range_cache = kmem_cache_create("mpol_range", sizeof(struct mpol_range),
					0, SLAB_PANIC | SLAB_ACCOUNT, NULL);
}

#ifdef CONFIG_TMPFS
/**
 * mpol_parse_str - read a policy from a mount option
 * @str:	<mode>[=<flag>][:<nodes>]
 * @pol:	set to a counted policy, or to NULL for the default
 *
 * Context: May sleep.
 * Return: 0, or 1 if the text is not a policy for these nodes.
 */
int mpol_parse_str(char *str, struct mempolicy **pol)
{
	struct mempolicy *new = NULL;
	struct mpol_spec spec;

	if (mpol_text_parse(str, &spec, &node_states[N_MEMORY]))
		return 1;
	if (spec.mode != MPOL_DEFAULT) {
		new = mpol_create_for_mount(&spec);
		if (IS_ERR(new))
			return 1;
	}
	*pol = new;
	return 0;
}

/**
 * mpol_seq_mount - write a policy as a mount option
 * @m:		where to
 * @pol:	the policy
 *
 * Context: May sleep.
 */
void mpol_seq_mount(struct seq_file *m, const struct mempolicy *pol)
{
	char text[MPOL_TEXT_MAX];

	mpol_text_mode(text, &pol->spec);
	seq_escape(m, text, " \t\n\\");
	if (!nodes_empty(pol->spec.nodes))
		seq_printf(m, ":%*pbl", nodemask_pr_args(&pol->spec.nodes));
}
#endif
