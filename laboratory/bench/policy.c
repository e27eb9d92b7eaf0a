// SPDX-License-Identifier: GPL-2.0
/*
 * The policies, and the nodes of the machine: a set of nodes is passed as it is,
 * for words are of 64 bits here, in the order that the kernel has them.
 */
#include "bench.h"
#include "mempolicy_calls.h"
#include "mempolicy_files.h"

struct nodes every_node;
int nr_nodes;
unsigned long mask_bits;
static int numbers[NODE_BITS];

/* The nodes with memory, which may have gaps. */
void find_nodes(void)
{
	char list[4096];
	int nid = -1;

	if (!file_read("/sys/devices/system/node/has_memory", list,
		       sizeof(list)) || !nodes_from_list(list, &every_node))
		fail("nodes with memory");
	while (nodes_step(&every_node, &nid))
		numbers[nr_nodes++] = nid;
	/* As libnuma does: as many words as there are nodes for. */
	mask_bits = (numbers[nr_nodes - 1] / LONG_BITS + 1) * LONG_BITS + 1;
}

/* The node at a position among those with memory, counted around. */
struct nodes node_at(int index)
{
	return nodes_of(numbers[index % nr_nodes]);
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
			nodes_add(&nodes, numbers[i]);
	return nodes;
}

static bool has_nodes(int mode)
{
	return mode != MPOL_DEFAULT && mode != MPOL_LOCAL;
}

void set_task_nodes(int mode, const struct nodes *nodes)
{
	const void *mask = has_nodes(mode) ? nodes : NULL;

	if (sys_set_mempolicy(mode, mask, mask ? mask_bits : 0))
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

	if (sys_mbind(addr, len, mode, mask, mask ? mask_bits : 0, flags))
		fail("mbind");
}

void set_range(void *addr, size_t len, int mode)
{
	set_range_nodes(addr, len, mode, &every_node, 0);
}
