/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The mappings of this process as /proc shows them.
 */
#ifndef _MEMPOLICY_MAPS_H
#define _MEMPOLICY_MAPS_H

#include <stdbool.h>
#include <stddef.h>

unsigned long vma_inode(const void *addr);
int vma_count(const void *start, const void *end);
bool vma_find(const char *name, unsigned long *start, unsigned long *end);
bool numa_maps_line(const char *path, const void *addr, char *buf, size_t size);
bool numa_maps_text(const void *addr, char *buf, size_t size);

#endif /* _MEMPOLICY_MAPS_H */
