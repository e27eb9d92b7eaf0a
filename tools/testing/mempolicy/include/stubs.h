/* SPDX-License-Identifier: GPL-2.0 */
/* What the compiler of the host does not care about. */
#ifndef _MEMPOLICY_STUBS_H
#define _MEMPOLICY_STUBS_H

#define likely(x)	(x)
#define unlikely(x)	(x)
#define noinline	__attribute__((__noinline__))
#define __counted_by(...)
#define cond_resched()	do { } while (0)

/* Takes its room in what is freed by RCU in the kernel. */
struct rcu_head {
	void *word[2];
};

#endif /* _MEMPOLICY_STUBS_H */
