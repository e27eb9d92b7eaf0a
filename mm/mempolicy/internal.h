/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What files of memory policy offer each other, file by file. The structures are
 * in types.h; the Makefile tells which file may use which.
 */
#ifndef _MM_MEMPOLICY_INTERNAL_H
#define _MM_MEMPOLICY_INTERNAL_H

#include <linux/mm.h>
#include <linux/sched.h>

#include "remap.h"
#include "text.h"
#include "types.h"

/* object.c: create, count, remember */
extern struct mempolicy mpol_local_policy;
struct mempolicy *mpol_create(const struct mpol_spec *spec);
struct mempolicy *mpol_with_home(const struct mempolicy *pol, int home_node);
struct mempolicy *mpol_for_object(const struct mempolicy *pol);
struct mempolicy *mpol_create_for_mount(const struct mpol_spec *spec);
void mpol_defer(size_t bytes);
void mpol_wait_for_rcu(void);
void __init mpol_object_init(void);

/* view.c: nodes that tasks may use */
void mpol_invalidate(void);
void mpol_allowed_nodes(struct task_struct *task, nodemask_t *allowed);
void mpol_view_refresh(nodemask_t *allowed);
bool mpol_view_is_old(u64 view);
bool mpol_view_has_slot(u64 view);
void __init mpol_view_init(void);

/* resolved.c: what policies mean here and now */
enum zone_type mpol_lowest_zone(const nodemask_t *nodes);
void mpol_resolved_init(struct mempolicy *pol);
const struct mpol_resolved *mpol_resolve(struct mempolicy *pol);
const struct mpol_resolved *
mpol_resolve_or_compute(struct mempolicy *pol, struct mpol_resolved *room);
void mpol_resolve_ahead(struct mempolicy *pol);
size_t mpol_resolved_size(const struct mempolicy *pol);
void mpol_resolved_free(struct mempolicy *pol);
void mpol_nodes_now(struct mempolicy *pol, nodemask_t *nodes);
const u8 *mpol_weights_of(const struct mempolicy *pol);
void mpol_nodes_of(const struct mempolicy *pol, struct task_struct *task,
		   nodemask_t *nodes);

/* task.c: the policy of a task */
int mpol_set_task_policy(const struct mpol_spec *spec);

/* ../mempolicy.c: placement */
void mpol_place(struct mpol_placement *where, struct mempolicy *pol,
		gfp_t gfp, pgoff_t ilx, int nid);
int mpol_next_node(struct mempolicy *pol);

/* vma.c: the policy of a range of addresses */
int mpol_vma_change(struct mm_struct *mm, struct mpol_change *change);

/* shared.c: policies of objects */
struct mempolicy *mpol_shared_range(struct shared_policy *sp, pgoff_t index,
				    pgoff_t *last);
int mpol_shared_reserve(struct mpol_change *change, unsigned long intervals);
void mpol_shared_change(struct shared_policy *sp, pgoff_t first, pgoff_t last,
			struct mpol_change *change);
void mpol_shared_release(struct mpol_change *change);
bool mpol_folio_crosses(struct vm_area_struct *vma, unsigned long addr,
			const struct folio *folio);
void __init mpol_shared_init(void);

/* change.c: VMAs and objects that get another policy */
void mpol_change_policy(struct mpol_change *change, unsigned long start,
			unsigned long end, struct mempolicy *pol);
void mpol_change_home(struct mpol_change *change, unsigned long start,
		      unsigned long end, int home_node);
int mpol_change_prepare(struct mpol_change *change, struct mm_struct *mm,
			bool wait);
int mpol_change_apply(struct mpol_change *change, struct mm_struct *mm);
struct mempolicy *mpol_change_successor(struct mempolicy *policy, void *change);
void mpol_change_end(struct mpol_change *change);

/* targets.c: where pages should be */
void mpol_targets_init(struct mpol_targets *targets, struct mempolicy *pol);
void mpol_targets_enter(struct mpol_targets *targets,
			struct vm_area_struct *vma);
int mpol_target_of_index(const struct mpol_targets *targets, pgoff_t ilx);
int mpol_target(const struct mpol_targets *targets, struct vm_area_struct *vma,
		unsigned long addr, const struct folio *folio);

/* misplaced.c: pages of a range that should be elsewhere */
bool mpol_range_placed(struct vm_area_struct *vma, unsigned long start,
		       unsigned long end, const struct mpol_targets *targets);
void mpol_isolated_add(struct mpol_migrate_control *mc, struct folio *folio,
		       int target);
unsigned long mpol_isolate_range(struct vm_area_struct *vma,
				 unsigned long start, unsigned long end,
				 struct mpol_migrate_control *mc);

/* migrate.c: pages that go elsewhere */
struct mpol_migrate_control *mpol_migrate_control_alloc(unsigned long flags);
int mpol_move_range(struct mpol_migrate_control *mc, unsigned long start,
		    unsigned long end, struct mempolicy *pol);

/* mbind.c */
int mpol_mbind(unsigned long start, unsigned long len,
	       const struct mpol_spec *spec, unsigned long flags);
int mpol_home_node(unsigned long start, unsigned long len,
		   unsigned long home_node);

/* query.c */
int mpol_query(int *policy, nodemask_t *nodes, unsigned long addr,
	       unsigned long flags);

/* balance.c */
#ifdef CONFIG_NUMA_BALANCING
void __init mpol_balancing_init(void);
#else
static inline void mpol_balancing_init(void) { }
#endif

/* syscalls.c */
int mpol_get_nodes(nodemask_t *nodes, const unsigned long __user *mask,
		   unsigned long maxnode);

/* weights.c */
const u8 *mpol_weights(void);
u8 mpol_get_weight(int nid);
int mpol_set_weight(int nid, u8 weight);
int mpol_reset_weight(int nid);
bool mpol_weights_follow(void);
int mpol_follow_bandwidth(bool follow);

/**
 * mpol_is_default - does this policy leave the decision to the default?
 * @pol:	a policy or NULL
 *
 * Context: Any.
 * Return: true if it does.
 */
static inline bool mpol_is_default(const struct mempolicy *pol)
{
	return !pol || pol == &mpol_local_policy;
}

/**
 * mpol_has_nodes - does this policy have nodes?
 * @pol:	a policy or NULL
 *
 * Context: Any.
 * Return: false for the default and for local policies.
 */
static inline bool mpol_has_nodes(const struct mempolicy *pol)
{
	return pol && pol->traits.nodes;
}

/**
 * mpol_put_shared - mpol_cond_put(), for those that a fault has to wait for
 * @pol:	a policy or NULL
 *
 * Context: Process context.
 */
static inline void mpol_put_shared(struct mempolicy *pol)
{
	if (pol && unlikely(pol->spec.flags & MPOL_F_SHARED))
		mpol_put(pol);
}

/**
 * mpol_mems_seq - the version of the nodes that a task is allowed
 * @task:	current
 *
 * Context: Process context.
 * Return: odd while they are being changed.
 */
static inline unsigned int mpol_mems_seq(struct task_struct *task)
{
#ifdef CONFIG_CPUSETS
	return raw_read_seqcount(&task->mems_allowed_seq);
#else
	return 0;
#endif
}

/* Changes when views have to be looked at again: view.c. */
extern unsigned int mpol_generation;

/**
 * mpol_cursor_is_fresh - does current's cursor have its present view?
 * @cursor:	of current
 *
 * Context: Process context.
 * Return: true if it does.
 */
static __always_inline bool
mpol_cursor_is_fresh(const struct mpol_cursor *cursor)
{
	return cursor->seq == mpol_mems_seq(current) &&
	       cursor->generation == READ_ONCE(mpol_generation);
}

/**
 * mpol_resolved_ready - the resolved form of a policy, if there is one
 * @pol:	a policy with nodes
 * @resolved:	set to the form, which is valid until rcu_read_unlock()
 *
 * Context: Process context, under rcu_read_lock().
 * Return: false if there is none: try mpol_resolve().
 */
static __always_inline bool
mpol_resolved_ready(struct mempolicy *pol,
		    const struct mpol_resolved **resolved)
{
	const struct mpol_cursor *cursor = &current->mpol_cursor;
	const struct mpol_forms *forms;

	if (unlikely(!mpol_cursor_is_fresh(cursor)))
		return false;
	forms = rcu_dereference(pol->forms);
	*resolved = rcu_dereference(forms->form[cursor->view_slot &
						forms->mask]);
	return likely((*resolved)->view == cursor->view);
}

/**
 * mpol_resolved - the resolved form of a policy for current
 * @pol:	a policy with nodes
 *
 * Context: Process context, under rcu_read_lock().
 * Return: the form, valid until rcu_read_unlock(), or NULL when there is no
 * memory to make one; the answer has to be worked out from the policy then.
 */
static __always_inline const struct mpol_resolved *
mpol_resolved(struct mempolicy *pol)
{
	const struct mpol_resolved *resolved;

	return mpol_resolved_ready(pol, &resolved) ? resolved :
						     mpol_resolve(pol);
}

/**
 * mpol_of_allocation - the policy of an allocation without a VMA
 * @gfp:	GFP flags
 *
 * Interrupts have the default policy, not that of the interrupted task.
 *
 * Context: Any.
 * Return: the policy of current, or NULL for the default.
 */
static inline struct mempolicy *mpol_of_allocation(gfp_t gfp)
{
	if (in_interrupt() || (gfp & __GFP_THISNODE))
		return NULL;
	return current->mempolicy;
}

/**
 * mpol_preferred_gfp - GFP flags to try preferred nodes with
 * @gfp:	GFP flags of the allocation
 *
 * They are tried without reclaim: all nodes are tried after them.
 *
 * Context: Any.
 * Return: GFP flags.
 */
static inline gfp_t mpol_preferred_gfp(gfp_t gfp)
{
	return (gfp | __GFP_NOWARN) & ~(__GFP_DIRECT_RECLAIM | __GFP_NOFAIL);
}

/**
 * mpol_cursor_slot - the slot of a round that a task goes on from
 * @cursor:	of current
 * @view:	number of the view that the round is for
 * @il:	the round
 *
 * A round of another view is entered behind the node that was last.
 *
 * Context: Process context.
 * Return: the slot.
 */
static inline u32 mpol_cursor_slot(const struct mpol_cursor *cursor, u64 view,
				   const struct mpol_interleave *il)
{
	if (likely(cursor->round == view && cursor->slot < il->nr_slots))
		return cursor->slot;
	return mpol_interleave_after(il, cursor->last);
}

/**
 * mpol_cursor_advance - go on to the next slot
 * @cursor:	of current
 * @view:	number of the view that the round is for
 * @il:	the round
 * @slot:	the slot that was used
 *
 * Context: Process context.
 */
static inline void mpol_cursor_advance(struct mpol_cursor *cursor, u64 view,
				       const struct mpol_interleave *il,
				       u32 slot)
{
	u32 next = slot + 1;

	cursor->slot = next < il->nr_slots ? next : 0;
	cursor->round = view;
}

/**
 * mpol_next_vma - the next VMA of a range
 * @iter:	at @vma, or to begin behind it
 * @vma:	a VMA of the range
 * @end:	behind the last address of the range
 *
 * Most ranges have one VMA: the tree is not asked whether there are more.
 *
 * Context: Holding the mmap_lock.
 * Return: the VMA, or NULL.
 */
static inline struct vm_area_struct *mpol_next_vma(struct vma_iterator *iter,
						   struct vm_area_struct *vma,
						   unsigned long end)
{
	return vma->vm_end < end ? vma_find(iter, end) : NULL;
}

/**
 * mpol_vma_object - the object whose policies a VMA has
 * @vma:	the VMA
 *
 * A private mapping of an object, and any of hugetlbfs, has its own policy.
 *
 * Context: Holding the mmap_lock.
 * Return: the object's policies, or NULL.
 */
static inline struct shared_policy *mpol_vma_object(struct vm_area_struct *vma)
{
	if ((vma->vm_flags & (VM_MAYSHARE | VM_HUGETLB)) != VM_MAYSHARE ||
	    !vma->vm_ops || !vma->vm_ops->shared_policy)
		return NULL;
	return vma->vm_ops->shared_policy(vma);
}

/**
 * mpol_shared_find - the policy of a page of an object, without a count
 * @sp:		the object's policies
 * @index:	index of the page
 *
 * Context: Under rcu_read_lock().
 * Return: the policy, valid until rcu_read_unlock(), or NULL.
 */
static __always_inline struct mempolicy *
mpol_shared_find(struct shared_policy *sp, pgoff_t index)
{
	struct mempolicy *pol;
	unsigned int seq;

	do {
		seq = read_seqbegin(&sp->lock);
		pol = mpol_ranges_find(&sp->ranges, index);
	} while (read_seqretry(&sp->lock, seq));
	return pol;
}

#endif /* _MM_MEMPOLICY_INTERNAL_H */
