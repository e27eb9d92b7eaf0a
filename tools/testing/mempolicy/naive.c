// SPDX-License-Identifier: GPL-2.0
/* The model: see naive.h. */
#include <stdlib.h>

#include "naive.h"
#include "test.h"

unsigned int naive_count(const struct naive_set *set)
{
	unsigned int count = 0;
	int nid;

	for (nid = 0; nid < MAX_NUMNODES; nid++)
		if (set->has[nid])
			count++;
	return count;
}

/* How many nodes of @set are lower than @nid? */
static unsigned int position_of(int nid, const struct naive_set *set)
{
	unsigned int position = 0;
	int lower;

	for (lower = 0; lower < nid; lower++)
		if (set->has[lower])
			position++;
	return position;
}

/* The node at @position of @set; behind the last node comes the first. */
static int node_at(unsigned int position, const struct naive_set *set)
{
	unsigned int left = position % naive_count(set);
	int nid = 0;

	while (!set->has[nid] || left) {
		if (set->has[nid])
			left--;
		nid++;
	}
	return nid;
}

void naive_remap(struct naive_set *dst, const struct naive_set *src,
		 const struct naive_set *old, const struct naive_set *new)
{
	int nid;

	memset(dst, 0, sizeof(*dst));
	for (nid = 0; nid < MAX_NUMNODES; nid++)
		if (src->has[nid] && old->has[nid])
			dst->has[node_at(position_of(nid, old), new)] = true;
}

void naive_relative(struct naive_set *dst, const struct naive_set *ordinals,
		    const struct naive_set *allowed)
{
	int position;

	memset(dst, 0, sizeof(*dst));
	for (position = 0; position < MAX_NUMNODES; position++)
		if (ordinals->has[position])
			dst->has[node_at(position, allowed)] = true;
}

bool naive_mode_is_valid(int mode)
{
	bool is_static = mode & MPOL_F_STATIC_NODES;
	bool is_relative = mode & MPOL_F_RELATIVE_NODES;
	bool balances = mode & MPOL_F_NUMA_BALANCING;

	if (is_static && is_relative)
		return false;
	switch (mode & ~MPOL_MODE_FLAGS) {
	case MPOL_BIND:
	case MPOL_PREFERRED_MANY:
		return true;
	case MPOL_DEFAULT:
	case MPOL_PREFERRED:
	case MPOL_INTERLEAVE:
	case MPOL_LOCAL:
	case MPOL_WEIGHTED_INTERLEAVE:
		return !balances;
	default:
		return false;
	}
}

static void intersect(struct naive_set *dst, const struct naive_set *a,
		      const struct naive_set *b)
{
	int nid;

	for (nid = 0; nid < MAX_NUMNODES; nid++)
		dst->has[nid] = a->has[nid] && b->has[nid];
}

static void keep_lowest(struct naive_set *set)
{
	bool seen = false;
	int nid;

	for (nid = 0; nid < MAX_NUMNODES; nid++) {
		if (seen)
			set->has[nid] = false;
		if (set->has[nid])
			seen = true;
	}
}

static bool is_single(int mode)
{
	return (mode & ~(MPOL_MODE_FLAGS | NAIVE_OBJECT)) == MPOL_PREFERRED;
}

/* Of those of tasks without STATIC and RELATIVE. */
static bool follows_cpuset(int mode)
{
	mode &= ~MPOL_F_NUMA_BALANCING;
	return mode == MPOL_BIND || mode == MPOL_INTERLEAVE ||
	       mode == MPOL_WEIGHTED_INTERLEAVE;
}

void naive_asked(struct naive_set *dst, int mode,
		 const struct naive_set *nodes,
		 const struct naive_set *allowed)
{
	if (mode & MPOL_F_RELATIVE_NODES)
		naive_relative(dst, nodes, allowed);
	else
		intersect(dst, nodes, allowed);
	if (is_single(mode))
		keep_lowest(dst);
}

void naive_effective(struct naive_set *dst, int mode,
		     const struct naive_set *nodes,
		     const struct naive_set *mems_asked,
		     const struct naive_set *allowed)
{
	bool is_flagged = mode & (MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES);
	struct naive_set asked;

	naive_asked(&asked, mode, nodes, mems_asked);
	if (is_flagged || (mode & NAIVE_OBJECT))
		naive_asked(dst, mode, nodes, allowed);
	else if (follows_cpuset(mode))
		naive_remap(dst, &asked, mems_asked, allowed);
	else
		*dst = asked;

	if (!is_single(mode) && !naive_count(dst))
		*dst = *allowed;
}

static unsigned int weight_of(const u8 *weight, int nid)
{
	return weight ? weight[nid] : 1;
}

static unsigned int greatest(const struct naive_set *nodes, const u8 *weight)
{
	unsigned int most = 0;
	int nid;

	for (nid = 0; nid < MAX_NUMNODES; nid++)
		if (nodes->has[nid] && weight_of(weight, nid) > most)
			most = weight_of(weight, nid);
	return most;
}

static bool divides(unsigned int divisor, const struct naive_set *nodes,
		    const u8 *weight)
{
	int nid;

	for (nid = 0; nid < MAX_NUMNODES; nid++)
		if (nodes->has[nid] && weight_of(weight, nid) % divisor)
			return false;
	return true;
}

unsigned int naive_divisor(const struct naive_set *nodes, const u8 *weight)
{
	unsigned int divisor = greatest(nodes, weight);

	while (!divides(divisor, nodes, weight))
		divisor--;
	return divisor;
}

/*
 * Pass by pass. A node's n-th slot, counted from 0, is n and a bit of its
 * weight-ths into the round; the bit is 1/2, 3/2, 5/2, ... of what the nodes
 * divide 1 into. What falls between two passes belongs to the first of them.
 */
static u32 short_round(u16 *slot, const struct naive_set *nodes,
		       const u8 *weight)
{
	unsigned int had[MAX_NUMNODES] = { 0 };
	unsigned int pass, passes = greatest(nodes, weight);
	double count = naive_count(nodes);
	u32 end = 0;
	int nid;

	for (pass = 0; pass < passes; pass++) {
		double bit = 0.5 / count;

		for (nid = 0; nid < MAX_NUMNODES; nid++) {
			unsigned int share = weight_of(weight, nid);
			double into = (had[nid] + bit) / share;

			if (!nodes->has[nid])
				continue;
			bit += 1 / count;
			if (had[nid] == share ||
			    into * passes + 0.000000001 >= pass + 1)
				continue;
			slot[end++] = nid;
			had[nid]++;
		}
	}
	return end;
}

/* Each slot is a stride further in the row of all, node by node. */
static u32 long_round(u16 *slot, const struct naive_set *nodes,
		      const u8 *weight, unsigned int divisor, u32 stride)
{
	u16 *row = test_alloc(MAX_NUMNODES * 255 * sizeof(*row));
	u32 i, at = 0, end = 0;
	int nid;

	for (nid = 0; nid < MAX_NUMNODES; nid++) {
		u32 share = weight_of(weight, nid) / divisor;

		for (i = 0; nodes->has[nid] && i < share; i++)
			row[end++] = nid;
	}
	for (i = 0; i < end * divisor; i++) {
		slot[i] = row[at];
		at = (at + stride) % end;
	}
	free(row);
	return end * divisor;
}

bool naive_is_long(const struct naive_set *nodes, const u8 *weight)
{
	unsigned int sum = 0, bytes = 1;
	int nid;

	for (nid = 0; nid < MAX_NUMNODES; nid++) {
		if (!nodes->has[nid])
			continue;
		sum += weight_of(weight, nid);
		if (nid > 255)
			bytes = 2;
	}
	return sum / naive_divisor(nodes, weight) * bytes > 3584;
}

u16 *naive_round(const struct naive_set *nodes, const u8 *weight, u32 stride,
		 u32 *length)
{
	u16 *slot = test_alloc(MAX_NUMNODES * 255 * sizeof(*slot));

	*length = naive_is_long(nodes, weight) ?
		  long_round(slot, nodes, weight,
			     naive_divisor(nodes, weight), stride) :
		  short_round(slot, nodes, weight);
	return slot;
}
