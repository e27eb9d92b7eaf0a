/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The model: memory policy spelled out node by node, with no eye on cost and
 * nothing shared with what it is compared to but the numbers of the ABI.
 */
#ifndef _MEMPOLICY_NAIVE_H
#define _MEMPOLICY_NAIVE_H

#include "pure.h"

struct naive_set {
	bool has[MAX_NUMNODES];
};

unsigned int naive_count(const struct naive_set *set);

void naive_remap(struct naive_set *dst, const struct naive_set *src,
		 const struct naive_set *old, const struct naive_set *new);
void naive_relative(struct naive_set *dst, const struct naive_set *ordinals,
		    const struct naive_set *allowed);

/* @mode with its flags, as a program passes it. */
bool naive_mode_is_valid(int mode);

/* ... and or-ed with this for the policy of an object. */
#define NAIVE_OBJECT	0x10000

void naive_asked(struct naive_set *dst, int mode,
		 const struct naive_set *nodes,
		 const struct naive_set *allowed);
void naive_effective(struct naive_set *dst, int mode,
		     const struct naive_set *nodes,
		     const struct naive_set *mems_asked,
		     const struct naive_set *allowed);

/* The greatest number that divides the weights of all nodes. */
unsigned int naive_divisor(const struct naive_set *nodes, const u8 *weight);

/* Is a table with the node of each slot too large? */
bool naive_is_long(const struct naive_set *nodes, const u8 *weight);

/*
 * The node of every slot, in memory to be freed; @length of them. Weights are
 * taken as they are: what they have in common only repeats the slots. @stride
 * is that of a long round.
 */
u16 *naive_round(const struct naive_set *nodes, const u8 *weight, u32 stride,
		 u32 *length);

#endif /* _MEMPOLICY_NAIVE_H */
