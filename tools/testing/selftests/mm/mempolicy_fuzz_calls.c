// SPDX-License-Identifier: GPL-2.0
/*
 * The steps of mempolicy_fuzz: a call with random arguments, what has to come of
 * it by the model, and the change of the model when it succeeds.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mempolicy_calls.h"
#include "mempolicy_fuzz.h"
#include "mempolicy_machine.h"

#define MASK_LIMIT	(4096 * 8UL)	/* bits that a mask may have */
#define MASK_BYTES	(4096 + 64)

/* A call that succeeds and does nothing; no errno. */
#define NOTHING		1

/* --- masks --- */

/**
 * struct mask - a node mask as an argument
 * @bits:    what is in it
 * @maxnode: one more than the bits that count
 * @null:    there is no mask
 * @bad:     its address is none of the process's
 */
struct mask {
	struct nodes bits;
	unsigned long maxnode;
	bool null;
	bool bad;
};

static struct nodes some_of(struct fuzz *f, const struct nodes *from)
{
	__u32 percent = 20 + roll(f, 70);
	struct nodes set = { 0 };
	int node = -1;

	while (nodes_step(from, &node))
		if (chance(f, percent))
			nodes_add(&set, node);
	return set;
}

static unsigned long odd_maxnode(struct fuzz *f)
{
	static const unsigned long odd[] = {
		0, 1, 2, 3, 64, 65, 66, 70, 100, 128, 129, 500, MASK_LIMIT, MASK_LIMIT + 1,
		MASK_LIMIT + 2, ~0UL, ~0UL - 1, 1UL << 63,
	};

	return odd[roll(f, ARRAY_SIZE(odd))];
}

static struct mask random_mask(struct fuzz *f, int mode)
{
	struct mask mask = { .maxnode = machine.max + 1 };

	/* Nodes with room, so that pages can come from there. */
	mask.bits = some_of(f, &machine.roomy);
	if (mode == MPOL_DEFAULT || mode == MPOL_LOCAL || chance(f, 5))
		memset(&mask.bits, 0, sizeof(mask.bits));
	if (chance(f, 10))
		nodes_add(&mask.bits, roll(f, machine.max));
	if (!f->odd)
		return mask;
	if (chance(f, 15))
		nodes_add(&mask.bits, roll(f, 300));
	if (chance(f, 25))
		mask.maxnode = odd_maxnode(f);
	mask.null = chance(f, 5);
	mask.bad = chance(f, 3);
	return mask;
}

/* The mask in memory that has room for the longest one. */
static const void *mask_address(const struct mask *mask)
{
	static unsigned long words[MASK_BYTES / sizeof(long)];

	if (mask->null)
		return NULL;
	if (mask->bad)
		return (void *)16;
	nodes_to_mask(&mask->bits, words);
	return words;
}

/* What the kernel is to make of a mask: 0 and the nodes, or an error. */
static int mask_means(const struct mask *mask, unsigned int quirks, struct nodes *nodes)
{
	unsigned long nr = mask->maxnode - 1;

	memset(nodes, 0, sizeof(*nodes));
	if (!nr || mask->null)
		return 0;
	if (nr > MASK_LIMIT)
		return -EINVAL;
	if (mask->bad)
		return -EFAULT;
	/* B13: above what the kernel was built for words count as a whole. */
	if ((quirks & B13) && nr > machine.max)
		nr = (nr + LONG_BITS - 1) / LONG_BITS * LONG_BITS;
	*nodes = nodes_below(&mask->bits, nr);
	return nodes_highest(nodes) >= (int)machine.max ? -EINVAL : 0;
}

/* --- modes --- */

static int random_mode(struct fuzz *f)
{
	static const int flags[] = { 0, 0, 0, STATIC, RELATIVE, BALANCING };
	int mode = roll(f, MPOL_WEIGHTED_INTERLEAVE + 1);
	int flag = flags[roll(f, ARRAY_SIZE(flags))];

	if (f->odd && chance(f, 10))
		return roll(f, 2) ? roll(f, 16) : mode | roll(f, 8) << 13;
	if (flag == BALANCING && mode != MPOL_BIND && mode != MPOL_PREFERRED_MANY)
		flag = 0;
	return mode | flag;
}

/* What is wrong with a mode before its nodes are known. */
static int mode_error(int mode)
{
	int base = mode & ~FLAGS;

	if (base > MPOL_WEIGHTED_INTERLEAVE)
		return -EINVAL;
	if ((mode & STATIC) && (mode & RELATIVE))
		return -EINVAL;
	if ((mode & BALANCING) && base != MPOL_BIND && base != MPOL_PREFERRED_MANY)
		return -EINVAL;
	return 0;
}

/* Can a task that is allowed f->allowed ask for this? */
static int policy_error(const struct fuzz *f, const struct policy *pol)
{
	struct nodes usable = nodes_and(&pol->ask, &f->allowed);

	if (!policy_is_legal(pol->mode, pol->flags, nodes_empty(&pol->ask)))
		return -EINVAL;
	if (nodes_empty(&pol->ask) || (pol->flags & RELATIVE))
		return 0;
	return nodes_empty(&usable) ? -EINVAL : 0;
}

/* --- set_mempolicy() --- */

struct set_call {
	int mode;
	struct mask mask;
};

static int set_error(const struct fuzz *f, const struct set_call *call, unsigned int quirks,
		     struct policy *pol)
{
	struct nodes nodes;
	int err = mode_error(call->mode);

	err = err ?: mask_means(&call->mask, quirks, &nodes);
	if (err)
		return err;
	*pol = policy_for(call->mode, nodes);
	return policy_error(f, pol);
}

static bool set_matches(const struct fuzz *f, const void *call, const void *seen,
			unsigned int quirks)
{
	struct policy pol;

	return *(const int *)seen == set_error(f, call, quirks, &pol);
}

bool op_set(struct fuzz *f)
{
	struct set_call call = { .mode = random_mode(f) };
	struct policy pol;
	int err;

	call.mask = random_mask(f, call.mode & ~FLAGS);
	err = sys_set_mempolicy(call.mode, mask_address(&call.mask), call.mask.maxnode) ?
	      -errno : 0;
	trace(f, "set_mempolicy(%#x, {%s}%s, %lu) = %d", call.mode, nodes_text(&call.mask.bits),
	      call.mask.null ? " NULL" : call.mask.bad ? " bad" : "", call.mask.maxnode, err);
	if (!must_match(f, set_matches, &call, &err, "errno of set_mempolicy()"))
		return false;
	if (!set_error(f, &call, 0, &pol)) {
		f->task = hold(f, &pol, false);
		f->outcome->succeeded[OP_SET]++;
	}
	return true;
}

/* --- ranges --- */

/**
 * struct range - a part of an area, and what is around it
 * @area:   the area
 * @first:  first page; -1 is the one before the area
 * @end:    behind the last page
 * @start:  the address
 * @len:    bytes
 */
struct range {
	struct area *area;
	int first;
	int end;
	char *start;
	unsigned long len;
};

static struct range random_range(struct fuzz *f, struct area *area)
{
	struct range range = { .area = area };

	range.first = roll(f, PAGES);
	range.end = range.first + 1 + roll(f, PAGES - range.first);
	if (f->odd && chance(f, 10))
		range.first = -1;
	if (f->odd && chance(f, 10))
		range.end = PAGES + 1;
	range.start = range.area->base + range.first * (long)page_size();
	range.len = (range.end - range.first) * page_size();
	/* What is less than a page counts as one. */
	if (chance(f, 20))
		range.len -= 1 + roll(f, page_size() - 1);
	if (!f->odd)
		return range;
	if (chance(f, 4))
		range.start += 1 + roll(f, page_size() - 1);
	if (chance(f, 4))
		range.len = 0;
	if (chance(f, 6))
		range.len = ~0UL - roll(f, 3 * page_size());
	return range;
}

/* 0, an errno, or NOTHING for a range of no pages. */
static int range_error(const struct range *range, unsigned int quirks)
{
	const unsigned long page = page_size();
	uintptr_t start = (uintptr_t)range->start;
	unsigned long len = (range->len + page - 1) / page * page;

	if (start % page)
		return -EINVAL;
	/* B13: no length is left of one that overflows when it is rounded. */
	if (range->len && !len)
		return quirks & B13 ? NOTHING : -EINVAL;
	if (start + len < start)
		return -EINVAL;
	return len ? 0 : NOTHING;
}

/* How many pages of the range are mapped, and is there one that is not? */
static int range_mapped(const struct range *range, bool *hole)
{
	int mapped = 0;

	for (int page = range->first; page < range->end; page++)
		if (page >= 0 && page < PAGES && range->area->mapped[page])
			mapped++;
	*hole = mapped < range->end - range->first;
	return mapped;
}

static int clamp(int page)
{
	return page < 0 ? 0 : page > PAGES ? PAGES : page;
}

/* --- mbind() --- */

struct mbind_call {
	struct range range;
	struct set_call set;
	unsigned int flags;
	struct pages before;
	int task;	/* policy of the task, for MPOL_DEFAULT */
};

struct mbind_seen {
	int err;
	struct pages after;
};

#define MOVES	(MPOL_MF_MOVE | MPOL_MF_MOVE_ALL)

/* The policy that pages have to follow: without one, the task's. */
static struct held judged_by(const struct fuzz *f, const struct mbind_call *call,
			     const struct policy *pol)
{
	struct held held = { .pol = *pol, .then = f->allowed };

	held.pol.home = -1;
	return pol->mode == MPOL_DEFAULT ? f->held[call->task] : held;
}

/**
 * struct right - where a page should be
 * @nodes:   any of these
 * @nearest: they are equally near, and the kernel's order decides
 */
struct right {
	struct nodes nodes;
	bool nearest;
};

/* The task may have a policy none of whose nodes it is allowed any more. */
static struct right right_nodes(const struct fuzz *f, const struct held *held,
				const struct mbind_call *call, int page)
{
	struct nodes set = meant(f, held), open = nodes_and(&set, &f->allowed);
	struct right right = { .nodes = open };
	int from = f->cpu_node;

	if (held->pol.mode == MPOL_INTERLEAVE || held->pol.mode == MPOL_WEIGHTED_INTERLEAVE) {
		if (call->flags & MOVES)
			right.nodes = targets(f, held, call->range.area->index + page);
	} else if (nodes_empty(&open)) {
		if (held->pol.mode == MPOL_PREFERRED && !nodes_empty(&set))
			from = nodes_nth(&set, 0);
		right.nodes = machine_nearest(&f->allowed, from);
		right.nearest = nodes_count(&right.nodes) > 1;
	}
	return right;
}

/* B6, B7: the kernel looks at the nodes as they were passed. */
static bool judged_wrong(const struct fuzz *f, const struct mbind_call *call,
			 const struct policy *pol, int page, int node, unsigned int quirks)
{
	bool interleave = pol->mode == MPOL_INTERLEAVE || pol->mode == MPOL_WEIGHTED_INTERLEAVE;
	struct held held = judged_by(f, call, pol);
	struct right right = right_nodes(f, &held, call, page);

	if (quirks & (interleave && (call->flags & MOVES) ? B7 : B6))
		right.nodes = pol->ask;
	return !nodes_has(&right.nodes, node);
}

static bool stays(const struct mbind_call *call, int page)
{
	return !call->before.exclusive[page] && !(call->flags & MPOL_MF_MOVE_ALL);
}

/*
 * Pages of the range that are wrong: all, or those that may not be moved.  In
 * @may_be is how many more there are if they are taken for wrong.
 */
static int count_wrong(const struct fuzz *f, const struct mbind_call *call,
		       const struct policy *pol, unsigned int quirks, int *may_be)
{
	struct held held = judged_by(f, call, pol);
	int wrong = 0;

	*may_be = 0;
	for (int page = clamp(call->range.first); page < clamp(call->range.end); page++) {
		struct right right = right_nodes(f, &held, call, page);
		int node = call->before.node[page];

		if (node < 0 || ((call->flags & MOVES) && !stays(call, page)))
			continue;
		if (judged_wrong(f, call, pol, page, node, quirks))
			wrong++;
		else if (right.nearest)
			*may_be += 1;
	}
	return wrong;
}

/* The error before any page is looked at, or NOTHING. */
static int mbind_error(const struct fuzz *f, const struct mbind_call *call, unsigned int quirks,
		       struct policy *pol)
{
	int err = set_error(f, &call->set, quirks, pol);
	struct nodes nodes;
	int early = mode_error(call->set.mode) ?:
		    mask_means(&call->set.mask, quirks, &nodes);

	if (early)
		return early;
	if (call->flags & ~MPOL_MF_VALID)
		return -EINVAL;
	early = range_error(&call->range, quirks);
	return early ?: err;
}

static bool mbind_err_matches(const struct fuzz *f, const struct mbind_call *call, int seen,
			      unsigned int quirks)
{
	struct policy pol;
	int mapped, wrong, may_be, err = mbind_error(f, call, quirks, &pol);
	bool hole, no_hole_wanted;

	if (err)
		return seen == (err == NOTHING ? 0 : err);
	mapped = range_mapped(&call->range, &hole);
	no_hole_wanted = pol.mode != MPOL_DEFAULT || !mapped;
	if (!(call->flags & MPOL_MF_STRICT) || pol.mode == MPOL_DEFAULT)
		return seen == (hole && no_hole_wanted ? -EFAULT : 0);

	wrong = count_wrong(f, call, &pol, quirks, &may_be);
	if (may_be && seen == -EIO)
		return true;
	if (hole && no_hole_wanted)	/* what comes first is told */
		return seen == -EFAULT || (wrong && !(call->flags & MOVES) && seen == -EIO);
	if ((call->flags & MOVES) && (quirks & B8))
		return seen == 0;
	return seen == (wrong ? -EIO : 0);
}

/* Has it changed anything but the places of pages? */
static bool mbind_applies(const struct fuzz *f, const struct mbind_call *call, int err,
			  struct policy *pol)
{
	return !mbind_error(f, call, 0, pol) &&
	       (!err || (err == -EIO && (call->flags & MOVES)));
}

static bool page_matches(const struct fuzz *f, const struct mbind_call *call,
			 const struct policy *pol, const struct pages *after, int page,
			 unsigned int quirks)
{
	int from = call->before.node[page], to = after->node[page];
	struct held held = judged_by(f, call, pol);
	struct right right = right_nodes(f, &held, call, page);
	bool inside = page >= call->range.first && page < call->range.end;

	if (from < 0)
		return to == from;
	if (inside && (call->flags & MOVES) && right.nearest && nodes_has(&right.nodes, from))
		return nodes_has(&right.nodes, to);
	if (!inside || !(call->flags & MOVES) || stays(call, page) ||
	    !judged_wrong(f, call, pol, page, from, quirks))
		return to == from;
	/* B7: one that is moved takes any turn. */
	if (quirks & B7)
		right.nodes = meant(f, &held);
	/* B6: MPOL_DEFAULT has no nodes to take pages to. */
	if ((quirks & B6) && pol->mode == MPOL_DEFAULT)
		return true;
	return nodes_has(&right.nodes, to);
}

static bool mbind_matches(const struct fuzz *f, const void *arg, const void *result,
			  unsigned int quirks)
{
	const struct mbind_call *call = arg;
	const struct mbind_seen *seen = result;
	struct policy pol;

	if (!mbind_err_matches(f, call, seen->err, quirks))
		return false;
	if (!mbind_applies(f, call, seen->err, &pol))
		return true;
	for (int page = 0; page < PAGES; page++)
		if (!page_matches(f, call, &pol, &seen->after, page, quirks))
			return false;
	return true;
}

static void trace_mbind(struct fuzz *f, const struct mbind_call *call, int err)
{
	const struct mask *mask = &call->set.mask;

	trace(f, "mbind(area %d page %d%s, %#lx, %#x, {%s}%s, %lu, %#x) = %d",
	      (int)(call->range.area - f->area), call->range.first,
	      (uintptr_t)call->range.start % page_size() ? "+" : "", call->range.len,
	      call->set.mode, nodes_text(&mask->bits),
	      mask->null ? " NULL" : mask->bad ? " bad" : "", mask->maxnode, call->flags, err);
}

/* Where pages were and are, if they have moved. */
static void trace_moves(struct fuzz *f, const struct pages *before, const struct pages *after)
{
	for (int page = 0; page < PAGES; page++)
		if (before->node[page] != after->node[page])
			trace(f, "  page %d: node %d, then %d", page, before->node[page],
			      after->node[page]);
}

static unsigned int random_flags(struct fuzz *f)
{
	unsigned int flags = 0;

	if (f->odd && chance(f, 5))
		return roll(f, 64);
	if (chance(f, 40))
		flags |= MPOL_MF_STRICT;
	if (chance(f, 30))
		flags |= chance(f, 75) ? MPOL_MF_MOVE : MPOL_MF_MOVE_ALL;
	return flags;
}

bool op_mbind(struct fuzz *f)
{
	struct mbind_call call = {
		.range = random_range(f, &f->area[roll(f, AREAS)]), .flags = random_flags(f),
	};
	const struct mask *mask = &call.set.mask;
	struct mbind_seen seen;
	struct policy pol;

	call.set.mode = random_mode(f);
	call.set.mask = random_mask(f, call.set.mode & ~FLAGS);
	call.task = f->task;
	look(call.range.area, &call.before);
	seen.err = sys_mbind(call.range.start, call.range.len, call.set.mode, mask_address(mask),
			     mask->maxnode, call.flags) ? -errno : 0;
	look(call.range.area, &seen.after);
	trace_mbind(f, &call, seen.err);
	trace_moves(f, &call.before, &seen.after);
	if (!must_match(f, mbind_matches, &call, &seen, "errno of mbind(), or nodes of pages"))
		return false;
	if (!mbind_applies(f, &call, seen.err, &pol))
		return true;
	model_bind(f, call.range.area, clamp(call.range.first), clamp(call.range.end), &pol);
	f->outcome->succeeded[OP_MBIND]++;
	return true;
}

/* --- set_mempolicy_home_node() --- */

struct home_call {
	struct range range;
	unsigned long node;
	unsigned long flags;
};

/* B2: the kernel looks at the mapping's copy of an object's policy. */
static int home_range_error(const struct fuzz *f, const struct range *range, unsigned int quirks)
{
	const struct area *area = range->area;
	int err = -ENOENT;

	for (int page = clamp(range->first); page < clamp(range->end); page++) {
		int held = quirks & B2 ? area->held[page] : held_at(area, page, 0);
		const struct policy *pol = &f->held[held].pol;

		if (!area->mapped[page] || !held)
			continue;
		if (pol->mode != MPOL_BIND && pol->mode != MPOL_PREFERRED_MANY)
			return -EOPNOTSUPP;
		err = 0;
	}
	return err;
}

/* 0, an errno, or NOTHING. */
static int home_error(const struct fuzz *f, const struct home_call *call, unsigned int quirks)
{
	const struct nodes *nodes = quirks & B9 ? &machine.online : &machine.memory;

	if ((uintptr_t)call->range.start % page_size() || call->flags ||
	    !nodes_has(nodes, call->node) || call->node >= machine.max)
		return -EINVAL;
	return range_error(&call->range, quirks) ?:
	       home_range_error(f, &call->range, quirks);
}

static bool home_matches(const struct fuzz *f, const void *call, const void *seen,
			 unsigned int quirks)
{
	int err = home_error(f, call, quirks);

	return *(const int *)seen == (err == NOTHING ? 0 : err);
}

static bool can_have_home(const struct fuzz *f, const struct area *area, int page)
{
	int mode = f->held[held_at(area, page, 0)].pol.mode;

	return area->mapped[page] && (mode == MPOL_BIND || mode == MPOL_PREFERRED_MANY);
}

/* Most random ranges have something in them that cannot have a home: looks for a better one. */
static void aim(struct fuzz *f, struct range *range)
{
	const struct area *area = range->area;
	int tries = 0, first = clamp(range->first) % PAGES, end;

	if (chance(f, f->odd ? 70 : 30))
		return;
	while (tries++ < PAGES && !can_have_home(f, area, first))
		first = (first + 1) % PAGES;
	for (end = first + 1; end < PAGES && can_have_home(f, area, end) && chance(f, 70); end++)
		;
	range->first = first;
	range->end = end;
	range->start = page_at(area->base, first);
	range->len = (end - first) * page_size();
}

static bool set_home(struct fuzz *f, enum op counted, struct area *area)
{
	struct home_call call = {
		.range = random_range(f, area),
		.node = nodes_nth(&machine.roomy, roll(f, nodes_count(&machine.roomy))),
	};
	int err;

	aim(f, &call.range);
	if (chance(f, 10))
		call.node = roll(f, machine.max + 10);
	if (f->odd && chance(f, 5))
		call.flags = roll(f, 4);
	err = sys_home_node(call.range.start, call.range.len, call.node, call.flags) ? -errno : 0;
	trace(f, "set_mempolicy_home_node(area %d page %d, %#lx, %lu, %lu) = %d",
	      (int)(area - f->area), call.range.first, call.range.len, call.node, call.flags, err);
	if (!must_match(f, home_matches, &call, &err, "errno of set_mempolicy_home_node()"))
		return false;
	if (home_error(f, &call, 0))
		return true;
	model_home(f, area, clamp(call.range.first), clamp(call.range.end), call.node);
	f->outcome->succeeded[counted]++;
	/* Nothing else tells of a home node. */
	return touch_anew(f, area, clamp(call.range.first), clamp(call.range.end));
}

bool op_home(struct fuzz *f)
{
	return set_home(f, OP_HOME, &f->area[roll(f, ANONYMOUS)]);
}

bool op_object_home(struct fuzz *f)
{
	return set_home(f, OP_OBJECT_HOME, &f->area[ANONYMOUS + roll(f, AREAS - ANONYMOUS)]);
}
