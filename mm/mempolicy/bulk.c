// SPDX-License-Identifier: GPL-2.0
/*
 * Many single pages at once, for vmalloc() above all. An interleave asks each
 * node once for all that its slots add up to.
 */
#include <linux/cleanup.h>
#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/topology.h>

#include "internal.h"

/* Nodes that one plan has room for. */
#define BULK_NODES	16

/**
 * struct bulk_plan - how many pages come from which node
 * @wanted:	pages that are not planned yet
 * @rounds:	pages that a slot stands for
 * @left:	slots of the round still to come
 * @nr:		number of @part
 * @part:	what to ask each node for
 */
struct bulk_plan {
	unsigned long wanted;
	unsigned long rounds;
	u32 left;
	unsigned int nr;
	struct {
		int nid;
		unsigned long pages;
	} part[BULK_NODES];
};

/* Adds a slot's pages to what its node has; false if there is no room. */
static bool bulk_add(struct bulk_plan *plan, int nid)
{
	unsigned int i = 0;

	while (i < plan->nr && plan->part[i].nid != nid)
		i++;
	if (i == BULK_NODES)
		return false;
	if (i == plan->nr) {
		plan->part[i].nid = nid;
		plan->part[i].pages = 0;
		plan->nr++;
	}
	plan->part[i].pages += plan->rounds;
	return true;
}

/*
 * Takes slots from the task's cursor on, so that every node is asked once for
 * what its slots add up to. As many whole rounds as the pages wanted make up
 * are served together: each slot of one round stands for a page of each.
 */
static void bulk_fill(struct mempolicy *pol, struct bulk_plan *plan)
{
	struct mpol_cursor *cursor = &current->mpol_cursor;
	const struct mpol_resolved *resolved;
	struct mpol_resolved room;
	u64 view;

	guard(rcu)();
	resolved = mpol_resolve_or_compute(pol, &room);
	view = resolved->view;
	if (!plan->left) {
		plan->left = resolved->interleave.nr_slots;
		plan->rounds = max(plan->wanted / plan->left, 1UL);
	}
	plan->nr = 0;
	while (plan->left && plan->wanted) {
		u32 slot = mpol_cursor_slot(cursor, view,
					    &resolved->interleave);
		int nid = mpol_interleave_node(&resolved->interleave, slot);

		if (!bulk_add(plan, nid))
			break;
		plan->left--;
		plan->wanted -= plan->rounds;
		cursor->last = nid;
		mpol_cursor_advance(cursor, view, &resolved->interleave, slot);
	}
}

static unsigned long bulk_interleave(gfp_t gfp, struct mempolicy *pol,
				     unsigned long nr_pages,
				     struct page **pages)
{
	struct bulk_plan plan = { .wanted = nr_pages };
	unsigned long got = 0;
	unsigned int i;

	while (plan.wanted) {
		bulk_fill(pol, &plan);
		for (i = 0; i < plan.nr; i++)
			got += alloc_pages_bulk_noprof(gfp, plan.part[i].nid,
						       NULL, plan.part[i].pages,
						       NULL, pages + got);
	}
	return got;
}

static unsigned long bulk_preferred(gfp_t gfp, struct mpol_placement *where,
				    unsigned long nr_pages,
				    struct page **pages)
{
	unsigned long got;

	got = alloc_pages_bulk_noprof(mpol_preferred_gfp(gfp), where->nid,
				      &where->nodes, nr_pages, NULL, pages);
	if (got == nr_pages)
		return got;
	return got + alloc_pages_bulk_noprof(gfp, where->nid, NULL,
					     nr_pages - got, NULL, pages + got);
}

/**
 * alloc_pages_bulk_array_mempolicy - allocate many single pages
 * @gfp:	GFP flags
 * @nr_pages:	how many
 * @pages:	array for them, empty
 *
 * Context: Any that @gfp allows.
 * Return: how many there are in @pages now, maybe fewer than asked for.
 */
unsigned long
alloc_pages_bulk_array_mempolicy_noprof(gfp_t gfp, unsigned long nr_pages,
					struct page **pages)
{
	struct mempolicy *pol = mpol_of_allocation(gfp);
	struct mpol_placement where;

	if (pol && pol->traits.kind == MPOL_KIND_INTERLEAVE)
		return bulk_interleave(gfp, pol, nr_pages, pages);

	mpol_place(&where, pol, gfp, NO_INTERLEAVE_INDEX, numa_node_id());
	if (where.reach == MPOL_REACH_PREFERRED)
		return bulk_preferred(gfp, &where, nr_pages, pages);
	return alloc_pages_bulk_noprof(gfp, where.nid,
				       mpol_placement_nodes(&where), nr_pages,
				       NULL, pages);
}
