// SPDX-License-Identifier: GPL-2.0
/*
 * Policies for ranges of addresses, as programs ask for them.
 */
#include <linux/capability.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/slab.h>

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

/* An object's policy concerns all who use it. */
static bool may_change_object(const struct vm_area_struct *vma)
{
	const vm_flags_t writable = VM_SHARED | VM_MAYWRITE;

	return (vma->vm_flags & writable) == writable || capable(CAP_SYS_NICE);
}

/* All that can be wrong with a range, in the order of its addresses. */
static int check_range(struct mm_struct *mm, unsigned long start,
		       unsigned long end, const struct mempolicy *pol,
		       const struct mpol_judge *strict, bool *shares)
{
	VMA_ITERATOR(iter, mm, start);
	struct vm_area_struct *vma, *prev = NULL;
	int err;

	*shares = false;
	for_each_vma_range(iter, vma, end) {
		err = check_hole(vma, prev, start, end, !pol);
		if (err)
			return err;
		if (mpol_vma_shares(vma)) {
			if (!may_change_object(vma))
				return -EACCES;
			*shares = true;
		}
		if (strict && !mpol_range_placed(vma, start, end, strict))
			return -EIO;
		prev = vma;
	}
	return prev ? 0 : -EFAULT;
}

static int prepare_object(struct vm_area_struct *vma, unsigned long start,
			  unsigned long end, struct mpol_request *request)
{
	request->first = linear_page_index(vma, max(start, vma->vm_start));
	request->last = linear_page_index(vma, min(end, vma->vm_end)) - 1;
	return vma->vm_ops->set_policy(vma, request);
}

static int prepare_objects(struct mm_struct *mm, unsigned long start,
			   unsigned long end, struct mpol_request *request)
{
	VMA_ITERATOR(iter, mm, start);
	struct vm_area_struct *vma;
	int err;

	for_each_vma_range(iter, vma, end) {
		if (!mpol_vma_shares(vma))
			continue;
		err = prepare_object(vma, start, end, request);
		if (err)
			return err;
	}
	return 0;
}

/* Objects are published once nothing else can fail. */
static int change_with_objects(struct mm_struct *mm, unsigned long start,
			       unsigned long end, struct mempolicy *pol)
{
	struct mpol_request request;
	int err = mpol_request_begin(&request, pol, NULL);

	if (err)
		return err;
	err = prepare_objects(mm, start, end, &request);
	err = err ?: mpol_vma_range(mm, start, end, pol);
	mpol_request_end(&request, !err);
	return err;
}

/*
 * Faults are waited for before the policy of an object changes, which is not
 * under the locks of its VMAs, and before pages are moved: those of a VMA that
 * has the policy already may be under way, too. No other lock is held then.
 */
static int bind_range(unsigned long start, unsigned long end,
		      struct mempolicy *pol, const struct mpol_judge *strict,
		      bool move)
{
	struct mm_struct *mm = current->mm;
	bool shares;
	int err;

	mmap_write_lock(mm);
	err = check_range(mm, start, end, pol, strict, &shares);
	if (!err && (shares || move))
		mpol_vma_lock(mm, start, end);
	if (!err && shares)
		err = change_with_objects(mm, start, end, pol);
	else if (!err)
		err = mpol_vma_range(mm, start, end, pol);
	mmap_write_unlock(mm);
	return err;
}

/* Pages that are not moved must be right before anything is changed. */
static int bind_and_stay(unsigned long start, unsigned long end,
			 struct mempolicy *pol, bool strict)
{
	struct mpol_judge judge;

	/* Nothing is misplaced under the default. */
	if (!strict || !pol)
		return bind_range(start, end, pol, NULL, false);
	mpol_judge_nodes(&judge, pol);
	return bind_range(start, end, pol, &judge, false);
}

static int bind_and_move(unsigned long start, unsigned long end,
			 struct mempolicy *pol, unsigned long flags)
{
	struct mpol_mover *mover = mpol_mover_alloc(flags);
	int err, left = 0;

	if (!mover)
		return -ENOMEM;
	err = bind_range(start, end, pol, NULL, true);
	if (!err)
		left = mpol_move_range(mover, start, end, pol);
	kfree(mover);
	if (!err && pol && (flags & MPOL_MF_STRICT))
		err = left;
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
 * Return: 0 or an error. Every policy is as it was then, unless it is -EIO and
 * pages were to be moved: that tells that some could not be.
 */
int mpol_mbind(unsigned long start, unsigned long len,
	       const struct mpol_spec *spec, unsigned long flags)
{
	struct mpol_spec asked = *spec;
	struct mempolicy *pol;
	unsigned long end;
	int err;

	err = check_flags(flags);
	err = err ?: range_end(start, len, &end);
	if (err || end == start)
		return err;
	err = mpol_spec_check(&asked);
	if (err)
		return err;

	pol = mpol_create(&asked);
	if (IS_ERR(pol))
		return PTR_ERR(pol);
	if (flags & (MPOL_MF_MOVE | MPOL_MF_MOVE_ALL))
		err = bind_and_move(start, end, pol, flags);
	else
		err = bind_and_stay(start, end, pol, flags & MPOL_MF_STRICT);
	mpol_put(pol);
	return err;
}

/* It is looked at even if it cannot be changed: it may have no policy here. */
static int home_object(struct vm_area_struct *vma, unsigned long start,
		       unsigned long end, struct mpol_request *request)
{
	unsigned int met = request->homing->nr;
	int err = prepare_object(vma, start, end, request);

	if (!err && request->homing->nr != met && !may_change_object(vma))
		return -EACCES;
	return err;
}

static int prepare_home(struct mm_struct *mm, unsigned long start,
			unsigned long end, struct mpol_request *request)
{
	VMA_ITERATOR(iter, mm, start);
	struct vm_area_struct *vma;
	int err = 0;

	for_each_vma_range(iter, vma, end) {
		if (mpol_vma_shares(vma))
			err = home_object(vma, start, end, request);
		else if (vma->vm_policy)
			err = mpol_homing_add(request->homing, vma->vm_policy);
		if (err)
			return err;
	}
	return request->homing->nr ? 0 : -ENOENT;
}

static int home_range(struct mm_struct *mm, unsigned long start,
		      unsigned long end, int home_node)
{
	struct mpol_homing homing;
	struct mpol_request request;
	int err = mpol_request_begin(&request, NULL, &homing);

	if (err)
		return err;
	mpol_homing_begin(&homing, home_node);
	err = prepare_home(mm, start, end, &request);
	err = err ?: mpol_vma_home(mm, start, end, &homing);
	mpol_request_end(&request, !err);
	mpol_homing_end(&homing);
	return err;
}

/**
 * mpol_home_node - give the policies of a range a home node
 * @start:	first address, untagged
 * @len:	bytes
 * @home_node:	the node
 *
 * Context: Process context, may sleep.
 * Return: 0, -ENOENT if there is no policy in the range, -EOPNOTSUPP if one of
 * them cannot have a home node, -EACCES if one is that of an object that current
 * may not change, or another error; if not 0, every policy is as it was.
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
	mpol_vma_lock(mm, start, end);
	err = home_range(mm, start, end, home_node);
	mmap_write_unlock(mm);
	return err;
}
