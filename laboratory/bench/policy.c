// SPDX-License-Identifier: GPL-2.0
/*
 * The system calls, and the nodes of the machine.
 */
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench.h"

#define BITS	(8 * sizeof(long))

const struct mode all_modes[] = {
	{ "default", DEFAULT },
	{ "local", LOCAL },
	{ "preferred", PREFERRED },
	{ "bind", BIND },
	{ "preferred-many", PREFERRED_MANY },
	{ "interleave", INTERLEAVE },
	{ "weighted", WEIGHTED },
	{ NULL, 0 },
};

struct nodes every_node;
int nr_nodes;
unsigned long mask_bits;
static int numbers[1024];

static void add_node(struct nodes *nodes, int nid)
{
	nodes->word[nid / BITS] |= 1UL << (nid % BITS);
}

/* The nodes with memory, which may have gaps: "0-3,5". */
void find_nodes(void)
{
	FILE *list = fopen("/sys/devices/system/node/has_memory", "r");
	int first, last;

	if (!list)
		fail("nodes with memory");
	while (fscanf(list, "%d", &first) == 1) {
		last = first;
		if (fscanf(list, "-%d", &last) < 0)
			last = first;
		for (; first <= last; first++) {
			numbers[nr_nodes++] = first;
			add_node(&every_node, first);
		}
		if (fgetc(list) != ',')
			break;
	}
	fclose(list);
	/* As libnuma does: as many words as there are nodes for. */
	mask_bits = (numbers[nr_nodes - 1] / BITS + 1) * BITS + 1;
}

/* The node at a position among those with memory, counted around. */
struct nodes node_at(int index)
{
	struct nodes nodes = { 0 };

	add_node(&nodes, numbers[index % nr_nodes]);
	return nodes;
}

/* A set for each number but 0; on a small machine they come again. */
struct nodes nodes_from_bits(unsigned int bits)
{
	unsigned int sets = nr_nodes < 31 ? (1U << nr_nodes) - 1 : -1U;
	struct nodes nodes = { 0 };
	unsigned int i;

	bits = (bits - 1) % sets + 1;
	for (i = 0; i < 32; i++)
		if (bits & 1U << i)
			add_node(&nodes, numbers[i]);
	return nodes;
}

static bool has_nodes(int mode)
{
	return mode != DEFAULT && mode != LOCAL;
}

void set_task_nodes(int mode, const struct nodes *nodes)
{
	const void *mask = has_nodes(mode) ? nodes : NULL;

	if (syscall(SYS_set_mempolicy, mode, mask,
		    mask ? mask_bits : 0))
		fail("set_mempolicy");
}

void set_task(int mode)
{
	set_task_nodes(mode, &every_node);
}

void set_range_nodes(void *addr, size_t len, int mode,
		     const struct nodes *nodes, unsigned int flags)
{
	const void *mask = has_nodes(mode) ? nodes : NULL;

	if (syscall(SYS_mbind, addr, len, mode, mask,
		    mask ? mask_bits : 0, flags))
		fail("mbind");
}

void set_range(void *addr, size_t len, int mode)
{
	set_range_nodes(addr, len, mode, &every_node, 0);
}
