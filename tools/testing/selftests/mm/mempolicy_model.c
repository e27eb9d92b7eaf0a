// SPDX-License-Identifier: GPL-2.0
/*
 * The model; see mempolicy_model.h.
 */
#include <stdio.h>

#include "mempolicy_machine.h"
#include "mempolicy_model.h"

const struct policy no_policy = { .mode = MPOL_DEFAULT, .home = -1 };

/* @mode may have flags. */
struct policy policy_for(int mode, struct nodes ask)
{
	return (struct policy){
		.mode = mode & ~FLAGS, .flags = mode & FLAGS, .ask = ask, .home = -1,
	};
}

/* A preferred node that nobody names is the local one. */
int policy_mode(const struct policy *pol)
{
	if (pol->mode == MPOL_PREFERRED && nodes_empty(&pol->ask))
		return MPOL_LOCAL;
	return pol->mode;
}

/* Which flags go with which mode, and which mode wants nodes. */
bool policy_is_legal(int mode, int flags, bool empty)
{
	bool fixed = flags & (STATIC | RELATIVE);

	if ((flags & STATIC) && (flags & RELATIVE))
		return false;
	if ((flags & BALANCING) && mode != MPOL_BIND && mode != MPOL_PREFERRED_MANY)
		return false;
	if (mode == MPOL_DEFAULT)
		return empty;
	if (mode == MPOL_LOCAL)
		return empty && !fixed;
	if (mode == MPOL_PREFERRED)
		return !empty || !fixed;
	return !empty;
}

/* --- where pages go --- */

/* Numbers count nodes of @now, from its first one and round again. */
static struct nodes relative_to(const struct nodes *ask, const struct nodes *now)
{
	struct nodes set = { 0 };
	int bit = -1;

	while (nodes_step(ask, &bit))
		nodes_add(&set, nodes_nth(now, bit % nodes_count(now)));
	return set;
}

/* The n-th of the nodes allowed @then becomes the n-th of those allowed @now. */
static struct nodes remap(const struct nodes *set, const struct nodes *then,
			  const struct nodes *now)
{
	struct nodes new = { 0 };
	int node = -1;

	while (nodes_step(set, &node))
		nodes_add(&new, nodes_nth(now, nodes_rank(then, node) % nodes_count(now)));
	return new;
}

static struct nodes effective_set(const struct policy *pol, const struct nodes *then,
				  const struct nodes *now)
{
	struct nodes set;

	if (pol->flags & RELATIVE)
		return relative_to(&pol->ask, now);
	set = nodes_and(&pol->ask, pol->flags & STATIC ? now : then);
	if (pol->flags & STATIC)
		return nodes_empty(&set) && pol->mode != MPOL_PREFERRED ? *now : set;
	if (pol->mode == MPOL_PREFERRED || pol->mode == MPOL_PREFERRED_MANY ||
	    nodes_same(then, now))
		return set;
	return remap(&set, then, now);
}

/*
 * The nodes that @pol means while the nodes @now are allowed, if it was asked
 * for when the nodes @then were.
 */
struct nodes policy_effective(const struct policy *pol, const struct nodes *then,
			      const struct nodes *now)
{
	struct nodes set = { 0 };

	if (policy_mode(pol) == MPOL_DEFAULT || policy_mode(pol) == MPOL_LOCAL)
		return set;
	set = effective_set(pol, then, now);
	if (pol->mode == MPOL_PREFERRED && !nodes_empty(&set))
		set = nodes_of(nodes_nth(&set, 0));
	return set;
}

static struct nodes filter_targets(const struct policy *pol, const struct nodes *effective,
				   const struct nodes *now, int from)
{
	struct nodes set = nodes_and(effective, now);

	if (nodes_empty(&set) && pol->mode == MPOL_PREFERRED_MANY)
		set = *now;
	return machine_nearest(&set, pol->home >= 0 ? pol->home : from);
}

/*
 * Where a page may be that a CPU of @cpu_node touches first, while there is
 * room: one node, or several that are equally near.  @index counts pages of
 * the allocated size from the start of the mapped object.
 */
struct nodes policy_targets(const struct policy *pol, const struct nodes *effective,
			    const struct nodes *now, int cpu_node, unsigned long index)
{
	if (mode_interleaves(pol->mode))
		return nodes_of(nodes_nth(effective, index % nodes_count(effective)));
	if (pol->mode == MPOL_BIND || pol->mode == MPOL_PREFERRED_MANY)
		return filter_targets(pol, effective, now, cpu_node);
	if (nodes_empty(effective))
		return machine_nearest(now, cpu_node);
	return machine_nearest(now, nodes_nth(effective, 0));
}

/* --- what is told --- */

/*
 * The nodes that get_mempolicy() tells of: with a flag those asked for, as long
 * as they mean the same.
 */
struct nodes policy_reported(const struct policy *pol, const struct nodes *then,
			     const struct nodes *now)
{
	if (pol->flags & (STATIC | RELATIVE))
		return pol->ask;
	if ((pol->flags & BALANCING) && (pol->mode != MPOL_BIND || nodes_same(then, now)))
		return pol->ask;
	return policy_effective(pol, then, now);
}

/* The mode and flags that get_mempolicy() tells of. */
int policy_reported_mode(const struct policy *pol)
{
	int mode = policy_mode(pol);

	return mode == MPOL_DEFAULT ? mode : mode | pol->flags;
}

/* What an object's policy is read as, by anybody: what it was asked with. */
struct nodes object_reported(const struct policy *pol, const struct nodes *then)
{
	struct nodes set = pol->ask;

	if (!pol->flags)
		set = nodes_and(&set, then);
	return pol->mode == MPOL_PREFERRED && !pol->flags && !nodes_empty(&set) ?
	       nodes_of(nodes_nth(&set, 0)) : set;
}

/* The policy field of /proc/PID/numa_maps. */
const char *policy_text(const struct policy *pol, const struct nodes *then,
			const struct nodes *now)
{
	static __thread char buf[4 * NODE_BITS];
	struct nodes set = policy_effective(pol, then, now);
	int len = mode_text(buf, policy_mode(pol) | pol->flags);

	if (!nodes_empty(&set))
		len += sprintf(buf + len, ":%s", nodes_text(&set));
	if (pol->home >= 0)
		sprintf(buf + len, " home=%d", pol->home);
	return buf;
}
