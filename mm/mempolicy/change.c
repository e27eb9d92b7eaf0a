// SPDX-License-Identifier: GPL-2.0
/*
 * Changing the policies of a range of addresses: of VMAs, which have their own,
 * and of the objects that are mapped there. They get one and the same policy,
 * or all that they have get another home node.
 *
 * All that can fail comes first: what policies become, memory for the ranges of
 * objects, and the splitting of VMAs. Changing objects comes last and cannot
 * fail, so a call changes all of its range or nothing.
 *
 * Objects may be changed by others at the same time. Pages that get a policy
 * after it was looked at here keep it, as if that came after this call.
 */
#include <linux/capability.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "internal.h"

/**
 * struct successor - what a policy becomes that gets a home node
 * @rb:		in the tree of all of them, by the address of @from
 * @from:	the policy, counted so that the address stays its own
 * @to:		what it becomes, counted
 */
struct successor {
	struct rb_node rb;
	struct mempolicy *from;
	struct mempolicy *to;
};

static void init_change(struct mpol_change *change, unsigned long start,
			unsigned long end)
{
	memset(change, 0, sizeof(*change));
	change->start = start;
	change->end = end;
	change->home_node = NUMA_NO_NODE;
	change->successors = RB_ROOT;
}

/**
 * mpol_change_policy - start to give a range of addresses a policy
 * @change:	set up, to be ended by mpol_change_end()
 * @start:	first address
 * @end:	behind the last address
 * @pol:	the policy, or NULL for none; the caller keeps it until the end
 *
 * Context: Any.
 */
void mpol_change_policy(struct mpol_change *change, unsigned long start,
			unsigned long end, struct mempolicy *pol)
{
	init_change(change, start, end);
	change->policy = pol;
}

/**
 * mpol_change_home - start to give the policies of a range a home node
 * @change:	set up, to be ended by mpol_change_end()
 * @start:	first address
 * @end:	behind the last address
 * @home_node:	the node
 *
 * Context: Any.
 */
void mpol_change_home(struct mpol_change *change, unsigned long start,
		      unsigned long end, int home_node)
{
	init_change(change, start, end);
	change->home_node = home_node;
}

static struct successor *find_successor(const struct mpol_change *change,
					const struct mempolicy *from)
{
	struct rb_node *rb = change->successors.rb_node;

	while (rb) {
		struct successor *succ = rb_entry(rb, struct successor, rb);

		if (from == succ->from)
			return succ;
		rb = from < succ->from ? rb->rb_left : rb->rb_right;
	}
	return NULL;
}

static void insert_successor(struct mpol_change *change, struct successor *new)
{
	struct rb_node **link = &change->successors.rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = new->from < rb_entry(parent, struct successor, rb)->from ?
		       &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&new->rb, parent, link);
	rb_insert_color(&new->rb, &change->successors);
}

/* A policy was met that is to get a home node. */
static int add_successor(struct mpol_change *change, struct mempolicy *from)
{
	struct successor *succ;

	if (!from->traits.home)
		return -EOPNOTSUPP;
	/* Neighbours mostly have the same one. */
	if (from == change->last_seen)
		return 0;
	change->last_seen = from;
	if (find_successor(change, from))
		return 0;

	succ = kmalloc(sizeof(*succ), GFP_KERNEL_ACCOUNT);
	if (!succ)
		return -ENOMEM;
	succ->to = mpol_with_home(from, change->home_node);
	if (IS_ERR(succ->to)) {
		kfree(succ);
		return -ENOMEM;
	}
	succ->from = mpol_dup(from);
	insert_successor(change, succ);
	return 0;
}

/**
 * mpol_change_successor - what a policy becomes
 * @policy:	a policy, or NULL
 * @change:	the struct mpol_change, after mpol_change_prepare()
 *
 * Context: Any.
 * Return: the policy, good until mpol_change_end(); @policy itself if it is not
 * concerned.
 */
struct mempolicy *mpol_change_successor(struct mempolicy *policy, void *change)
{
	const struct successor *succ;

	if (!policy)
		return NULL;
	succ = find_successor(change, policy);
	return succ ? succ->to : policy;
}

/* The first and last page of a VMA's object that a change concerns. */
static pgoff_t first_index(const struct mpol_change *change,
			   struct vm_area_struct *vma)
{
	return linear_page_index(vma, max(change->start, vma->vm_start));
}

static pgoff_t last_index(const struct mpol_change *change,
			  struct vm_area_struct *vma)
{
	return linear_page_index(vma, min(change->end, vma->vm_end)) - 1;
}

/* An object's policy concerns all who use it. */
static bool may_change_object(const struct vm_area_struct *vma)
{
	const vm_flags_t writable = VM_SHARED | VM_MAYWRITE;

	return (vma->vm_flags & writable) == writable || capable(CAP_SYS_NICE);
}

/* Whatever policies the pages of an object have. */
static int add_successors(struct mpol_change *change, struct shared_policy *sp,
			  struct vm_area_struct *vma, bool *any)
{
	pgoff_t index, end, last = last_index(change, vma);
	int err = 0;

	for (index = first_index(change, vma); !err; index = end + 1) {
		struct mempolicy *pol = mpol_shared_range(sp, index, &end);

		if (pol) {
			*any = true;
			err = add_successor(change, pol);
			mpol_put(pol);
		}
		if (end >= last)
			break;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return err;
}

/* An object is looked at even if it may not be changed: it may have none. */
static int prepare_home_of_object(struct mpol_change *change,
				  struct shared_policy *sp,
				  struct vm_area_struct *vma)
{
	bool any = false;
	int err = add_successors(change, sp, vma, &any);

	if (err)
		return err;
	return any && !may_change_object(vma) ? -EACCES : 0;
}

static int prepare_vma(struct mpol_change *change, struct shared_policy *sp,
		       struct vm_area_struct *vma)
{
	bool home = change->home_node != NUMA_NO_NODE;

	if (sp && home)
		return prepare_home_of_object(change, sp, vma);
	if (sp)
		return may_change_object(vma) ? 0 : -EACCES;
	return home && vma->vm_policy ? add_successor(change, vma->vm_policy) :
					0;
}

static int prepare_objects(struct mpol_change *change, unsigned long intervals)
{
	if (!intervals)
		return 0;
	if (change->policy) {
		change->object_policy = mpol_for_object(change->policy);
		if (IS_ERR(change->object_policy)) {
			change->object_policy = NULL;
			return -ENOMEM;
		}
		mpol_resolve_ahead(change->object_policy);
	}
	return mpol_shared_reserve(change, intervals);
}

/**
 * mpol_change_prepare - get ready for a change
 * @change:	after mpol_change_policy() or mpol_change_home()
 * @mm:		current's address space
 * @wait:	wait for faults also where no object is concerned
 *
 * A fault that runs under the lock of its VMA may have looked up its policy
 * already. It is waited for where an object is changed, which is not under such
 * a lock: once this returns it has mapped its page, and new faults wait until
 * the mmap_lock is released.
 *
 * Context: Holding the mmap_lock for write; may sleep.
 * Return: 0, -EACCES if current may not change one of the objects, -EOPNOTSUPP
 * if a policy cannot have a home node, -ENOENT if no policy is there to get one,
 * -EINTR if current is being killed, or -ENOMEM.
 */
int mpol_change_prepare(struct mpol_change *change, struct mm_struct *mm,
			bool wait)
{
	struct vm_area_struct *vma = change->vma, *last = NULL;
	unsigned long intervals = 0;
	struct vma_iterator iter;
	int err;

	vma_iter_init(&iter, mm, vma ? vma->vm_end : change->start);
	vma = vma ?: vma_find(&iter, change->end);
	for (; vma; vma = mpol_next_vma(&iter, vma, change->end)) {
		struct shared_policy *sp = mpol_vma_object(vma);

		err = prepare_vma(change, sp, vma);
		if (err)
			return err;
		if (sp || wait)
			vma_start_write(vma);
		intervals += !!sp;
		last = vma;
	}
	change->tail = last && last->vm_start > change->start &&
		       last->vm_end > change->end;
	if (change->home_node != NUMA_NO_NODE &&
	    RB_EMPTY_ROOT(&change->successors))
		return -ENOENT;
	return prepare_objects(change, intervals);
}

/**
 * mpol_change_apply - change what was prepared
 * @change:	after mpol_change_prepare()
 * @mm:		current's address space
 *
 * Context: Holding the mmap_lock for write since mpol_change_prepare().
 * Return: 0, or an error, in which case every policy is as it was.
 */
int mpol_change_apply(struct mpol_change *change, struct mm_struct *mm)
{
	VMA_ITERATOR(iter, mm, change->start);
	struct vm_area_struct *vma;
	int err = mpol_vma_change(mm, change);

	if (err || !change->removal)
		return err;
	for_each_vma_range(iter, vma, change->end) {
		struct shared_policy *sp = mpol_vma_object(vma);

		if (sp)
			mpol_shared_change(sp, first_index(change, vma),
					   last_index(change, vma), change);
	}
	return 0;
}

/**
 * mpol_change_end - let go of what was prepared
 * @change:	the change, applied or not
 *
 * Context: May sleep; holding no lock.
 */
void mpol_change_end(struct mpol_change *change)
{
	struct successor *succ, *next;

	if (change->removal)
		mpol_shared_release(change);
	rbtree_postorder_for_each_entry_safe(succ, next, &change->successors,
					     rb) {
		mpol_put(succ->from);
		mpol_put(succ->to);
		kfree(succ);
	}
	mpol_put(change->object_policy);
	mpol_wait_for_rcu();
}
