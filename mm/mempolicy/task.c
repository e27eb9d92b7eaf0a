// SPDX-License-Identifier: GPL-2.0
/*
 * The policy of a task, from boot to exit.
 */
#define pr_fmt(fmt) "mempolicy: " fmt

#include <linux/init.h>
#include <linux/mmzone.h>
#include <linux/printk.h>
#include <linux/sched/task.h>
#include <linux/sizes.h>
#include <linux/topology.h>

#include "internal.h"

/**
 * get_task_policy - the policy of a task
 * @p:	current, or a task whose task_lock() is held
 *
 * Context: Any.
 * Return: a policy, never NULL, borrowed from the task.
 */
struct mempolicy *get_task_policy(struct task_struct *p)
{
	return p->mempolicy ?: &mpol_local_policy;
}

/**
 * mpol_fork - give a new task the policy of its parent
 * @child:	a copy of current that is not visible yet
 *
 * The child goes on where the parent stands in its interleave. It looks up its
 * own view at its first allocation, beginning with the parent's slot.
 *
 * Context: Process context.
 */
void mpol_fork(struct task_struct *child)
{
	mpol_get(child->mempolicy);
	/* An odd number is no version of the child's allowed nodes. */
	child->mpol_cursor.seq = 1;
}

static struct mempolicy *exchange_policy(struct task_struct *task,
					 struct mempolicy *new)
{
	struct mempolicy *old;

	task_lock(task);
	old = task->mempolicy;
	task->mempolicy = new;
	task_unlock(task);
	return old;
}

/**
 * mpol_put_task_policy - take its policy away from a task that exits
 * @task:	the task
 *
 * Context: Process context.
 */
void mpol_put_task_policy(struct task_struct *task)
{
	mpol_put(exchange_policy(task, NULL));
}

/**
 * mpol_set_task_policy - give current another policy
 * @spec:	what is asked, checked by mpol_spec_check()
 *
 * Context: Process context, may sleep.
 * Return: 0, -EINVAL if none of the nodes is allowed, or -ENOMEM; the task
 * keeps the policy it had then.
 */
int mpol_set_task_policy(const struct mpol_spec *spec)
{
	struct mempolicy *new = mpol_create(spec);

	if (IS_ERR(new))
		return PTR_ERR(new);
	mpol_resolve_ahead(new);
	mpol_put(exchange_policy(current, new));

	/* An interleave starts from its lowest node. */
	current->mpol_cursor.round = 0;
	current->mpol_cursor.last = MAX_NUMNODES - 1;
	return 0;
}

/**
 * init_nodemask_of_mempolicy - the nodes of current's policy
 * @mask:	set to the nodes; to the node of the CPU if the policy is local
 *
 * Context: Process context.
 * Return: false if current has no policy.
 */
bool init_nodemask_of_mempolicy(nodemask_t *mask)
{
	struct mempolicy *pol = current->mempolicy;

	if (!pol)
		return false;
	nodes_clear(*mask);
	if (mpol_has_nodes(pol))
		mpol_nodes_now(pol, mask);
	if (nodes_empty(*mask))
		node_set(numa_node_id(), *mask);
	return true;
}

/**
 * mpol_task_strict_nodes - nodes that current must not allocate outside of
 * @gfp:	of the allocation
 * @mask:	room for them
 *
 * Context: Process context.
 * Return: @mask, or NULL if current's policy is not strict here.
 */
nodemask_t *mpol_task_strict_nodes(gfp_t gfp, nodemask_t *mask)
{
	struct mempolicy *pol = current->mempolicy;
	struct mpol_placement where;

	if (!pol || pol->traits.kind != MPOL_KIND_ONLY)
		return NULL;
	mpol_place(&where, pol, gfp, NO_INTERLEAVE_INDEX, numa_node_id());
	if (where.reach == MPOL_REACH_ANY)
		return NULL;
	*mask = where.nodes;
	return mask;
}

/**
 * mempolicy_in_oom_domain - would killing a task free memory on given nodes?
 * @tsk:	the task
 * @mask:	nodes that are short of memory, or NULL for all
 *
 * Context: Process context; takes task_lock(@tsk).
 * Return: false only if the policy of @tsk keeps it away from @mask.
 */
bool mempolicy_in_oom_domain(struct task_struct *tsk, const nodemask_t *mask)
{
	struct mempolicy *pol;
	nodemask_t nodes;
	bool in = true;

	if (!mask)
		return true;

	task_lock(tsk);
	pol = tsk->mempolicy;
	if (pol && pol->traits.confines) {
		mpol_nodes_of(pol, tsk, &nodes);
		in = nodes_intersects(nodes, *mask);
	}
	task_unlock(tsk);
	return in;
}

/* Nodes large enough to bear a share of what the kernel needs to boot. */
static void __init boot_nodes(nodemask_t *nodes)
{
	unsigned long pages, most = 0;
	int nid, largest = 0;

	nodes_clear(*nodes);
	for_each_node_state(nid, N_MEMORY) {
		pages = node_present_pages(nid);
		if (pages >= SZ_16M >> PAGE_SHIFT)
			node_set(nid, *nodes);
		if (pages > most) {
			most = pages;
			largest = nid;
		}
	}
	if (nodes_empty(*nodes))
		node_set(largest, *nodes);
}

/**
 * numa_policy_init - spread what the kernel allocates while it boots
 *
 * Context: Once, when slabs can be created.
 */
void __init numa_policy_init(void)
{
	struct mpol_spec spec;

	mpol_object_init();
	mpol_shared_init();
	mpol_view_init();

	mpol_spec_set_mode(&spec, MPOL_INTERLEAVE);
	boot_nodes(&spec.nodes);
	if (mpol_set_task_policy(&spec))
		pr_err("boot memory will not be interleaved\n");

	mpol_balancing_init();
}

/**
 * numa_default_policy - leave current without a policy of its own
 *
 * Context: Process context.
 */
void numa_default_policy(void)
{
	mpol_put_task_policy(current);
}
