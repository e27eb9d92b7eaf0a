// SPDX-License-Identifier: GPL-2.0
/*
 * Telling which policy there is.
 */
#include <linux/cpuset.h>
#include <linux/mm.h>
#include <linux/sched/task.h>
#include <linux/seq_file.h>

#include "internal.h"

static int reported_mode(const struct mempolicy *pol)
{
	if (mpol_is_default(pol))
		return MPOL_DEFAULT;
	return pol->spec.mode | (pol->spec.flags & MPOL_MODE_FLAGS);
}

/* Does the request still mean to current what it meant when it was made? */
static noinline bool means_the_same(const struct mempolicy *pol)
{
	nodemask_t allowed;

	if (!pol->traits.follows)
		return true;
	mpol_allowed_nodes(current, &allowed);
	return nodes_equal(allowed, pol->mems_allowed_asked);
}

/*
 * What a program reads is a request: set again, it means the same. So these are
 * the nodes that were asked for, but those that count where the request follows
 * the cpuset and that has changed. The request of an object is the same for all
 * tasks, whatever they are allowed.
 */
static inline void reported_nodes(struct mempolicy *pol, nodemask_t *nodes)
{
	const unsigned short kept = MPOL_F_KEEPS_NODES | MPOL_F_SHARED;

	if (!mpol_has_nodes(pol))
		nodes_clear(*nodes);
	else if ((pol->spec.flags & kept) ||
		 (pol->spec.flags && means_the_same(pol)))
		*nodes = pol->spec.nodes;
	else
		mpol_nodes_now(pol, nodes);
}

/* The node of a page, which is brought in if it is not there. */
static int node_of_page(unsigned long addr)
{
	struct page *page;
	int ret = get_user_pages_fast(addr & PAGE_MASK, 1, 0, &page);

	if (ret <= 0)
		return ret ?: -EFAULT;
	ret = page_to_nid(page);
	put_page(page);
	return ret;
}

static int query_allowed(unsigned long flags, int *policy, nodemask_t *nodes)
{
	if (flags & (MPOL_F_NODE | MPOL_F_ADDR))
		return -EINVAL;
	*policy = MPOL_DEFAULT;
	task_lock(current);
	*nodes = cpuset_current_mems_allowed;
	task_unlock(current);
	return 0;
}

static int query_task(unsigned long flags, int *policy, nodemask_t *nodes)
{
	struct mempolicy *pol = current->mempolicy;

	if (!(flags & MPOL_F_NODE))
		*policy = reported_mode(pol);
	else if (pol && pol->traits.kind == MPOL_KIND_INTERLEAVE)
		*policy = mpol_next_node(pol);
	else
		return -EINVAL;
	reported_nodes(pol, nodes);
	return 0;
}

/* Not in line: asking for the task's policy does not need as many registers. */
static noinline int query_addr(unsigned long addr, unsigned long flags,
			       int *policy, nodemask_t *nodes)
{
	struct vm_area_struct *vma;
	struct mempolicy *pol;
	pgoff_t ilx;

	if (mmap_read_lock_killable(current->mm))
		return -EINTR;
	vma = find_vma_intersection(current->mm, addr, addr + 1);
	if (vma) {
		pol = __get_vma_policy(vma, addr, &ilx);
		*policy = reported_mode(pol);
		reported_nodes(pol, nodes);
		mpol_cond_put(pol);
	}
	mmap_read_unlock(current->mm);

	if (!vma)
		return -EFAULT;
	if (!(flags & MPOL_F_NODE))
		return 0;
	*policy = node_of_page(addr);
	return min(*policy, 0);
}

/**
 * mpol_query - answer get_mempolicy()
 * @policy:	set to mode and flags, or to a node
 * @nodes:	set to the nodes
 * @addr:	an address, untagged
 * @flags:	MPOL_F_NODE, MPOL_F_ADDR, MPOL_F_MEMS_ALLOWED
 *
 * Context: Process context, may sleep.
 * Return: 0, -EINVAL or -EFAULT.
 */
int mpol_query(int *policy, nodemask_t *nodes, unsigned long addr,
	       unsigned long flags)
{
	const unsigned long known = MPOL_F_NODE | MPOL_F_ADDR |
				    MPOL_F_MEMS_ALLOWED;

	if (flags & ~known)
		return -EINVAL;
	if (flags & MPOL_F_MEMS_ALLOWED)
		return query_allowed(flags, policy, nodes);
	if (flags & MPOL_F_ADDR)
		return query_addr(addr, flags, policy, nodes);
	if (addr)
		return -EINVAL;
	return query_task(flags, policy, nodes);
}

/**
 * mpol_seq_show - write a policy as a task sees it
 * @m:		where to
 * @pol:	the policy, or NULL for the default
 * @task:	the task whose allowed nodes count
 *
 * Context: May sleep.
 */
void mpol_seq_show(struct seq_file *m, struct mempolicy *pol,
		   struct task_struct *task)
{
	char text[MPOL_TEXT_MAX];
	nodemask_t nodes;

	if (mpol_is_default(pol)) {
		seq_puts(m, mpol_modes[MPOL_DEFAULT].name);
		return;
	}
	seq_write(m, text, mpol_text_mode(text, &pol->spec));
	if (!mpol_has_nodes(pol))
		return;

	mpol_nodes_of(pol, task, &nodes);
	if (!nodes_empty(nodes))
		seq_printf(m, ":%*pbl", nodemask_pr_args(&nodes));
	if (pol->spec.home_node != NUMA_NO_NODE)
		seq_printf(m, " home=%d", pol->spec.home_node);
}
