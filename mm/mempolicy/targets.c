// SPDX-License-Identifier: GPL-2.0
/*
 * Where pages should be: on some nodes, on that of their index, or on the one
 * that a map has for the node they are on.
 */
#include <linux/gfp.h>
#include <linux/ksm.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/pagemap.h>
#include <linux/topology.h>

#include "internal.h"

/* Of the nodes that current may use the nearest one with memory. */
static int nearest_allowed(int nid, const nodemask_t *allowed)
{
	struct zoneref *z;

	z = first_zones_zonelist(node_zonelist(nid, GFP_HIGHUSER_MOVABLE),
				 gfp_zone(GFP_HIGHUSER_MOVABLE),
				 (nodemask_t *)allowed);
	/* Memory may just have gone. */
	return zonelist_zone(z) ? zonelist_node_idx(z) : nid;
}

/**
 * mpol_targets_init - pages should be on the nodes of a policy
 * @targets:	set up
 * @pol:	the policy, or NULL for what current has without one
 *
 * Without a node that is allowed it is the nearest one that is, as for new
 * pages.
 *
 * Context: Process context.
 */
void mpol_targets_init(struct mpol_targets *targets, struct mempolicy *pol)
{
	int near = numa_node_id();
	nodemask_t allowed;

	targets->kind = MPOL_TARGETS_IN_NODES;
	targets->pol = pol;
	targets->bias = 0;
	targets->map = NULL;
	nodes_clear(targets->nodes);
	mpol_allowed_nodes(current, &allowed);
	if (mpol_has_nodes(pol)) {
		mpol_nodes_now(pol, &targets->nodes);
		if (!nodes_empty(targets->nodes))
			near = first_node(targets->nodes);
		nodes_and(targets->nodes, targets->nodes, allowed);
	}
	if (nodes_empty(targets->nodes))
		node_set(nearest_allowed(near, &allowed), targets->nodes);
}

/**
 * mpol_targets_enter - the pages that are looked at next are those of a VMA
 * @targets:	where they should be
 * @vma:	the VMA
 *
 * Context: Holding the mmap_lock.
 */
void mpol_targets_enter(struct mpol_targets *targets,
			struct vm_area_struct *vma)
{
	if (targets->kind == MPOL_TARGETS_BY_INDEX)
		mpol_cond_put(__get_vma_policy(vma, vma->vm_start,
					       &targets->bias));
}

/**
 * mpol_target_of_index - the node that a page would get if it were new
 * @targets:	of MPOL_TARGETS_BY_INDEX
 * @ilx:	index for interleaving
 *
 * Context: Process context.
 * Return: the node.
 */
int mpol_target_of_index(const struct mpol_targets *targets, pgoff_t ilx)
{
	struct mpol_placement where;

	mpol_place(&where, targets->pol, GFP_HIGHUSER_MOVABLE, ilx,
		   numa_node_id());
	return where.nid;
}

static int target_in_nodes(const struct mpol_targets *targets, int nid)
{
	return node_isset(nid, targets->nodes) ? NUMA_NO_NODE : MPOL_ANY_NODE;
}

static int target_by_index(const struct mpol_targets *targets,
			   struct vm_area_struct *vma, unsigned long addr,
			   const struct folio *folio)
{
	pgoff_t index = linear_page_index(vma, addr) >> folio_order(folio);
	int nid;

	/* One page of KSM may be at many indices. */
	if (folio_test_ksm(folio))
		return target_in_nodes(targets, folio_nid(folio));
	nid = mpol_target_of_index(targets, targets->bias + index);
	return nid == folio_nid(folio) ? NUMA_NO_NODE : nid;
}

static int target_in_map(const struct mpol_targets *targets, int nid)
{
	return node_isset(nid, targets->nodes) ? targets->map[nid] :
						 NUMA_NO_NODE;
}

/**
 * mpol_target - the node that a folio should be on
 * @targets:	where pages should be
 * @vma:	the VMA, after mpol_targets_enter()
 * @addr:	where it has the folio
 * @folio:	the folio
 *
 * Context: Process context, maybe holding page table locks.
 * Return: the node, MPOL_ANY_NODE, or NUMA_NO_NODE if it may stay where it is.
 */
int mpol_target(const struct mpol_targets *targets, struct vm_area_struct *vma,
		unsigned long addr, const struct folio *folio)
{
	switch (targets->kind) {
	case MPOL_TARGETS_BY_INDEX:
		return target_by_index(targets, vma, addr, folio);
	case MPOL_TARGETS_IN_MAP:
		return target_in_map(targets, folio_nid(folio));
	default:
		return target_in_nodes(targets, folio_nid(folio));
	}
}
