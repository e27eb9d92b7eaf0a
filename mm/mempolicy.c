// SPDX-License-Identifier: GPL-2.0
/*
 * NUMA memory policy, the front: all that a page fault touches.
 */

/**
 * DOC: Overview
 *
 * Which policy counts for an allocation is decided by scope: a shared object's
 * own, else that of the VMA, else that of the task, else the default, which is
 * the node of the CPU. mpol_place() makes a struct mpol_placement of it: the
 * node to try first, the nodes to stay on, and whether they may be left. The
 * page allocator gets its arguments from there.
 *
 * mm/mempolicy has the rest: types.h the structures, the Makefile the files, from
 * bottom to top.
 */

#include <linux/mm.h>
#include <linux/cpuset.h>
#include <linux/gfp.h>
#include <linux/huge_mm.h>
#include <linux/hugetlb.h>
#include <linux/mempolicy.h>
#include <linux/mmzone.h>
#include <linux/pagemap.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/topology.h>
#include <linux/vmstat.h>

#include "internal.h"
#include "mempolicy/again.h"
#include "mempolicy/internal.h"

enum zone_type policy_zone;

/* === Which policy? === */

/**
 * __get_vma_policy - policy of a VMA or its object, without falling back
 * @vma:	the VMA
 * @addr:	address within it
 * @ilx:	set to the object's own offset for interleaving
 *
 * The VMA of an object has a policy of its own only if it is private or of
 * hugetlbfs, and that comes first.
 *
 * Context: Holding the mmap_lock or the VMA's lock.
 * Return: a policy, to be given back by mpol_cond_put(), or NULL.
 */
struct mempolicy *__get_vma_policy(struct vm_area_struct *vma,
				   unsigned long addr, pgoff_t *ilx)
{
	*ilx = 0;
	if (!vma->vm_policy && vma->vm_ops && vma->vm_ops->get_policy)
		return vma->vm_ops->get_policy(vma, addr, ilx);
	return vma->vm_policy;
}

/* As get_vma_policy(), but NULL stays NULL. */
static __always_inline struct mempolicy *
effective_policy(struct vm_area_struct *vma, unsigned long addr, int order,
		 pgoff_t *ilx)
{
	struct mempolicy *pol = __get_vma_policy(vma, addr, ilx);

	if (!pol)
		pol = current->mempolicy;
	if (pol && pol->traits.kind == MPOL_KIND_INTERLEAVE)
		*ilx += linear_page_index(vma, addr) >> order;
	return pol;
}

/**
 * get_vma_policy - the policy that counts at an address
 * @vma:	the VMA
 * @addr:	address within it
 * @order:	of the page that is wanted
 * @ilx:	set to the index for interleaving
 *
 * Context: Holding the mmap_lock or the VMA's lock, for current.
 * Return: a policy, never NULL, to be given back by mpol_cond_put().
 */
struct mempolicy *get_vma_policy(struct vm_area_struct *vma,
				 unsigned long addr, int order, pgoff_t *ilx)
{
	return effective_policy(vma, addr, order, ilx) ?: &mpol_local_policy;
}

/* === Where? === */

/*
 * From where a page is to come: struct mpol_placement in registers. Nodes, if
 * there are any, stand beside it.
 */
struct place {
	int nid;
	enum mpol_reach reach;
	bool interleaved;
};

/*
 * The page that is placed, for an interleave. @from is a constant for the
 * compiler almost everywhere, and the index is worked out only under an
 * interleave.
 */
struct which {
	enum {
		CURSOR,		/* none: the task's next slot counts */
		INDEX,		/* @at is the index */
		ADDRESS,	/* @at is an address in @vma */
	} from;
	unsigned long at;
	struct vm_area_struct *vma;
	unsigned int order;
};

static __always_inline struct which which_page(pgoff_t ilx)
{
	return (struct which){
		.from = ilx == NO_INTERLEAVE_INDEX ? CURSOR : INDEX, .at = ilx,
	};
}

static __always_inline pgoff_t index_of(struct which which)
{
	if (which.from == CURSOR)
		return NO_INTERLEAVE_INDEX;
	if (which.from == INDEX)
		return which.at;
	return linear_page_index(which.vma, which.at) >> which.order;
}

static noinline unsigned int cursor_node(const struct mpol_resolved *form)
{
	struct mpol_cursor *cursor = &current->mpol_cursor;
	u32 slot = mpol_cursor_slot(cursor, form->view, &form->interleave);
	unsigned int nid = mpol_interleave_node(&form->interleave, slot);

	cursor->last = nid;
	mpol_cursor_advance(cursor, form->view, &form->interleave, slot);
	return nid;
}

/* With a table there is no search, whose call would have registers saved. */
static __always_inline unsigned int
interleave_node(const struct mpol_resolved *form, struct which which,
		bool table)
{
	u32 slot;

	if (which.from == CURSOR)
		return cursor_node(form);
	slot = index_of(which) % form->interleave.nr_slots;
	return table ? mpol_interleave_look_up(&form->interleave, slot) :
		       mpol_interleave_node(&form->interleave, slot);
}

/*
 * Which zones of a strict policy's nodes have to obey it? In the usual case
 * ZONE_NORMAL does, and no low zone is asked for.
 */
static __always_inline bool zone_obeys(gfp_t gfp, enum zone_type lowest)
{
	if (likely(lowest <= ZONE_NORMAL &&
		   !(gfp & (__GFP_DMA | __GFP_DMA32))))
		return true;
	return gfp_zone(current_gfp_context(gfp)) >= lowest;
}

/* NUMA_NO_NODE stands for the node of the CPU, which is not always needed. */
static __always_inline int near_node(int nid)
{
	return nid == NUMA_NO_NODE ? numa_node_id() : nid;
}

static __always_inline int home_node(const struct mempolicy *pol, int nid)
{
	int home = pol->spec.home_node;

	return home == NUMA_NO_NODE ? near_node(nid) : home;
}

static __always_inline struct place
place_by_form(const struct mempolicy *pol, const struct mpol_resolved *form,
	      gfp_t gfp, struct which which, int nid, bool table,
	      nodemask_t *nodes)
{
	switch (pol->traits.kind) {
	case MPOL_KIND_INTERLEAVE:
		return (struct place){
			.nid = interleave_node(form, which, table),
			.interleaved = true,
		};
	case MPOL_KIND_ONLY:
		if (!zone_obeys(gfp, form->zone))
			break;
		*nodes = form->nodes;
		return (struct place){ home_node(pol, nid), MPOL_REACH_ONLY };
	case MPOL_KIND_PREFERRED:
		*nodes = form->nodes;
		return (struct place){ home_node(pol, nid),
				       MPOL_REACH_PREFERRED };
	case MPOL_KIND_FIRST:
		if (form->first != NUMA_NO_NODE)
			return (struct place){ form->first };
	}
	return (struct place){ home_node(pol, nid) };
}

/*
 * The way from a policy to a node, for all that allocates; called under
 * rcu_read_lock(), while the result does not depend on it. False if the policy
 * has no resolved form: then place_page() or alloc_under() has to be called.
 * That they are not called from here saves 9 to 22 instructions of each page
 * fault, as no registers have to be kept across a call.
 */
static __always_inline bool
place_if_resolved(struct place *place, nodemask_t *nodes,
		  struct mempolicy *pol, gfp_t gfp, struct which which,
		  int nid)
{
	const struct mpol_resolved *form;

	if (!mpol_has_nodes(pol)) {
		*place = (struct place){ near_node(nid) };
		return true;
	}
	if (unlikely(!mpol_resolved_ready(pol, &form)))
		return false;
	*place = place_by_form(pol, form, gfp, which, nid, true, nodes);
	return true;
}

static noinline struct place
place_anew(nodemask_t *nodes, struct mempolicy *pol, gfp_t gfp, pgoff_t ilx,
	   int nid)
{
	struct mpol_resolved room;

	return place_by_form(pol, mpol_resolve_or_compute(pol, &room), gfp,
			     which_page(ilx), nid, false, nodes);
}

static struct place place_page(nodemask_t *nodes, struct mempolicy *pol,
			       gfp_t gfp, pgoff_t ilx, int nid)
{
	struct place place;

	guard(rcu)();
	if (likely(place_if_resolved(&place, nodes, pol, gfp, which_page(ilx),
				     nid)))
		return place;
	return place_anew(nodes, pol, gfp, ilx, nid);
}

/**
 * mpol_place - from which node is a page to come?
 * @where:	the answer
 * @pol:	the policy that counts, or NULL for the default; it may go away
 *		once this returns
 * @gfp:	of the allocation
 * @ilx:	index of the page for interleaving, or NO_INTERLEAVE_INDEX for
 *		the task's next slot
 * @nid:	node of the CPU, or NUMA_NO_NODE to have it looked up
 *
 * Context: Process context; does not sleep.
 */
void mpol_place(struct mpol_placement *where, struct mempolicy *pol,
		gfp_t gfp, pgoff_t ilx, int nid)
{
	struct place place = place_page(&where->nodes, pol, gfp, ilx, nid);

	where->nid = place.nid;
	where->reach = place.reach;
	where->interleaved = place.interleaved;
}

/**
 * mpol_next_node - the node that the task's interleave comes to next
 * @pol:	current's own policy, an interleaving one
 *
 * Context: Process context; does not sleep.
 * Return: the node.
 */
int mpol_next_node(struct mempolicy *pol)
{
	const struct mpol_resolved *form;
	struct mpol_resolved room;
	u32 slot;

	guard(rcu)();
	form = mpol_resolve_or_compute(pol, &room);
	slot = mpol_cursor_slot(&current->mpol_cursor, form->view,
				&form->interleave);
	return mpol_interleave_node(&form->interleave, slot);
}

/* === Placed too early === */

/* Of a cursor that is not fresh, as the number is odd: an allocation failed. */
#define MPOL_SEQ_OUTDATED	UINT_MAX

/**
 * mpol_nodes_outdated - are the nodes of an allocation older than the cpuset?
 * @nodes:	that the allocator was called with, or NULL
 * @cookie:	from read_mems_allowed_begin(), taken when it became slow
 *
 * The allocator has a copy of the nodes. If they are old, it is to fail rather
 * than to have a process killed for want of memory there. mpol_place_again()
 * tells the caller.
 *
 * Context: Process context, in an allocation that may sleep.
 * Return: true if they are.
 */
bool mpol_nodes_outdated(const nodemask_t *nodes, unsigned int cookie)
{
	struct mpol_cursor *cursor = &current->mpol_cursor;

	if (!nodes || (!read_mems_allowed_retry(cookie) &&
		       cursor->seq == mpol_mems_seq(current)))
		return false;
	cursor->seq = MPOL_SEQ_OUTDATED;
	return true;
}

/**
 * mpol_place_again - has an allocation failed because its nodes were old?
 *
 * If so the same allocation, made again, is placed on nodes that are allowed
 * now. To be asked once, where the allocation has failed.
 *
 * Context: Process context.
 * Return: true if it has.
 */
bool mpol_place_again(void)
{
	struct mpol_cursor *cursor = &current->mpol_cursor;

	if (cursor->seq != MPOL_SEQ_OUTDATED)
		return false;
	cursor->seq = 1;
	return true;
}

/* === Single pages and folios === */

static noinline struct page *
alloc_preferred(gfp_t gfp, unsigned int order, int nid, nodemask_t *nodes)
{
	struct page *page;

	page = __alloc_pages_noprof(mpol_preferred_gfp(gfp), order, nid, nodes);
	if (likely(page))
		return page;
	return __alloc_pages_noprof(gfp, order, nid, NULL);
}

/* A hit is a page that came from the node of its slot. */
static __always_inline void count_interleaved(const struct page *page, int nid)
{
	struct per_cpu_zonestat __percpu *stats;

	if (!static_branch_likely(&vm_numa_stat_key) || page_to_nid(page) != nid)
		return;
	stats = page_zone(page)->per_cpu_zonestats;
	this_cpu_inc(stats->vm_numa_event[NUMA_INTERLEAVE_HIT]);
}

static noinline struct page *
alloc_interleaved(gfp_t gfp, unsigned int order, int nid)
{
	struct page *page = __alloc_pages_noprof(gfp, order, nid, NULL);

	if (likely(page))
		count_interleaved(page, nid);
	return page;
}

static __always_inline bool is_huge(unsigned int order)
{
	return IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE) &&
	       order == HPAGE_PMD_ORDER;
}

/*
 * A huge page from far away may cost more than it gains. Unless the policy does
 * not want pages on the first node at all, that node alone is tried before all
 * others.
 */
static noinline struct page *
alloc_huge(gfp_t gfp, unsigned int order, int nid, nodemask_t *nodes)
{
	struct page *page;

	if (!nodes || node_isset(nid, *nodes)) {
		page = __alloc_pages_noprof(gfp | __GFP_THISNODE |
					    __GFP_NORETRY, order, nid, NULL);
		if (page || !(gfp & __GFP_DIRECT_RECLAIM))
			return page;
	}
	return __alloc_pages_noprof(gfp, order, nid, nodes);
}

/* @mapped: user space is to see the page. */
static __always_inline struct page *
alloc_placed(gfp_t gfp, unsigned int order, struct place place,
	     nodemask_t *nodes, bool mapped)
{
	if (place.interleaved)
		return alloc_interleaved(gfp, order, place.nid);
	if (place.reach == MPOL_REACH_PREFERRED)
		return alloc_preferred(gfp, order, place.nid, nodes);
	if (place.reach == MPOL_REACH_ANY)
		nodes = NULL;
	if (mapped && is_huge(order))
		return alloc_huge(gfp, order, place.nid, nodes);
	return __alloc_pages_noprof(gfp, order, place.nid, nodes);
}

/* A page that user space is to see has an index. */
static noinline struct page *
alloc_under(gfp_t gfp, unsigned int order, struct mempolicy *pol, pgoff_t ilx,
	    int nid)
{
	struct place place;
	struct page *page;
	nodemask_t nodes;

	do {
		place = place_page(&nodes, pol, gfp, ilx, nid);
		page = alloc_placed(gfp, order, place, &nodes,
				    ilx != NO_INTERLEAVE_INDEX);
	} while (unlikely(!page) && mpol_place_again());
	return page;
}

/**
 * alloc_pages_mpol - allocate pages under a given policy
 * @gfp:	GFP flags
 * @order:	power of two of the number of pages
 * @pol:	the policy
 * @ilx:	index for interleaving; NO_INTERLEAVE_INDEX takes the task's
 *		next slot
 * @nid:	node of the CPU
 *
 * Context: Process context; sleeps as @gfp says.
 * Return: the first page, or NULL.
 */
struct page *alloc_pages_mpol_noprof(gfp_t gfp, unsigned int order,
				     struct mempolicy *pol, pgoff_t ilx,
				     int nid)
{
	return alloc_under(gfp, order, pol, ilx, nid);
}

/**
 * folio_alloc_mpol - allocate a folio under a given policy
 * @gfp:	GFP flags
 * @order:	of the folio
 * @pol:	the policy
 * @ilx:	index for interleaving, see alloc_pages_mpol_noprof()
 * @nid:	node of the CPU
 *
 * Context: Process context; sleeps as @gfp says.
 * Return: the folio, or NULL.
 */
struct folio *folio_alloc_mpol_noprof(gfp_t gfp, unsigned int order,
				      struct mempolicy *pol, pgoff_t ilx,
				      int nid)
{
	return page_rmappable_folio(alloc_under(gfp | __GFP_COMP, order, pol,
						ilx, nid));
}

/* A private mapping of an object. */
static noinline struct page *
alloc_private(gfp_t gfp, int order, struct vm_area_struct *vma,
	      unsigned long addr)
{
	struct mempolicy *pol;
	struct page *page;
	pgoff_t ilx;

	pol = get_vma_policy(vma, addr, order, &ilx);
	page = alloc_under(gfp, order, pol, ilx, NUMA_NO_NODE);
	mpol_cond_put(pol);
	return page;
}

/**
 * vma_alloc_folio - allocate a folio that user space will see
 * @gfp:	GFP flags
 * @order:	of the folio
 * @vma:	where it will be mapped
 * @addr:	at which address
 * @hugepage:	not used
 *
 * Context: Holding the mmap_lock or the VMA's lock; sleeps as @gfp says.
 * Return: the folio, or NULL.
 */
struct folio *vma_alloc_folio_noprof(gfp_t gfp, int order,
				     struct vm_area_struct *vma,
				     unsigned long addr, bool hugepage)
{
	const struct which which = { ADDRESS, addr, vma, order };
	struct place place __uninitialized;
	nodemask_t nodes __uninitialized;
	struct mempolicy *pol;
	struct page *page;
	bool placed;

	gfp |= __GFP_COMP;
	if (vma->vm_flags & VM_DROPPABLE)
		gfp |= __GFP_NOWARN;
	if (vma->vm_ops && vma->vm_ops->get_policy) {
		page = alloc_private(gfp, order, vma, addr);
		return page_rmappable_folio(page);
	}

	rcu_read_lock();
	pol = vma->vm_policy ?: current->mempolicy;
	placed = place_if_resolved(&place, &nodes, pol, gfp, which,
				   NUMA_NO_NODE);
	rcu_read_unlock();
	if (likely(placed))
		page = alloc_placed(gfp, order, place, &nodes, true);
	else
		page = alloc_under(gfp, order, pol, index_of(which),
				   NUMA_NO_NODE);
	return page_rmappable_folio(page);
}
EXPORT_SYMBOL(vma_alloc_folio_noprof);

/* Of an object whose policy has no resolved form. */
static noinline struct page *
alloc_shared(struct shared_policy *sp, gfp_t gfp, unsigned int order,
	     pgoff_t index, pgoff_t ilx)
{
	struct mempolicy *pol = mpol_shared_policy_lookup(sp, index);
	struct page *page;

	page = alloc_under(gfp, order, pol ?: current->mempolicy, ilx,
			   NUMA_NO_NODE);
	mpol_put(pol);
	return page;
}

/**
 * mpol_shared_alloc - allocate a folio of a shared object
 * @sp:		the object's policies
 * @gfp:	GFP flags
 * @order:	of the folio
 * @index:	of its first page in the object
 * @bias:	offset of the object's interleaves
 *
 * Context: Process context; sleeps as @gfp says.
 * Return: the folio, or NULL.
 */
struct folio *mpol_shared_alloc_noprof(struct shared_policy *sp, gfp_t gfp,
				       unsigned int order, pgoff_t index,
				       unsigned long bias)
{
	const struct which which = { INDEX, bias + (index >> order) };
	struct place place __uninitialized;
	nodemask_t nodes __uninitialized;
	struct mempolicy *pol;
	struct page *page;
	bool placed;

	gfp |= __GFP_COMP;
	rcu_read_lock();
	pol = RB_EMPTY_ROOT(&sp->ranges) ? NULL : mpol_shared_find(sp, index);
	if (!pol)
		pol = current->mempolicy;
	placed = place_if_resolved(&place, &nodes, pol, gfp, which,
				   NUMA_NO_NODE);
	rcu_read_unlock();
	if (likely(placed))
		page = alloc_placed(gfp, order, place, &nodes, true);
	else
		page = alloc_shared(sp, gfp, order, index, index_of(which));
	return page_rmappable_folio(page);
}

/* Of these allocations only those that stay on given nodes are placed again. */
static noinline struct page *
alloc_strictly(gfp_t gfp, unsigned int order, int nid, nodemask_t *nodes)
{
	struct page *page = __alloc_pages_noprof(gfp, order, nid, nodes);

	if (unlikely(!page) && mpol_place_again())
		return alloc_pages_noprof(gfp, order);
	return page;
}

static noinline struct page *
alloc_own(gfp_t gfp, unsigned int order, struct mempolicy *pol)
{
	const struct which which = { CURSOR };
	struct place place __uninitialized;
	nodemask_t nodes __uninitialized;
	bool placed;

	rcu_read_lock();
	placed = place_if_resolved(&place, &nodes, pol, gfp, which,
				   NUMA_NO_NODE);
	rcu_read_unlock();
	if (unlikely(!placed))
		return alloc_under(gfp, order, pol, NO_INTERLEAVE_INDEX,
				   NUMA_NO_NODE);
	if (place.reach == MPOL_REACH_ONLY)
		return alloc_strictly(gfp, order, place.nid, &nodes);
	return alloc_placed(gfp, order, place, &nodes, false);
}

/**
 * alloc_pages - allocate pages for the kernel
 * @gfp:	GFP flags
 * @order:	power of two of the number of pages
 *
 * The pages are contiguous and naturally aligned. In process context the
 * policy of the task counts.
 *
 * Context: Any that @gfp allows.
 * Return: the first page, or NULL.
 */
struct page *alloc_pages_noprof(gfp_t gfp, unsigned int order)
{
	struct mempolicy *pol = mpol_of_allocation(gfp);

	if (likely(!pol))
		return __alloc_pages_noprof(gfp, order, numa_node_id(), NULL);
	return alloc_own(gfp, order, pol);
}
EXPORT_SYMBOL(alloc_pages_noprof);

/**
 * folio_alloc - allocate a folio for the kernel
 * @gfp:	GFP flags
 * @order:	of the folio
 *
 * Context: Any that @gfp allows.
 * Return: the folio, or NULL.
 */
struct folio *folio_alloc_noprof(gfp_t gfp, unsigned int order)
{
	return page_rmappable_folio(alloc_pages_noprof(gfp | __GFP_COMP,
						       order));
}
EXPORT_SYMBOL(folio_alloc_noprof);

/* === Allocators of their own === */

#ifdef CONFIG_HUGETLBFS
/**
 * huge_node - from which node is a hugetlb page to come?
 * @vma:	where it will be mapped
 * @addr:	at which address
 * @gfp:	of the allocation
 * @where:	the answer
 *
 * Context: Holding the mmap_lock, the VMA's lock, or with a VMA of one's own.
 */
void huge_node(struct vm_area_struct *vma, unsigned long addr, gfp_t gfp,
	       struct mpol_placement *where)
{
	struct mempolicy *pol;
	pgoff_t ilx;

	pol = effective_policy(vma, addr, hstate_vma(vma)->order, &ilx);
	mpol_place(where, pol, gfp, ilx, numa_node_id());
	mpol_cond_put(pol);
}
#endif

/**
 * mempolicy_slab_node - from which node are slab objects to come next?
 *
 * Context: Any.
 * Return: a node, with memory unless the policy prefers one without.
 */
unsigned int mempolicy_slab_node(void)
{
	int nid = numa_mem_id();
	struct mpol_placement where;
	struct mempolicy *pol;
	struct zoneref *z;

	pol = in_task() ? current->mempolicy : NULL;
	if (!mpol_has_nodes(pol))
		return nid;

	mpol_place(&where, pol, GFP_KERNEL, NO_INTERLEAVE_INDEX, nid);
	if (where.reach == MPOL_REACH_ANY)
		return where.nid;
	z = first_zones_zonelist(node_zonelist(where.nid, GFP_KERNEL),
				 gfp_zone(GFP_KERNEL), &where.nodes);
	return zonelist_zone(z) ? zonelist_node_idx(z) : nid;
}

/**
 * numa_nearest_node - the nearest node in a given state
 * @node:	where to start from
 * @state:	enum node_states
 *
 * Context: Any.
 * Return: @node itself if it is in that state or is NUMA_NO_NODE, otherwise
 * the one at the smallest distance; -EINVAL for an unknown state.
 */
int numa_nearest_node(int node, unsigned int state)
{
	int nearest = node, best = INT_MAX, nid;

	if (state >= NR_NODE_STATES)
		return -EINVAL;
	if (node == NUMA_NO_NODE || node_state(node, state))
		return node;

	for_each_node_state(nid, state) {
		if (node_distance(node, nid) >= best)
			continue;
		best = node_distance(node, nid);
		nearest = nid;
	}
	return nearest;
}
EXPORT_SYMBOL_GPL(numa_nearest_node);
