/* SPDX-License-Identifier: GPL-2.0 */
/*
 * NUMA memory policy: from which node does a page come?
 *
 * A struct mempolicy never changes from creation to death: copying one is
 * counting it. What is inside is private to mm/mempolicy; NULL stands for the
 * default policy everywhere. Documentation/mm/mempolicy/design.rst tells more.
 */
#ifndef __LINUX_MEMPOLICY_H
#define __LINUX_MEMPOLICY_H

#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/pagemap.h>
#include <linux/rbtree.h>
#include <linux/sched.h>
#include <linux/seqlock.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <uapi/linux/mempolicy.h>

struct access_coordinate;
struct mempolicy;
struct mm_struct;
struct seq_file;

/* Interleave by the task's position instead of by a page's index. */
#define NO_INTERLEAVE_INDEX	(-1UL)

/* Nodes that a page may come from. */
enum mpol_reach {
	MPOL_REACH_ANY,		/* all */
	MPOL_REACH_PREFERRED,	/* others when nothing is free on these */
	MPOL_REACH_ONLY,	/* no others than these */
};

/**
 * struct mpol_placement - the answer to "from which node?", a value
 * @nid:	node to try first
 * @reach:	what other nodes may be tried
 * @interleaved:	@nid is the node of an interleave's slot
 * @nodes:	set unless @reach is MPOL_REACH_ANY
 *
 * Once filled it needs neither the policy nor any lock.
 */
struct mpol_placement {
	int nid;
	enum mpol_reach reach;
	bool interleaved;
	nodemask_t nodes;
};

#ifdef CONFIG_NUMA

/* The nodes that the allocator is to stay on, or NULL for no restriction. */
static inline nodemask_t *mpol_placement_nodes(struct mpol_placement *where)
{
	return where->reach == MPOL_REACH_ANY ? NULL : &where->nodes;
}

/* Objects: mm/mempolicy/object.c */
void mpol_get(struct mempolicy *pol);
void mpol_put(struct mempolicy *pol);
void mpol_cond_put(struct mempolicy *pol);

static inline struct mempolicy *mpol_dup(struct mempolicy *pol)
{
	mpol_get(pol);
	return pol;
}

bool __mpol_equal(const struct mempolicy *a, const struct mempolicy *b);

static inline bool mpol_equal(struct mempolicy *a, struct mempolicy *b)
{
	return a == b || __mpol_equal(a, b);
}

/* Address spaces: mm/mempolicy/object.c */
void mpol_mm_exit(struct mm_struct *mm);

/**
 * struct mpol_run - counts of one policy that are taken or given back at once
 * @pol:	the policy
 * @nr:		counts, negative to give them back
 *
 * Neighbouring VMAs mostly have the same policy.
 */
struct mpol_run {
	struct mempolicy *pol;
	long nr;
};

void mpol_run_add(struct mpol_run *run, struct mempolicy *pol, long nr);
void mpol_run_end(struct mpol_run *run);

/* Takes a count for the copy of a VMA that fork() makes. */
static inline void
mpol_run_dup(struct mpol_run *run, const struct vm_area_struct *vma)
{
	mpol_run_add(run, vma_policy(vma), 1);
}

/* Takes its policy away from a VMA that goes. */
static inline void
mpol_run_take(struct mpol_run *run, struct vm_area_struct *vma)
{
	mpol_run_add(run, vma->vm_policy, -1);
	vma->vm_policy = NULL;
}

/* Tasks: mm/mempolicy/task.c */
struct mempolicy *get_task_policy(struct task_struct *p);
void mpol_fork(struct task_struct *child);
void mpol_put_task_policy(struct task_struct *task);
void numa_default_policy(void);
void numa_policy_init(void);
bool init_nodemask_of_mempolicy(nodemask_t *mask);
nodemask_t *mpol_task_strict_nodes(gfp_t gfp, nodemask_t *mask);
bool mempolicy_in_oom_domain(struct task_struct *tsk, const nodemask_t *mask);

/* VMAs: mm/mempolicy/vma.c */
int vma_dup_policy(struct vm_area_struct *src, struct vm_area_struct *dst);
bool vma_migratable(struct vm_area_struct *vma);

/* The policy that counts: mm/mempolicy.c */
struct mempolicy *
__get_vma_policy(struct vm_area_struct *vma, unsigned long addr, pgoff_t *ilx);
struct mempolicy *
get_vma_policy(struct vm_area_struct *vma, unsigned long addr, int order,
	       pgoff_t *ilx);

/* Shared objects: mm/mempolicy/shared.c */

/**
 * struct shared_policy - policies of the parts of an object
 * @lock:	orders changes, and tells readers of them
 * @ranges:	tree of struct mpol_range
 */
struct shared_policy {
	seqlock_t lock;
	struct rb_root ranges;
};

void mpol_shared_policy_init(struct shared_policy *sp, struct mempolicy *pol);
void mpol_free_shared_policy(struct shared_policy *sp);
struct mempolicy *mpol_shared_policy_lookup(struct shared_policy *sp,
					    pgoff_t idx);
bool mpol_shared_extent(struct shared_policy *sp, pgoff_t index,
			pgoff_t *first, pgoff_t *last);
unsigned int mpol_shared_order(struct shared_policy *sp, pgoff_t index,
			       unsigned int order);
unsigned long mpol_vma_extent(struct vm_area_struct *vma, unsigned long addr);
#ifdef CONFIG_TMPFS
int mpol_parse_str(char *str, struct mempolicy **pol);
void mpol_seq_mount(struct seq_file *m, const struct mempolicy *pol);
#endif

/* Allocation: mm/mempolicy.c */
struct folio *mpol_shared_alloc_noprof(struct shared_policy *sp, gfp_t gfp,
				       unsigned int order, pgoff_t index,
				       unsigned long bias);
void huge_node(struct vm_area_struct *vma, unsigned long addr, gfp_t gfp,
	       struct mpol_placement *where);
unsigned int mempolicy_slab_node(void);

/* Text: mm/mempolicy/query.c */
void mpol_seq_show(struct seq_file *m, struct mempolicy *pol,
		   struct task_struct *task);

/* NUMA balancing: mm/mempolicy/balance.c */
bool vma_policy_mof(struct vm_area_struct *vma);
int mpol_misplaced(struct folio *folio, struct vm_fault *vmf,
		   unsigned long addr);

/* Migration: mm/mempolicy/migrate.c */
int do_migrate_pages(struct mm_struct *mm,
		     const nodemask_t *from, const nodemask_t *to, int flags);

/* Weights: mm/mempolicy/weights.c */
void mpol_set_node_perf(unsigned int nid,
			const struct access_coordinate *coord);

/* The highest zone that is not ZONE_MOVABLE: policies apply from it upwards. */
extern enum zone_type policy_zone;

static inline void check_highest_zone(enum zone_type k)
{
	if (k != ZONE_MOVABLE && k > policy_zone)
		policy_zone = k;
}

#else /* !CONFIG_NUMA */

static inline nodemask_t *mpol_placement_nodes(struct mpol_placement *where)
{
	return NULL;
}

static inline void mpol_get(struct mempolicy *pol) { }
static inline void mpol_put(struct mempolicy *pol) { }
static inline void mpol_cond_put(struct mempolicy *pol) { }

static inline bool mpol_equal(struct mempolicy *a, struct mempolicy *b)
{
	return true;
}

static inline void mpol_mm_exit(struct mm_struct *mm) { }

struct mpol_run {};

static inline void
mpol_run_dup(struct mpol_run *run, const struct vm_area_struct *vma) { }
static inline void
mpol_run_take(struct mpol_run *run, struct vm_area_struct *vma) { }
static inline void mpol_run_end(struct mpol_run *run) { }

static inline struct mempolicy *get_task_policy(struct task_struct *p)
{
	return NULL;
}

static inline void mpol_put_task_policy(struct task_struct *task) { }
static inline void mpol_fork(struct task_struct *child) { }
static inline void numa_default_policy(void) { }
static inline void numa_policy_init(void) { }

static inline bool init_nodemask_of_mempolicy(nodemask_t *mask)
{
	return false;
}

static inline nodemask_t *mpol_task_strict_nodes(gfp_t gfp, nodemask_t *mask)
{
	return NULL;
}

static inline int
vma_dup_policy(struct vm_area_struct *src, struct vm_area_struct *dst)
{
	return 0;
}

static inline struct mempolicy *
get_vma_policy(struct vm_area_struct *vma, unsigned long addr, int order,
	       pgoff_t *ilx)
{
	*ilx = 0;
	return NULL;
}

struct shared_policy {};

static inline void
mpol_shared_policy_init(struct shared_policy *sp, struct mempolicy *pol) { }
static inline void mpol_free_shared_policy(struct shared_policy *sp) { }

static inline struct mempolicy *
mpol_shared_policy_lookup(struct shared_policy *sp, pgoff_t idx)
{
	return NULL;
}

static inline unsigned int
mpol_shared_order(struct shared_policy *sp, pgoff_t index, unsigned int order)
{
	return order;
}

static inline struct folio *
mpol_shared_alloc_noprof(struct shared_policy *sp, gfp_t gfp,
			 unsigned int order, pgoff_t index, unsigned long bias)
{
	return folio_alloc_noprof(gfp, order);
}

#ifdef CONFIG_TMPFS
static inline int mpol_parse_str(char *str, struct mempolicy **pol)
{
	return 1;
}
#endif

static inline void huge_node(struct vm_area_struct *vma, unsigned long addr,
			     gfp_t gfp, struct mpol_placement *where)
{
	where->nid = 0;
	where->reach = MPOL_REACH_ANY;
	where->interleaved = false;
}

static inline int mpol_misplaced(struct folio *folio, struct vm_fault *vmf,
				 unsigned long addr)
{
	return NUMA_NO_NODE;
}

static inline int
do_migrate_pages(struct mm_struct *mm, const nodemask_t *from,
		 const nodemask_t *to, int move)
{
	return 0;
}

static inline void check_highest_zone(enum zone_type k) { }

#endif /* CONFIG_NUMA */

#define mpol_shared_alloc(...)	alloc_hooks(mpol_shared_alloc_noprof(__VA_ARGS__))

#endif /* __LINUX_MEMPOLICY_H */
