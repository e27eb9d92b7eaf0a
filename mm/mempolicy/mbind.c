// SPDX-License-Identifier: GPL-2.0
/*
 * Policies for ranges of addresses, as programs ask for them.
 */
#include <linux/capability.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/topology.h>

#include "internal.h"

/* Page-aligns a range. An empty one is for the caller to find. */
static int range_end(unsigned long start, unsigned long len,
		     unsigned long *end)
{
	if (offset_in_page(start))
		return -EINVAL;
	if (len > ULONG_MAX - PAGE_SIZE + 1)
		return -EINVAL;
	*end = start + PAGE_ALIGN(len);
	return *end < start ? -EINVAL : 0;
}

/* The nodes on which pages follow a policy, for current. */
static void nodes_to_judge_by(const struct mempolicy *pol, nodemask_t *nodes)
{
	struct zoneref *z;

	nodes_clear(*nodes);
	if (mpol_has_nodes(pol))
		mpol_nodes_now(pol, nodes);
	if (!nodes_empty(*nodes))
		return;

	z = first_zones_zonelist(node_zonelist(numa_node_id(), GFP_HIGHUSER),
				 gfp_zone(GFP_HIGHUSER), NULL);
	node_set(zonelist_node_idx(z), *nodes);
}

/* Holes do not matter to MPOL_DEFAULT, unless there is nothing else. */
static int check_hole(struct vm_area_struct *vma, struct vm_area_struct *prev,
		      unsigned long start, unsigned long end, bool holes_ok)
{
	if (holes_ok)
		return 0;
	if (!prev && vma->vm_start > start)
		return -EFAULT;
	if (vma->vm_end >= end || vma_lookup(vma->vm_mm, vma->vm_end))
		return 0;
	return -EFAULT;
}

/* Shared objects do not take policies yet. */
static bool takes_policy(struct vm_area_struct *vma)
{
	return !(vma->vm_flags & VM_MAYSHARE) || !vma->vm_ops ||
	       !vma->vm_ops->set_policy;
}

/* All that can be wrong with a range, in the order of its addresses. */
static int check_range(struct mm_struct *mm, unsigned long start,
		       unsigned long end, const struct mempolicy *pol,
		       const nodemask_t *strict)
{
	VMA_ITERATOR(iter, mm, start);
	struct vm_area_struct *vma, *prev = NULL;
	int err;

	for_each_vma_range(iter, vma, end) {
		err = check_hole(vma, prev, start, end, !pol);
		if (err)
			return err;
		if (!takes_policy(vma))
			return -EOPNOTSUPP;
		if (strict && !mpol_range_placed(vma, start, end, strict))
			return -EIO;
		prev = vma;
	}
	return prev ? 0 : -EFAULT;
}

static int bind_range(unsigned long start, unsigned long end,
		      struct mempolicy *pol, const nodemask_t *strict)
{
	struct mm_struct *mm = current->mm;
	int err;

	mmap_write_lock(mm);
	err = check_range(mm, start, end, pol, strict);
	if (!err)
		err = mpol_vma_range(mm, start, end, pol);
	mmap_write_unlock(mm);
	return err;
}

static int check_flags(unsigned long flags)
{
	if (flags & ~MPOL_MF_VALID)
		return -EINVAL;
	if (flags & MPOL_MF_MOVE_ALL)
		return capable(CAP_SYS_NICE) ? 0 : -EPERM;
	return 0;
}

/**
 * mpol_mbind - give a range of current's addresses a policy
 * @start:	first address, untagged
 * @len:	bytes
 * @spec:	what is asked, with mode and flags checked
 * @flags:	of MPOL_MF_VALID
 *
 * Context: Process context, may sleep.
 * Return: 0 or an error, in which case every policy is as it was.
 */
int mpol_mbind(unsigned long start, unsigned long len,
	       const struct mpol_spec *spec, unsigned long flags)
{
	struct mpol_spec asked = *spec;
	struct mempolicy *pol;
	nodemask_t nodes;
	unsigned long end;
	bool strict;
	int err;

	err = check_flags(flags);
	err = err ?: range_end(start, len, &end);
	if (err || end == start)
		return err;
	err = mpol_spec_check(&asked);
	if (err)
		return err;
	if (flags & ~MPOL_MF_STRICT)
		return -EOPNOTSUPP;

	pol = mpol_create(&asked);
	if (IS_ERR(pol))
		return PTR_ERR(pol);
	/* Nothing is misplaced under the default. */
	strict = pol && (flags & MPOL_MF_STRICT);
	if (strict)
		nodes_to_judge_by(pol, &nodes);
	err = bind_range(start, end, pol, strict ? &nodes : NULL);
	mpol_put(pol);
	return err;
}

/**
 * mpol_home_node - give the policies of a range a home node
 * @start:	first address, untagged
 * @len:	bytes
 * @home_node:	the node
 *
 * Context: Process context, may sleep.
 * Return: 0 or an error, in which case every policy is as it was.
 */
int mpol_home_node(unsigned long start, unsigned long len,
		   unsigned long home_node)
{
	struct mm_struct *mm = current->mm;
	unsigned long end;
	int err;

	if (offset_in_page(start))
		return -EINVAL;
	if (home_node >= MAX_NUMNODES || !node_state(home_node, N_MEMORY))
		return -EINVAL;
	err = range_end(start, len, &end);
	if (err || end == start)
		return err;

	mmap_write_lock(mm);
	err = mpol_vma_home(mm, start, end, home_node);
	mmap_write_unlock(mm);
	return err;
}
