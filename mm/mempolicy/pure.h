/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that the pure parts of memory policy (modes, remap, interleave, shares,
 * ranges, text) need of the kernel. A host build puts its own header with this
 * guard in front.
 */
#ifndef _MM_MEMPOLICY_PURE_H
#define _MM_MEMPOLICY_PURE_H

#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/gcd.h>
#include <linux/hash.h>
#include <linux/limits.h>
#include <linux/math.h>
#include <linux/math64.h>
#include <linux/mempolicy.h>
#include <linux/minmax.h>
#include <linux/nodemask.h>
#include <linux/numa.h>
#include <linux/overflow.h>
#include <linux/rbtree.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>

#include <uapi/linux/mempolicy.h>

#endif /* _MM_MEMPOLICY_PURE_H */
