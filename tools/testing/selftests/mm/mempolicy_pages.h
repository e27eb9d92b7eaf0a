/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pages: where they are, and whether they are where a policy wants them.
 */
#ifndef _MEMPOLICY_PAGES_H
#define _MEMPOLICY_PAGES_H

#include <stddef.h>

#include "mempolicy_model.h"

size_t page_size(void);
void *page_at(void *base, unsigned long index);
void *align_up(void *at, unsigned long size);
void *map_pages(unsigned long nr);
void touch_pages(void *base, unsigned long nr);
bool page_nodes(void *base, unsigned long nr, int *node);
bool page_nodes_settled(void *base, unsigned long nr, int *node);
unsigned long pages_on(void *base, unsigned long nr, int on);
int page_node(void *addr);
int page_node_settled(void *addr);
int pin_page(void *page);

/**
 * struct touched - pages that were touched
 * @base:     where they start
 * @nr:       how many
 * @stride:   from one to the next, in small pages
 * @index:    of the first one, counted as policy_targets() does
 * @cpu_node: the node of the CPU that touched them
 */
struct touched {
	char *base;
	unsigned long nr;
	unsigned long stride;
	unsigned long index;
	int cpu_node;
};

struct touched anonymous(void *base, unsigned long nr, int cpu_node);
bool placed_on(const struct touched *at, const struct policy *pol, const struct nodes *effective,
	       const struct nodes *now);
bool placed(const struct touched *at, const struct policy *pol, const struct nodes *then,
	    const struct nodes *now);
bool all_right(const struct touched *at, const struct policy *pol);

#endif /* _MEMPOLICY_PAGES_H */
