/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory policy inside: types, lifetimes, and who offers what.
 *
 * Lifetimes and locking
 * ---------------------
 *
 *  a policy is		it owns		may be used		replaced
 *  reachable from		a count		without a count by	under
 *
 *  task->mempolicy	1		current; others count	task_lock()
 *					it under task_lock()
 *  vma->vm_policy	1		who holds the mmap_lock	mmap_lock for write,
 *					or the VMA's lock	vma_start_write()
 *  ranges of an object	1 each		RCU readers		shared_lock, as a
 *								whole new array
 *  superblock of tmpfs	1		others count it under	remount
 *					its stat_lock
 *  mpol_local_policy	immortal	everyone		never
 *  the table of	none		nobody; a lookup	the bucket's lock
 *  policies				counts it or fails
 *
 *  A policy that has neither a count nor is the idle one leaves the table
 *  and is freed after an RCU grace period, with its bound forms. Bound forms
 *  are read under RCU and replaced under bound_lock.
 *
 * No memory is allocated under any of these locks.
 */
#ifndef _MM_MEMPOLICY_INTERNAL_H
#define _MM_MEMPOLICY_INTERNAL_H

#include <linux/mempolicy.h>
#include <linux/mm_types.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/sched.h>

#include "modes.h"
#include "ranges.h"
#include "remap.h"
#include "spread.h"
#include "text.h"

/**
 * struct mpol_bound - what a policy means under one view
 * @rcu:	to free it
 * @next:	forms of the same policy for other views
 * @view:	number of the view, see bound.c
 * @generation:	of nodes with memory and of weights, part of the view
 * @allowed:	nodes allowed in the view
 * @nodes:	effective nodes
 * @first:	lowest of them, or NUMA_NO_NODE for the local node
 * @zone:	lowest zone that a strict policy restricts
 * @spread:	the round of an interleave mode
 *
 * All but @next and @view is constant once it is published.
 */
struct mpol_bound {
	struct rcu_head rcu;
	struct mpol_bound __rcu *next;
	u64 view;
	unsigned int generation;
	nodemask_t allowed;
	nodemask_t nodes;
	int first;
	enum zone_type zone;
	struct mpol_spread spread;
};

/**
 * struct mempolicy - a request as an object
 * @count:	references
 * @traits:	of its mode
 * @bound:	bound forms, the newest first
 * @link:	in the table of policies
 * @bucket:	of that table
 * @rcu:	to free it
 * @spec:	what was asked
 * @birth:	nodes allowed when it was asked
 *
 * All but @count, @bound and @link is constant.
 */
struct mempolicy {
	refcount_t count;
	struct mpol_traits traits;
	struct mpol_bound __rcu *bound;
	struct hlist_node link;
	struct mpol_bucket *bucket;
	struct rcu_head rcu;
	struct mpol_spec spec;
	nodemask_t birth;
};

/* Any of the judge's nodes will do. */
#define MPOL_ANY_NODE	MAX_NUMNODES

/* Bits of a mask of nodes that can be; a constant where a word is enough. */
#if MAX_NUMNODES > BITS_PER_LONG
#define mpol_node_bits		nr_node_ids
#else
#define mpol_node_bits		MAX_NUMNODES
#endif

/**
 * struct mpol_judge - where pages should be
 * @target:	the node that a folio at an address should be on, MPOL_ANY_NODE,
 *		or NUMA_NO_NODE if it may stay where it is
 * @enter:	called for each VMA before its pages are judged, or NULL
 * @pol:	the policy to judge by
 * @bias:	offset of the VMA's interleaves
 * @map:	the node to go to, by node, or NULL
 * @nodes:	the nodes that are right; with @map those that are to be left
 */
struct mpol_judge {
	int (*target)(const struct mpol_judge *judge,
		      struct vm_area_struct *vma, unsigned long addr,
		      const struct folio *folio);
	void (*enter)(struct mpol_judge *judge, struct vm_area_struct *vma);
	struct mempolicy *pol;
	pgoff_t bias;
	const int *map;
	nodemask_t nodes;
};

#define MPOL_BATCH	256

/**
 * struct mpol_mover - pages on their way
 * @judge:	where to
 * @all:	also those that others share
 * @nid:	nearest of the judge's nodes
 * @reason:	enum migrate_reason
 * @error:	of the migration
 * @failed:	pages that could not be moved
 * @kept:	pages that must not be moved
 * @busy:	pages that were not on the LRU lists
 * @crossing:	a folio that has to be split first, isolated, or empty
 * @first:	index of its first page that may move
 * @last:	index of the last one
 * @folios:	the current batch, isolated
 * @nr:		number of @queued
 * @hint:	where in @queued to look next
 * @queued:	where the folios of the batch are to go
 */
struct mpol_mover {
	struct mpol_judge judge;
	bool all;
	int nid;
	int reason;
	int error;
	unsigned long failed;
	unsigned long kept;
	unsigned long busy;
	struct list_head crossing;
	pgoff_t first;
	pgoff_t last;
	struct list_head folios;
	unsigned int nr;
	unsigned int hint;
	struct {
		struct folio *folio;
		int target;
	} queued[MPOL_BATCH];
};

/**
 * struct mpol_homing - policies that get another home node
 * @home_node:	the node
 * @nr:		policies met
 * @from:	the last of them
 * @kept:	what they become
 */
struct mpol_homing {
	int home_node;
	unsigned int nr;
	const struct mempolicy *from;
	struct list_head kept;
};

/**
 * struct mpol_request - what a call asks of objects
 * @first:	first page of the object
 * @last:	last page
 * @pol:	policy for them, or NULL for none
 * @homing:	not NULL: leave their policies, but give them a home node
 * @changes:	what was prepared
 */
struct mpol_request {
	pgoff_t first;
	pgoff_t last;
	struct mempolicy *pol;
	struct mpol_homing *homing;
	struct list_head changes;
};

/* object.c: create, find, count */
extern struct mempolicy mpol_local_policy;
struct mempolicy *mpol_create(const struct mpol_spec *spec);
struct mempolicy *mpol_with_home(const struct mempolicy *pol, int home_node);
struct mempolicy *mpol_for_object(const struct mempolicy *pol);
struct mempolicy *mpol_create_for_mount(const struct mpol_spec *spec);
void __init mpol_object_init(void);

/* home.c: another home node */
void mpol_homing_begin(struct mpol_homing *homing, int home_node);
int mpol_homing_add(struct mpol_homing *homing, const struct mempolicy *pol);
struct mempolicy *mpol_homed(const struct mempolicy *pol, void *homing);
void mpol_homing_end(struct mpol_homing *homing);

/* bound.c: what policies mean here and now */
void mpol_view_changed(void);
void mpol_allowed_nodes(struct task_struct *task, nodemask_t *allowed);
enum zone_type mpol_lowest_zone(const nodemask_t *nodes);
const struct mpol_bound *mpol_bind(struct mempolicy *pol);
void mpol_bound_free(struct mpol_bound *bound);
void mpol_nodes_now(struct mempolicy *pol, nodemask_t *nodes);
void mpol_nodes_of(const struct mempolicy *pol, struct task_struct *task,
		   nodemask_t *nodes);
void __init mpol_bound_init(void);

/* task.c: the policy of a task */
int mpol_set_task_policy(const struct mpol_spec *spec);

/* ../mempolicy.c: placement */
void mpol_place(struct mpol_placement *where, struct mempolicy *pol,
		gfp_t gfp, pgoff_t ilx, int nid);
int mpol_next_node(struct mempolicy *pol);

/* vma.c: the policy of a range of addresses */
bool mpol_vma_shares(const struct vm_area_struct *vma);
void mpol_vma_lock(struct mm_struct *mm, unsigned long start,
		   unsigned long end);
int mpol_vma_range(struct mm_struct *mm, unsigned long start,
		   unsigned long end, struct mempolicy *pol);
int mpol_vma_home(struct mm_struct *mm, unsigned long start,
		  unsigned long end, struct mpol_homing *homing);

/* shared.c: policies of objects */
int mpol_request_begin(struct mpol_request *request, struct mempolicy *pol,
		       struct mpol_homing *homing);
void mpol_request_end(struct mpol_request *request, bool apply);
bool mpol_folio_crosses(struct vm_area_struct *vma, unsigned long addr,
			const struct folio *folio);

/* queue.c: pages in a range */
bool mpol_range_placed(struct vm_area_struct *vma, unsigned long start,
		       unsigned long end, const struct mpol_judge *judge);
unsigned long mpol_queue_range(struct vm_area_struct *vma, unsigned long start,
			       unsigned long end, struct mpol_mover *mover);

/* migrate.c: pages that go elsewhere */
void mpol_judge_nodes(struct mpol_judge *judge, struct mempolicy *pol);
struct mpol_mover *mpol_mover_alloc(unsigned long flags);
int mpol_move_range(struct mpol_mover *mover, unsigned long start,
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
 * mpol_has_nodes - does this policy speak of nodes?
 * @pol:	a policy or NULL
 *
 * Context: Any.
 * Return: false for the default and for local policies.
 */
static inline bool mpol_has_nodes(const struct mempolicy *pol)
{
	return pol && (pol->traits.spread || pol->traits.single ||
		       pol->traits.filters);
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

/* Counts changes of nodes with memory and of weights: bound.c. */
extern unsigned int mpol_generation;

/**
 * mpol_bound_ready - the bound form of a policy, if current's is the newest
 * @pol:	a policy with nodes
 *
 * Context: Process context, under rcu_read_lock().
 * Return: the form, valid until rcu_read_unlock(), or NULL: try mpol_bound().
 */
static __always_inline const struct mpol_bound *
mpol_bound_ready(struct mempolicy *pol)
{
	const struct mpol_cursor *cursor = &current->mpol_cursor;
	const struct mpol_bound *bound = rcu_dereference(pol->bound);

	if (likely(bound && READ_ONCE(bound->view) == cursor->view &&
		   cursor->seq == mpol_mems_seq(current) &&
		   cursor->generation == READ_ONCE(mpol_generation)))
		return bound;
	return NULL;
}

/**
 * mpol_bound - the bound form of a policy for current
 * @pol:	a policy with nodes
 *
 * Context: Process context, under rcu_read_lock().
 * Return: the form, valid until rcu_read_unlock(), or NULL when there is no
 * memory to make one; the answer has to be worked out from the policy then.
 */
static __always_inline const struct mpol_bound *
mpol_bound(struct mempolicy *pol)
{
	return mpol_bound_ready(pol) ?: mpol_bind(pol);
}

#endif /* _MM_MEMPOLICY_INTERNAL_H */
