// SPDX-License-Identifier: GPL-2.0
/*
 * Policies of VMAs.
 */
#include <linux/dax.h>
#include <linux/hugetlb.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "internal.h"
#include "../internal.h"

/**
 * vma_dup_policy - give a VMA the policy of the one it was copied from
 * @src:	the VMA
 * @dst:	its copy
 *
 * Context: Holding the mmap_lock for write.
 * Return: 0.
 */
int vma_dup_policy(struct vm_area_struct *src, struct vm_area_struct *dst)
{
	dst->vm_policy = mpol_dup(src->vm_policy);
	return 0;
}

/**
 * vma_migratable - may the pages of a VMA go to another node?
 * @vma:	the VMA
 *
 * Context: Holding the mmap_lock.
 * Return: true if they may.
 */
bool vma_migratable(struct vm_area_struct *vma)
{
	struct file *file = vma->vm_file;

	/* Drivers and DAX keep the addresses of their pages. */
	if ((vma->vm_flags & (VM_IO | VM_PFNMAP)) || vma_is_dax(vma))
		return false;
	if (is_vm_hugetlb_page(vma))
		return hugepage_migration_supported(hstate_vma(vma));

	/* Pages that have to be in a low zone would not find one elsewhere. */
	return !file ||
	       gfp_zone(mapping_gfp_mask(file->f_mapping)) >= policy_zone;
}

/* Only a VMA that sticks out of the range can fail: it has to be split. */
static struct vm_area_struct *
isolate_range(struct vma_iterator *iter, struct vm_area_struct *prev,
	      struct vm_area_struct *vma, unsigned long start,
	      unsigned long end, struct mempolicy *pol)
{
	struct vm_area_struct *part;

	start = max(start, vma->vm_start);
	end = min(end, vma->vm_end);
	part = vma_modify_policy(iter, prev, vma, start, end, pol);
	if (IS_ERR(part) && start == vma->vm_start && end == vma->vm_end)
		return vma;
	return part;
}

static void set_vma_policy(struct vm_area_struct *vma, struct mempolicy *pol)
{
	struct mempolicy *old = vma->vm_policy;

	if (old == pol)
		return;
	vma_assert_write_locked(vma);
	vma->vm_policy = mpol_dup(pol);
	mpol_put(old);
}

/* What a VMA's policy becomes; the same one if nothing is to change. */
static struct mempolicy *successor_of(struct mpol_change *change,
				      struct vm_area_struct *vma)
{
	if (mpol_vma_object(vma))
		return vma->vm_policy;
	if (change->home_node != NUMA_NO_NODE)
		return mpol_change_successor(vma->vm_policy, change);
	return mpol_equal(vma->vm_policy, change->policy) ? vma->vm_policy :
							    change->policy;
}

/* A range over several VMAs must not fail in its last one. */
static int split_tail(struct mm_struct *mm, struct mpol_change *change)
{
	VMA_ITERATOR(iter, mm, change->end - 1);
	struct vm_area_struct *vma;

	vma = vma_find(&iter, change->end);
	if (successor_of(change, vma) == vma->vm_policy)
		return 0;
	return split_vma(&iter, vma, change->end, 0);
}

/**
 * mpol_vma_change - change the policies of VMAs that have their own
 * @mm:		current's address space
 * @change:	after mpol_change_prepare()
 *
 * What can fail, which is the splitting of a VMA at either end, comes first.
 * Where merging fails for want of memory, VMAs just stay apart.
 *
 * Context: Holding the mmap_lock for write; may sleep.
 * Return: 0, or an error, in which case every policy is as it was.
 */
int mpol_vma_change(struct mm_struct *mm, struct mpol_change *change)
{
	VMA_ITERATOR(iter, mm, change->start);
	struct vm_area_struct *prev, *vma;
	int err = change->tail ? split_tail(mm, change) : 0;

	if (err)
		return err;

	prev = vma_prev(&iter);
	for (vma = vma_find(&iter, change->end); vma;
	     vma = mpol_next_vma(&iter, vma, change->end)) {
		struct mempolicy *pol = successor_of(change, vma);

		if (vma->vm_start < change->start)
			prev = vma;
		if (pol != vma->vm_policy) {
			vma_start_write(vma);
			vma = isolate_range(&iter, prev, vma, change->start,
					    change->end, pol);
			if (IS_ERR(vma))
				return PTR_ERR(vma);
			vma_start_write(vma);
			set_vma_policy(vma, pol);
		}
		prev = vma;
	}
	return 0;
}
