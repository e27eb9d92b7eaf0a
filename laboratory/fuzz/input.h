/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a fuzzer made up, read from its start; when it is used up all the rest
 * is zero.
 */
#ifndef _MEMPOLICY_FUZZ_INPUT_H
#define _MEMPOLICY_FUZZ_INPUT_H

#include <stdio.h>
#include <stdlib.h>

#include "sets.h"

struct input {
	const u8 *at;
	size_t left;
};

static inline u8 input_byte(struct input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->at++;
}

static inline void input_bytes(struct input *in, void *to, size_t size)
{
	u8 *at = to;

	while (size--)
		*at++ = input_byte(in);
}

/* A number below @limit, which is at most 65536. */
static inline u32 input_number(struct input *in, u32 limit)
{
	u32 low = input_byte(in);

	return (low | input_byte(in) << 8) % limit;
}

/* A set of nodes: a byte for each eight of them, over and over again. */
static inline nodemask_t input_nodes(struct input *in)
{
	u8 bytes[8];
	nodemask_t nodes;
	int nid;

	input_bytes(in, bytes, sizeof(bytes));
	nodes_clear(nodes);
	for (nid = 0; nid < MAX_NUMNODES; nid++)
		if (bytes[nid / 8 % sizeof(bytes)] >> (nid % 8) & 1)
			node_set(nid, nodes);
	return nodes;
}

/* The same with one node at least. */
static inline nodemask_t input_some_nodes(struct input *in)
{
	nodemask_t nodes = input_nodes(in);

	if (nodes_empty(nodes))
		node_set(MAX_NUMNODES - 1, nodes);
	return nodes;
}

/* What does not hold ends the run; the fuzzer keeps the input then. */
#define must(holds)							\
	do {								\
		if (!(holds)) {						\
			fprintf(stderr, "%s:%d: not so: %s\n",		\
				__FILE__, __LINE__, #holds);		\
			abort();					\
		}							\
	} while (0)

/* Called by libFuzzer, which has another name for it: see the Makefile. */
int fuzz_one(const u8 *data, size_t size);

#endif /* _MEMPOLICY_FUZZ_INPUT_H */
