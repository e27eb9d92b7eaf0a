/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * NUMA memory policy: the numbers that programs and the kernel share.
 */
#ifndef __UAPI_LINUX_MEMPOLICY_H
#define __UAPI_LINUX_MEMPOLICY_H

#include <linux/errno.h>

/* Modes: the low bits of the mode argument of set_mempolicy() and mbind(). */
enum {
	MPOL_DEFAULT = 0,		/* the next wider scope decides */
	MPOL_PREFERRED = 1,		/* one node first, then any */
	MPOL_BIND = 2,			/* these nodes and no other */
	MPOL_INTERLEAVE = 3,		/* page by page around the nodes */
	MPOL_LOCAL = 4,			/* the node of the allocating CPU */
	MPOL_PREFERRED_MANY = 5,	/* these nodes first, then any */
	MPOL_WEIGHTED_INTERLEAVE = 6,	/* around the nodes, by their weights */
	MPOL_MAX = 7,			/* how many modes there are */
};

/* Mode flags: or-ed to the mode. */
#define MPOL_F_NUMA_BALANCING	0x2000	/* may move within the nodes */
#define MPOL_F_RELATIVE_NODES	0x4000	/* ordinals of allowed nodes */
#define MPOL_F_STATIC_NODES	0x8000	/* physical node numbers */

#define MPOL_MODE_FLAGS							\
	(MPOL_F_NUMA_BALANCING | MPOL_F_RELATIVE_NODES | MPOL_F_STATIC_NODES)

/* What get_mempolicy() is asked for. */
#define MPOL_F_NODE		0x1	/* a node instead of a mode */
#define MPOL_F_ADDR		0x2	/* at an address */
#define MPOL_F_MEMS_ALLOWED	0x4	/* the nodes of the cpuset */

/* What mbind() does about pages that are there already. */
#define MPOL_MF_STRICT		0x1	/* fail if any is misplaced */
#define MPOL_MF_MOVE		0x2	/* move this process's own */
#define MPOL_MF_MOVE_ALL	0x4	/* move shared ones as well */
#define MPOL_MF_LAZY		0x8	/* never supported */
#define MPOL_MF_INTERNAL	0x10	/* from here on kernel-private */

#define MPOL_MF_VALID		(MPOL_MF_STRICT | MPOL_MF_MOVE | MPOL_MF_MOVE_ALL)

/* Kernel-private policy flags, never passed by or to a program. */
#define MPOL_F_SHARED		0x1	/* belongs to a shared object */
#define MPOL_F_MOF		0x8	/* migrate on fault */
#define MPOL_F_MORON		0x10	/* towards the referencing node */

/* The bits of the vm.zone_reclaim_mode sysctl. */
#define RECLAIM_ZONE		0x1	/* reclaim before going off node */
#define RECLAIM_WRITE		0x2	/* write dirty pages out */
#define RECLAIM_UNMAP		0x4	/* unmap and swap pages */

#endif /* __UAPI_LINUX_MEMPOLICY_H */
