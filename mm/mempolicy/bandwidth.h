/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From the bandwidth of nodes to their weights.
 *
 * A node's share of the pages should be its share of the bandwidth. Weights
 * being whole numbers up to 255, it is off by some part of what it should be.
 * Of all weights those are chosen whose worst node
 *
 * - is off by at most 2 %, with the least total that allows this; and among
 *   totals up to a sixteenth longer by the least, so that 50:1 does not become
 *   49:1 to save one slot;
 * - is off by the least, if no weights keep every node within 2 %.
 *
 * A node with less than 1/255 of the greatest bandwidth counts as if it had
 * that, as no weight is below 1.
 */
#ifndef _MM_MEMPOLICY_BANDWIDTH_H
#define _MM_MEMPOLICY_BANDWIDTH_H

#include "pure.h"

#define MPOL_WEIGHT_MAX		255

/* Errors are in millionths of what a share should be, rounded up. */
#define MPOL_SHARE_UNIT		1000000
#define MPOL_SHARE_ERROR	20000

void mpol_bandwidth_weigh(u8 *weight, u32 *bandwidth, u32 nr);

#endif /* _MM_MEMPOLICY_BANDWIDTH_H */
