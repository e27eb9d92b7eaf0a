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
	if (pol && pol->traits.spread)
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

static noinline unsigned int
deal_from_cursor(const struct mpol_spread *spread, u64 view)
{
	struct mpol_cursor *cursor = &current->mpol_cursor;
	u32 slot = mpol_cursor_slot(cursor, view, spread);
	unsigned int nid = mpol_spread_node(spread, slot);

	cursor->last = nid;
	mpol_cursor_advance(cursor, view, spread, slot);
	return nid;
}

static unsigned int deal_by_index(const struct mpol_spread *spread, pgoff_t ilx)
{
	return mpol_spread_node(spread, ilx % spread->nr_slots);
}

static unsigned int deal(const struct mpol_spread *spread, const u64 *view,
			 pgoff_t ilx)
{
	if (ilx == NO_INTERLEAVE_INDEX)
		return deal_from_cursor(spread, *view);
	return deal_by_index(spread, ilx);
}

/* The usual case: ZONE_NORMAL is restricted, and no low zone asked for. */
static bool every_zone_obeys(gfp_t gfp, enum zone_type lowest)
{
	return lowest <= ZONE_NORMAL && !(gfp & (__GFP_DMA | __GFP_DMA32));
}

/* Which zones of a strict policy's nodes have to obey it? */
static bool zone_obeys(gfp_t gfp, enum zone_type lowest)
{
	return every_zone_obeys(gfp, lowest) ||
	       gfp_zone(current_gfp_context(gfp)) >= lowest;
}

static void place_in_nodes(struct mpol_placement *where,
			   const struct mempolicy *pol, gfp_t gfp,
			   const nodemask_t *nodes, enum zone_type zone)
{
	if (pol->spec.home_node != NUMA_NO_NODE)
		where->nid = pol->spec.home_node;
	where->soft = !pol->traits.strict;
	where->restricted = where->soft || zone_obeys(gfp, zone);
	if (where->restricted)
		where->nodes = *nodes;
}

static void place_resolved(struct mpol_placement *where,
			   const struct mempolicy *pol,
			   const struct mpol_resolved *resolved, gfp_t gfp,
			   pgoff_t ilx)
{
	if (pol->traits.spread) {
		where->nid = deal(&resolved->spread, &resolved->view, ilx);
		where->spread = true;
	} else if (pol->traits.filters) {
		place_in_nodes(where, pol, gfp, &resolved->nodes, resolved->zone);
	} else if (resolved->first != NUMA_NO_NODE) {
		where->nid = resolved->first;
	}
}

/* The round is computed, and lasts as long as @nodes and RCU. */
static void place_unresolved(struct mpol_placement *where,
			     const struct mempolicy *pol, gfp_t gfp,
			     pgoff_t ilx)
{
	struct mpol_spread spread;
	nodemask_t nodes;

	mpol_nodes_of(pol, current, &nodes);
	if (pol->traits.spread) {
		mpol_spread_compute(&spread, &nodes, mpol_weights_of(pol));
		where->nid = deal(&spread, &current->mpol_cursor.view, ilx);
		where->spread = true;
	} else if (pol->traits.filters) {
		place_in_nodes(where, pol, gfp, &nodes,
			       mpol_lowest_zone(&nodes));
	} else if (!nodes_empty(nodes)) {
		where->nid = first_node(nodes);
	}
}

static noinline void place_anew(struct mpol_placement *where,
				struct mempolicy *pol, gfp_t gfp, pgoff_t ilx)
{
	const struct mpol_resolved *resolved = mpol_resolved(pol);

	if (resolved)
		place_resolved(where, pol, resolved, gfp, ilx);
	else
		place_unresolved(where, pol, gfp, ilx);
}

/**
 * mpol_place - from which node is a page to come?
 * @where:	the answer
 * @pol:	the policy that counts, or NULL for the default; it may go away
 *		once this returns
 * @gfp:	of the allocation
 * @ilx:	index of the page for interleaving, or NO_INTERLEAVE_INDEX for
 *		the next turn of the task
 * @nid:	node of the CPU
 *
 * Context: Process context; does not sleep.
 */
void mpol_place(struct mpol_placement *where, struct mempolicy *pol,
		gfp_t gfp, pgoff_t ilx, int nid)
{
	const struct mpol_resolved *resolved;

	where->nid = nid;
	where->spread = false;
	where->restricted = false;
	where->soft = false;
	if (!mpol_has_nodes(pol))
		return;

	rcu_read_lock();
	if (likely(mpol_resolved_ready(pol, &resolved)))
		place_resolved(where, pol, resolved, gfp, ilx);
	else
		place_anew(where, pol, gfp, ilx);
	rcu_read_unlock();
}

/**
 * mpol_next_node - the node of the task's next turn
 * @pol:	current's own policy, an interleaving one
 *
 * Context: Process context; does not sleep.
 * Return: the node.
 */
int mpol_next_node(struct mempolicy *pol)
{
	const struct mpol_cursor *cursor = &current->mpol_cursor;
	const struct mpol_resolved *resolved;
	struct mpol_spread spread;
	nodemask_t nodes;

	guard(rcu)();
	resolved = mpol_resolved(pol);
	if (resolved)
		return mpol_spread_node(&resolved->spread,
					mpol_cursor_slot(cursor, resolved->view,
							 &resolved->spread));

	mpol_nodes_of(pol, current, &nodes);
	mpol_spread_compute(&spread, &nodes, mpol_weights_of(pol));
	return mpol_spread_node(&spread,
				mpol_cursor_slot(cursor, cursor->view,
						 &spread));
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

static struct page *alloc_soft(gfp_t gfp, unsigned int order, int nid,
			       nodemask_t *nodes)
{
	struct page *page;

	page = __alloc_pages_noprof(mpol_preferred_gfp(gfp), order, nid, nodes);
	if (likely(page))
		return page;
	return __alloc_pages_noprof(gfp, order, nid, NULL);
}

static __always_inline bool is_huge(unsigned int order)
{
	return IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE) &&
	       order == HPAGE_PMD_ORDER;
}

/*
 * A huge page from far away may cost more than it gains. Unless the policy does
 * not want pages on the first node at all, that node alone is tried before all
 * others. Pages that are spread have been allocated before.
 */
static bool near_first(unsigned int order, const struct mpol_placement *where)
{
	return is_huge(order) &&
	       (!where->restricted || node_isset(where->nid, where->nodes));
}

/* A hit is a page that came from the node it was dealt. */
static __always_inline void count_spread(const struct page *page, int nid)
{
	struct per_cpu_zonestat __percpu *stats;

	if (!static_branch_likely(&vm_numa_stat_key) || page_to_nid(page) != nid)
		return;
	stats = page_zone(page)->per_cpu_zonestats;
	this_cpu_inc(stats->vm_numa_event[NUMA_INTERLEAVE_HIT]);
}

static noinline struct page *
alloc_spread(gfp_t gfp, unsigned int order, int nid)
{
	struct page *page = __alloc_pages_noprof(gfp, order, nid, NULL);

	if (likely(page))
		count_spread(page, nid);
	return page;
}

static struct page *alloc_placed(gfp_t gfp, unsigned int order,
				 struct mpol_placement *where, bool mapped)
{
	struct page *page;

	if (where->spread)
		return alloc_spread(gfp, order, where->nid);
	if (where->soft)
		return alloc_soft(gfp, order, where->nid, &where->nodes);

	if (mapped && near_first(order, where)) {
		page = __alloc_pages_noprof(gfp | __GFP_THISNODE |
					    __GFP_NORETRY, order, where->nid,
					    NULL);
		if (page || !(gfp & __GFP_DIRECT_RECLAIM))
			return page;
	}
	return __alloc_pages_noprof(gfp, order, where->nid,
				    mpol_placement_nodes(where));
}

/* A page that is to be mapped has an index. */
static noinline struct page *
alloc_under(gfp_t gfp, unsigned int order, struct mempolicy *pol, pgoff_t ilx,
	    int nid)
{
	struct mpol_placement where;
	struct page *page;

	do {
		mpol_place(&where, pol, gfp, ilx, nid);
		page = alloc_placed(gfp, order, &where,
				    ilx != NO_INTERLEAVE_INDEX);
	} while (unlikely(!page) && mpol_place_again());
	return page;
}

/*
 * What most allocations wait for is alloc_under() again, under RCU, which it
 * leaves, with a function for each kind of modes that does what that kind
 * needs and no more. A policy is not needed once the page is placed.
 */
static struct page *alloc_there(gfp_t gfp, unsigned int order, int nid)
	__releases(RCU)
{
	rcu_read_unlock();
	return __alloc_pages_noprof(gfp, order, nid, NULL);
}

static struct page *alloc_dealt(gfp_t gfp, unsigned int order, int nid)
	__releases(RCU)
{
	rcu_read_unlock();
	return alloc_spread(gfp, order, nid);
}

static noinline struct page *
alloc_strictly_in(gfp_t gfp, unsigned int order, int nid,
		  const struct mpol_resolved *resolved)
	__releases(RCU)
{
	nodemask_t nodes = resolved->nodes;

	rcu_read_unlock();
	return __alloc_pages_noprof(gfp, order, nid, &nodes);
}

/* As above, for the kernel. What a fault allocates is placed again by a new fault. */
static noinline struct page *
alloc_strictly_own(gfp_t gfp, unsigned int order, int nid,
		   const struct mpol_resolved *resolved)
	__releases(RCU)
{
	nodemask_t nodes = resolved->nodes;
	struct page *page;

	rcu_read_unlock();
	page = __alloc_pages_noprof(gfp, order, nid, &nodes);
	if (unlikely(!page) && mpol_place_again())
		return alloc_pages_noprof(gfp, order);
	return page;
}

static noinline struct page *
alloc_softly_in(gfp_t gfp, unsigned int order, int nid,
		const struct mpol_resolved *resolved)
	__releases(RCU)
{
	nodemask_t nodes = resolved->nodes;

	rcu_read_unlock();
	return alloc_soft(gfp, order, nid, &nodes);
}

static noinline struct page *
alloc_anyhow(gfp_t gfp, unsigned int order, struct mempolicy *pol, pgoff_t ilx)
	__releases(RCU)
{
	struct mpol_placement where;

	mpol_place(&where, pol, gfp, ilx, numa_node_id());
	rcu_read_unlock();
	return alloc_placed(gfp, order, &where, ilx != NO_INTERLEAVE_INDEX);
}

/* The task's own policy stays without RCU. */
static struct page *
alloc_own_anyhow(gfp_t gfp, unsigned int order, struct mempolicy *pol)
	__releases(RCU)
{
	rcu_read_unlock();
	return alloc_under(gfp, order, pol, NO_INTERLEAVE_INDEX,
			   numa_node_id());
}

static int home_or_here(const struct mempolicy *pol)
{
	int home = pol->spec.home_node;

	return home == NUMA_NO_NODE ? numa_node_id() : home;
}

/*
 * Where the index of a page is from, a constant for the compiler: it is worked
 * out only where it counts.
 */
enum index_source {
	NO_INDEX,	/* the task's next turn */
	FROM_OBJECT,	/* @at is the index */
	FROM_VMA,	/* @at is an address */
};

static __always_inline pgoff_t
index_from(enum index_source source, struct vm_area_struct *vma,
	   unsigned long at, unsigned int order)
{
	if (source == NO_INDEX)
		return NO_INTERLEAVE_INDEX;
	return source == FROM_OBJECT ? at : linear_page_index(vma, at) >> order;
}

static __always_inline struct page *
alloc_by_kind(gfp_t gfp, unsigned int order, struct mempolicy *pol,
	      enum index_source source, struct vm_area_struct *vma,
	      unsigned long at)
	__releases(RCU)
{
	const struct mpol_resolved *resolved;
	pgoff_t ilx;
	u32 slot;
	int nid;

	if (source != NO_INDEX && is_huge(order))
		goto any;
	if (!mpol_has_nodes(pol))
		return alloc_there(gfp, order, numa_node_id());

	if (unlikely(!mpol_resolved_ready(pol, &resolved)))
		goto any;
	if (pol->traits.spread) {
		if (source == NO_INDEX)
			return alloc_dealt(gfp, order,
					   deal_from_cursor(&resolved->spread,
							    resolved->view));
		ilx = index_from(source, vma, at, order);
		/* A form has a table: no search, whose call would save registers. */
		slot = ilx % resolved->spread.nr_slots;
		nid = mpol_spread_look_up(&resolved->spread, slot);
		return alloc_dealt(gfp, order, nid);
	}
	if (pol->traits.strict && every_zone_obeys(gfp, resolved->zone)) {
		if (source == NO_INDEX)
			return alloc_strictly_own(gfp, order, home_or_here(pol),
						  resolved);
		return alloc_strictly_in(gfp, order, home_or_here(pol),
					 resolved);
	}
	if (pol->traits.filters && !pol->traits.strict)
		return alloc_softly_in(gfp, order, home_or_here(pol), resolved);
	if (pol->traits.single && resolved->first != NUMA_NO_NODE)
		return alloc_there(gfp, order, resolved->first);
any:
	if (source == NO_INDEX)
		return alloc_own_anyhow(gfp, order, pol);
	ilx = index_from(source, vma, at, order);
	return alloc_anyhow(gfp, order, pol, ilx);
}

/**
 * alloc_pages_mpol - allocate pages under a given policy
 * @gfp:	GFP flags
 * @order:	power of two of the number of pages
 * @pol:	the policy
 * @ilx:	index for interleaving; NO_INTERLEAVE_INDEX takes the task's
 *		next turn
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

/* A private mapping of an object. RCU keeps a policy that lost its count. */
static noinline struct page *
alloc_private(gfp_t gfp, int order, struct vm_area_struct *vma,
	      unsigned long addr)
{
	struct mempolicy *pol;
	pgoff_t ilx;

	pol = get_vma_policy(vma, addr, order, &ilx);
	rcu_read_lock();
	mpol_put_shared(pol);
	return alloc_anyhow(gfp, order, pol, ilx);
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
	struct mempolicy *pol;
	struct page *page;

	gfp |= __GFP_COMP;
	if (vma->vm_flags & VM_DROPPABLE)
		gfp |= __GFP_NOWARN;

	if (vma->vm_ops && vma->vm_ops->get_policy) {
		page = alloc_private(gfp, order, vma, addr);
	} else {
		rcu_read_lock();
		pol = vma->vm_policy ?: current->mempolicy;
		page = alloc_by_kind(gfp, order, pol, FROM_VMA, vma, addr);
	}
	return page_rmappable_folio(page);
}
EXPORT_SYMBOL(vma_alloc_folio_noprof);

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
	struct mempolicy *pol;
	struct page *page;

	rcu_read_lock();
	pol = RB_EMPTY_ROOT(&sp->ranges) ? NULL : mpol_shared_find(sp, index);
	if (!pol)
		pol = current->mempolicy;
	page = alloc_by_kind(gfp | __GFP_COMP, order, pol, FROM_OBJECT, NULL,
			     bias + (index >> order));
	return page_rmappable_folio(page);
}

static noinline struct page *
alloc_own(gfp_t gfp, unsigned int order, struct mempolicy *pol)
{
	rcu_read_lock();
	return alloc_by_kind(gfp, order, pol, NO_INDEX, NULL, 0);
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
	if (!where.restricted)
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
