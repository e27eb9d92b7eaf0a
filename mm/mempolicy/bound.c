// SPDX-License-Identifier: GPL-2.0
/*
 * What policies mean here and now.
 *
 * A view is what a policy is bound against: the nodes that a task is allowed,
 * and the generation of nodes with memory and of weights. It has a number that
 * never comes back for another view. Every task remembers the number of its
 * own view, every bound form the one it was made for, so one comparison of
 * numbers tells whether a form is good, however many nodes there are.
 *
 * Nobody rebinds policies when a cpuset, a weight or a node changes: tasks
 * notice that their view is old, and forms are made when they are missed.
 */
#include <linux/cleanup.h>
#include <linux/cpuset.h>
#include <linux/init.h>
#include <linux/memory.h>
#include <linux/slab.h>

#include "internal.h"

/* Forms of one policy that are kept, for tasks that differ in their view. */
#define MPOL_BOUNDS_MAX		4

/* Views that are remembered, so that tasks with the same one share a number. */
#define MPOL_VIEWS		16

struct mpol_view {
	u64 id;
	unsigned int generation;
	nodemask_t allowed;
};

/* Protected by views_lock; @view_ids is the last number given out. */
static DEFINE_RAW_SPINLOCK(views_lock);
static struct mpol_view views[MPOL_VIEWS];
static u64 view_ids;

/* Orders changes of the forms that policies publish. */
static DEFINE_RAW_SPINLOCK(bound_lock);

unsigned int mpol_generation;

/**
 * mpol_view_changed - nodes with memory, or weights, have changed
 *
 * To be called after the change. Every bound form is old from now on.
 *
 * Context: Any.
 */
void mpol_view_changed(void)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&views_lock, flags);
	/* Pairs with smp_load_acquire() in read_view(). */
	smp_store_release(&mpol_generation, mpol_generation + 1);
	raw_spin_unlock_irqrestore(&views_lock, flags);
}

/* Under views_lock. */
static struct mpol_view *find_view(const nodemask_t *allowed,
				   unsigned int generation)
{
	struct mpol_view *view;

	for (view = views; view < views + MPOL_VIEWS; view++)
		if (view->id && view->generation == generation &&
		    nodes_equal(view->allowed, *allowed))
			return view;
	return NULL;
}

/* The number of a view; one that was forgotten gets another number. */
static u64 view_id(const nodemask_t *allowed, unsigned int generation)
{
	struct mpol_view *view;
	unsigned long flags;
	u64 id;

	raw_spin_lock_irqsave(&views_lock, flags);
	view = find_view(allowed, generation);
	if (!view) {
		view = &views[view_ids % MPOL_VIEWS];
		view->id = ++view_ids;
		view->generation = generation;
		view->allowed = *allowed;
	}
	id = view->id;
	raw_spin_unlock_irqrestore(&views_lock, flags);
	return id;
}

/* Nodes with memory that a task may use; never empty. */
static void allowed_with_memory(nodemask_t *allowed, const nodemask_t *mems)
{
	*allowed = node_states[N_MEMORY];
	if (!bitmap_and(allowed->bits, allowed->bits, mems->bits,
			mpol_node_bits))
		*allowed = node_states[N_MEMORY];
}

/* Takes a new look at what current is allowed, for its cursor. */
static void read_view(nodemask_t *allowed)
{
	struct mpol_cursor *cursor = &current->mpol_cursor;
	unsigned int seq;

	/* Pairs with smp_store_release() in mpol_view_changed(). */
	cursor->generation = smp_load_acquire(&mpol_generation);
#ifdef CONFIG_CPUSETS
	do {
		seq = read_seqcount_begin(&current->mems_allowed_seq);
		allowed_with_memory(allowed, &current->mems_allowed);
	} while (read_seqcount_retry(&current->mems_allowed_seq, seq));
#else
	seq = 0;
	allowed_with_memory(allowed, &node_states[N_MEMORY]);
#endif
	cursor->seq = seq;
	cursor->view = view_id(allowed, cursor->generation);
}

/**
 * mpol_allowed_nodes - nodes with memory that a task may use
 * @task:	current, or a task that may change under us
 * @allowed:	the nodes, never empty
 *
 * Context: Any for a task that cannot go away.
 */
void mpol_allowed_nodes(struct task_struct *task, nodemask_t *allowed)
{
#ifdef CONFIG_CPUSETS
	unsigned int seq;

	do {
		seq = read_seqcount_begin(&task->mems_allowed_seq);
		allowed_with_memory(allowed, &task->mems_allowed);
	} while (read_seqcount_retry(&task->mems_allowed_seq, seq));
#else
	allowed_with_memory(allowed, &node_states[N_MEMORY]);
#endif
}

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
	mpol_effective_nodes(nodes, &pol->spec, &pol->birth, &allowed);
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

static struct mpol_bound *make_bound(const struct mempolicy *pol,
				     const nodemask_t *nodes)
{
	const u8 *weights = NULL;
	struct mpol_bound *bound;
	size_t size = sizeof(*bound);

	if (pol->traits.spread == MPOL_SPREAD_WEIGHTED)
		weights = mpol_weights();
	if (pol->traits.spread)
		size += mpol_spread_size(nodes, weights) -
			sizeof(struct mpol_spread);

	/*
	 * The allocation that this is for may not even wake kswapd. A cgroup
	 * at its limit must not make placement slow: __GFP_HIGH charges all the
	 * same, and the next allocation that may reclaim pays for it.
	 */
	bound = kmalloc(size, __GFP_HIGH | __GFP_NOWARN | __GFP_ACCOUNT);
	if (!bound)
		return NULL;
	bound->nodes = *nodes;
	bound->first = nodes_empty(*nodes) ? NUMA_NO_NODE : first_node(*nodes);
	bound->zone = mpol_lowest_zone(nodes);
	if (pol->traits.spread)
		mpol_spread_build(&bound->spread, &bound->nodes, weights);
	return bound;
}

/* Under RCU or bound_lock. */
#define next_bound(link)						\
	rcu_dereference_check(link, lockdep_is_held(&bound_lock))

/* By what the view is: its number may have been forgotten. */
static struct mpol_bound *find_bound(struct mempolicy *pol,
				     const nodemask_t *allowed,
				     unsigned int generation)
{
	struct mpol_bound *bound = next_bound(pol->bound);

	while (bound && (bound->generation != generation ||
			 !nodes_equal(bound->allowed, *allowed)))
		bound = next_bound(bound->next);
	return bound;
}

/*
 * A view that was forgotten and taken again has two numbers. The newer one
 * wins, so that in the end all tasks and all forms have the same.
 */
static void agree_on_view(struct mpol_cursor *cursor, struct mpol_bound *bound)
{
	u64 view = READ_ONCE(bound->view);

	if (view < cursor->view)
		WRITE_ONCE(bound->view, cursor->view);
	else
		cursor->view = view;
}

/* Under bound_lock: takes out the form that is one too many, if there is one. */
static struct mpol_bound *take_oldest(struct mempolicy *pol)
{
	struct mpol_bound __rcu **at = &pol->bound;
	struct mpol_bound *bound = NULL;
	int n;

	for (n = 0; n < MPOL_BOUNDS_MAX; n++) {
		bound = next_bound(*at);
		if (!bound)
			return NULL;
		if (n == MPOL_BOUNDS_MAX - 1)
			break;
		at = &bound->next;
	}
	RCU_INIT_POINTER(*at, NULL);
	return bound;
}

static struct mpol_bound *publish(struct mempolicy *pol,
				  struct mpol_bound *new)
{
	struct mpol_bound *bound, *old = NULL;
	unsigned long flags;

	raw_spin_lock_irqsave(&bound_lock, flags);
	bound = find_bound(pol, &new->allowed, new->generation);
	if (!bound) {
		old = take_oldest(pol);
		RCU_INIT_POINTER(new->next, next_bound(pol->bound));
		rcu_assign_pointer(pol->bound, new);
	}
	raw_spin_unlock_irqrestore(&bound_lock, flags);

	/* What checks RCU heads may allocate, and so come back for the lock. */
	if (old)
		kfree_rcu(old, rcu);
	if (!bound)
		return new;
	kfree(new);
	return bound;
}

static struct mpol_bound *make_and_publish(struct mempolicy *pol,
					   const nodemask_t *allowed)
{
	struct mpol_cursor *cursor = &current->mpol_cursor;
	struct mpol_bound *new;
	nodemask_t nodes;

	mpol_effective_nodes(&nodes, &pol->spec, &pol->birth, allowed);
	new = make_bound(pol, &nodes);
	if (!new)
		return NULL;
	new->view = cursor->view;
	new->generation = cursor->generation;
	new->allowed = *allowed;
	return publish(pol, new);
}

/**
 * mpol_bind - find or make the form of a policy for current's view
 * @pol:	a policy with nodes
 *
 * Making a form can come back here through the allocator: then, as when there
 * is no memory, there is no form.
 *
 * Context: Process context, under rcu_read_lock().
 * Return: the form, or NULL.
 */
const struct mpol_bound *mpol_bind(struct mempolicy *pol)
{
	struct mpol_cursor *cursor = &current->mpol_cursor;
	struct mpol_bound *bound;
	nodemask_t allowed;

	if (cursor->binding)
		return NULL;
	read_view(&allowed);
	bound = find_bound(pol, &allowed, cursor->generation);
	if (!bound) {
		cursor->binding = true;
		bound = make_and_publish(pol, &allowed);
		cursor->binding = false;
	}
	if (!bound)
		return NULL;
	agree_on_view(cursor, bound);
	return bound;
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
	const struct mpol_bound *bound;

	guard(rcu)();
	bound = mpol_bound(pol);
	if (bound)
		*nodes = bound->nodes;
	else
		mpol_nodes_of(pol, current, nodes);
}

/**
 * mpol_bound_free - free a policy's bound forms
 * @bound:	the newest, or NULL
 *
 * Context: Nobody can find them any more.
 */
void mpol_bound_free(struct mpol_bound *bound)
{
	while (bound) {
		struct mpol_bound *next;

		next = rcu_dereference_protected(bound->next, true);
		kfree(bound);
		bound = next;
	}
}

static int memory_changed(struct notifier_block *nb, unsigned long action,
			  void *arg)
{
	const struct memory_notify *change = arg;

	if ((action == MEM_ONLINE || action == MEM_OFFLINE) &&
	    (change->status_change_nid != NUMA_NO_NODE ||
	     change->status_change_nid_normal != NUMA_NO_NODE))
		mpol_view_changed();
	return NOTIFY_OK;
}

/**
 * mpol_bound_init - watch nodes whose memory comes or goes
 *
 * Context: Boot.
 */
void __init mpol_bound_init(void)
{
	hotplug_memory_notifier(memory_changed, DEFAULT_CALLBACK_PRI);
}
