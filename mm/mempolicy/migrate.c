// SPDX-License-Identifier: GPL-2.0
/*
 * Moving pages to where they should be: in batches, so that no more than one
 * batch is off the LRU lists at a time, and the mmap_lock is dropped while it
 * is moved.
 */
#include <linux/mm.h>
#include <linux/hugetlb.h>
#include <linux/migrate.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/swap.h>

#include "internal.h"
#include "../internal.h"

/* The node that a policy deals a page. */
static int node_in_round(const struct mpol_judge *judge, pgoff_t ilx)
{
	struct mpol_placement where;

	mpol_place(&where, judge->pol, GFP_HIGHUSER_MOVABLE, ilx,
		   numa_node_id());
	return where.nid;
}

/* What was queued as a folio, or as the one that it was split from. */
static const struct mpol_queued *find_queued(struct mpol_mover *mover,
					     struct folio *folio)
{
	unsigned long pfn = folio_pfn(folio);
	unsigned int i;

	/* The folios come back more or less in the order they were queued. */
	for (i = 0; i < mover->nr; i++) {
		unsigned int at = (mover->hint + i) % mover->nr;
		const struct mpol_queued *queued = &mover->queued[at];

		if (pfn - queued->pfn < queued->nr_pages) {
			mover->hint = at;
			return queued;
		}
	}
	return NULL;
}

/* A folio that was split while it was moved goes where its own index says. */
static int target_of_turn(struct mpol_mover *mover, struct folio *folio)
{
	const struct mpol_queued *queued = find_queued(mover, folio);

	if (WARN_ON_ONCE(!queued))
		return MPOL_ANY_NODE;
	if (queued->nr_pages == folio_nr_pages(folio))
		return queued->target;
	return node_in_round(&mover->judge, queued->bias +
			     (folio->index >> folio_order(folio)));
}

static int target_of(struct mpol_mover *mover, struct folio *folio)
{
	if (mover->judge.enter)
		return target_of_turn(mover, folio);
	return mover->judge.map ? mover->judge.map[folio_nid(folio)] :
				  MPOL_ANY_NODE;
}

/* A huge page can still be split; what has the size of its index cannot. */
static void note_full(struct mpol_mover *mover, const struct folio *folio,
		      int nid)
{
	if (!mover->judge.enter || node_isset(nid, mover->full) ||
	    (folio_test_large(folio) && !folio_test_hugetlb(folio)))
		return;
	node_set(nid, mover->full);
	mover->again = true;
}

static struct folio *alloc_target(struct folio *folio, unsigned long private)
{
	struct mpol_mover *mover = (struct mpol_mover *)private;
	int nid = target_of(mover, folio);
	struct migration_target_control mtc = {
		.nid = nid,
		/* A page that has to stay is told of, and no news for the log. */
		.gfp_mask = GFP_HIGHUSER_MOVABLE | __GFP_RETRY_MAYFAIL |
			    __GFP_NOWARN,
		.reason = mover->reason,
	};
	struct folio *target;

	if (nid == MPOL_ANY_NODE) {
		mtc.nid = mover->nid;
		mtc.nmask = &mover->judge.nodes;
		return alloc_migration_target(folio, (unsigned long)&mtc);
	}
	mtc.gfp_mask |= __GFP_THISNODE;
	target = alloc_migration_target(folio, (unsigned long)&mtc);
	if (!target)
		note_full(mover, folio, nid);
	return target;
}

/*
 * Returns false if what is left of the batch has to be queued anew: one node of
 * a round is full, and others need not be.
 */
static bool move_batch(struct mpol_mover *mover)
{
	int ret;

	mover->hint = 0;
	mover->again = false;
	ret = migrate_pages(&mover->folios, alloc_target, NULL,
			    (unsigned long)mover, MIGRATE_SYNC, mover->reason,
			    NULL);
	putback_movable_pages(&mover->folios);
	mover->nr = 0;
	if (mover->again)
		return false;
	if (ret < 0)
		mover->error = ret;
	else
		mover->left.failed += ret;
	return true;
}

/* How often a folio that others look at just now is tried to be split. */
#define SPLIT_TRIES	10

/* Adds its parts to a list that it is on itself. */
static int split_crossing(struct folio *folio, struct list_head *parts)
{
	int err, tries = SPLIT_TRIES;

	do {
		folio_lock(folio);
		err = split_folio_to_list(folio, parts);
		folio_unlock(folio);
	} while (err == -EAGAIN && --tries);
	return err;
}

static int part_target(const struct mpol_mover *mover, const struct folio *part)
{
	int nid;

	if (part->index < mover->first || part->index > mover->last)
		return NUMA_NO_NODE;
	if (!mover->judge.enter)
		return MPOL_ANY_NODE;
	nid = node_in_round(&mover->judge, mover->judge.bias + part->index);
	return nid == folio_nid(part) ? NUMA_NO_NODE : nid;
}

/* Parts are not found again, so those of a full node keep others from moving. */
static void move_parts(struct mpol_mover *mover)
{
	if (!move_batch(mover))
		mover->left.failed++;
}

/*
 * Splits a folio that crosses a border between two policies, and moves those of
 * its parts that are in the range. No walk would find them: file pages are not
 * mapped any more once they are split.
 */
static void move_crossing(struct mpol_mover *mover)
{
	struct folio *folio = lru_to_folio(&mover->crossing);
	int err = split_crossing(folio, &mover->crossing);
	struct folio *part, *next;

	/* What is still mapped is found once more, with all LRU lists drained. */
	if (err && folio_mapped(folio))
		mover->left.busy++;
	else if (err)
		mover->left.failed++;
	list_for_each_entry_safe(part, next, &mover->crossing, lru) {
		int target = err ? NUMA_NO_NODE : part_target(mover, part);

		if (target == NUMA_NO_NODE)
			continue;
		list_move_tail(&part->lru, &mover->folios);
		mpol_queue(mover, part, target);
		if (mover->nr == MPOL_BATCH)
			move_parts(mover);
	}
	move_parts(mover);
	putback_movable_pages(&mover->crossing);
}

/* Fills one batch; returns the address to go on from. */
static unsigned long queue_batch(struct mm_struct *mm, unsigned long addr,
				 unsigned long end, struct mpol_mover *mover)
{
	struct vm_area_struct *vma;

	if (mmap_read_lock_killable(mm))
		return addr;
	while (addr < end && mover->nr < MPOL_BATCH &&
	       list_empty(&mover->crossing) && !fatal_signal_pending(current)) {
		vma = find_vma_intersection(mm, addr, end);
		if (!vma) {
			addr = end;
			break;
		}
		if (mover->judge.enter)
			mover->judge.enter(&mover->judge, vma);
		addr = mpol_queue_range(vma, addr, end, mover);
	}
	mmap_read_unlock(mm);
	return addr;
}

static void forget_batch(struct mpol_mover *mover)
{
	putback_movable_pages(&mover->folios);
	putback_movable_pages(&mover->crossing);
	mover->nr = 0;
}

/*
 * Nothing is tried any more once a page cannot be had: the next one could not
 * be had either, after all that reclaim does for each of them.
 */
static void move_once(struct mm_struct *mm, unsigned long addr,
		      unsigned long end, struct mpol_mover *mover)
{
	mover->error = 0;
	mover->left = (struct mpol_left){ };
	while (addr < end && !mover->error) {
		const struct mpol_left left = mover->left;
		unsigned long next = queue_batch(mm, addr, end, mover);

		if (fatal_signal_pending(current)) {
			forget_batch(mover);
			mover->error = -EINTR;
		} else if (mover->nr && !move_batch(mover)) {
			forget_batch(mover);
			lru_add_drain();
			mover->left = left;
			next = addr;
		} else if (!list_empty(&mover->crossing)) {
			move_crossing(mover);
		}
		addr = next;
		cond_resched();
	}
}

/*
 * Pages that were just touched are not on the LRU lists yet. Having all CPUs
 * put them there is dear, so that is left for when it is known to be needed.
 */
static void move_range(struct mm_struct *mm, unsigned long start,
		       unsigned long end, struct mpol_mover *mover)
{
	lru_add_drain();
	move_once(mm, start, end, mover);
	if (!mover->left.busy || mover->error)
		return;
	lru_cache_disable();
	move_once(mm, start, end, mover);
	lru_cache_enable();
	mover->left.failed += mover->left.busy;
}

/* === To where a policy wants them === */

static int target_in_nodes(const struct mpol_judge *judge,
			   struct vm_area_struct *vma, unsigned long addr,
			   const struct folio *folio)
{
	return node_isset(folio_nid(folio), judge->nodes) ? NUMA_NO_NODE :
							    MPOL_ANY_NODE;
}

/* The node that a page would be dealt if it were allocated now. */
static int target_in_round(const struct mpol_judge *judge,
			   struct vm_area_struct *vma, unsigned long addr,
			   const struct folio *folio)
{
	pgoff_t index = linear_page_index(vma, addr) >> folio_order(folio);
	int nid;

	/* One page of KSM may be at many indices. */
	if (folio_test_ksm(folio))
		return target_in_nodes(judge, vma, addr, folio);
	nid = node_in_round(judge, judge->bias + index);
	return nid == folio_nid(folio) ? NUMA_NO_NODE : nid;
}

static void enter_round(struct mpol_judge *judge, struct vm_area_struct *vma)
{
	mpol_cond_put(__get_vma_policy(vma, vma->vm_start, &judge->bias));
}

/* Of the nodes that current may use the nearest one with memory. */
static int nearest_allowed(int nid, const nodemask_t *allowed)
{
	struct zoneref *z;

	z = first_zones_zonelist(node_zonelist(nid, GFP_HIGHUSER_MOVABLE),
				 gfp_zone(GFP_HIGHUSER_MOVABLE),
				 (nodemask_t *)allowed);
	/* Memory may just have gone. */
	return zonelist_zone(z) ? zonelist_node_idx(z) : nid;
}

/**
 * mpol_judge_nodes - judge pages by the nodes of a policy
 * @judge:	set up
 * @pol:	the policy, or NULL for what current has without one
 *
 * Without a node that is allowed it is the nearest one that is, as for new
 * pages.
 *
 * Context: Process context.
 */
void mpol_judge_nodes(struct mpol_judge *judge, struct mempolicy *pol)
{
	int near = numa_node_id();
	nodemask_t allowed;

	judge->target = target_in_nodes;
	judge->enter = NULL;
	judge->pol = pol;
	judge->bias = 0;
	judge->map = NULL;
	nodes_clear(judge->nodes);
	mpol_allowed_nodes(current, &allowed);
	if (mpol_has_nodes(pol)) {
		mpol_nodes_now(pol, &judge->nodes);
		if (!nodes_empty(judge->nodes))
			near = first_node(judge->nodes);
		nodes_and(judge->nodes, judge->nodes, allowed);
	}
	if (nodes_empty(judge->nodes))
		node_set(nearest_allowed(near, &allowed), judge->nodes);
}

/**
 * mpol_move_range - move pages of current to where a policy wants them
 * @mover:	from mpol_mover_alloc()
 * @start:	first address
 * @end:	behind the last address
 * @pol:	the policy, or NULL for what current has without one; no home node
 *		is asked for in either
 *
 * Context: May sleep; takes the mmap_lock for read.
 * Return: 0, or -EIO if pages stay misplaced.
 */
int mpol_move_range(struct mpol_mover *mover, unsigned long start,
		    unsigned long end, struct mempolicy *pol)
{
	pol = pol ?: current->mempolicy;
	mpol_judge_nodes(&mover->judge, pol);
	mover->nid = numa_node_id();
	if (mpol_has_nodes(pol) && pol->traits.spread) {
		mover->judge.target = target_in_round;
		mover->judge.enter = enter_round;
	}
	mover->reason = MR_MEMPOLICY_MBIND;
	move_range(current->mm, start, end, mover);
	return mover->left.failed || mover->left.kept || mover->error ?
	       -EIO : 0;
}

/* === From nodes to nodes === */

static int target_in_map(const struct mpol_judge *judge,
			 struct vm_area_struct *vma, unsigned long addr,
			 const struct folio *folio)
{
	int nid = folio_nid(folio);

	return node_isset(nid, judge->nodes) ? judge->map[nid] : NUMA_NO_NODE;
}

/*
 * The n-th node that is left goes to the n-th node that is entered. When they
 * are not equally many, pages that are where others go stay where they are.
 */
static void make_map(int *map, nodemask_t *sources, const nodemask_t *from,
		     const nodemask_t *to)
{
	bool uneven = nodes_weight(*from) != nodes_weight(*to);
	int target = first_node(*to);
	int nid;

	nodes_clear(*sources);
	for_each_node_mask(nid, *from) {
		if (nid < nr_node_ids && nid != target &&
		    !(uneven && node_isset(nid, *to))) {
			map[nid] = target;
			node_set(nid, *sources);
		}
		target = next_node_in(target, *to);
	}
}

/*
 * A page may be mapped twice, and must not be moved on by the second mapping:
 * no node is entered before its own pages have left. There is always one that
 * can be: a map keeps the order of the nodes, so it does not go round in a
 * circle, and one that goes round from the last node to the first is uneven,
 * where no node that is entered is left.
 */
static void take_sources(nodemask_t *now, nodemask_t *sources, const int *map)
{
	int nid;

	nodes_clear(*now);
	for_each_node_mask(nid, *sources)
		if (!node_isset(map[nid], *sources))
			node_set(nid, *now);
	nodes_andnot(*sources, *sources, *now);
}

static int move_between(struct mm_struct *mm, nodemask_t *sources,
			struct mpol_mover *mover)
{
	unsigned long failed = 0;

	lru_cache_disable();
	while (!nodes_empty(*sources) && !mover->error) {
		take_sources(&mover->judge.nodes, sources, mover->judge.map);
		move_once(mm, 0, mm->task_size, mover);
		failed += mover->left.failed + mover->left.busy;
	}
	lru_cache_enable();
	return mover->error ?: min_t(unsigned long, failed, INT_MAX);
}

/**
 * do_migrate_pages - move the pages of a process from nodes to nodes
 * @mm:		its address space
 * @from:	nodes to leave
 * @to:		nodes to go to, not empty, keeping the order of the nodes
 * @flags:	MPOL_MF_MOVE_ALL to move also what others share
 *
 * Context: May sleep; takes the mmap_lock for read.
 * Return: number of pages that could not be moved, or an error.
 */
int do_migrate_pages(struct mm_struct *mm,
		     const nodemask_t *from, const nodemask_t *to, int flags)
{
	struct mpol_mover *mover;
	nodemask_t sources;
	int ret = -ENOMEM;
	int *map;

	if (!IS_ENABLED(CONFIG_MIGRATION))
		return -EOPNOTSUPP;
	mover = mpol_mover_alloc(flags);
	map = kmalloc_array(nr_node_ids, sizeof(*map), GFP_KERNEL);
	if (!mover || !map)
		goto out;
	make_map(map, &sources, from, to);
	mover->judge.target = target_in_map;
	mover->judge.enter = NULL;
	mover->judge.bias = 0;
	mover->judge.map = map;
	mover->reason = MR_SYSCALL;
	ret = move_between(mm, &sources, mover);
out:
	kfree(map);
	kfree(mover);
	return ret;
}

/**
 * mpol_mover_alloc - get ready to move pages
 * @flags:	MPOL_MF_MOVE or MPOL_MF_MOVE_ALL
 *
 * Context: May sleep.
 * Return: a mover, to be freed by kfree(), or NULL.
 */
struct mpol_mover *mpol_mover_alloc(unsigned long flags)
{
	struct mpol_mover *mover = kmalloc(sizeof(*mover), GFP_KERNEL);

	if (!mover)
		return NULL;
	INIT_LIST_HEAD(&mover->crossing);
	INIT_LIST_HEAD(&mover->folios);
	mover->nr = 0;
	mover->error = 0;
	nodes_clear(mover->full);
	mover->all = flags & MPOL_MF_MOVE_ALL;
	return mover;
}
