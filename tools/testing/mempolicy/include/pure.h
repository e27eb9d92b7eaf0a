/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stands in for mm/mempolicy/pure.h: it has the same guard and is put in front
 * of every file, so the kernel's own is never read.
 */
#ifndef _MM_MEMPOLICY_PURE_H
#define _MM_MEMPOLICY_PURE_H

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "stubs.h"
#include "dup.h"
#include "custom.h"
#include "policy.h"

/* The kernel's own tree, as its tools have it. */
#include <linux/rbtree.h>

/* By path: with -I the tree's <linux/errno.h> would replace the host's. */
#include "../../../../include/uapi/linux/mempolicy.h"

#endif /* _MM_MEMPOLICY_PURE_H */
