// SPDX-License-Identifier: GPL-2.0
/*
 * migrate_pages(): moving all of a process. Only built where pages can be
 * moved.
 */
#include <linux/capability.h>
#include <linux/cpuset.h>
#include <linux/ptrace.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/security.h>
#include <linux/syscalls.h>

#include "internal.h"

static struct task_struct *find_process(pid_t pid)
{
	struct task_struct *task = current;

	guard(rcu)();
	if (pid)
		task = find_task_by_vpid(pid);
	if (!task)
		return ERR_PTR(-ESRCH);
	if (!ptrace_may_access(task, PTRACE_MODE_READ_REALCREDS))
		return ERR_PTR(-EPERM);
	return get_task_struct(task);
}

/* Leaves of the nodes those that current may use. */
static noinline_for_stack int
check_target(struct task_struct *task, nodemask_t *to)
{
	nodemask_t allowed = cpuset_mems_allowed(task);

	if (!nodes_subset(*to, allowed) && !capable(CAP_SYS_NICE))
		return -EPERM;
	allowed = cpuset_mems_allowed(current);
	nodes_and(*to, *to, allowed);
	if (nodes_empty(*to))
		return -EINVAL;
	return security_task_movememory(task);
}

static int migrate_process(pid_t pid, const nodemask_t *from, nodemask_t *to)
{
	struct task_struct *task = find_process(pid);
	struct mm_struct *mm;
	int ret;

	if (IS_ERR(task))
		return PTR_ERR(task);
	ret = check_target(task, to);
	mm = ret ? NULL : get_task_mm(task);
	put_task_struct(task);
	if (!mm)
		return ret ?: -EINVAL;

	ret = do_migrate_pages(mm, from, to, capable(CAP_SYS_NICE) ?
			       MPOL_MF_MOVE_ALL : MPOL_MF_MOVE);
	mmput(mm);
	return ret;
}

SYSCALL_DEFINE4(migrate_pages, pid_t, pid, unsigned long, maxnode,
		const unsigned long __user *, old_nodes,
		const unsigned long __user *, new_nodes)
{
	nodemask_t from = NODE_MASK_NONE, to = NODE_MASK_NONE;
	int err = mpol_get_nodes(&from, old_nodes, maxnode);

	if (err)
		return err;
	err = mpol_get_nodes(&to, new_nodes, maxnode);
	if (err)
		return err;
	return migrate_process(pid, &from, &to);
}
