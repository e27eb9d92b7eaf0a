// SPDX-License-Identifier: GPL-2.0
/*
 * Looking at the pages of a range.
 */
#include <linux/mm.h>
#include <linux/huge_mm.h>
#include <linux/hugetlb.h>
#include <linux/pagewalk.h>
#include <linux/swapops.h>

#include "internal.h"

/* Ends a walk at the first page that is not where it should be. */
#define MISPLACED	1

static int check_folio(const struct folio *folio, const nodemask_t *nodes)
{
	return node_isset(folio_nid(folio), *nodes) ? 0 : MISPLACED;
}

/* A page under migration may end up anywhere. */
static int check_pmd(pmd_t pmd, const nodemask_t *nodes)
{
	struct folio *folio;

	if (is_pmd_migration_entry(pmd))
		return MISPLACED;
	if (!pmd_present(pmd))
		return 0;
	folio = pmd_folio(pmd);
	return is_huge_zero_folio(folio) ? 0 : check_folio(folio, nodes);
}

static int check_pte(struct vm_area_struct *vma, unsigned long addr, pte_t pte,
		     const nodemask_t *nodes)
{
	struct folio *folio;

	if (pte_none(pte))
		return 0;
	if (!pte_present(pte))
		return is_migration_entry(pte_to_swp_entry(pte)) ?
		       MISPLACED : 0;

	/* The zero page and what drivers map belong to nobody. */
	folio = vm_normal_folio(vma, addr, pte);
	if (!folio || folio_is_zone_device(folio) || folio_test_reserved(folio))
		return 0;
	return check_folio(folio, nodes);
}

static int check_pmd_range(pmd_t *pmd, unsigned long addr, unsigned long end,
			   struct mm_walk *walk)
{
	const nodemask_t *nodes = walk->private;
	spinlock_t *ptl = pmd_trans_huge_lock(pmd, walk->vma);
	pte_t *first, *pte;
	int ret = 0;

	if (ptl) {
		ret = check_pmd(*pmd, nodes);
		spin_unlock(ptl);
		return ret;
	}

	first = pte_offset_map_lock(walk->mm, pmd, addr, &ptl);
	if (!first) {
		walk->action = ACTION_AGAIN;
		return 0;
	}
	for (pte = first; addr != end && !ret; pte++, addr += PAGE_SIZE)
		ret = check_pte(walk->vma, addr, ptep_get(pte), nodes);
	pte_unmap_unlock(first, ptl);
	cond_resched();
	return ret;
}

#ifdef CONFIG_HUGETLB_PAGE
static int check_hugetlb(pte_t *pte, unsigned long hmask, unsigned long addr,
			 unsigned long end, struct mm_walk *walk)
{
	struct hstate *h = hstate_vma(walk->vma);
	spinlock_t *ptl = huge_pte_lock(h, walk->mm, pte);
	pte_t entry = huge_ptep_get(walk->mm, addr, pte);
	int ret = 0;

	if (pte_present(entry))
		ret = check_folio(pfn_folio(pte_pfn(entry)), walk->private);
	else if (is_hugetlb_entry_migration(entry))
		ret = MISPLACED;
	spin_unlock(ptl);
	return ret;
}
#else
#define check_hugetlb	NULL
#endif

static const struct mm_walk_ops check_ops = {
	.pmd_entry	= check_pmd_range,
	.hugetlb_entry	= check_hugetlb,
	.walk_lock	= PGWALK_WRLOCK,
};

/**
 * mpol_range_placed - are all pages of a range on given nodes?
 * @vma:	the VMA
 * @start:	first address
 * @end:	behind the last address
 * @nodes:	where they should be
 *
 * Context: Holding the mmap_lock for write; may sleep.
 */
bool mpol_range_placed(struct vm_area_struct *vma, unsigned long start,
		       unsigned long end, const nodemask_t *nodes)
{
	return !walk_page_range_vma(vma, max(start, vma->vm_start),
				    min(end, vma->vm_end), &check_ops,
				    (void *)nodes);
}
