// SPDX-License-Identifier: GPL-2.0
/* Effective nodes and rounds of an interleave against the model. */
#include "input.h"

#include "remap.h"
#include "spread.h"

static bool same(const nodemask_t *nodes, const struct naive_set *set)
{
	nodemask_t want = from_naive(set);

	return nodes_equal(*nodes, want);
}

static void check_remap(const nodemask_t *src, const nodemask_t *old,
			const nodemask_t *new)
{
	struct naive_set from = to_naive(src), want;
	struct naive_set then = to_naive(old), now = to_naive(new);
	nodemask_t got;

	mpol_remap(&got, src, old, new);
	naive_remap(&want, &from, &then, &now);
	must(same(&got, &want));
	mpol_relative(&got, src, new);
	naive_relative(&want, &from, &now);
	must(same(&got, &want));
}

static void check_effective(int mode, const nodemask_t *nodes,
			    const nodemask_t *birth, const nodemask_t *allowed)
{
	struct naive_set asked = to_naive(nodes), want;
	struct naive_set then = to_naive(birth), now = to_naive(allowed);
	int flags = mode & MPOL_MODE_FLAGS;
	struct mpol_spec spec;
	nodemask_t got;

	must(!mpol_spec_set_mode(&spec, mode & ~NAIVE_OBJECT) ==
	     naive_mode_is_valid(mode & ~NAIVE_OBJECT));
	if (!naive_mode_is_valid(mode & ~NAIVE_OBJECT))
		return;
	spec.nodes = *nodes;
	if (mpol_spec_check(&spec) || nodes_empty(spec.nodes))
		return;
	must(spec.flags == flags);

	mpol_asked_nodes(&got, &spec, birth);
	naive_asked(&want, mode, &asked, &then);
	must(same(&got, &want));
	if (nodes_empty(got))
		return;
	if (mode & NAIVE_OBJECT)
		spec.flags |= MPOL_F_SHARED;
	mpol_effective_nodes(&got, &spec, birth, allowed);
	naive_effective(&want, mode, &asked, &then, &now);
	must(same(&got, &want));
}

/* Computing takes time with the nodes: then not every slot. */
static void check_slots(const struct mpol_spread *spread, const u16 *slot,
			u32 length)
{
	u32 at, step = 1;

	if (spread->layout == MPOL_SPREAD_COMPUTED)
		step += spread->nr_slots / 64;
	for (at = 0; at < length; at += step)
		must(mpol_spread_node(spread, at % spread->nr_slots) ==
		     slot[at]);
}

/* From a node to the next one, in a short round to its first slot. */
static void check_after(const struct mpol_spread *spread, const u16 *slot)
{
	u32 nid = slot[spread->nr_slots / 2];
	u32 at, after = mpol_spread_after(spread, nid);
	u32 next = slot[after];

	must(after < spread->nr_slots);
	must(next > nid || !after);
	for (at = 0; at < spread->nr_slots; at++) {
		must(slot[at] <= nid || (next > nid && slot[at] >= next));
		must(!after || slot[at] != next || at >= after ||
		     spread->stride != 1);
	}
}

static void check_spread(const nodemask_t *nodes, const u8 *weight)
{
	struct naive_set set = to_naive(nodes);
	struct mpol_spread *spread, computed;
	size_t size = mpol_spread_size(nodes, weight);
	u32 length, divisor = naive_divisor(&set, weight);
	u16 *slot;

	must(size <= offsetof(struct mpol_spread, narrow) + MPOL_SPREAD_BYTES);
	spread = test_alloc(size);
	mpol_spread_build(spread, nodes, weight);
	slot = naive_round(&set, weight, spread->stride, &length);
	must(spread->nr_slots * divisor == length);
	mpol_spread_compute(&computed, nodes, weight);
	must(computed.nr_slots == spread->nr_slots);
	must(computed.stride == spread->stride);
	must((spread->stride != 1) == naive_is_long(&set, weight));
	check_slots(spread, slot, length);
	check_slots(&computed, slot, length);
	check_after(spread, slot);
	check_after(&computed, slot);
	free(spread);
	free(slot);
}

int fuzz_one(const u8 *data, size_t size)
{
	struct input in = { .at = data, .left = size };
	int mode = input_number(&in, 0x10000) |
		   (input_byte(&in) & 1 ? NAIVE_OBJECT : 0);
	nodemask_t nodes = input_nodes(&in);
	nodemask_t birth = input_some_nodes(&in);
	nodemask_t allowed = input_some_nodes(&in);
	bool weighted = input_byte(&in) & 1;
	u8 weight[MAX_NUMNODES], few[8];
	int nid;

	input_bytes(&in, few, sizeof(few));
	for (nid = 0; nid < MAX_NUMNODES; nid++)
		weight[nid] = few[nid % sizeof(few)] ?: 1;

	check_remap(&nodes, &birth, &allowed);
	check_effective(mode, &nodes, &birth, &allowed);
	check_spread(&allowed, weighted ? weight : NULL);
	return 0;
}
