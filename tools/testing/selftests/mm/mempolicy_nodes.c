// SPDX-License-Identifier: GPL-2.0
/*
 * Sets of nodes; see mempolicy_nodes.h.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mempolicy_nodes.h"

struct nodes nodes_of(int node)
{
	struct nodes set = { 0 };

	nodes_add(&set, node);
	return set;
}

void nodes_add(struct nodes *set, unsigned int node)
{
	if (node < NODE_BITS)
		set->w[node / 64] |= 1ULL << (node % 64);
}

void nodes_remove(struct nodes *set, unsigned int node)
{
	if (node < NODE_BITS)
		set->w[node / 64] &= ~(1ULL << (node % 64));
}

bool nodes_has(const struct nodes *set, unsigned int node)
{
	return node < NODE_BITS && (set->w[node / 64] >> (node % 64) & 1);
}

bool nodes_same(const struct nodes *a, const struct nodes *b)
{
	return !memcmp(a, b, sizeof(*a));
}

struct nodes nodes_and(const struct nodes *a, const struct nodes *b)
{
	struct nodes both;

	for (unsigned int i = 0; i < NODE_BITS / 64; i++)
		both.w[i] = a->w[i] & b->w[i];
	return both;
}

/* How many members are below @node: for a member, its place in the set. */
unsigned int nodes_rank(const struct nodes *set, unsigned int node)
{
	unsigned int rank = 0;

	for (unsigned int i = 0; i < NODE_BITS / 64 && i * 64 < node; i++) {
		__u64 w = set->w[i];

		if (node - i * 64 < 64)
			w &= (1ULL << (node - i * 64)) - 1;
		rank += __builtin_popcountll(w);
	}
	return rank;
}

unsigned int nodes_count(const struct nodes *set)
{
	return nodes_rank(set, NODE_BITS);
}

bool nodes_empty(const struct nodes *set)
{
	return nodes_count(set) == 0;
}

/* The first member that is not below @from, or -1. */
static int first_from(const struct nodes *set, unsigned int from)
{
	for (unsigned int i = from / 64; i < NODE_BITS / 64; i++) {
		__u64 w = set->w[i];

		if (i == from / 64)
			w &= ~0ULL << (from % 64);
		if (w)
			return i * 64 + __builtin_ctzll(w);
	}
	return -1;
}

/* Moves *@node, -1 to begin with, to the next member; false after the last. */
bool nodes_step(const struct nodes *set, int *node)
{
	*node = first_from(set, *node + 1);
	return *node >= 0;
}

/* The member with @n members below it, or -1. */
int nodes_nth(const struct nodes *set, unsigned int n)
{
	int node = -1;

	while (nodes_step(set, &node) && n--)
		;
	return node;
}

struct nodes nodes_below(const struct nodes *set, unsigned long limit)
{
	struct nodes below = { 0 };
	int node = -1;

	while (nodes_step(set, &node))
		if ((unsigned long)node < limit)
			nodes_add(&below, node);
	return below;
}

int nodes_highest(const struct nodes *set)
{
	int node = -1, highest = -1;

	while (nodes_step(set, &node))
		highest = node;
	return highest;
}

/* "0-2,5": the kernel's list format, and good for messages.  Two at a time in each thread. */
const char *nodes_text(const struct nodes *set)
{
	static __thread char bufs[2][4 * NODE_BITS];
	static __thread int turn;
	char *buf = bufs[turn ^= 1];
	int node = -1, len = 0;

	buf[0] = '\0';
	while (nodes_step(set, &node)) {
		int last = node;

		while (nodes_has(set, last + 1))
			last++;
		len += sprintf(buf + len, last > node ? "%s%d-%d" : "%s%d",
			       len ? "," : "", node, last);
		node = last;
	}
	return buf;
}

/* Reads such a list, of one line; false when it is none, or a number is too high. */
bool nodes_from_list(const char *text, struct nodes *set)
{
	memset(set, 0, sizeof(*set));
	while (isdigit(*text)) {
		unsigned long first = strtoul(text, (char **)&text, 10), last = first;

		if (text[0] == '-' && isdigit(text[1]))
			last = strtoul(text + 1, (char **)&text, 10);
		if (first > last || last >= NODE_BITS)
			return false;
		while (first <= last)
			nodes_add(set, first++);
		if (text[0] == ',' && isdigit(text[1]))
			text++;
	}
	return *text == '\0' || *text == '\n';
}

void nodes_to_mask(const struct nodes *set, unsigned long *mask)
{
	int node = -1;

	memset(mask, 0, MASK_WORDS * sizeof(*mask));
	while (nodes_step(set, &node))
		mask[node / LONG_BITS] |= 1UL << (node % LONG_BITS);
}

struct nodes nodes_from_mask(const unsigned long *mask, unsigned int bits)
{
	struct nodes set = { 0 };

	for (unsigned int node = 0; node < bits; node++)
		if (mask[node / LONG_BITS] >> (node % LONG_BITS) & 1)
			nodes_add(&set, node);
	return set;
}
