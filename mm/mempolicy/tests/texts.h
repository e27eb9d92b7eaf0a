/* SPDX-License-Identifier: GPL-2.0 */
/* Policies as text, and what they mean, written down by hand. */
#ifndef _MM_MEMPOLICY_TESTS_TEXTS_H
#define _MM_MEMPOLICY_TESTS_TEXTS_H

#include "../text.h"
#include "bits.h"
#include "vectors.h"

/*
 * Nodes with memory for what is read as text, node 4 not being one, and the
 * lists that a mode may be written with, the last one asking for node 4.
 */
#define VEC_MEMORY	0x2f

static const struct vec_list {
	const char *text;
	u64 nodes;
} vec_lists[VEC_NR_LISTS] = {
	{ "",		0x00 },
	{ ":",		0x00 },
	{ ":3",		0x08 },
	{ ":0-1",	0x03 },
	{ ":4",		0x10 },
};

/*
 * mpol_text_parse(): the mode with its flags, or -EINVAL, and the nodes that
 * @text asks for.
 */
static const struct vec_text {
	const char *text;
	int mode;
	u64 nodes;
} vec_texts[] = {
	{ "default",			MPOL_DEFAULT,			0x00 },
	{ "default:0",			-EINVAL,			0 },
	{ "local",			MPOL_LOCAL,			0x00 },
	{ "local:0",			-EINVAL,			0 },
	{ "local=static",		-EINVAL,			0 },
	/* One node, and that one with memory. */
	{ "prefer",			MPOL_LOCAL,			0x00 },
	{ "prefer:5",			MPOL_PREFERRED,			0x20 },
	{ "prefer=static:1",		MPOL_PREFERRED | VEC_S,		0x02 },
	{ "prefer=static",		-EINVAL,			0 },
	{ "prefer:",			-EINVAL,			0 },
	{ "prefer:0-1",			-EINVAL,			0 },
	{ "prefer:0,1",			-EINVAL,			0 },
	{ "prefer:1-1",			-EINVAL,			0 },
	{ "prefer:1,",			-EINVAL,			0 },
	{ "prefer: 1",			-EINVAL,			0 },
	{ "prefer:4",			-EINVAL,			0 },
	{ "prefer:99",			-EINVAL,			0 },
	/* Nodes that must be named. */
	{ "bind",			-EINVAL,			0 },
	{ "bind:",			-EINVAL,			0 },
	{ "bind=static",		-EINVAL,			0 },
	{ "bind=static:",		-EINVAL,			0 },
	{ "bind:1",			MPOL_BIND,			0x02 },
	{ "bind=static:0-2",		MPOL_BIND | VEC_S,		0x07 },
	{ "bind=relative:0,2",		MPOL_BIND | VEC_R,		0x05 },
	{ "prefer-many",		-EINVAL,			0 },
	{ "prefer-many:0,1",		MPOL_PREFERRED_MANY,		0x03 },
	{ "prefer (many):0,1",		MPOL_PREFERRED_MANY,		0x03 },
	{ "prefer (many)=relative:5",	MPOL_PREFERRED_MANY | VEC_R,	0x20 },
	/* Nodes that need not. */
	{ "interleave",			MPOL_INTERLEAVE,	VEC_MEMORY },
	{ "interleave=static",		MPOL_INTERLEAVE | VEC_S, VEC_MEMORY },
	{ "interleave:",		-EINVAL,			0 },
	{ "interleave:2-3",		MPOL_INTERLEAVE,		0x0c },
	{ "weighted-interleave",	MPOL_WEIGHTED_INTERLEAVE, VEC_MEMORY },
	{ "weighted interleave:0-3",	MPOL_WEIGHTED_INTERLEAVE,	0x0f },
	{ "weighted-interleave=relative:1",
				MPOL_WEIGHTED_INTERLEAVE | VEC_R,	0x02 },
	/* Nodes that have no memory, or cannot exist. */
	{ "bind:4",			-EINVAL,			0 },
	{ "bind:0-5",			-EINVAL,			0 },
	{ "bind:0,99",			-EINVAL,			0 },
	{ "bind:99",			-EINVAL,			0 },
	{ "bind:99999999999999999999",	-EINVAL,			0 },
	{ "interleave:0-99",		-EINVAL,			0 },
	/* Flags: one at most, and none that does not concern the nodes. */
	{ "bind=:0",			-EINVAL,			0 },
	{ "bind=foo:0",			-EINVAL,			0 },
	{ "bind=stati:0",		-EINVAL,			0 },
	{ "bind=statics:0",		-EINVAL,			0 },
	{ "bind=balancing:0",		-EINVAL,			0 },
	{ "bind=static|relative:0",	-EINVAL,			0 },
	{ "bind=static|0",		-EINVAL,			0 },
	{ "bind=static,0",		-EINVAL,			0 },
	{ "bind=static 0",		-EINVAL,			0 },
	{ "bind=static=static:0",	-EINVAL,			0 },
	{ "bind:0=static",		-EINVAL,			0 },
	{ "default=foo",		-EINVAL,			0 },
	/* No mode. */
	{ "",				-EINVAL,			0 },
	{ ":0",				-EINVAL,			0 },
	{ "=static",			-EINVAL,			0 },
	{ "=static:0",			-EINVAL,			0 },
	{ "junk",			-EINVAL,			0 },
	{ "junk:0",			-EINVAL,			0 },
	{ "bin:0",			-EINVAL,			0 },
	{ "binds:0",			-EINVAL,			0 },
	{ "Bind:0",			-EINVAL,			0 },
	{ " bind:0",			-EINVAL,			0 },
	{ "bind :0",			-EINVAL,			0 },
	{ "prefer(many):0",		-EINVAL,			0 },
	{ "interleave-weighted:0",	-EINVAL,			0 },
	/* Lists: what parts nodes may stand at either end as well. */
	{ "bind:00,002",		MPOL_BIND,			0x05 },
	{ "bind:3,0-1,1",		MPOL_BIND,			0x0b },
	{ "bind:2-2",			MPOL_BIND,			0x04 },
	{ "bind:,0,,2,",		MPOL_BIND,			0x05 },
	{ "bind: 0 1\t3",		MPOL_BIND,			0x0b },
	{ "bind:1\n",			MPOL_BIND,			0x02 },
	{ "bind:1\n2",			MPOL_BIND,			0x02 },
	{ "bind:1,\n2",			MPOL_BIND,			0x06 },
	{ "bind:,",			-EINVAL,			0 },
	{ "bind:\n",			-EINVAL,			0 },
	{ "bind:2-1",			-EINVAL,			0 },
	{ "bind:0-",			-EINVAL,			0 },
	{ "bind:-1",			-EINVAL,			0 },
	{ "bind:0--1",			-EINVAL,			0 },
	{ "bind:0- 1",			-EINVAL,			0 },
	{ "bind:0-1-2",			-EINVAL,			0 },
	{ "bind:0:1",			-EINVAL,			0 },
	{ "bind:0x1",			-EINVAL,			0 },
	{ "bind:0;1",			-EINVAL,			0 },
	{ "bind:a",			-EINVAL,			0 },
};

/* The letter of @reads for a @spec that mode @as was read as. */
static inline char vec_read_letter(const struct mpol_spec *spec, int as,
				   const nodemask_t *listed,
				   const nodemask_t *memory)
{
	int mode = spec->mode | spec->flags;

	if (spec->home_node != NUMA_NO_NODE)
		return '?';
	if (mode == MPOL_LOCAL && as != MPOL_LOCAL)
		return nodes_empty(spec->nodes) ? 'L' : '?';
	if (mode != as)
		return '?';
	if (nodes_equal(spec->nodes, *listed))
		return '.';
	return nodes_equal(spec->nodes, *memory) ? 'A' : '?';
}

#endif /* _MM_MEMPOLICY_TESTS_TEXTS_H */
