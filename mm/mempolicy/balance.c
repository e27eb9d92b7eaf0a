// SPDX-License-Identifier: GPL-2.0
/*
 * What NUMA balancing asks of policies.
 */
#define pr_fmt(fmt) "mempolicy: " fmt

#include <linux/init.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sched/numa_balancing.h>
#include <linux/sched/sysctl.h>
#include <linux/string.h>
#include <linux/topology.h>
#include <linux/vmstat.h>
#include <linux/memcontrol.h>

#include <asm/tlb.h>

#include "internal.h"

/* The default, or a policy that asked for it. */
static bool balances(const struct mempolicy *pol)
{
	return mpol_is_default(pol) ||
	       (pol->spec.flags & MPOL_F_NUMA_BALANCING);
}

/* Does the policy that counts at an address balance? */
static bool balances_at(struct vm_area_struct *vma, unsigned long addr)
{
	struct mempolicy *pol;
	pgoff_t ilx;
	bool may;

	pol = get_vma_policy(vma, addr, 0, &ilx);
	may = balances(pol);
	mpol_cond_put(pol);
	return may;
}

/**
 * vma_policy_mof - may faults move any pages of a VMA?
 * @vma:	the VMA, which can have several policies if it maps an object
 *
 * Context: Holding the mmap_lock.
 * Return: true if they may.
 */
bool vma_policy_mof(struct vm_area_struct *vma)
{
	unsigned long addr = vma->vm_start;

	while (addr < vma->vm_end) {
		if (balances_at(vma, addr))
			return true;
		addr = mpol_vma_extent(vma, addr);
	}
	return false;
}

/* May the policy's pages come to the node of the CPU? */
static bool allows_here(struct mempolicy *pol, int nid)
{
	struct mpol_placement where;

	mpol_place(&where, pol, GFP_HIGHUSER_MOVABLE, NO_INTERLEAVE_INDEX, nid);
	return where.reach == MPOL_REACH_ANY || node_isset(nid, where.nodes);
}

/**
 * mpol_misplaced - should a folio come to the CPU that just touched it?
 * @folio:	the folio
 * @vmf:	the fault
 * @addr:	its address
 *
 * Context: Holding the page table lock of @vmf.
 * Return: the node to move to, or NUMA_NO_NODE to stay.
 */
int mpol_misplaced(struct folio *folio, struct vm_fault *vmf,
		   unsigned long addr)
{
	int cpu = raw_smp_processor_id();
	int here = numa_node_id();
	int nid = folio_nid(folio);
	struct mempolicy *pol;
	bool allowed;
	pgoff_t ilx;

	lockdep_assert_held(vmf->ptl);
	if (mpol_folio_crosses(vmf->vma, addr, folio))
		return NUMA_NO_NODE;
	pol = get_vma_policy(vmf->vma, addr, folio_order(folio), &ilx);
	allowed = balances(pol) && allows_here(pol, here);
	mpol_cond_put(pol);

	/*
	 * Also for a folio that is here already: this records the CPU and the
	 * task of the fault in the folio. A later fault on another node must
	 * find that record to know that two nodes share the folio.
	 */
	if (!allowed || !should_numa_migrate_memory(current, folio, nid, cpu))
		return NUMA_NO_NODE;
	return nid == here ? NUMA_NO_NODE : here;
}

#ifdef CONFIG_NUMA_BALANCING
/* Only where a fault may move the page: others would be for nothing. */
static long protect_range(struct mmu_gather *gather, struct vm_area_struct *vma,
			  unsigned long addr, unsigned long end)
{
	unsigned long next;
	long changed = 0;

	for (; addr < end; addr = next) {
		next = min(mpol_vma_extent(vma, addr), end);
		if (balances_at(vma, addr))
			changed += change_protection(gather, vma, addr, next,
						     MM_CP_PROT_NUMA);
	}
	return changed;
}

/**
 * change_prot_numa - make the next touch of each page a hinting fault
 * @vma:	the VMA
 * @addr:	first address
 * @end:	behind the last address
 *
 * Pages whose policy does not balance are left out.
 *
 * Context: Holding the mmap_lock.
 * Return: number of page table entries changed.
 */
unsigned long
change_prot_numa(struct vm_area_struct *vma, unsigned long addr,
		 unsigned long end)
{
	struct mmu_gather gather;
	long changed;

	tlb_gather_mmu(&gather, vma->vm_mm);
	changed = protect_range(&gather, vma, addr, end);
	tlb_finish_mmu(&gather);
	if (changed <= 0)
		return changed;

	count_vm_numa_events(NUMA_PTE_UPDATES, changed);
	count_memcg_events_mm(vma->vm_mm, NUMA_PTE_UPDATES, changed);
	return changed;
}

static enum { SETUP_NONE, SETUP_ENABLE, SETUP_DISABLE } balancing_setup
								__initdata;

static int __init setup_balancing(char *str)
{
	if (str && !strcmp(str, "enable"))
		balancing_setup = SETUP_ENABLE;
	else if (str && !strcmp(str, "disable"))
		balancing_setup = SETUP_DISABLE;
	else
		pr_warn("Unable to parse numa_balancing=%s\n", str ?: "");
	return 0;
}
early_param("numa_balancing", setup_balancing);

/**
 * mpol_balancing_init - switch NUMA balancing on or off at boot
 *
 * Context: Boot.
 */
void __init mpol_balancing_init(void)
{
	bool on = IS_ENABLED(CONFIG_NUMA_BALANCING_DEFAULT_ENABLED);

	if (balancing_setup != SETUP_NONE) {
		set_numabalancing_state(balancing_setup == SETUP_ENABLE);
		return;
	}
	if (num_online_nodes() < 2)
		return;
	pr_info("%s automatic NUMA balancing. Configure with numa_balancing= or the kernel.numa_balancing sysctl\n",
		on ? "Enabling" : "Disabling");
	set_numabalancing_state(on);
}
#endif /* CONFIG_NUMA_BALANCING */
