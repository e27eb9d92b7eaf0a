/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory of a process alone, or memory that several can map.
 */
#ifndef _MEMPOLICY_OBJECT_H
#define _MEMPOLICY_OBJECT_H

#include "mempolicy_pages.h"

#define SCRATCH		"/tmp"		/* in a mount namespace of our own */
#define OBJECT_FILE	SCRATCH "/object"
#define SHMEM_ENABLED	"/sys/kernel/mm/transparent_hugepage/shmem_enabled"

enum kind { ANON, MEMFD, TMPFS, SYSV, OWN };	/* OWN: private */

/**
 * struct object - memory that several can map, or private memory
 * @kind: what it is
 * @fd:   of MEMFD and TMPFS
 * @id:   of SYSV
 * @nr:   pages
 * @all:  a mapping of all of it
 * @ino:  its inode number, if it has one
 */
struct object {
	enum kind kind;
	int fd;
	int id;
	unsigned long nr;
	char *all;
	unsigned long ino;
};

void *map_fd(int fd, unsigned long first, unsigned long nr, int prot, int flags);
char *object_map(const struct object *obj, unsigned long first, unsigned long nr);
struct object object_make(enum kind kind, unsigned long nr);
void object_align(struct object *obj, unsigned long size);
void object_free(struct object *obj);
struct touched of_object(const struct object *obj, void *base, unsigned long first,
			 unsigned long nr, int cpu_node);
const char *scratch_missing(const char *options);
const char *object_missing(enum kind kind, int *cpu_node);

bool numa_maps_begins(const void *addr, const char *policy);
int set_pages(const struct policy *pol, char *map, unsigned long first, unsigned long nr);
bool pages_hold(char *map, unsigned long first, unsigned long last, const struct policy *pol);

#endif /* _MEMPOLICY_OBJECT_H */
