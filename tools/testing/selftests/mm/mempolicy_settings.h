/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Settings of the kernel that tests change, and put back: huge pages, weights,
 * failures.
 */
#ifndef _MEMPOLICY_SETTINGS_H
#define _MEMPOLICY_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "mempolicy_nodes.h"

#define NEEDS_FAILURES	"needs root, failslab and fail_page_alloc in debugfs"
#define NEEDS_THP	"needs transparent huge pages, and to be allowed to switch them on"

#define POOL_PAGE	(2048UL << 10)

bool failures_on_demand(void);

void weight_path(int node, char path[128]);
bool weight_set(int node, long weight);

long pool_of(int node);
bool pool_set(int node, long nr);
bool pools_set(const struct nodes *nodes, long each);

unsigned long thp_size(void);
bool thp_allow(char *was, size_t size);
bool thp_forbid(char *was, size_t size);
void thp_restore(const char *was);
long thp_kb(void);

#endif /* _MEMPOLICY_SETTINGS_H */
