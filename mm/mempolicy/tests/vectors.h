/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the pure parts of memory policy must answer, written down by hand. The
 * KUnit suite and the host tests read the same tables.
 *
 * Sets of nodes are written as bits. A row whose nodes do not fit below
 * MAX_NUMNODES does not concern a kernel built like that.
 */
#ifndef _MM_MEMPOLICY_TESTS_VECTORS_H
#define _MM_MEMPOLICY_TESTS_VECTORS_H

#include "../text.h"

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

/*
 * Nodes with memory for what is read as text, node 4 not being one, and the
 * lists that a mode may be written with, the last one asking for node 4.
 */
#define VEC_MEMORY	0x2f
#define VEC_NR_LISTS	5

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

/* The first rows of vec_flags are those that text may ask for. */
#define VEC_NR_READS	3

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
 * for each row of vec_lists: as above and
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

/* A round as a string of node numbers; no weights at all if @even. */
#define VEC_NR_WEIGHTS	8

static const struct vec_round {
	u64 nodes;
	bool even;
	u8 weight[VEC_NR_WEIGHTS];
	const char *round;
} vec_rounds[] = {
	{ 0x0f, true,  { 0 },			"0123" },
	{ 0xa4, true,  { 0 },			"257" },
	{ 0x01, true,  { 0 },			"0" },
	/* Equal weights are as good as none. */
	{ 0x0f, false, { 1, 1, 1, 1 },		"0123" },
	{ 0x0f, false, { 3, 3, 3, 3 },		"0123" },
	{ 0x0f, false, { 255, 255, 255, 255 },	"0123" },
	{ 0x01, false, { 4 },			"0" },
	{ 0x80, false, { [7] = 3 },		"7" },
	/* What weights have in common does not count. */
	{ 0x03, false, { 4, 2 },		"001" },
	{ 0x0f, false, { 8, 8, 2, 2 },		"0101012013" },
	{ 0x07, false, { 6, 10, 15 },	"0122012122012120212120212012212" },
	/* Two to one, three to five, one to five. */
	{ 0x03, false, { 2, 1 },		"001" },
	{ 0x03, false, { 3, 5 },		"01101011" },
	{ 0x84, false, { [2] = 1, [7] = 5 },	"727777" },
	/* Light nodes keep away from each other. */
	{ 0x0f, false, { 5, 1, 1, 1 },		"00100203" },
	{ 0x0f, false, { 4, 4, 1, 1 },		"0101012013" },
	/* A node that is not in the round does not count. */
	{ 0x0b, false, { 2, 1, 9, 1 },		"0013" },
	{ 0x0b, false, { 4, 2, 9, 2 },		"0013" },
	{ 0x0f, false, { 1, 2, 3, 4 },		"0123312323" },
	{ 0x0f, false, { 4, 3, 2, 1 },		"0101200123" },
};

/*
 * How the slots of an interleave are found, and the bytes that takes: @nodes
 * nodes, the first is 0 and the others are @step apart, of @weight each, but
 * @last for the last one. @slots in all.
 */
enum vec_layout { VEC_SHORT, VEC_LONG };

static const struct vec_length {
	u32 nodes, step;
	u8 weight, last;
	u32 slots;
	enum vec_layout layout;
	u32 bytes;
} vec_lengths[] = {
	{ 1,	1,	255,	255,	1,	VEC_SHORT,	1 },
	{ 8,	1,	255,	255,	8,	VEC_SHORT,	8 },
	{ 8,	1,	255,	254,	2039,	VEC_SHORT,	2039 },
	{ 8,	1,	250,	100,	37,	VEC_SHORT,	37 },
	{ 64,	1,	1,	255,	318,	VEC_SHORT,	318 },
	{ 64,	1,	255,	255,	64,	VEC_SHORT,	64 },
	/* 14 heavy nodes are as many as there can be. */
	{ 15,	1,	255,	14,	3584,	VEC_SHORT,	3584 },
	{ 15,	1,	255,	16,	3586,	VEC_LONG,	1056 },
	{ 64,	1,	56,	55,	3583,	VEC_SHORT,	3583 },
	{ 64,	1,	56,	57,	3585,	VEC_LONG,	1154 },
	{ 64,	1,	254,	253,	16255,	VEC_LONG,	1154 },
	{ 64,	1,	255,	254,	16319,	VEC_LONG,	1154 },
	{ 65,	1,	200,	200,	65,	VEC_SHORT,	65 },
	{ 65,	1,	255,	1,	16321,	VEC_LONG,	1156 },
	/* Two bytes for each slot. */
	{ 256,	1,	14,	14,	256,	VEC_SHORT,	256 },
	{ 256,	1,	1,	255,	510,	VEC_SHORT,	510 },
	{ 257,	1,	1,	255,	511,	VEC_SHORT,	1022 },
	{ 257,	1,	6,	251,	1787,	VEC_SHORT,	3574 },
	{ 257,	1,	7,	1,	1793,	VEC_LONG,	1540 },
	{ 2,	255,	2,	1,	3,	VEC_SHORT,	3 },
	{ 2,	256,	2,	1,	3,	VEC_SHORT,	6 },
	{ 1024,	1,	1,	1,	1024,	VEC_SHORT,	2048 },
	{ 1024,	1,	255,	255,	1024,	VEC_SHORT,	2048 },
	{ 1024,	1,	27,	1,	27622,	VEC_LONG,	3074 },
	{ 1024,	1,	28,	1,	28645,	VEC_LONG,	3074 },
	{ 1024,	1,	255,	1,	260866,	VEC_LONG,	3074 },
	/* Nodes that are far apart. */
	{ 20,	13,	255,	1,	4846,	VEC_LONG,	1522 },
	{ 20,	53,	255,	1,	4846,	VEC_LONG,	3042 },
	{ 64,	16,	255,	1,	16066,	VEC_LONG,	3044 },
	{ 64,	16,	255,	254,	16319,	VEC_LONG,	3044 },
	{ 100,	10,	190,	1,	18811,	VEC_LONG,	3008 },
	{ 100,	10,	180,	1,	17821,	VEC_LONG,	3008 },
};

/* The highest node of a row. */
static inline u32 vec_last_node(const struct vec_length *v)
{
	return (v->nodes - 1) * v->step;
}

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

#endif /* _MM_MEMPOLICY_TESTS_VECTORS_H */
