/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What modes and their nodes must be, written down by hand. KUnit and the host
 * tests read the same tables.
 *
 * Sets of nodes are written as bits. A row whose nodes do not fit below
 * MAX_NUMNODES does not concern a kernel built like that.
 */
#ifndef _MM_MEMPOLICY_TESTS_VECTORS_H
#define _MM_MEMPOLICY_TESTS_VECTORS_H

#include "../modes.h"

/* All sets of mode flags, and how each is written behind a mode. */
#define VEC_S	MPOL_F_STATIC_NODES
#define VEC_R	MPOL_F_RELATIVE_NODES
#define VEC_N	MPOL_F_NUMA_BALANCING
#define VEC_NR_FLAGS	8

static const struct vec_flags {
	unsigned short flags;
	const char *text;
} vec_flags[VEC_NR_FLAGS] = {
	{ 0,				"" },
	{ VEC_S,			"=static" },
	{ VEC_R,			"=relative" },
	{ VEC_S | VEC_R,		"=static|relative" },
	{ VEC_N,			"=balancing" },
	{ VEC_S | VEC_N,		"=static|balancing" },
	{ VEC_R | VEC_N,		"=relative|balancing" },
	{ VEC_S | VEC_R | VEC_N,	"=static|relative|balancing" },
};

/* The first rows of vec_flags are those that text may ask for. */
#define VEC_NR_READS	3
#define VEC_NR_LISTS	5

/*
 * One row per mode. @traits has a letter for each trait that is set:
 * (1) first, (p)referred, (s)trict, (i)nterleave, (w)eighted, follows the
 * (c)puset, may have a (h)ome, (b)alances, confines (o)om.
 *
 * @answers has a word for each row of vec_flags, with a letter for no node,
 * for one and for several:
 *
 *	'.'  accepted as it is
 *	'L'  accepted, and is MPOL_LOCAL from then on
 *	'n'  -EINVAL from mpol_spec_check()
 *	'm'  -EINVAL from mpol_spec_set_mode()
 *
 * @reads has a word for each of the flags that text may ask for, with a letter
 * for each row of vec_lists in texts.h: as above and
 *
 *	'A'  accepted, and means all nodes that have memory
 *	'x'  -EINVAL from mpol_text_parse()
 */
static const struct vec_mode {
	const char *name;
	const char *alias;
	const char *traits;
	enum mpol_arity arity;
	enum mpol_listing listing;
	const char *answers[VEC_NR_FLAGS];
	const char *reads[VEC_NR_READS];
} vec_modes[MPOL_MAX] = {
	/*             none    S      R      SR     N      SN     RN     SRN */
	[MPOL_DEFAULT] = {
		"default", "", "", MPOL_NODES_NONE, MPOL_LIST_NEVER,
		{ ".nn", ".nn", ".nn", "mmm", "mmm", "mmm", "mmm", "mmm" },
		{ ".xxxx", ".xxxx", ".xxxx" },
	},
	[MPOL_PREFERRED] = {
		"prefer", "", "1", MPOL_NODES_OR_LOCAL, MPOL_LIST_ONE,
		{ "L..", "n..", "n..", "mmm", "mmm", "mmm", "mmm", "mmm" },
		{ "Lx.xx", "xx.xx", "xx.xx" },
	},
	[MPOL_BIND] = {
		"bind", "", "schbo", MPOL_NODES_SOME, MPOL_LIST_MUST,
		{ "n..", "n..", "n..", "mmm", "n..", "n..", "n..", "mmm" },
		{ "xx..x", "xx..x", "xx..x" },
	},
	[MPOL_INTERLEAVE] = {
		"interleave", "", "ic", MPOL_NODES_SOME, MPOL_LIST_ALL,
		{ "n..", "n..", "n..", "mmm", "mmm", "mmm", "mmm", "mmm" },
		{ "Ax..x", "Ax..x", "Ax..x" },
	},
	[MPOL_LOCAL] = {
		"local", "", "", MPOL_NODES_NONE, MPOL_LIST_NEVER,
		{ ".nn", "nnn", "nnn", "mmm", "mmm", "mmm", "mmm", "mmm" },
		{ ".xxxx", "xxxxx", "xxxxx" },
	},
	[MPOL_PREFERRED_MANY] = {
		"prefer (many)", "prefer-many", "phb",
		MPOL_NODES_SOME, MPOL_LIST_MUST,
		{ "n..", "n..", "n..", "mmm", "n..", "n..", "n..", "mmm" },
		{ "xx..x", "xx..x", "xx..x" },
	},
	[MPOL_WEIGHTED_INTERLEAVE] = {
		"weighted interleave", "weighted-interleave", "iwc",
		MPOL_NODES_SOME, MPOL_LIST_ALL,
		{ "n..", "n..", "n..", "mmm", "mmm", "mmm", "mmm", "mmm" },
		{ "Ax..x", "Ax..x", "Ax..x" },
	},
};

/* Arguments that are no mode, whatever flags they seem to carry. */
static const int vec_no_modes[] = {
	MPOL_MAX, MPOL_MAX + 1, 0xff, 1 << 12, MPOL_BIND | 1 << 12,
	/* These become modes if only the low 16 bits are looked at. */
	1 << 16, MPOL_BIND | 1 << 16, MPOL_BIND | 1 << 30,
	MPOL_BIND | VEC_S | 1 << 16,
	-1, (int)(1u << 31), (int)(1u << 31 | MPOL_BIND),
};

/* mpol_remap(): the same rows must hold for the highest nodes there are. */
static const struct vec_remap {
	u64 src, old, new, want;
} vec_remaps[] = {
	/* Nothing changes. */
	{ 0x05, 0x07, 0x07, 0x05 },
	{ 0x01, 0x01, 0x01, 0x01 },
	/* As many nodes elsewhere: in order, apart and overlapping. */
	{ 0x02, 0x03, 0x0c, 0x08 },
	{ 0x06, 0x06, 0x0c, 0x0c },
	{ 0x04, 0x06, 0x0c, 0x08 },
	{ 0x11, 0x15, 0x2a, 0x22 },
	/* More nodes: the first ones are used. */
	{ 0x03, 0x03, 0x0e, 0x06 },
	{ 0x03, 0x03, 0xff, 0x03 },
	/* Fewer nodes: counted around. */
	{ 0x03, 0x03, 0x08, 0x08 },
	{ 0x0f, 0x0f, 0x01, 0x01 },
	{ 0x0f, 0x0f, 0x06, 0x06 },
	{ 0x04, 0x0f, 0x06, 0x02 },
	{ 0x08, 0x0f, 0x06, 0x04 },
	{ 0x80, 0xff, 0x70, 0x20 },
	/* What is not in the old set is dropped. */
	{ 0xf1, 0x0f, 0x30, 0x10 },
	{ 0xf0, 0x0f, 0x30, 0x00 },
	{ 0x00, 0x0f, 0x30, 0x00 },
	/* A whole word of nodes. */
	{ 1ULL << 63, ~0ULL, 0x03, 0x02 },
	{ 1ULL << 63, ~0ULL, 0x07, 0x01 },
	{ 0x03, 0x03, 3ULL << 62, 3ULL << 62 },
	{ ~0ULL, ~0ULL, 1ULL << 63, 1ULL << 63 },
};

/* mpol_relative(). */
static const struct vec_relative {
	u64 ordinals, allowed, want;
} vec_relatives[] = {
	{ 0x00, 0x0f, 0x00 },
	{ 0x06, 0x0f, 0x06 },
	{ 0x03, 0x0c, 0x0c },
	{ 0x06, 0x0c, 0x0c },
	{ 0x10, 0x0f, 0x01 },
	{ 0x30, 0x03, 0x03 },
	{ 0x20, 0x0f, 0x02 },
	{ 0x80, 0x07, 0x02 },
	{ 0x81, 0x52, 0x12 },
	{ 0xff, 0x08, 0x08 },
	{ 1ULL << 63, 0x0f, 0x08 },
	{ 1ULL << 63 | 1, 3ULL << 62, 3ULL << 62 },
};

/*
 * mpol_effective_nodes() for a policy of @mode with @nodes, made while @mems_asked
 * was allowed, now that @allowed is. Where @allowed is @mems_asked this is also
 * what mpol_asked_nodes() has to say.
 */
static const struct vec_effective {
	int mode;
	u64 nodes, mems_asked, allowed, want;
} vec_effectives[] = {
	/* Nodes that were not allowed were never asked for. */
	{ MPOL_BIND,			0x11, 0x0f, 0x0f, 0x01 },
	{ MPOL_BIND,			0x11, 0x0f, 0x30, 0x10 },
	{ MPOL_PREFERRED,		0x06, 0x04, 0x04, 0x04 },
	/* Without a flag these modes go where the cpuset goes, and back. */
	{ MPOL_BIND,			0x02, 0x03, 0x0c, 0x08 },
	{ MPOL_BIND | VEC_N,		0x02, 0x03, 0x0c, 0x08 },
	{ MPOL_INTERLEAVE,		0x03, 0x03, 0x0e, 0x06 },
	{ MPOL_INTERLEAVE,		0x03, 0x03, 0x08, 0x08 },
	{ MPOL_INTERLEAVE,		0x0f, 0x0f, 0x01, 0x01 },
	{ MPOL_INTERLEAVE,		0x0f, 0x0f, 0x0f, 0x0f },
	{ MPOL_WEIGHTED_INTERLEAVE,	0x0a, 0x0f, 0x03, 0x02 },
	{ MPOL_WEIGHTED_INTERLEAVE,	0x0a, 0x0f, 0x0f, 0x0a },
	/* ... and these stay. */
	{ MPOL_PREFERRED,		0x02, 0x03, 0x0c, 0x02 },
	{ MPOL_PREFERRED,		0x0e, 0x0f, 0x0c, 0x02 },
	{ MPOL_PREFERRED_MANY,		0x02, 0x03, 0x0c, 0x02 },
	{ MPOL_PREFERRED_MANY,		0x0c, 0x0f, 0x03, 0x0c },
	/* STATIC: what is allowed of it, or everything. */
	{ MPOL_BIND | VEC_S,		0x06, 0x0f, 0x0f, 0x06 },
	{ MPOL_BIND | VEC_S,		0x06, 0x0f, 0x0c, 0x04 },
	{ MPOL_BIND | VEC_S,		0x02, 0x03, 0x0c, 0x0c },
	{ MPOL_BIND | VEC_S | VEC_N,	0x06, 0x03, 0x0e, 0x06 },
	{ MPOL_INTERLEAVE | VEC_S,	0x0f, 0x0f, 0x01, 0x01 },
	{ MPOL_INTERLEAVE | VEC_S,	0x0f, 0x01, 0x0f, 0x0f },
	{ MPOL_PREFERRED_MANY | VEC_S,	0x02, 0x03, 0x0c, 0x0c },
	{ MPOL_PREFERRED_MANY | VEC_S,	0x02, 0x02, 0x0f, 0x02 },
	/* ... of one node, nothing, which is as good as local. */
	{ MPOL_PREFERRED | VEC_S,	0x0e, 0x0f, 0x0f, 0x02 },
	{ MPOL_PREFERRED | VEC_S,	0x0e, 0x0f, 0x0c, 0x04 },
	{ MPOL_PREFERRED | VEC_S,	0x0e, 0x0f, 0x01, 0x00 },
	/* RELATIVE: positions among what is allowed now. */
	{ MPOL_BIND | VEC_R,		0x06, 0x0f, 0x0f, 0x06 },
	{ MPOL_BIND | VEC_R,		0x04, 0x03, 0x03, 0x01 },
	{ MPOL_BIND | VEC_R,		0x04, 0x03, 0x0e, 0x08 },
	{ MPOL_BIND | VEC_R | VEC_N,	0x06, 0x01, 0x3c, 0x18 },
	{ MPOL_INTERLEAVE | VEC_R,	0x30, 0x0f, 0x06, 0x06 },
	{ MPOL_PREFERRED | VEC_R,	0x20, 0x0f, 0x0f, 0x02 },
	{ MPOL_PREFERRED | VEC_R,	0x06, 0x0f, 0x03, 0x01 },
	/* Not confined to any. */
	{ MPOL_LOCAL,			0x00, 0x0f, 0x03, 0x03 },
	{ MPOL_DEFAULT,			0x00, 0x0f, 0x0c, 0x0c },
	/* The highest node of a word. */
	{ MPOL_BIND,	   1ULL << 63, 3ULL << 62, 0x03, 0x02 },
	{ MPOL_BIND | VEC_R, 1ULL << 63, 0x0f, 3ULL << 62, 1ULL << 63 },
};

/* The same for policies of objects, marked with MPOL_F_SHARED. */
static const struct vec_effective vec_objects[] = {
	/* They follow no cpuset: what is allowed of them, or everything. */
	{ MPOL_BIND,			0x06, 0x0f, 0x0f, 0x06 },
	{ MPOL_BIND,			0x06, 0x0f, 0x0c, 0x04 },
	{ MPOL_BIND,			0x02, 0x03, 0x0c, 0x0c },
	{ MPOL_BIND | VEC_N,		0x02, 0x03, 0x0c, 0x0c },
	{ MPOL_INTERLEAVE,		0x03, 0x03, 0x0e, 0x02 },
	{ MPOL_INTERLEAVE,		0x0f, 0x0f, 0x01, 0x01 },
	{ MPOL_WEIGHTED_INTERLEAVE,	0x0a, 0x0f, 0x03, 0x02 },
	{ MPOL_PREFERRED_MANY,		0x0c, 0x0f, 0x06, 0x04 },
	{ MPOL_PREFERRED_MANY,		0x0c, 0x0f, 0x03, 0x03 },
	{ MPOL_PREFERRED,		0x06, 0x0f, 0x0f, 0x02 },
	{ MPOL_PREFERRED,		0x06, 0x0f, 0x0c, 0x04 },
	{ MPOL_PREFERRED,		0x02, 0x03, 0x0c, 0x00 },
	/* Where they were made does not count. */
	{ MPOL_BIND,			0x06, 0x03, 0x0f, 0x06 },
	{ MPOL_BIND,			0x06, 0x08, 0x0f, 0x06 },
	{ MPOL_INTERLEAVE,		0x0f, 0x01, 0x0f, 0x0f },
	{ MPOL_PREFERRED,		0x08, 0x01, 0x0f, 0x08 },
	/* Flags mean what they mean elsewhere. */
	{ MPOL_BIND | VEC_S,		0x06, 0x0f, 0x0c, 0x04 },
	{ MPOL_BIND | VEC_R,		0x04, 0x03, 0x0e, 0x08 },
	{ MPOL_PREFERRED | VEC_R,	0x06, 0x0f, 0x03, 0x01 },
	{ MPOL_LOCAL,			0x00, 0x0f, 0x03, 0x03 },
};

/* Nodes @bits moved up by @base; false if one of them cannot exist. */
static inline bool vec_nodes(nodemask_t *dst, u64 bits, unsigned int base)
{
	unsigned int nid;

	nodes_clear(*dst);
	for (nid = base; bits; nid++, bits >>= 1) {
		if (!(bits & 1))
			continue;
		if (nid >= MAX_NUMNODES)
			return false;
		node_set(nid, *dst);
	}
	return true;
}

/* How far @bits can be moved up. */
static inline unsigned int vec_room_above(u64 bits)
{
	unsigned int used = 0;

	for (; bits; bits >>= 1)
		used++;
	return used < MAX_NUMNODES ? MAX_NUMNODES - used : 0;
}

/* The letters of vec_modes for @traits: room for all of them and the NUL. */
#define VEC_LETTERS	10

static inline void vec_letters(char letters[VEC_LETTERS],
			       struct mpol_traits traits)
{
	const struct {
		bool set;
		char letter;
	} all[] = {
		{ traits.kind == MPOL_KIND_FIRST,	'1' },
		{ traits.kind == MPOL_KIND_PREFERRED,	'p' },
		{ traits.kind == MPOL_KIND_ONLY,	's' },
		{ traits.kind == MPOL_KIND_INTERLEAVE,	'i' },
		{ traits.weighted,	'w' },
		{ traits.follows,	'c' },
		{ traits.home,		'h' },
		{ traits.balances,	'b' },
		{ traits.confines,	'o' },
	};
	unsigned int i;

	static_assert(ARRAY_SIZE(all) < VEC_LETTERS);
	for (i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i].set)
			*letters++ = all[i].letter;
	*letters = '\0';
}

#endif /* _MM_MEMPOLICY_TESTS_VECTORS_H */
