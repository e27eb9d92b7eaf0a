/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What modes must be, written down by hand. KUnit and the host tests read the
 * same tables.
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
#define VEC_NR_NO_MODES	12

static inline int vec_no_mode(unsigned int i)
{
	static const int no_modes[VEC_NR_NO_MODES] = {
		MPOL_MAX, MPOL_MAX + 1, 0xff, 1 << 12, MPOL_BIND | 1 << 12,
		/* These become modes if only the low 16 bits are looked at. */
		1 << 16, MPOL_BIND | 1 << 16, MPOL_BIND | 1 << 30,
		MPOL_BIND | VEC_S | 1 << 16,
		-1, (int)(1u << 31), (int)(1u << 31 | MPOL_BIND),
	};

	return no_modes[i];
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
