// SPDX-License-Identifier: GPL-2.0
/*
 * The pages of a range that are misplaced: not on the node that they should be
 * on. They are isolated, so that migrate.c can move them.
 */
#include <linux/mm.h>
#include <linux/huge_mm.h>
#include <linux/hugetlb.h>
#include <linux/mm_inline.h>
#include <linux/pagewalk.h>
#include <linux/sched/signal.h>
#include <linux/swapops.h>

#include "internal.h"
#include "../internal.h"

/* What a walk does with a misplaced page; without @mc it ends there. */
struct walk {
	const struct mpol_targets *targets;
	struct mpol_migrate_control *mc;
	bool migratable;	/* the VMA's pages can move at all */
	struct folio *last;	/* that was seen: it may have many addresses */
	unsigned long next;	/* address to go on from */
	unsigned long skip;	/* ... but not from below this one */
	unsigned long end;	/* of the range */
};

/* Ends a walk: a page is misplaced, or the batch is full. */
#define STOP	1

static bool isolate(struct folio *folio, struct list_head *list)
{
	if (folio_test_hugetlb(folio))
		return isolate_hugetlb(folio, list);
	if (!folio_isolate_lru(folio))
		return false;
	list_add_tail(&folio->lru, list);
	node_stat_mod_folio(folio, NR_ISOLATED_ANON + folio_is_file_lru(folio),
			    folio_nr_pages(folio));
	return true;
}

/*
 * Pages that other processes map, or whose page table these share, move with
 * MPOL_MF_MOVE_ALL only.
 */
static bool may_move(const struct walk *walk, struct folio *folio,
		     bool shared_table)
{
	if (!walk->migratable)
		return false;
	return walk->mc->all ||
	       !(shared_table || folio_likely_mapped_shared(folio));
}

/**
 * mpol_isolated_add - note where a folio is to go
 * @mc:	has room for it
 * @folio:	the folio, on the list of the batch
 * @target:	the node, or MPOL_ANY_NODE
 *
 * Context: Any.
 */
void mpol_isolated_add(struct mpol_migrate_control *mc, struct folio *folio,
		       int target)
{
	mc->isolated[mc->nr++] = (struct mpol_isolated){
		.pfn = folio_pfn(folio),
		.nr_pages = folio_nr_pages(folio),
		.target = target,
		.bias = mc->targets.bias,
	};
}

static int isolate_misplaced(struct walk *walk, struct folio *folio,
			     bool shared_table, int target)
{
	struct mpol_migrate_control *mc = walk->mc;

	if (folio == walk->last)
		return 0;
	walk->last = folio;
	if (!may_move(walk, folio, shared_table)) {
		mc->left.kept++;
		return 0;
	}
	if (target != MPOL_ANY_NODE && node_isset(target, mc->full)) {
		mc->left.failed++;
		return 0;
	}
	if (!isolate(folio, &mc->folios)) {
		mc->left.busy++;
		return 0;
	}
	mpol_isolated_add(mc, folio, target);
	return mc->nr == MPOL_BATCH ? STOP : 0;
}

/*
 * A large folio that lies on both sides of a border between two policies of an
 * object must not take its pages behind the border along. Under an interleave
 * its own pages belong on several nodes, too.
 */
static bool has_to_split(const struct mpol_targets *targets,
			 struct vm_area_struct *vma, unsigned long addr,
			 const struct folio *folio, int target)
{
	if (targets->kind == MPOL_TARGETS_IN_MAP || !folio_test_large(folio))
		return false;
	if (target == NUMA_NO_NODE &&
	    !(targets->kind == MPOL_TARGETS_BY_INDEX &&
	      nodes_weight(targets->nodes) > 1))
		return false;
	return mpol_vma_object(vma) && mpol_folio_crosses(vma, addr, folio);
}

/* The walk ends here, as a batch has room for one of these. */
static int isolate_crossing(struct walk *walk, struct vm_area_struct *vma,
			    unsigned long addr, struct folio *folio)
{
	struct mpol_migrate_control *mc = walk->mc;

	if (folio == walk->last)
		return 0;
	walk->last = folio;
	if (!may_move(walk, folio, false)) {
		mc->left.kept++;
		return 0;
	}
	if (!isolate(folio, &mc->crossing)) {
		mc->left.busy++;
		return 0;
	}
	mc->first = linear_page_index(vma, addr);
	mc->last = linear_page_index(vma, walk->end - 1);
	walk->skip = addr + ((folio_next_index(folio) - mc->first) <<
			     PAGE_SHIFT);
	return STOP;
}

static noinline int visit_misplaced(struct walk *walk,
				    struct vm_area_struct *vma,
				    unsigned long addr, struct folio *folio,
				    bool shared_table)
{
	int target = mpol_target(walk->targets, vma, addr, folio);

	if (!walk->mc)
		return target == NUMA_NO_NODE ? 0 : STOP;
	if (has_to_split(walk->targets, vma, addr, folio, target))
		return isolate_crossing(walk, vma, addr, folio);
	if (target == NUMA_NO_NODE)
		return 0;
	return isolate_misplaced(walk, folio, shared_table, target);
}

/* Most pages are in place. Where their index does not count, the node tells. */
static bool may_stay(const struct mpol_targets *targets,
		     const struct folio *folio)
{
	return targets->kind != MPOL_TARGETS_BY_INDEX &&
	       node_isset(folio_nid(folio), targets->nodes) ==
	       (targets->kind == MPOL_TARGETS_IN_NODES);
}

static __always_inline int visit(struct walk *walk, struct vm_area_struct *vma,
				 unsigned long addr, struct folio *folio,
				 bool shared_table)
{
	if (may_stay(walk->targets, folio))
		return 0;
	return visit_misplaced(walk, vma, addr, folio, shared_table);
}

/* A page under migration may end up anywhere. */
static int visit_migrating(struct walk *walk)
{
	if (!walk->mc)
		return STOP;
	walk->mc->left.failed++;
	return 0;
}

static int visit_pmd(struct walk *walk, struct vm_area_struct *vma,
		     unsigned long addr, pmd_t pmd)
{
	struct folio *folio;

	/* A migration entry: huge pages are split before they are swapped. */
	if (!pmd_present(pmd))
		return visit_migrating(walk);

	/* As in visit_pte(); memory of drivers may have no struct page. */
	folio = vm_normal_folio_pmd(vma, addr & PMD_MASK, pmd);
	if (!folio)
		return 0;
	return visit(walk, vma, addr, folio, false);
}

static int visit_pte(struct walk *walk, struct vm_area_struct *vma,
		     unsigned long addr, pte_t pte)
{
	struct folio *folio;

	if (pte_none(pte))
		return 0;
	if (!pte_present(pte))
		return is_migration_entry(pte_to_swp_entry(pte)) ?
		       visit_migrating(walk) : 0;

	/* The zero page, and pages of drivers, are not on the LRU lists. */
	folio = vm_normal_folio(vma, addr, pte);
	if (!folio || folio_is_zone_device(folio) || folio_test_reserved(folio))
		return 0;
	return visit(walk, vma, addr, folio, false);
}

/* Neither of the functions that take page table locks tells sparse so. */
static int visit_huge(struct walk *walk, struct vm_area_struct *vma,
		      unsigned long addr, pmd_t *pmd, spinlock_t *ptl)
{
	int ret;

	__acquire(ptl);
	ret = visit_pmd(walk, vma, addr, *pmd);
	spin_unlock(ptl);
	return ret;
}

static int visit_table(pmd_t *pmd, unsigned long addr, unsigned long end,
		       struct mm_walk *mm_walk)
{
	spinlock_t *ptl = pmd_trans_huge_lock(pmd, mm_walk->vma);
	struct walk *walk = mm_walk->private;
	pte_t *first, *pte;
	int ret = 0;

	if (ptl) {
		walk->next = end;
		return visit_huge(walk, mm_walk->vma, addr, pmd, ptl);
	}

	first = pte_offset_map_lock(mm_walk->mm, pmd, addr, &ptl);
	if (!first) {
		mm_walk->action = ACTION_AGAIN;
		return 0;
	}
	__acquire(ptl);
	for (pte = first; addr != end && !ret; pte++, addr += PAGE_SIZE)
		ret = visit_pte(walk, mm_walk->vma, addr, ptep_get(pte));
	pte_unmap_unlock(first, ptl);
	walk->next = max(addr, walk->skip);
	cond_resched();
	return ret;
}

static int walk_pmd(pmd_t *pmd, unsigned long addr, unsigned long end,
		    struct mm_walk *mm_walk)
{
	if (fatal_signal_pending(current))
		return -EINTR;
	return visit_table(pmd, addr, end, mm_walk);
}

#ifdef CONFIG_HUGETLB_PAGE
static int visit_hugetlb(pte_t *pte, unsigned long hmask, unsigned long addr,
			 unsigned long end, struct mm_walk *mm_walk)
{
	struct vm_area_struct *vma = mm_walk->vma;
	spinlock_t *ptl = huge_pte_lock(hstate_vma(vma), mm_walk->mm, pte);
	pte_t entry = huge_ptep_get(mm_walk->mm, addr, pte);
	struct walk *walk = mm_walk->private;
	struct folio *folio;
	int ret = 0;

	if (pte_present(entry)) {
		folio = pfn_folio(pte_pfn(entry));
		ret = visit(walk, vma, addr & hmask, folio,
			    hugetlb_pmd_shared(pte));
	} else if (is_hugetlb_entry_migration(entry)) {
		ret = visit_migrating(walk);
	}
	spin_unlock(ptl);
	walk->next = end;
	return ret;
}
#else
#define visit_hugetlb	NULL
#endif

static const struct mm_walk_ops look_ops = {
	.pmd_entry	= walk_pmd,
	.hugetlb_entry	= visit_hugetlb,
	.walk_lock	= PGWALK_WRLOCK,
};

static const struct mm_walk_ops isolate_ops = {
	.pmd_entry	= walk_pmd,
	.hugetlb_entry	= visit_hugetlb,
	.walk_lock	= PGWALK_RDLOCK,
};

/**
 * mpol_range_placed - are all pages of a range where they should be?
 * @vma:	the VMA
 * @start:	first address
 * @end:	behind the last address
 * @targets:	where they should be
 *
 * Context: Holding the mmap_lock for write; may sleep.
 * Return: true if they are; false also if current is killed meanwhile.
 */
bool mpol_range_placed(struct vm_area_struct *vma, unsigned long start,
		       unsigned long end, const struct mpol_targets *targets)
{
	struct walk walk = { .targets = targets };

	return !walk_page_range_vma(vma, max(start, vma->vm_start),
				    min(end, vma->vm_end), &look_ops, &walk);
}

/**
 * mpol_isolate_range - isolate pages that are not where they should be
 * @vma:	the VMA
 * @start:	first address
 * @end:	behind the last address
 * @mc:	gets them, up to MPOL_BATCH, or one that has to be split
 *
 * Context: Holding the mmap_lock for read; may sleep.
 * Return: the address to go on from, @end or above when done with the VMA.
 * There is no progress if current is killed.
 */
unsigned long mpol_isolate_range(struct vm_area_struct *vma,
				 unsigned long start, unsigned long end,
				 struct mpol_migrate_control *mc)
{
	struct walk walk = {
		.targets = &mc->targets,
		.mc = mc,
		.migratable = IS_ENABLED(CONFIG_MIGRATION) &&
			      vma_migratable(vma),
	};

	start = max(start, vma->vm_start);
	end = min(end, vma->vm_end);
	walk.next = start;
	walk.end = end;
	if (walk_page_range_vma(vma, start, end, &isolate_ops, &walk))
		return min(walk.next, end);
	return vma->vm_end;
}
