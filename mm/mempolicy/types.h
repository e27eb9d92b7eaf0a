/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Structures of memory policy: what is in them, how long they live, and what
 * protects them.
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
 *  ranges of an object	1 each		RCU readers		the object's lock
 *  superblock of tmpfs	1		others count it under	remount
 *					its stat_lock
 *  mm->mpol_cache	1 each		nobody			the cache's lock
 *  mpol_local_policy	immortal	everyone		never
 *
 *  A policy without a count is freed at once, with its resolved forms. One that
 *  objects have is freed after an RCU grace period, as readers of an object
 *  take neither a count nor a lock.
 *
 *  Resolved forms are read under RCU, and replaced under the policy's lock.
 *
 * No memory is allocated or charged under the lock of a policy, an object or a
 * cache, and none of them is held while another one is taken, except that of a
 * policy, which is innermost.
 */
#ifndef _MM_MEMPOLICY_TYPES_H
#define _MM_MEMPOLICY_TYPES_H

#include <linux/mempolicy.h>
#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>

#include "modes.h"
#include "ranges.h"
#include "interleave.h"

/**
 * struct mpol_resolved - what a policy means under one view
 * @view:	number of the view, see view.c
 * @slot:	slot of the view
 * @rcu:	to free it
 * @nodes:	effective nodes
 * @first:	lowest of them, or NUMA_NO_NODE for the local node
 * @zone:	lowest zone that a strict policy restricts
 * @interleave:	the round of an interleave mode
 *
 * Constant once it is published.
 */
struct mpol_resolved {
	u64 view;
	unsigned int slot;
	struct rcu_head rcu;
	nodemask_t nodes;
	int first;
	enum zone_type zone;
	struct mpol_interleave interleave;
};

/**
 * struct mpol_forms - resolved forms of a policy, by the slot of their view
 * @mask:	bits of the slot that tell which one it is
 * @form:	@mask + 1 forms, never NULL: one that is missing has no view
 */
struct mpol_forms {
	unsigned int mask;
	struct mpol_resolved __rcu **form;
};

/**
 * struct mpol_key - all of a request
 * @spec:	what was asked
 * @mems_allowed_asked:	nodes that were allowed then
 */
struct mpol_key {
	struct mpol_spec spec;
	nodemask_t mems_allowed_asked;
};

/**
 * struct mempolicy - a request as an object
 * @traits:	of its mode
 * @forms:	what it means to tasks: @own, or forms for several views
 * @key:	all of the request: two policies with equal keys are equal
 * @spec:	what was asked, part of the key
 * @mems_allowed_asked:	nodes allowed when it was asked, part of the key
 * @own:	room for a single form
 * @only:	that form
 * @count:	references
 * @lock:	protects changes of the forms
 * @rcu:	to free it
 *
 * What faults read is constant, but for the forms, and shares no cache line
 * with what is written. The count is a long: a policy may have as many
 * references as fit into memory, so it cannot overflow.
 */
struct mempolicy {
	struct mpol_traits traits;
	struct mpol_forms __rcu *forms;
	union {
		struct mpol_key key;
		struct {
			struct mpol_spec spec;
			nodemask_t mems_allowed_asked;
		};
	};
	struct mpol_forms own;
	struct mpol_resolved __rcu *only;
	atomic_long_t count ____cacheline_aligned_in_smp;
	raw_spinlock_t lock;
	struct rcu_head rcu;
};

/* Any of the target nodes. */
#define MPOL_ANY_NODE	MAX_NUMNODES

/* Bits of a mask of nodes that can be; a constant where a word is enough. */
#if MAX_NUMNODES > BITS_PER_LONG
#define mpol_node_bits		nr_node_ids
#else
#define mpol_node_bits		MAX_NUMNODES
#endif

/* How it is decided where a page should be. */
enum mpol_targets_kind {
	MPOL_TARGETS_IN_NODES,	/* on one of @nodes */
	MPOL_TARGETS_BY_INDEX,	/* where the policy would place it now */
	MPOL_TARGETS_IN_MAP,	/* from @nodes to what @map says */
};

/**
 * struct mpol_targets - where pages should be
 * @kind:	enum mpol_targets_kind
 * @pol:	the policy that pages should obey
 * @bias:	offset of the VMA's interleaves
 * @map:	the node to go to, by node
 * @nodes:	the nodes that are right; with @map those that are to be left
 */
struct mpol_targets {
	enum mpol_targets_kind kind;
	struct mempolicy *pol;
	pgoff_t bias;
	const int *map;
	nodemask_t nodes;
};

#define MPOL_BATCH	256

/**
 * struct mpol_left - pages that were not moved, by reason
 * @failed:	they could not be moved
 * @kept:	they must not be moved
 * @busy:	they were not on the LRU lists
 */
struct mpol_left {
	unsigned long failed;
	unsigned long kept;
	unsigned long busy;
};

/**
 * struct mpol_isolated - a folio that is to be moved
 * @pfn:	of its first page
 * @nr_pages:	its size, in pages, when it was isolated
 * @target:	the node to go to, or MPOL_ANY_NODE
 * @bias:	offset of its VMA's interleaves
 */
struct mpol_isolated {
	unsigned long pfn;
	unsigned int nr_pages;
	int target;
	pgoff_t bias;
};

/**
 * struct mpol_migrate_control - a migration of pages, batch by batch
 * @targets:	where they should be
 * @all:	also those that others share
 * @nid:	nearest of the target nodes
 * @reason:	enum migrate_reason
 * @error:	of the migration
 * @left:	pages that were not moved
 * @full:	nodes that had no page for one that belongs there
 * @again:	@full has grown: the rest of the batch has to be isolated anew
 * @crossing:	a folio that has to be split first, isolated, or empty
 * @first:	index of its first page that may move
 * @last:	index of the last one
 * @folios:	the current batch, isolated
 * @nr:		number of @isolated
 * @hint:	where in @isolated to look next
 * @isolated:	where the folios of the batch are to go
 */
struct mpol_migrate_control {
	struct mpol_targets targets;
	bool all;
	int nid;
	int reason;
	int error;
	struct mpol_left left;
	nodemask_t full;
	bool again;
	struct list_head crossing;
	pgoff_t first;
	pgoff_t last;
	struct list_head folios;
	unsigned int nr;
	unsigned int hint;
	struct mpol_isolated isolated[MPOL_BATCH];
};

/**
 * struct mpol_change - what a call does to the policies of a range of addresses
 * @start:	first address
 * @end:	behind the last address
 * @vma:	its first VMA if that was looked up under the mmap_lock, or NULL
 * @tail:	the last VMA begins behind @start and reaches behind @end
 * @home_node:	give the policies that are there this home node, or
 *		NUMA_NO_NODE: replace them
 * @policy:	the policy that VMAs get, or NULL for none; not counted here
 * @object_policy:	the same, for objects; counted
 * @last_seen:	policy that was met last
 * @successors:	what policies become that get a home node, by their address
 * @pool:	ranges for objects
 * @removal:	what frees ranges after a grace period
 */
struct mpol_change {
	unsigned long start;
	unsigned long end;
	struct vm_area_struct *vma;
	bool tail;
	int home_node;
	struct mempolicy *policy;
	struct mempolicy *object_policy;
	const struct mempolicy *last_seen;
	struct rb_root successors;
	struct mpol_range_pool pool;
	struct mpol_removal *removal;
};

#endif /* _MM_MEMPOLICY_TYPES_H */
