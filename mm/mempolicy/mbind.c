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

/*
 * Holes, and pages that are misplaced: a hole behind a VMA counts before the
 * pages of that VMA. Holes do not matter to MPOL_DEFAULT, unless there is
 * nothing else.
 */
static int check_range(struct mpol_change *change, struct mm_struct *mm,
		       const struct mpol_targets *strict)
{
	VMA_ITERATOR(iter, mm, change->start);
	const struct mempolicy *pol = change->policy;
	unsigned long start = change->start, end = change->end;
	struct vm_area_struct *vma, *prev = NULL;
	unsigned long covered = start;

	vma = vma_find(&iter, end);
	change->vma = vma;
	for (; vma; vma = mpol_next_vma(&iter, vma, end)) {
		if (pol && vma->vm_start > covered)
			return -EFAULT;
		if (strict && prev &&
		    !mpol_range_placed(prev, start, end, strict))
			return -EIO;
		covered = vma->vm_end;
		prev = vma;
	}
	if (!prev || (pol && covered < end))
		return -EFAULT;
	if (strict && !mpol_range_placed(prev, start, end, strict))
		return -EIO;
	return 0;
}

/*
 * Faults are waited for before pages are moved: those of a VMA that has the
 * policy already may be under way.
 */
static int bind_locked(struct mpol_change *change, struct mm_struct *mm,
		       const struct mpol_targets *strict, bool move)
{
	int err = check_range(change, mm, strict);

	if (err)
		return err;
	err = mpol_change_prepare(change, mm, move);
	if (err)
		return err;
	return mpol_change_apply(change, mm);
}

static int bind_range(unsigned long start, unsigned long end,
		      struct mempolicy *pol, const struct mpol_targets *strict,
		      bool move)
{
	struct mm_struct *mm = current->mm;
	struct mpol_change change;
	int err;

	mpol_resolve_ahead(pol);
	mpol_change_policy(&change, start, end, pol);
	err = mmap_write_lock_killable(mm);
	if (!err) {
		err = bind_locked(&change, mm, strict, move);
		mmap_write_unlock(mm);
	}
	mpol_change_end(&change);
	return err;
}

/* Pages that are not moved must be right before anything is changed. */
static int bind_and_stay(unsigned long start, unsigned long end,
			 struct mempolicy *pol, bool strict)
{
	struct mpol_targets targets;

	/* Nothing is misplaced under the default. */
	if (!strict || !pol)
		return bind_range(start, end, pol, NULL, false);
	mpol_targets_init(&targets, pol);
	return bind_range(start, end, pol, &targets, false);
}

static int bind_and_move(unsigned long start, unsigned long end,
			 struct mempolicy *pol, unsigned long flags)
{
	struct mpol_migrate_control *mc = mpol_migrate_control_alloc(flags);
	int err, left = 0;

	if (!mc)
		return -ENOMEM;
	err = bind_range(start, end, pol, NULL, true);
	if (!err)
		left = mpol_move_range(mc, start, end, pol);
	kfree(mc);
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
	if (err)
		return err;
	err = range_end(start, len, &end);
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
	struct mpol_change change;
	unsigned long end;
	int err;

	if (offset_in_page(start))
		return -EINVAL;
	if (home_node >= MAX_NUMNODES || !node_state(home_node, N_MEMORY))
		return -EINVAL;
	err = range_end(start, len, &end);
	if (err || end == start)
		return err;

	mpol_change_home(&change, start, end, home_node);
	err = mmap_write_lock_killable(mm);
	if (!err) {
		err = mpol_change_prepare(&change, mm, true);
		if (!err)
			err = mpol_change_apply(&change, mm);
		mmap_write_unlock(mm);
	}
	mpol_change_end(&change);
	return err;
}
