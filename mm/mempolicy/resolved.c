// SPDX-License-Identifier: GPL-2.0
/*
 * What policies mean here and now: resolved forms, one for each view in which
 * a policy is used.
 *
 * A form is made by the call that sets the policy, or by the first allocation
 * that misses it. It is only a shortcut: where there is no memory for it,
 * placement is computed from the policy.
 */
#include <linux/cleanup.h>
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "internal.h"

/*
 * Of an allocation: it may not even wake kswapd, and a cgroup at its limit is
 * not charged for what can be done without.
 */
#define GFP_FORM_ATOMIC		(__GFP_NOWARN | __GFP_ACCOUNT)

/* Of a call. */
#define GFP_FORM_CALL		(GFP_KERNEL_ACCOUNT | __GFP_NOWARN | __GFP_NORETRY)

/* With the longest table a form takes 4 KiB. */
static_assert(sizeof(struct mpol_resolved) + MPOL_INTERLEAVE_BYTES <= SZ_4K);

/* The view that a form is made for: the cursor may change meanwhile. */
struct view {
	u64 id;
	unsigned int slot;
	nodemask_t allowed;
};

/**
 * mpol_nodes_of - effective nodes of a policy for a task
 * @pol:	a policy with nodes
 * @task:	the task, which cannot go away
 * @nodes:	the result; empty when the policy has become local
 *
 * Context: Any.
 */
void mpol_nodes_of(const struct mempolicy *pol, struct task_struct *task,
		   nodemask_t *nodes)
{
	nodemask_t allowed;

	mpol_allowed_nodes(task, &allowed);
	mpol_effective_nodes(nodes, &pol->spec, &pol->mems_allowed_asked,
			     &allowed);
}

/**
 * mpol_lowest_zone - from which zone upwards can nodes be obeyed?
 * @nodes:	nodes with memory
 *
 * Context: Any.
 * Return: ZONE_MOVABLE if nothing but movable memory is there.
 */
enum zone_type mpol_lowest_zone(const nodemask_t *nodes)
{
	if (nodes_intersects(*nodes, node_states[N_HIGH_MEMORY]))
		return policy_zone;
	return ZONE_MOVABLE;
}

/**
 * mpol_weights_of - the weights of a policy's nodes
 * @pol:	the policy
 *
 * Context: Under RCU, as long as the weights are used.
 * Return: weights by node, or NULL if all are equal.
 */
const u8 *mpol_weights_of(const struct mempolicy *pol)
{
	return pol->traits.weighted ? mpol_weights() : NULL;
}

static size_t form_size(const struct mempolicy *pol, const nodemask_t *nodes)
{
	size_t size = sizeof(struct mpol_resolved);

	if (pol->traits.kind != MPOL_KIND_INTERLEAVE)
		return size;
	guard(rcu)();
	return size + mpol_interleave_size(nodes, mpol_weights_of(pol)) -
	       sizeof(struct mpol_interleave);
}

/* What follows from the nodes of a form alone. */
static void set_nodes_traits(struct mpol_resolved *form)
{
	form->first = nodes_empty(form->nodes) ? NUMA_NO_NODE :
						 first_node(form->nodes);
	form->zone = mpol_lowest_zone(&form->nodes);
}

/* False if weights that came meanwhile need more than @size bytes. */
static bool fill_form(struct mpol_resolved *form, size_t size,
		      const struct mempolicy *pol, const nodemask_t *nodes)
{
	form->nodes = *nodes;
	set_nodes_traits(form);
	if (pol->traits.kind != MPOL_KIND_INTERLEAVE)
		return true;
	guard(rcu)();
	if (form_size(pol, nodes) > size)
		return false;
	mpol_interleave_build(&form->interleave, &form->nodes,
			      mpol_weights_of(pol));
	return true;
}

static struct mpol_resolved *make_form(const struct mempolicy *pol,
				       const struct view *view, gfp_t gfp)
{
	struct mpol_resolved *form;
	nodemask_t nodes;
	size_t size;

	mpol_effective_nodes(&nodes, &pol->spec, &pol->mems_allowed_asked,
			     &view->allowed);
	size = form_size(pol, &nodes);
	form = kmalloc(size, gfp);
	if (!form)
		return NULL;
	form->view = view->id;
	form->slot = view->slot;
	if (fill_form(form, size, pol, &nodes))
		return form;
	kfree(form);
	return NULL;
}

/* What is missing: 0 is the number of no view. */
static struct mpol_resolved mpol_unresolved;

/* Forms for several views. */
struct table {
	struct rcu_head rcu;
	struct mpol_forms forms;
	struct mpol_resolved __rcu *form[];
};

#define MIN_FORMS	8

/**
 * mpol_resolved_init - prepare a policy for its forms
 * @pol:	a new policy
 *
 * Context: Any.
 */
void mpol_resolved_init(struct mempolicy *pol)
{
	RCU_INIT_POINTER(pol->only, &mpol_unresolved);
	pol->own.mask = 0;
	pol->own.form = &pol->only;
	RCU_INIT_POINTER(pol->forms, &pol->own);
}

/* Under RCU or the policy's lock. */
#define read_form(pol, at)						\
	rcu_dereference_check(at, lockdep_is_held(&(pol)->lock))

/* Where the form for a view is, if there is one. */
static struct mpol_resolved __rcu **form_place(struct mempolicy *pol,
					       unsigned int slot)
{
	struct mpol_forms *forms = read_form(pol, pol->forms);

	return &forms->form[slot & forms->mask];
}

static struct mpol_resolved *find_form(struct mempolicy *pol, u64 view,
				       unsigned int slot)
{
	struct mpol_resolved *form = read_form(pol, *form_place(pol, slot));

	return form->view == view ? form : NULL;
}

static struct mpol_forms *make_table(unsigned int nr, gfp_t gfp)
{
	struct table *table = kmalloc(struct_size(table, form, nr), gfp);
	unsigned int i;

	if (!table)
		return NULL;
	for (i = 0; i < nr; i++)
		RCU_INIT_POINTER(table->form[i], &mpol_unresolved);
	table->forms.mask = nr - 1;
	table->forms.form = table->form;
	return &table->forms;
}

/*
 * Under the policy's lock: how many forms a table has to have so that one for a
 * view has a place beside the one that is there; 0 if it can have that place.
 */
static unsigned int forms_needed(struct mempolicy *pol, unsigned int slot)
{
	struct mpol_resolved *form = read_form(pol, *form_place(pol, slot));

	if (mpol_view_is_old(form->view) || form->slot == slot)
		return 0;
	return max(2U << __ffs(form->slot ^ slot), MIN_FORMS);
}

/* Under the policy's lock. Returns what is to be freed, maybe @new. */
static struct mpol_forms *publish_table(struct mempolicy *pol,
					struct mpol_forms *new)
{
	struct mpol_forms *old = read_form(pol, pol->forms);
	unsigned int i;

	if (!new || old->mask >= new->mask)
		return new;
	for (i = 0; i <= old->mask; i++) {
		struct mpol_resolved *form = read_form(pol, old->form[i]);

		if (form != &mpol_unresolved)
			RCU_INIT_POINTER(new->form[form->slot & new->mask],
					 form);
	}
	rcu_assign_pointer(pol->forms, new);
	return old == &pol->own ? NULL : old;
}

/*
 * Under the policy's lock: puts a form in the place of an old one, or of one
 * that another task made for the same view. Returns what is to be freed, which
 * is @new if there is no place.
 */
static struct mpol_resolved *add_form(struct mempolicy *pol,
				      struct mpol_resolved *new)
{
	struct mpol_resolved __rcu **at = form_place(pol, new->slot);
	struct mpol_resolved *old = read_form(pol, *at);

	if (forms_needed(pol, new->slot))
		return new;
	rcu_assign_pointer(*at, new);
	return old;
}

/* Returns @new, or NULL if it was freed as there is no place for it. */
static struct mpol_resolved *publish_form(struct mempolicy *pol,
					  struct mpol_resolved *new, gfp_t gfp)
{
	struct mpol_forms *table = NULL;
	struct mpol_resolved *old;
	unsigned long flags;
	unsigned int nr;

	raw_spin_lock_irqsave(&pol->lock, flags);
	nr = forms_needed(pol, new->slot);
	raw_spin_unlock_irqrestore(&pol->lock, flags);
	if (nr)
		table = make_table(nr, gfp);

	raw_spin_lock_irqsave(&pol->lock, flags);
	table = publish_table(pol, table);
	old = add_form(pol, new);
	raw_spin_unlock_irqrestore(&pol->lock, flags);

	/* Freeing may allocate, and so come back for the lock. */
	if (old != &mpol_unresolved)
		kfree_rcu(old, rcu);
	if (table)
		kfree_rcu(container_of(table, struct table, forms), rcu);
	return old == new ? NULL : new;
}

static struct mpol_resolved *find_or_make_form(struct mempolicy *pol, gfp_t gfp)
{
	const struct mpol_cursor *cursor = &current->mpol_cursor;
	struct mpol_resolved *form;
	struct view view;

	mpol_view_refresh(&view.allowed);
	view.id = cursor->view;
	view.slot = cursor->view_slot;
	scoped_guard(rcu)
		form = find_form(pol, view.id, view.slot);
	if (form || !mpol_view_has_slot(view.id))
		return form;
	form = make_form(pol, &view, gfp);
	return form ? publish_form(pol, form, gfp) : NULL;
}

/*
 * Looking up a view and making a form may allocate, and so come back here: such
 * an allocation has to do without a form.
 */
static noinline struct mpol_resolved *resolve_once(struct mempolicy *pol,
						   gfp_t gfp)
{
	struct mpol_cursor *cursor = &current->mpol_cursor;
	struct mpol_resolved *form;

	cursor->resolving = true;
	form = find_or_make_form(pol, gfp);
	cursor->resolving = false;
	return form;
}

/* What was refused is not asked for again within a tick. */
static bool refused_lately(const struct mpol_cursor *cursor)
{
	return cursor->refused && cursor->retry == (u32)jiffies;
}

/**
 * mpol_resolve - find or make the form of a policy for current's view
 * @pol:	a policy with nodes
 *
 * Making a form can come back here through the allocator: then, as when there
 * is no memory, there is no form.
 *
 * Context: Process context, under rcu_read_lock(); does not sleep.
 * Return: the form, or NULL.
 */
const struct mpol_resolved *mpol_resolve(struct mempolicy *pol)
{
	struct mpol_cursor *cursor = &current->mpol_cursor;
	const struct mpol_resolved *form;

	if (cursor->resolving)
		return NULL;
	if (mpol_cursor_is_fresh(cursor) && refused_lately(cursor))
		return NULL;
	form = resolve_once(pol, GFP_FORM_ATOMIC);
	cursor->refused = !form;
	cursor->retry = jiffies;
	return form;
}

/**
 * mpol_resolve_ahead - make the form of a policy that current is going to use
 * @pol:	a policy or NULL
 *
 * Context: Process context, may sleep.
 */
void mpol_resolve_ahead(struct mempolicy *pol)
{
	const struct mpol_resolved *form;
	bool ready;

	if (!mpol_has_nodes(pol))
		return;
	scoped_guard(rcu)
		ready = mpol_resolved_ready(pol, &form);
	if (!ready)
		resolve_once(pol, GFP_FORM_CALL);
}

/**
 * mpol_resolve_or_compute - what a policy means to current, in any case
 * @pol:	a policy with nodes
 * @room:	for a form that is computed as there is none
 *
 * Context: Process context, under rcu_read_lock(); does not sleep.
 * Return: a form, valid until rcu_read_unlock() and as long as @room. In one
 * that is computed the node of a slot has to be searched for.
 */
const struct mpol_resolved *
mpol_resolve_or_compute(struct mempolicy *pol, struct mpol_resolved *room)
{
	const struct mpol_resolved *form = mpol_resolved(pol);

	if (form)
		return form;
	mpol_nodes_of(pol, current, &room->nodes);
	set_nodes_traits(room);
	room->view = current->mpol_cursor.view;
	if (pol->traits.kind == MPOL_KIND_INTERLEAVE)
		mpol_interleave_compute(&room->interleave, &room->nodes,
					mpol_weights_of(pol));
	return room;
}

static noinline void resolve_nodes(struct mempolicy *pol, nodemask_t *nodes)
{
	struct mpol_resolved room;

	*nodes = mpol_resolve_or_compute(pol, &room)->nodes;
}

/**
 * mpol_nodes_now - effective nodes of a policy for current
 * @pol:	a policy with nodes
 * @nodes:	the result; empty when the policy has become local
 *
 * Context: Process context.
 */
void mpol_nodes_now(struct mempolicy *pol, nodemask_t *nodes)
{
	const struct mpol_resolved *form;

	guard(rcu)();
	if (likely(mpol_resolved_ready(pol, &form)))
		*nodes = form->nodes;
	else
		resolve_nodes(pol, nodes);
}

/* The i-th form of a policy without references, or NULL. */
static struct mpol_resolved *last_form(const struct mempolicy *pol,
				       unsigned int i)
{
	struct mpol_forms *forms = rcu_dereference_protected(pol->forms, true);
	struct mpol_resolved *form;

	form = rcu_dereference_protected(forms->form[i], true);
	return form == &mpol_unresolved ? NULL : form;
}

/**
 * mpol_resolved_size - memory that the forms of a policy take
 * @pol:	the policy, without references
 *
 * Context: Any.
 * Return: bytes.
 */
size_t mpol_resolved_size(const struct mempolicy *pol)
{
	struct mpol_forms *forms = rcu_dereference_protected(pol->forms, true);
	size_t size = 0;
	unsigned int i;

	for (i = 0; i <= forms->mask; i++)
		size += ksize(last_form(pol, i));
	return size;
}

/**
 * mpol_resolved_free - free the forms of a policy
 * @pol:	the policy, without references or readers
 *
 * Context: Any.
 */
void mpol_resolved_free(struct mempolicy *pol)
{
	struct mpol_forms *forms = rcu_dereference_protected(pol->forms, true);
	unsigned int i;

	for (i = 0; i <= forms->mask; i++)
		kfree(last_form(pol, i));
	if (forms != &pol->own)
		kfree(container_of(forms, struct table, forms));
}
