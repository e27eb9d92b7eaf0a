/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sets of nodes: members, lists as the kernel writes them, masks as its calls take
 * them.
 */
#ifndef _MEMPOLICY_NODES_H
#define _MEMPOLICY_NODES_H

#include <limits.h>
#include <stdbool.h>
#include <linux/types.h>

#define NODE_BITS	2048	/* more than any kernel's MAX_NUMNODES */
#define LONG_BITS	((unsigned int)(sizeof(long) * CHAR_BIT))
#define MASK_WORDS	(NODE_BITS / (sizeof(long) * CHAR_BIT))

/**
 * struct nodes - a set of node numbers, also of numbers no node can have
 * @w: bit n of word n / 64 stands for node n
 */
struct nodes {
	__u64 w[NODE_BITS / 64];
};

struct nodes nodes_of(int node);
void nodes_add(struct nodes *set, unsigned int node);
void nodes_remove(struct nodes *set, unsigned int node);
bool nodes_has(const struct nodes *set, unsigned int node);
bool nodes_empty(const struct nodes *set);
bool nodes_same(const struct nodes *a, const struct nodes *b);
struct nodes nodes_and(const struct nodes *a, const struct nodes *b);
unsigned int nodes_count(const struct nodes *set);
bool nodes_step(const struct nodes *set, int *node);
int nodes_nth(const struct nodes *set, unsigned int n);
unsigned int nodes_rank(const struct nodes *set, unsigned int node);
struct nodes nodes_below(const struct nodes *set, unsigned long limit);
int nodes_highest(const struct nodes *set);
const char *nodes_text(const struct nodes *set);
bool nodes_from_list(const char *text, struct nodes *set);
void nodes_to_mask(const struct nodes *set, unsigned long *mask);
struct nodes nodes_from_mask(const unsigned long *mask, unsigned int bits);

#endif /* _MEMPOLICY_NODES_H */
