/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The system calls of memory policy, as the kernel takes them.
 */
#ifndef _MEMPOLICY_CALLS_H
#define _MEMPOLICY_CALLS_H

#include <sys/syscall.h>
#include <unistd.h>

/* Newer than some systems' headers. */
#ifndef __NR_set_mempolicy_home_node
#define __NR_set_mempolicy_home_node 450
#endif

static inline long sys_set_mempolicy(int mode, const void *mask, unsigned long maxnode)
{
	return syscall(__NR_set_mempolicy, mode, mask, maxnode);
}

static inline long sys_get_mempolicy(int *mode, void *mask, unsigned long maxnode,
				     const void *addr, unsigned long flags)
{
	return syscall(__NR_get_mempolicy, mode, mask, maxnode, addr, flags);
}

static inline long sys_mbind(const void *addr, unsigned long len, unsigned long mode,
			     const void *mask, unsigned long maxnode, unsigned long flags)
{
	return syscall(__NR_mbind, addr, len, mode, mask, maxnode, flags);
}

static inline long sys_home_node(const void *addr, unsigned long len, unsigned long node,
				 unsigned long flags)
{
	return syscall(__NR_set_mempolicy_home_node, addr, len, node, flags);
}

static inline long sys_move_pages(int pid, unsigned long nr, void **pages, const int *nodes,
				  int *status, int flags)
{
	return syscall(__NR_move_pages, pid, nr, pages, nodes, status, flags);
}

static inline long sys_migrate_pages(int pid, unsigned long maxnode, const void *from,
				     const void *to)
{
	return syscall(__NR_migrate_pages, pid, maxnode, from, to);
}

#endif /* _MEMPOLICY_CALLS_H */
