// SPDX-License-Identifier: GPL-2.0
/* Effective nodes and rounds of an interleave against the model. */
#include "input.h"

#include "remap.h"
#include "interleave.h"

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
			    const nodemask_t *mems_asked,
			    const nodemask_t *allowed)
{
	struct naive_set asked = to_naive(nodes), want;
	struct naive_set then = to_naive(mems_asked), now = to_naive(allowed);
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

	mpol_asked_nodes(&got, &spec, mems_asked);
	naive_asked(&want, mode, &asked, &then);
	must(same(&got, &want));
	if (nodes_empty(got))
		return;
	if (mode & NAIVE_OBJECT)
		spec.flags |= MPOL_F_SHARED;
	mpol_effective_nodes(&got, &spec, mems_asked, allowed);
	naive_effective(&want, mode, &asked, &then, &now);
	must(same(&got, &want));
}

/* Computing takes time with the nodes: then not every slot. */
static void check_slots(const struct mpol_interleave *il, const u16 *slot,
			u32 length)
{
	u32 at, step = 1;

	if (il->layout == MPOL_INTERLEAVE_COMPUTED)
		step += il->nr_slots / 64;
	for (at = 0; at < length; at += step)
		must(mpol_interleave_node(il, at % il->nr_slots) ==
		     slot[at]);
}

/* From a node to the next one, in a short round to its first slot. */
static void check_after(const struct mpol_interleave *il, const u16 *slot)
{
	u32 nid = slot[il->nr_slots / 2];
	u32 at, after = mpol_interleave_after(il, nid);
	u32 next = slot[after];

	must(after < il->nr_slots);
	must(next > nid || !after);
	for (at = 0; at < il->nr_slots; at++) {
		must(slot[at] <= nid || (next > nid && slot[at] >= next));
		must(!after || slot[at] != next || at >= after ||
		     il->stride != 1);
	}
}

static void check_interleave(const nodemask_t *nodes, const u8 *weight)
{
	struct naive_set set = to_naive(nodes);
	struct mpol_interleave *il, computed;
	size_t size = mpol_interleave_size(nodes, weight);
	u32 length, divisor = naive_divisor(&set, weight);
	u16 *slot;

	must(size <= offsetof(struct mpol_interleave, narrow) +
	     MPOL_INTERLEAVE_BYTES);
	il = test_alloc(size);
	mpol_interleave_build(il, nodes, weight);
	slot = naive_round(&set, weight, il->stride, &length);
	must(il->nr_slots * divisor == length);
	mpol_interleave_compute(&computed, nodes, weight);
	must(computed.nr_slots == il->nr_slots);
	must(computed.stride == il->stride);
	must((il->stride != 1) == naive_is_long(&set, weight));
	check_slots(il, slot, length);
	check_slots(&computed, slot, length);
	check_after(il, slot);
	check_after(&computed, slot);
	free(il);
	free(slot);
}

int fuzz_one(const u8 *data, size_t size)
{
	struct input in = { .at = data, .left = size };
	int mode = input_number(&in, 0x10000) |
		   (input_byte(&in) & 1 ? NAIVE_OBJECT : 0);
	nodemask_t nodes = input_nodes(&in);
	nodemask_t mems_asked = input_some_nodes(&in);
	nodemask_t allowed = input_some_nodes(&in);
	bool weighted = input_byte(&in) & 1;
	u8 weight[MAX_NUMNODES], few[8];
	int nid;

	input_bytes(&in, few, sizeof(few));
	for (nid = 0; nid < MAX_NUMNODES; nid++)
		weight[nid] = few[nid % sizeof(few)] ?: 1;

	check_remap(&nodes, &mems_asked, &allowed);
	check_effective(mode, &nodes, &mems_asked, &allowed);
	check_interleave(&allowed, weighted ? weight : NULL);
	return 0;
}
