/* SPDX-License-Identifier: GPL-2.0 */
/* The rounds of interleaves, written down by hand, for nodes as in bits.h. */
#ifndef _MM_MEMPOLICY_TESTS_ROUNDS_H
#define _MM_MEMPOLICY_TESTS_ROUNDS_H

#include "bits.h"

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

#endif /* _MM_MEMPOLICY_TESTS_ROUNDS_H */
