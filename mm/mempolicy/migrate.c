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

/* What was isolated as a folio, or as the one that it was split from. */
static const struct mpol_isolated *
find_isolated(struct mpol_migrate_control *mc, struct folio *folio)
{
	unsigned long pfn = folio_pfn(folio);
	unsigned int i;

	/* The folios come back more or less in the order they were isolated. */
	for (i = 0; i < mc->nr; i++) {
		unsigned int at = (mc->hint + i) % mc->nr;
		const struct mpol_isolated *isolated = &mc->isolated[at];

		if (pfn - isolated->pfn < isolated->nr_pages) {
			mc->hint = at;
			return isolated;
		}
	}
	return NULL;
}

/* A folio that was split while it was moved goes where its own index says. */
static int target_of_slot(struct mpol_migrate_control *mc, struct folio *folio)
{
	const struct mpol_isolated *isolated = find_isolated(mc, folio);

	if (WARN_ON_ONCE(!isolated))
		return MPOL_ANY_NODE;
	if (isolated->nr_pages == folio_nr_pages(folio))
		return isolated->target;
	return mpol_target_of_index(&mc->targets, isolated->bias +
			     (folio->index >> folio_order(folio)));
}

static int target_of(struct mpol_migrate_control *mc, struct folio *folio)
{
	if (mc->targets.kind == MPOL_TARGETS_BY_INDEX)
		return target_of_slot(mc, folio);
	if (mc->targets.kind == MPOL_TARGETS_IN_MAP)
		return mc->targets.map[folio_nid(folio)];
	return MPOL_ANY_NODE;
}

/* A huge page can still be split; what has the size of its index cannot. */
static void note_full(struct mpol_migrate_control *mc,
		      const struct folio *folio, int nid)
{
	if (mc->targets.kind != MPOL_TARGETS_BY_INDEX ||
	    node_isset(nid, mc->full) ||
	    (folio_test_large(folio) && !folio_test_hugetlb(folio)))
		return;
	node_set(nid, mc->full);
	mc->again = true;
}

static struct folio *alloc_target(struct folio *folio, unsigned long private)
{
	struct mpol_migrate_control *mc = (void *)private;
	int nid = target_of(mc, folio);
	struct migration_target_control mtc = {
		.nid = nid,
		/* The call reports pages that stay: no warning in the log. */
		.gfp_mask = GFP_HIGHUSER_MOVABLE | __GFP_RETRY_MAYFAIL |
			    __GFP_NOWARN,
		.reason = mc->reason,
	};
	struct folio *target;

	if (nid == MPOL_ANY_NODE) {
		mtc.nid = mc->nid;
		mtc.nmask = &mc->targets.nodes;
		return alloc_migration_target(folio, (unsigned long)&mtc);
	}
	mtc.gfp_mask |= __GFP_THISNODE;
	target = alloc_migration_target(folio, (unsigned long)&mtc);
	if (!target)
		note_full(mc, folio, nid);
	return target;
}

/*
 * Returns false if what is left of the batch has to be isolated anew: one node
 * of a round is full, and others need not be.
 */
static bool move_batch(struct mpol_migrate_control *mc)
{
	int ret;

	mc->hint = 0;
	mc->again = false;
	ret = migrate_pages(&mc->folios, alloc_target, NULL,
			    (unsigned long)mc, MIGRATE_SYNC, mc->reason,
			    NULL);
	putback_movable_pages(&mc->folios);
	mc->nr = 0;
	if (mc->again)
		return false;
	if (ret < 0)
		mc->error = ret;
	else
		mc->left.failed += ret;
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

static int part_target(const struct mpol_migrate_control *mc,
		       const struct folio *part)
{
	int nid;

	if (part->index < mc->first || part->index > mc->last)
		return NUMA_NO_NODE;
	if (mc->targets.kind != MPOL_TARGETS_BY_INDEX)
		return MPOL_ANY_NODE;
	nid = mpol_target_of_index(&mc->targets, mc->targets.bias + part->index);
	return nid == folio_nid(part) ? NUMA_NO_NODE : nid;
}

/* Parts are not found again, so those of a full node keep others from moving. */
static void move_parts(struct mpol_migrate_control *mc)
{
	if (!move_batch(mc))
		mc->left.failed++;
}

/*
 * Splits a folio that crosses a border between two policies, and moves those of
 * its parts that are in the range. No walk would find them: file pages are not
 * mapped any more once they are split.
 */
static void move_crossing(struct mpol_migrate_control *mc)
{
	struct folio *folio = lru_to_folio(&mc->crossing);
	int err = split_crossing(folio, &mc->crossing);
	struct folio *part, *next;

	/* What is still mapped is found once more, with all LRU lists drained. */
	if (err && folio_mapped(folio))
		mc->left.busy++;
	else if (err)
		mc->left.failed++;
	list_for_each_entry_safe(part, next, &mc->crossing, lru) {
		int target = err ? NUMA_NO_NODE : part_target(mc, part);

		if (target == NUMA_NO_NODE)
			continue;
		list_move_tail(&part->lru, &mc->folios);
		mpol_isolated_add(mc, part, target);
		if (mc->nr == MPOL_BATCH)
			move_parts(mc);
	}
	move_parts(mc);
	putback_movable_pages(&mc->crossing);
}

/* Fills one batch; returns the address to go on from. */
static unsigned long isolate_batch(struct mm_struct *mm, unsigned long addr,
				   unsigned long end,
				   struct mpol_migrate_control *mc)
{
	struct vm_area_struct *vma;

	if (mmap_read_lock_killable(mm))
		return addr;
	while (addr < end && mc->nr < MPOL_BATCH &&
	       list_empty(&mc->crossing) && !fatal_signal_pending(current)) {
		vma = find_vma_intersection(mm, addr, end);
		if (!vma) {
			addr = end;
			break;
		}
		mpol_targets_enter(&mc->targets, vma);
		addr = mpol_isolate_range(vma, addr, end, mc);
	}
	mmap_read_unlock(mm);
	return addr;
}

static void forget_batch(struct mpol_migrate_control *mc)
{
	putback_movable_pages(&mc->folios);
	putback_movable_pages(&mc->crossing);
	mc->nr = 0;
}

/*
 * Nothing is tried any more once a page cannot be had: the next one could not
 * be had either, after all that reclaim does for each of them.
 */
static void move_once(struct mm_struct *mm, unsigned long addr,
		      unsigned long end, struct mpol_migrate_control *mc)
{
	mc->error = 0;
	mc->left = (struct mpol_left){ };
	while (addr < end && !mc->error) {
		const struct mpol_left left = mc->left;
		unsigned long next = isolate_batch(mm, addr, end, mc);

		if (fatal_signal_pending(current)) {
			forget_batch(mc);
			mc->error = -EINTR;
		} else if (mc->nr && !move_batch(mc)) {
			forget_batch(mc);
			lru_add_drain();
			mc->left = left;
			next = addr;
		} else if (!list_empty(&mc->crossing)) {
			move_crossing(mc);
		}
		addr = next;
		cond_resched();
	}
}

/*
 * Pages that were just faulted in are in per-CPU batches, not on the LRU lists.
 * Draining those of all CPUs takes milliseconds, so it is only done when a page
 * could not be isolated, and the range is walked once more.
 */
static void move_range(struct mm_struct *mm, unsigned long start,
		       unsigned long end, struct mpol_migrate_control *mc)
{
	lru_add_drain();
	move_once(mm, start, end, mc);
	if (!mc->left.busy || mc->error)
		return;
	lru_cache_disable();
	move_once(mm, start, end, mc);
	lru_cache_enable();
	mc->left.failed += mc->left.busy;
}

/* === To the nodes of a policy === */

/**
 * mpol_move_range - move pages of current to the nodes of a policy
 * @mc:	from mpol_migrate_control_alloc()
 * @start:	first address
 * @end:	behind the last address
 * @pol:	the policy, or NULL for what current has without one; no home node
 *		is asked for in either
 *
 * Context: May sleep; takes the mmap_lock for read.
 * Return: 0, or -EIO if pages stay misplaced.
 */
int mpol_move_range(struct mpol_migrate_control *mc, unsigned long start,
		    unsigned long end, struct mempolicy *pol)
{
	pol = pol ?: current->mempolicy;
	mpol_targets_init(&mc->targets, pol);
	mc->nid = numa_node_id();
	if (pol && pol->traits.kind == MPOL_KIND_INTERLEAVE)
		mc->targets.kind = MPOL_TARGETS_BY_INDEX;
	mc->reason = MR_MEMPOLICY_MBIND;
	move_range(current->mm, start, end, mc);
	return mc->left.failed || mc->left.kept || mc->error ?
	       -EIO : 0;
}

/* === From nodes to nodes === */

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
			struct mpol_migrate_control *mc)
{
	unsigned long failed = 0;

	lru_cache_disable();
	while (!nodes_empty(*sources) && !mc->error) {
		take_sources(&mc->targets.nodes, sources, mc->targets.map);
		move_once(mm, 0, mm->task_size, mc);
		failed += mc->left.failed + mc->left.busy;
	}
	lru_cache_enable();
	return mc->error ?: min_t(unsigned long, failed, INT_MAX);
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
	struct mpol_migrate_control *mc;
	nodemask_t sources;
	int ret = -ENOMEM;
	int *map;

	if (!IS_ENABLED(CONFIG_MIGRATION))
		return -EOPNOTSUPP;
	mc = mpol_migrate_control_alloc(flags);
	map = kmalloc_array(nr_node_ids, sizeof(*map), GFP_KERNEL);
	if (!mc || !map)
		goto out;
	make_map(map, &sources, from, to);
	mc->targets.kind = MPOL_TARGETS_IN_MAP;
	mc->targets.bias = 0;
	mc->targets.map = map;
	mc->reason = MR_SYSCALL;
	ret = move_between(mm, &sources, mc);
out:
	kfree(map);
	kfree(mc);
	return ret;
}

/**
 * mpol_migrate_control_alloc - get ready to move pages
 * @flags:	MPOL_MF_MOVE or MPOL_MF_MOVE_ALL
 *
 * Context: May sleep.
 * Return: a control, to be freed by kfree(), or NULL.
 */
struct mpol_migrate_control *mpol_migrate_control_alloc(unsigned long flags)
{
	struct mpol_migrate_control *mc = kmalloc(sizeof(*mc), GFP_KERNEL);

	if (!mc)
		return NULL;
	INIT_LIST_HEAD(&mc->crossing);
	INIT_LIST_HEAD(&mc->folios);
	mc->nr = 0;
	mc->error = 0;
	nodes_clear(mc->full);
	mc->all = flags & MPOL_MF_MOVE_ALL;
	return mc;
}
