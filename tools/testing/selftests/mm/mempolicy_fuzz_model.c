// SPDX-License-Identifier: GPL-2.0
/*
 * The model of mempolicy_fuzz: which policy counts where, and what it means.
 */
#include <string.h>

#include "mempolicy_fuzz.h"
#include "mempolicy_machine.h"
#include "mempolicy_run.h"

static bool is_default(const struct policy *pol)
{
	return pol->mode == MPOL_DEFAULT;
}

static struct nodes lowest(const struct nodes *set)
{
	struct nodes none = { 0 };

	return nodes_empty(set) ? none : nodes_of(nodes_nth(set, 0));
}

/*
 * An object belongs to no task, so what it was asked for is only cut down to
 * what its user is allowed; without any flag, to what its maker was allowed, too.
 */
static struct nodes meant_by_object(const struct fuzz *f, const struct held *held)
{
	struct nodes set = held->pol.ask;

	if (held->pol.flags & RELATIVE)
		return policy_effective(&held->pol, &held->then, &f->allowed);
	if (!(held->pol.flags & (STATIC | BALANCING))) {
		set = nodes_and(&set, &held->then);
		if (held->pol.mode == MPOL_PREFERRED)
			set = lowest(&set);
	}
	set = nodes_and(&set, &f->allowed);
	if (held->pol.mode == MPOL_PREFERRED)
		return lowest(&set);
	return nodes_empty(&set) ? f->allowed : set;
}

/* The nodes that a policy means now. */
struct nodes meant(const struct fuzz *f, const struct held *held)
{
	struct nodes none = { 0 };

	if (policy_mode(&held->pol) == MPOL_DEFAULT || policy_mode(&held->pol) == MPOL_LOCAL)
		return none;
	if (held->object)
		return meant_by_object(f, held);
	return policy_effective(&held->pol, &held->then, &f->allowed);
}

/* B4: policies whose asked nodes are overwritten when the allowed ones change. */
static bool forgets_nodes(const struct policy *pol)
{
	if (pol->mode == MPOL_BIND)
		return pol->flags == BALANCING;
	return pol->flags && (pol->mode == MPOL_PREFERRED || pol->mode == MPOL_PREFERRED_MANY);
}

/* B4: and what they are overwritten with. */
static struct nodes overwritten(const struct held *held)
{
	if (held->object)
		return nodes_empty(&held->taken) ? held->pol.ask : held->taken;
	return held->changed ? held->allowed : held->pol.ask;
}

/* A request that, set again, means the same. */
static struct nodes asked_again(const struct fuzz *f, const struct held *held)
{
	const struct policy *pol = &held->pol;
	struct nodes set = meant(f, held);

	if (policy_mode(pol) == MPOL_DEFAULT || policy_mode(pol) == MPOL_LOCAL)
		return set;
	if (held->object)
		return object_reported(pol, &held->then);
	if ((pol->flags & BALANCING) &&
	    (pol->mode != MPOL_BIND || nodes_same(&held->then, &f->allowed)))
		return pol->ask;
	return set;
}

/* The nodes that get_mempolicy() tells of. */
struct nodes told(const struct fuzz *f, const struct held *held, unsigned int quirks)
{
	struct nodes set;
	unsigned int bits = (machine.nr_ids + LONG_BITS - 1) / LONG_BITS * LONG_BITS;

	if ((quirks & B4) && forgets_nodes(&held->pol))
		set = overwritten(held);
	else if (held->pol.flags & (STATIC | RELATIVE))
		set = held->pol.ask;
	else if (quirks & B3)
		set = held->drift;
	else
		set = asked_again(f, held);
	return nodes_below(&set, bits);
}

/* Where a new page may be, while there is room. */
struct nodes targets(const struct fuzz *f, const struct held *held, unsigned long index)
{
	struct nodes effective = meant(f, held);

	return policy_targets(&held->pol, &effective, &f->allowed, f->cpu_node, index);
}

/* B3: of an object whose policy keeps the nodes that its maker was allowed. */
struct nodes kept_targets(const struct fuzz *f, const struct held *held, unsigned long index)
{
	struct nodes set = held->drift, open = nodes_and(&set, &f->allowed);
	int mode = held->pol.mode, first;

	if (!held->object || nodes_empty(&set))
		return targets(f, held, index);
	if (mode == MPOL_INTERLEAVE || mode == MPOL_WEIGHTED_INTERLEAVE) {
		first = nodes_nth(&set, index % nodes_count(&set));
		return machine_nearest(&f->allowed, first);
	}
	if (mode != MPOL_PREFERRED)
		set = nodes_empty(&open) ? f->allowed : open;
	return policy_targets(&held->pol, &set, &f->allowed, f->cpu_node, index);
}

/* The number of a new policy; that of the default is 0. */
int hold(struct fuzz *f, const struct policy *pol, bool object)
{
	struct held *held = &f->held[f->nr_held];

	if (is_default(pol))
		return 0;
	or_die(f->nr_held < HELD_MAX, "keeping all policies");
	*held = (struct held){
		.pol = *pol, .object = object, .then = f->allowed, .allowed = f->allowed,
	};
	held->drift = meant(f, held);
	held->copy = held->drift;
	return f->nr_held++;
}

static bool follows(const struct policy *pol)
{
	return !(pol->flags & (STATIC | RELATIVE)) &&
	       (pol->mode == MPOL_BIND || pol->mode == MPOL_INTERLEAVE ||
		pol->mode == MPOL_WEIGHTED_INTERLEAVE);
}

static struct nodes carry(const struct nodes *set, const struct nodes *from,
			  const struct nodes *to)
{
	struct nodes new = { 0 };
	int node = -1;

	while (nodes_step(set, &node))
		nodes_add(&new, nodes_nth(to, nodes_rank(from, node) % nodes_count(to)));
	return new;
}

void model_cpuset(struct fuzz *f, const struct nodes *mems)
{
	for (int i = 1; i < f->nr_held; i++) {
		struct held *held = &f->held[i];

		if (nodes_same(&held->allowed, mems))
			continue;
		if (follows(&held->pol)) {
			held->copy = carry(&held->copy, &held->allowed, mems);
			if (!held->object)
				held->drift = held->copy;
		}
		held->allowed = *mems;
		held->changed = true;
	}
	f->allowed = *mems;
}

/* The number of the policy of a page. */
int held_at(const struct area *area, int page, unsigned int quirks)
{
	if (!area->object)
		return area->held[page];
	return quirks & B2 ? area->object->stale[page] : area->object->now[page];
}

static bool same_policy(const struct fuzz *f, int a, int b)
{
	const struct policy *first = &f->held[a].pol, *second = &f->held[b].pol;

	return first->mode == second->mode && first->flags == second->flags &&
	       first->home == second->home && nodes_same(&first->ask, &second->ask);
}

/* B2: a mapping that is merged with its neighbours gives the object their pages, too. */
static void merge_stale(struct fuzz *f, struct area *area, int first, int end, int held)
{
	while (first > 0 && area->mapped[first - 1] && same_policy(f, area->held[first - 1], held))
		area->object->stale[--first] = held;
	while (end < PAGES && area->mapped[end] && same_policy(f, area->held[end], held))
		area->object->stale[end++] = held;
}

/* B2: a mapping that has the policy already does not tell the object. */
static void bind_stale(struct fuzz *f, struct area *area, int first, int end, int held)
{
	bool told_object = false;

	for (int page = first; page < end; page++) {
		if (!area->mapped[page] || same_policy(f, area->held[page], held))
			continue;
		area->object->stale[page] = held;
		area->held[page] = held;
		told_object = true;
	}
	if (told_object)
		merge_stale(f, area, first, end, held);
}

/* Pages from @first to before @end get a policy. */
void model_bind(struct fuzz *f, struct area *area, int first, int end, const struct policy *pol)
{
	int held = hold(f, pol, area->object);

	for (int page = first; page < end; page++) {
		if (!area->mapped[page])
			continue;
		if (area->object)
			area->object->now[page] = held;
		else
			area->held[page] = held;
	}
	if (area->object)
		bind_stale(f, area, first, end, held);
}

/* A policy like @old, but with a home node. */
static int hold_with_home(struct fuzz *f, int old, int home)
{
	struct held *new = &f->held[f->nr_held];

	or_die(f->nr_held < HELD_MAX, "keeping all policies");
	*new = f->held[old];
	new->pol.home = home;
	return f->nr_held++;
}

/* The same, with the nodes that a mapping's copy has by now. */
static int hold_copy(struct fuzz *f, int old, int home)
{
	int number = hold_with_home(f, old, home);
	struct held *new = &f->held[number];

	new->drift = new->copy;
	if (new->changed)
		new->taken = new->allowed;
	return number;
}

/* B2: each mapping gives its copy to the object, up to one that can have no home. */
static void home_stale(struct fuzz *f, struct area *area, int first, int end, int home)
{
	int next, new;

	for (int page = first; page < end; page = next) {
		int old = area->held[page];

		for (next = page + 1; next < end && area->mapped[next] &&
		     same_policy(f, area->held[next], old); next++)
			;
		if (!area->mapped[page] || !old || f->held[old].pol.home == home)
			continue;
		if (f->held[old].pol.mode != MPOL_BIND &&
		    f->held[old].pol.mode != MPOL_PREFERRED_MANY)
			return;
		new = hold_copy(f, old, home);
		for (int i = page; i < next; i++) {
			area->held[i] = new;
			area->object->stale[i] = new;
		}
		merge_stale(f, area, page, next, new);
	}
}

/* The policies of these pages get a home node; those of an object are the object's. */
void model_home(struct fuzz *f, struct area *area, int first, int end, int home)
{
	int *held = area->object ? area->object->now : area->held;
	int last = 0, new = 0;

	if (area->object)
		home_stale(f, area, first, end, home);
	for (int page = first; page < end; page++) {
		if (!area->mapped[page] || !held[page])
			continue;
		if (held[page] != last)
			new = hold_with_home(f, held[page], home);
		last = held[page];
		held[page] = new;
	}
}
