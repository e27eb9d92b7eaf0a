// SPDX-License-Identifier: GPL-2.0
/*
 * Policies of shared objects.
 *
 * The object is the only truth: no mapping has a copy of its policies. They
 * are an array of ranges that never changes and is replaced as a whole, so
 * that a page is looked up under RCU, without a lock. Every range has a count
 * on its policy.
 *
 * What one call changes, in however many objects, is prepared first and then
 * published, and publishing cannot fail.
 */
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/shmem_fs.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "internal.h"

/* Orders changes of all objects. */
static DEFINE_MUTEX(shared_lock);

/* What an object is going to have. */
struct shared_change {
	struct list_head list;
	struct shared_policy *sp;
	struct mpol_ranges *ranges;
};

static struct mpol_ranges *published_ranges(struct shared_policy *sp)
{
	return rcu_dereference_protected(sp->ranges,
					 lockdep_is_held(&shared_lock));
}

/*
 * Arrays that were replaced stay for a grace period. A program that changes
 * large ones over and over has to wait for that, once they are so many bytes.
 */
#define STALE_MAX	SZ_4M

/* Bytes of them since the last wait; under shared_lock. */
static size_t stale;

static void put_policies(struct mpol_ranges *ranges)
{
	unsigned int i;

	for (i = 0; i < ranges->nr; i++)
		mpol_put(ranges->range[i].policy);
}

/* An array that nobody has seen. */
static void drop_ranges(struct mpol_ranges *ranges)
{
	put_policies(ranges);
	kvfree(ranges);
}

static void free_ranges(struct rcu_head *rcu)
{
	kvfree(container_of(rcu, struct mpol_ranges, rcu));
}

/* Whoever still reads the array finds its policies for a grace period, too. */
static void retire_ranges(struct mpol_ranges *ranges)
{
	if (!ranges)
		return;
	put_policies(ranges);
	call_rcu(&ranges->rcu, free_ranges);
}

/* A new array with some pages changed; the old one keeps its counts. */
static struct mpol_ranges *make_ranges(const struct mpol_ranges *from,
				       const struct mpol_request *request)
{
	struct mpol_ranges *ranges;
	unsigned int i;

	ranges = kvmalloc(mpol_ranges_room(from), GFP_KERNEL_ACCOUNT);
	if (!ranges)
		return NULL;
	if (request->homing)
		mpol_ranges_map(ranges, from, request->first, request->last,
				mpol_homed, request->homing);
	else
		mpol_ranges_splice(ranges, from, request->first, request->last,
				   request->pol);
	for (i = 0; i < ranges->nr; i++)
		mpol_get(ranges->range[i].policy);
	return ranges;
}

static struct shared_change *find_change(struct mpol_request *request,
					 struct shared_policy *sp)
{
	struct shared_change *change;

	list_for_each_entry(change, &request->changes, list)
		if (change->sp == sp)
			return change;
	return NULL;
}

/* Whatever policies these pages have. */
static int add_homing(const struct mpol_ranges *ranges,
		      const struct mpol_request *request)
{
	unsigned int i;
	int err;

	for (i = 0; ranges && i < ranges->nr; i++) {
		const struct mpol_range *range = &ranges->range[i];

		if (range->last < request->first)
			continue;
		if (range->first > request->last)
			break;
		err = mpol_homing_add(request->homing, range->policy);
		if (err)
			return err;
	}
	return 0;
}

/* Makes @ranges from those there are or, at other pages, were prepared. */
static int prepare_ranges(struct mpol_ranges **ranges,
			  const struct mpol_ranges *from,
			  const struct mpol_request *request)
{
	int err = request->homing ? add_homing(from, request) : 0;

	if (err)
		return err;
	*ranges = make_ranges(from, request);
	return *ranges ? 0 : -ENOMEM;
}

/* The same object again, at other pages. */
static int prepare_more(const struct mpol_request *request,
			struct shared_change *change)
{
	struct mpol_ranges *ranges;
	int err = prepare_ranges(&ranges, change->ranges, request);

	if (err)
		return err;
	drop_ranges(change->ranges);
	change->ranges = ranges;
	return 0;
}

/**
 * mpol_set_shared_policy - prepare to change policies of a part of an object
 * @sp:		the object's policies
 * @request:	which part, and what to do; after mpol_request_begin()
 *
 * Context: May sleep.
 * Return: 0, -ENOMEM, or -EOPNOTSUPP if a policy cannot have a home node.
 */
int mpol_set_shared_policy(struct shared_policy *sp,
			   struct mpol_request *request)
{
	struct shared_change *change = find_change(request, sp);
	int err;

	if (change)
		return prepare_more(request, change);

	change = kmalloc(sizeof(*change), GFP_KERNEL);
	if (!change)
		return -ENOMEM;
	change->sp = sp;
	err = prepare_ranges(&change->ranges, published_ranges(sp), request);
	if (err) {
		kfree(change);
		return err;
	}
	list_add(&change->list, &request->changes);
	return 0;
}

static void publish(struct shared_policy *sp, struct mpol_ranges *ranges)
{
	struct mpol_ranges *old = published_ranges(sp);

	if (!ranges->nr) {
		drop_ranges(ranges);
		ranges = NULL;
	}
	rcu_assign_pointer(sp->ranges, ranges);
	stale += old ? mpol_ranges_room(old) : 0;
	retire_ranges(old);
}

/**
 * mpol_request_begin - start changing policies of objects
 * @request:	set up for mpol_set_shared_policy()
 * @pol:	the policy to give them, or NULL for none
 * @homing:	to give the policies that they have a home node instead, or NULL
 *
 * Context: May sleep; to be ended by mpol_request_end().
 * Return: 0 or -ENOMEM.
 */
int mpol_request_begin(struct mpol_request *request, struct mempolicy *pol,
		       struct mpol_homing *homing)
{
	INIT_LIST_HEAD(&request->changes);
	request->homing = homing;
	request->pol = mpol_for_object(pol);
	if (IS_ERR(request->pol))
		return PTR_ERR(request->pol);
	mutex_lock(&shared_lock);
	return 0;
}

/**
 * mpol_request_end - publish what was prepared, or forget it
 * @request:	from mpol_request_begin()
 * @apply:	publish it
 *
 * Context: May sleep.
 */
void mpol_request_end(struct mpol_request *request, bool apply)
{
	struct shared_change *change, *next;
	bool crowded;

	list_for_each_entry_safe(change, next, &request->changes, list) {
		if (apply)
			publish(change->sp, change->ranges);
		else
			drop_ranges(change->ranges);
		kfree(change);
	}
	crowded = stale > STALE_MAX;
	if (crowded)
		stale = 0;
	mutex_unlock(&shared_lock);
	mpol_put(request->pol);
	if (crowded)
		rcu_barrier();
}

/**
 * mpol_shared_policy_init - prepare the policies of an object
 * @sp:		the object's policies
 * @pol:	policy for all of the object, or NULL; its count is consumed
 *
 * Without memory the object has no policy.
 *
 * Context: May sleep. Nobody else knows the object yet.
 */
void mpol_shared_policy_init(struct shared_policy *sp, struct mempolicy *pol)
{
	struct mpol_request all = {
		.last = ULONG_MAX,
		.pol = mpol_for_object(pol),
	};

	mpol_put(pol);
	RCU_INIT_POINTER(sp->ranges, NULL);
	if (IS_ERR_OR_NULL(all.pol))
		return;
	RCU_INIT_POINTER(sp->ranges, make_ranges(NULL, &all));
	mpol_put(all.pol);
}

/**
 * mpol_free_shared_policy - free the policies of an object
 * @sp:	the object's policies
 *
 * Context: May sleep. Nobody else knows the object any more.
 */
void mpol_free_shared_policy(struct shared_policy *sp)
{
	retire_ranges(rcu_dereference_protected(sp->ranges, true));
}

/**
 * mpol_shared_policy_lookup - the policy of a page of an object
 * @sp:		the object's policies
 * @idx:	index of the page
 *
 * Context: Any but interrupts.
 * Return: a counted policy marked with MPOL_F_SHARED, or NULL.
 */
struct mempolicy *mpol_shared_policy_lookup(struct shared_policy *sp,
					    pgoff_t idx)
{
	struct mempolicy *pol;

	/* A policy without counts is no longer in the array we would see now. */
	guard(rcu)();
	do {
		pol = mpol_ranges_find(rcu_dereference(sp->ranges), idx);
	} while (pol && !refcount_inc_not_zero(&pol->count));
	return pol;
}

/* Narrows @first to @last down to the range of @index, or the gap. */
static void find_extent(const struct mpol_ranges *ranges, pgoff_t index,
			pgoff_t *first, pgoff_t *last)
{
	unsigned int low = 0, high = ranges->nr;

	while (low < high) {
		unsigned int mid = low + (high - low) / 2;
		const struct mpol_range *range = &ranges->range[mid];

		if (index < range->first) {
			*last = range->first - 1;
			high = mid;
		} else if (index > range->last) {
			*first = range->last + 1;
			low = mid + 1;
		} else {
			*first = range->first;
			*last = range->last;
			return;
		}
	}
}

/**
 * mpol_shared_extent - the pages around one that have the same policy
 * @sp:		the object's policies
 * @index:	index of the page
 * @first:	set to the first of these pages
 * @last:	set to the last of them
 *
 * They have one and the same policy, or none.
 *
 * Context: Any but interrupts. The answer may be old once this returns.
 * Return: false if the object has no policies at all.
 */
bool mpol_shared_extent(struct shared_policy *sp, pgoff_t index,
			pgoff_t *first, pgoff_t *last)
{
	const struct mpol_ranges *ranges;

	*first = 0;
	*last = ULONG_MAX;
	guard(rcu)();
	ranges = rcu_dereference(sp->ranges);
	if (!ranges)
		return false;
	find_extent(ranges, index, first, last);
	return true;
}

/**
 * mpol_shared_order - how large may a folio of an object be?
 * @sp:		the object's policies
 * @index:	index of one of its pages
 * @order:	the order that is wanted
 *
 * Context: Any but interrupts. The answer may be old once this returns.
 * Return: the largest order up to @order for which the naturally aligned folio
 * around @index crosses no border between two policies.
 */
unsigned int mpol_shared_order(struct shared_policy *sp, pgoff_t index,
			       unsigned int order)
{
	pgoff_t first, last;

	if (!order || !mpol_shared_extent(sp, index, &first, &last))
		return order;
	while (order && (round_down(index, 1UL << order) < first ||
			 (index | ((1UL << order) - 1)) > last))
		order--;
	return order;
}

/* The object whose policies count in a VMA, or NULL. */
static struct shared_policy *vma_object(const struct vm_area_struct *vma)
{
	if (!vma->vm_ops || !vma->vm_ops->get_policy ||
	    !shmem_mapping(vma->vm_file->f_mapping))
		return NULL;
	if (!(vma->vm_flags & VM_MAYSHARE) && vma->vm_policy)
		return NULL;
	return &SHMEM_I(file_inode(vma->vm_file))->policy;
}

/**
 * mpol_vma_extent - how far does the policy of an address reach?
 * @vma:	the VMA
 * @addr:	page-aligned address within it
 *
 * Context: Holding the mmap_lock or the VMA's lock.
 * Return: the end of the addresses from @addr on that have one policy, or none.
 */
unsigned long mpol_vma_extent(struct vm_area_struct *vma, unsigned long addr)
{
	struct shared_policy *sp = vma_object(vma);
	pgoff_t index = linear_page_index(vma, addr);
	pgoff_t first, last;

	if (!sp || !mpol_shared_extent(sp, index, &first, &last) ||
	    last - index >= (vma->vm_end - addr) >> PAGE_SHIFT)
		return vma->vm_end;
	return addr + ((last - index + 1) << PAGE_SHIFT);
}

/**
 * mpol_folio_crosses - does a folio lie on both sides of a border?
 * @vma:	the VMA
 * @addr:	address of one of the folio's pages
 * @folio:	the folio
 *
 * Context: Holding the mmap_lock or the VMA's lock.
 * Return: true if it is an object's and its pages have several policies there.
 */
bool mpol_folio_crosses(struct vm_area_struct *vma, unsigned long addr,
			const struct folio *folio)
{
	unsigned int order = folio_order(folio);
	struct shared_policy *sp;

	if (!order || folio_test_anon(folio))
		return false;
	sp = vma_object(vma);
	return sp && mpol_shared_order(sp, linear_page_index(vma, addr),
				       order) < order;
}

#ifdef CONFIG_TMPFS
/**
 * mpol_parse_str - read a policy from a mount option
 * @str:	<mode>[=<flag>][:<nodes>]
 * @pol:	set to a counted policy, or to NULL for the default
 *
 * Context: May sleep.
 * Return: 0, or 1 if the text is not a policy for these nodes.
 */
int mpol_parse_str(char *str, struct mempolicy **pol)
{
	struct mempolicy *new = NULL;
	struct mpol_spec spec;

	if (mpol_text_parse(str, &spec, &node_states[N_MEMORY]))
		return 1;
	if (spec.mode != MPOL_DEFAULT) {
		new = mpol_create_for_mount(&spec);
		if (IS_ERR(new))
			return 1;
	}
	*pol = new;
	return 0;
}

/**
 * mpol_seq_mount - write a policy as a mount option
 * @m:		where to
 * @pol:	the policy
 *
 * Context: May sleep.
 */
void mpol_seq_mount(struct seq_file *m, const struct mempolicy *pol)
{
	char text[MPOL_TEXT_MAX];

	mpol_text_mode(text, &pol->spec);
	seq_escape(m, text, " \t\n\\");
	if (!nodes_empty(pol->spec.nodes))
		seq_printf(m, ":%*pbl", nodemask_pr_args(&pol->spec.nodes));
}
#endif
