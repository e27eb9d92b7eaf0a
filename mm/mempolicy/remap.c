// SPDX-License-Identifier: GPL-2.0
/*
 * Effective nodes are a function of what was asked, of the nodes that were
 * allowed then, and of the nodes that are allowed now; nothing is carried
 * from one change of the allowed nodes to the next, so nothing gets lost.
 */
#include "remap.h"

/**
 * mpol_remap - carry nodes over from one set of nodes to another
 * @dst:	the result; may be none of the arguments
 * @src:	nodes to carry over
 * @old:	the set they were taken from
 * @new:	the set to carry them to, not empty
 *
 * The n-th node of @old becomes the n-th node of @new, counting around when
 * @new has fewer. A node of @src outside of @old is dropped.
 *
 * Context: Any. One pass over @old.
 */
void mpol_remap(nodemask_t *dst, const nodemask_t *src,
		const nodemask_t *old, const nodemask_t *new)
{
	unsigned int target = first_node(*new);
	int nid;

	nodes_clear(*dst);
	for_each_node_mask(nid, *old) {
		if (node_isset(nid, *src))
			node_set(target, *dst);
		target = next_node_in(target, *new);
	}
}

/**
 * mpol_relative - the nodes at given positions of a set
 * @dst:	the result; may be none of the arguments
 * @ordinals:	positions, counted from 0 and around the set
 * @allowed:	the set, not empty
 *
 * Context: Any. One pass over the positions up to the highest asked.
 */
void mpol_relative(nodemask_t *dst, const nodemask_t *ordinals,
		   const nodemask_t *allowed)
{
	unsigned int target = first_node(*allowed);
	unsigned int at = 0;
	int pos;

	nodes_clear(*dst);
	for_each_node_mask(pos, *ordinals) {
		for (; at < pos; at++)
			target = next_node_in(target, *allowed);
		node_set(target, *dst);
	}
}

/* A mode of one node means the lowest of those it was left with. */
static void keep_first(nodemask_t *nodes)
{
	unsigned int first = first_node(*nodes);

	if (first >= MAX_NUMNODES)
		return;
	nodes_clear(*nodes);
	node_set(first, *nodes);
}

/**
 * mpol_asked_nodes - what a request means where it is made
 * @dst:	the result, empty when the request makes no sense here
 * @spec:	what was asked, checked by mpol_spec_check()
 * @allowed:	nodes allowed to the asking task, not empty
 *
 * Context: Any.
 */
void mpol_asked_nodes(nodemask_t *dst, const struct mpol_spec *spec,
		      const nodemask_t *allowed)
{
	if (spec->flags & MPOL_F_RELATIVE_NODES)
		mpol_relative(dst, &spec->nodes, allowed);
	else
		nodes_and(*dst, spec->nodes, *allowed);

	if (mpol_modes[spec->mode].traits.kind == MPOL_KIND_FIRST)
		keep_first(dst);
}

/**
 * mpol_effective_nodes - what a policy means under given allowed nodes
 * @dst:	the result; empty only for a mode of one node that is not
 *		allowed any more, which is then as good as local
 * @spec:	what was asked, valid where and when it was asked
 * @mems_asked:	nodes that were allowed then
 * @allowed:	nodes that are allowed now, not empty
 *
 * Context: Any.
 */
void mpol_effective_nodes(nodemask_t *dst, const struct mpol_spec *spec,
			  const nodemask_t *mems_asked,
			  const nodemask_t *allowed)
{
	struct mpol_traits traits = mpol_modes[spec->mode].traits;

	/* An object belongs to no task whose cpuset it could follow. */
	if (spec->flags & (MPOL_F_KEEPS_NODES | MPOL_F_SHARED)) {
		mpol_asked_nodes(dst, spec, allowed);
	} else if (traits.follows && !nodes_equal(*mems_asked, *allowed)) {
		nodemask_t asked;

		nodes_and(asked, spec->nodes, *mems_asked);
		mpol_remap(dst, &asked, mems_asked, allowed);
	} else {
		mpol_asked_nodes(dst, spec, mems_asked);
	}

	if (nodes_empty(*dst) && traits.kind != MPOL_KIND_FIRST)
		*dst = *allowed;
}
