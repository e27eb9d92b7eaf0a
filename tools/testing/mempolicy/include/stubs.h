/* SPDX-License-Identifier: GPL-2.0 */
/* What the compiler of the host does not care about. */
#ifndef _MEMPOLICY_STUBS_H
#define _MEMPOLICY_STUBS_H

#define likely(x)	(x)
#define unlikely(x)	(x)
#define noinline
#define __counted_by(...)
#define cond_resched()	do { } while (0)

/* There are no readers beside the writer here. */
#define READ_ONCE(x)		(x)
#define WRITE_ONCE(x, value)	((x) = (value))
#define rcu_dereference_raw(p)	(p)
/* One thread needs no barrier. */
#define smp_store_release(p, value)	(*(p) = (value))

#endif /* _MEMPOLICY_STUBS_H */
