// SPDX-License-Identifier: GPL-2.0
/*
 * Views: the nodes that tasks may use.
 *
 * A view is what a policy is resolved against: the nodes with memory that a task
 * is allowed. It is registered in a slot and has a number that never comes back
 * for another view. Every task remembers the slot and the number of its own
 * view, every resolved form the number of the view that it was made for, so one
 * comparison of numbers tells whether a form is good, however many nodes and
 * views there are.
 *
 * When weights or nodes with memory change, all views are forgotten. No policy
 * is touched then, nor when a cpuset changes: tasks notice that their view is
 * old, and forms are made when they are missed.
 *
 * Looking up a view takes no lock. When every slot is taken, each task has to
 * look its view up again once; after MPOL_VIEW_IDLE the slots of views that
 * were not looked up are free. A task whose view has no slot has no resolved forms:
 * placement is computed for each page.
 */
#include <linux/cache.h>
#include <linux/cleanup.h>
#include <linux/cpuset.h>
#include <linux/hash.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/memory.h>
#include <linux/slab.h>

#include "internal.h"

#define MPOL_VIEWS		256
#define MPOL_VIEW_IDLE		HZ

/* Marks the number of a view that has no slot: a hash of its nodes. */
#define MPOL_VIEW_NO_SLOT	BIT_ULL(63)

/**
 * struct mpol_view - a view in its slot
 * @rcu:	to free it
 * @id:		its number
 * @used:	looked up since the last sweep began
 * @allowed:	the nodes
 */
struct mpol_view {
	struct rcu_head rcu;
	u64 id;
	bool used;
	nodemask_t allowed;
};

/* Orders all changes below; innermost, taken with interrupts disabled. */
static __cacheline_aligned_in_smp DEFINE_RAW_SPINLOCK(views_lock);

/* Read under RCU. Slots from views_end on were never used. */
static struct mpol_view __rcu *views[MPOL_VIEWS] __read_mostly;
static unsigned int views_end __read_mostly;

/* The number given out last, and the lowest of a view that still counts. */
static u64 last_view;
static u64 first_view __read_mostly = 1;

/* When the present sweep began; there is none unless @sweeping. */
static unsigned long sweep_start;
static bool sweeping;

/*
 * Faults read it: nothing that is written more often is to be in its line. It
 * is not that of a cursor which was never refreshed.
 */
unsigned int mpol_generation __read_mostly = 1;

/* Under views_lock: all tasks look up their views at their next allocation. */
static void refresh_cursors(void)
{
	/* Pairs with smp_load_acquire() in mpol_view_refresh(). */
	smp_store_release(&mpol_generation, mpol_generation + 1);
}

/**
 * mpol_invalidate - nodes with memory, or weights, have changed
 *
 * To be called after the change. Every resolved form is old from now on.
 *
 * Context: Any.
 */
void mpol_invalidate(void)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&views_lock, flags);
	WRITE_ONCE(first_view, last_view + 1);
	/* There are slots now. */
	WRITE_ONCE(sweeping, false);
	refresh_cursors();
	raw_spin_unlock_irqrestore(&views_lock, flags);
}

/**
 * mpol_view_is_old - has a view been forgotten?
 * @view:	its number
 *
 * Context: Any.
 * Return: true if no task has it any more, once all have looked.
 */
bool mpol_view_is_old(u64 view)
{
	return view < READ_ONCE(first_view);
}

/**
 * mpol_view_has_slot - is a view registered?
 * @view:	its number, from a task's cursor
 *
 * Context: Any.
 * Return: false if no slot was free for it.
 */
bool mpol_view_has_slot(u64 view)
{
	return !(view & MPOL_VIEW_NO_SLOT);
}

static bool is_view(const struct mpol_view *view, const nodemask_t *allowed)
{
	return view && !mpol_view_is_old(view->id) &&
	       bitmap_equal(view->allowed.bits, allowed->bits, mpol_node_bits);
}

/* Under RCU or views_lock: tries @hint first. */
static struct mpol_view *find_view(const nodemask_t *allowed, u16 *hint)
{
	unsigned int slot, end = READ_ONCE(views_end);
	struct mpol_view *view;

	view = rcu_dereference_check(views[*hint],
				     lockdep_is_held(&views_lock));
	if (is_view(view, allowed))
		return view;
	for (slot = 0; slot < end; slot++) {
		view = rcu_dereference_check(views[slot],
					     lockdep_is_held(&views_lock));
		if (is_view(view, allowed)) {
			*hint = slot;
			return view;
		}
	}
	return NULL;
}

static bool sweep_is_over(void)
{
	return time_after(jiffies, READ_ONCE(sweep_start) + MPOL_VIEW_IDLE);
}

/*
 * Until a sweep is over there is no slot: all tasks without one would look for
 * it under the lock, at each tick.
 */
static bool must_wait_for_sweep(void)
{
	return READ_ONCE(sweeping) && !sweep_is_over();
}

/* Under views_lock: a slot that may be used, or MPOL_VIEWS. */
static unsigned int find_slot(void)
{
	bool idle = sweeping && sweep_is_over();
	unsigned int slot;

	for (slot = 0; slot < MPOL_VIEWS; slot++) {
		struct mpol_view *view;

		view = rcu_dereference_protected(views[slot], true);
		if (!view || mpol_view_is_old(view->id) ||
		    (idle && !READ_ONCE(view->used)))
			break;
	}
	return slot;
}

/* Under views_lock: finds out who uses which views. */
static void begin_sweep(void)
{
	unsigned int slot;

	for (slot = 0; slot < MPOL_VIEWS; slot++)
		WRITE_ONCE(rcu_dereference_protected(views[slot], true)->used,
			   false);
	WRITE_ONCE(sweep_start, jiffies);
	WRITE_ONCE(sweeping, true);
	refresh_cursors();
}

/* Under views_lock: returns what was in the slot. */
static struct mpol_view *put_view(unsigned int slot, struct mpol_view *view)
{
	struct mpol_view *old = rcu_dereference_protected(views[slot], true);

	view->id = ++last_view;
	rcu_assign_pointer(views[slot], view);
	if (slot >= views_end)
		WRITE_ONCE(views_end, slot + 1);
	return old;
}

/* Registers a view unless another task was faster. */
static u64 add_view(const nodemask_t *allowed, u16 *slot)
{
	struct mpol_view *view, *new, *unused = NULL, *old = NULL;
	unsigned long flags;
	u64 id = 0;

	if (must_wait_for_sweep())
		return 0;
	/* The allocation that this is for may not even wake kswapd. */
	new = kmalloc(sizeof(*new), __GFP_NOWARN);
	if (!new)
		return 0;
	new->used = true;
	new->allowed = *allowed;

	raw_spin_lock_irqsave(&views_lock, flags);
	view = find_view(allowed, slot);
	if (view) {
		unused = new;
		id = view->id;
	} else {
		unsigned int at = find_slot();

		if (at < MPOL_VIEWS) {
			old = put_view(at, new);
			*slot = at;
			id = new->id;
		} else {
			begin_sweep();
			unused = new;
		}
	}
	raw_spin_unlock_irqrestore(&views_lock, flags);

	kfree(unused);
	if (old)
		kfree_rcu(old, rcu);
	return id;
}

static u64 lookup_view(const nodemask_t *allowed, u16 *slot)
{
	const struct mpol_view *view;

	guard(rcu)();
	view = find_view(allowed, slot);
	if (!view)
		return 0;
	if (!READ_ONCE(view->used))
		WRITE_ONCE(((struct mpol_view *)view)->used, true);
	return view->id;
}

/* The same for the same nodes, so that an interleave goes on where it was. */
static u64 number_without_slot(const nodemask_t *allowed)
{
	u64 hash = 0;
	int i;

	for (i = 0; i < BITS_TO_LONGS(mpol_node_bits); i++)
		hash = (hash ^ allowed->bits[i]) * GOLDEN_RATIO_64;
	return hash | MPOL_VIEW_NO_SLOT;
}

/* Nodes with memory that a task may use; never empty. */
static void allowed_with_memory(nodemask_t *allowed, const nodemask_t *mems)
{
	*allowed = node_states[N_MEMORY];
	if (!bitmap_and(allowed->bits, allowed->bits, mems->bits,
			mpol_node_bits))
		*allowed = node_states[N_MEMORY];
}

static unsigned int read_allowed(struct task_struct *task, nodemask_t *allowed)
{
	unsigned int seq = 0;

#ifdef CONFIG_CPUSETS
	do {
		seq = read_seqcount_begin(&task->mems_allowed_seq);
		allowed_with_memory(allowed, &task->mems_allowed);
	} while (read_seqcount_retry(&task->mems_allowed_seq, seq));
#else
	allowed_with_memory(allowed, &node_states[N_MEMORY]);
#endif
	return seq;
}

/**
 * mpol_view_refresh - look up current's view, for its cursor
 * @allowed:	set to the nodes of the view
 *
 * Context: Process context; does not sleep.
 */
void mpol_view_refresh(nodemask_t *allowed)
{
	struct mpol_cursor *cursor = &current->mpol_cursor;
	u64 view;

	/* Pairs with smp_store_release() in refresh_cursors(). */
	cursor->generation = smp_load_acquire(&mpol_generation);
	cursor->seq = read_allowed(current, allowed);
	view = lookup_view(allowed, &cursor->view_slot);
	if (!view)
		view = add_view(allowed, &cursor->view_slot);
	cursor->view = view ?: number_without_slot(allowed);
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
	read_allowed(task, allowed);
}

/*
 * Nodes that stay may have other zones now, which counts as well. To be told of
 * what is only about to change does no harm.
 */
static int invalidate_on_hotplug(struct notifier_block *nb,
				 unsigned long action, void *arg)
{
	mpol_invalidate();
	return NOTIFY_OK;
}

/**
 * mpol_view_init - watch nodes whose memory comes or goes
 *
 * Context: Boot.
 */
void __init mpol_view_init(void)
{
	hotplug_memory_notifier(invalidate_on_hotplug, DEFAULT_CALLBACK_PRI);
}
