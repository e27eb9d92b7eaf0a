/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The nodes of this machine as sysfs and /proc describe them, and the memory and
 * CPUs that they have.
 */
#ifndef _MEMPOLICY_MACHINE_H
#define _MEMPOLICY_MACHINE_H

#include <stddef.h>

#include "mempolicy_nodes.h"

#define NODE_DIR	"/sys/devices/system/node"

#define NEEDS_CPU	"needs a CPU whose local memory has room"
#define NEEDS_NODES	"needs two nodes with room, and a CPU whose local memory has room"

/**
 * struct machine - the nodes of this machine, read from sysfs and /proc
 * @online:  nodes that are online
 * @memory:  nodes that have memory
 * @cpu:     nodes that have CPUs
 * @usable:  nodes with memory that this task's cpuset allows
 * @roomy:   usable nodes with enough free memory for a test not to fill them
 * @nr_ids:  one more than the highest possible node
 * @max:     nodes that the kernel was built for (MAX_NUMNODES)
 */
struct machine {
	struct nodes online;
	struct nodes memory;
	struct nodes cpu;
	struct nodes usable;
	struct nodes roomy;
	unsigned int nr_ids;
	unsigned int max;
};

extern struct machine machine;

void machine_require(void);
bool machine_allowed_now(struct nodes *allowed);
bool machine_usable_now(struct nodes *usable);
int machine_distance(int from, int to);
struct nodes machine_nearest(const struct nodes *of, int from);

long machine_figure(int node, const char *file, const char *name);
long machine_free_kb(int node);
struct nodes machine_with_room(long kb);
int machine_by_room(const struct nodes *of, bool least);
unsigned long machine_free_huge(int node, size_t size);
void machine_defragment(int node);
void machine_want_huge(unsigned long nr, size_t size);

int machine_cpu_of(int node);
bool pin_to_cpu(int cpu);
bool machine_work_on(int node);
int machine_settle(void);

#endif /* _MEMPOLICY_MACHINE_H */
