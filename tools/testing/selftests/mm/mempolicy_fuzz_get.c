// SPDX-License-Identifier: GPL-2.0
/*
 * What get_mempolicy() tells to mempolicy_fuzz: of everything after each step,
 * and as a step with random arguments.
 */
#include <errno.h>
#include <string.h>

#include "mempolicy_calls.h"
#include "mempolicy_fuzz.h"
#include "mempolicy_machine.h"
#include "mempolicy_policy.h"

#define MASK_LIMIT	(4096 * 8UL)	/* bits that a mask may have */
#define MASK_BYTES	(4096 + 64)
#define CANARY		0xa5

/* --- all policies, as they are told --- */

/* Whose policy: the task's if @area is NULL. */
struct told_call {
	const struct area *area;
	int page;
};

struct told_seen {
	int err;
	int mode;
	struct nodes nodes;
};

static const struct held *held_by(const struct fuzz *f, const struct told_call *call,
				  unsigned int quirks)
{
	return &f->held[call->area ? held_at(call->area, call->page, quirks) : f->task];
}

static bool told_matches(const struct fuzz *f, const void *arg, const void *result,
			 unsigned int quirks)
{
	const struct told_call *call = arg;
	const struct told_seen *seen = result;
	const struct held *held = held_by(f, call, quirks);
	struct nodes nodes = told(f, held, quirks);

	if (call->area && !call->area->mapped[call->page])
		return seen->err == -EFAULT;
	return !seen->err && seen->mode == policy_reported_mode(&held->pol) &&
	       nodes_same(&seen->nodes, &nodes);
}

static bool check_one(struct fuzz *f, const struct area *area, int page)
{
	struct told_call call = { .area = area, .page = page };
	struct told_seen seen = { 0 };
	char what[200];
	int len;

	seen.err = -policy_get(area ? page_at(area->base, page) : NULL, &seen.mode, &seen.nodes);
	if (told_matches(f, &call, &seen, 0))
		return true;
	len = area ? snprintf(what, sizeof(what), "area %d page %d", (int)(area - f->area), page) :
		     snprintf(what, sizeof(what), "the task");
	snprintf(what + len, sizeof(what) - len, " is told to have mode %#x nodes %.60s, %d",
		 seen.mode, nodes_text(&seen.nodes), seen.err);
	return must_match(f, told_matches, &call, &seen, what);
}

bool check_told(struct fuzz *f)
{
	if (!check_one(f, NULL, 0))
		return false;
	for (int i = 0; i < AREAS; i++)
		for (int page = 0; page < PAGES; page++)
			if (!check_one(f, &f->area[i], page))
				return false;
	return true;
}

/* --- a call with random arguments --- */

struct get_call {
	struct told_call of;
	int node;		/* of the page at the address, or negative */
	bool ask_mode;
	bool ask_nodes;
	unsigned long maxnode;
	bool address;
	unsigned long flags;
};

struct get_seen {
	int err;
	int mode;
	unsigned char mask[MASK_BYTES];
};

/* What is wrong with the call, apart from how long the mask is. */
static int get_error(const struct fuzz *f, const struct get_call *call)
{
	const struct policy *pol = &f->held[f->task].pol;

	if (call->ask_nodes && call->maxnode < machine.nr_ids)
		return -EINVAL;
	if (call->flags & ~(MPOL_F_NODE | MPOL_F_ADDR | MPOL_F_MEMS_ALLOWED))
		return -EINVAL;
	if (call->flags & MPOL_F_MEMS_ALLOWED)
		return call->flags & ~MPOL_F_MEMS_ALLOWED ? -EINVAL : 0;
	if (call->flags & MPOL_F_ADDR)
		return call->address && call->of.area->mapped[call->of.page] ? 0 : -EFAULT;
	if (call->address)
		return -EINVAL;
	if ((call->flags & MPOL_F_NODE) && pol->mode != MPOL_INTERLEAVE &&
	    pol->mode != MPOL_WEIGHTED_INTERLEAVE)
		return -EINVAL;
	return 0;
}

static bool mode_matches(const struct fuzz *f, const struct get_call *call, int mode,
			 unsigned int quirks)
{
	const struct held *held = held_by(f, &call->of, quirks);
	struct nodes round;

	if (!call->ask_mode)
		return true;
	if (call->flags & MPOL_F_MEMS_ALLOWED)
		return mode == MPOL_DEFAULT;
	if (!(call->flags & MPOL_F_NODE))
		return mode == policy_reported_mode(&held->pol);
	if (call->flags & MPOL_F_ADDR)
		return mode == call->node;
	/* Whose turn it is; what the kernel allocates takes turns, too. */
	round = meant(f, held);
	return nodes_has(&round, mode);
}

static bool byte_has(const struct nodes *set, unsigned int at, unsigned char byte)
{
	for (int bit = 0; bit < 8; bit++)
		if (nodes_has(set, at * 8 + bit) != (byte >> bit & 1))
			return false;
	return true;
}

/* Nodes, then zeroes, then what the caller had there. */
static bool mask_matches(const struct fuzz *f, const struct get_call *call,
			 const unsigned char *mask, unsigned int quirks)
{
	struct nodes set = told(f, held_by(f, &call->of, quirks), quirks);
	unsigned long bits = call->maxnode - 1;
	unsigned long size = (bits ? bits : 1) + 63;

	size = size / 64 * 8;
	if (call->flags & MPOL_F_MEMS_ALLOWED)
		set = f->allowed;
	if (!call->ask_nodes || ((quirks & B13) && bits >= ~0UL - 64))
		size = 0;
	for (unsigned long at = 0; at < MASK_BYTES; at++)
		if (at < size ? !byte_has(&set, at, mask[at]) : mask[at] != CANARY)
			return false;
	return true;
}

static bool get_matches(const struct fuzz *f, const void *arg, const void *result,
			unsigned int quirks)
{
	const struct get_call *call = arg;
	const struct get_seen *seen = result;
	int err = get_error(f, call);

	if (err)
		return seen->err == err;
	if (call->ask_nodes && call->maxnode - 1 > MASK_LIMIT &&
	    !((quirks & B13) && call->maxnode - 1 >= ~0UL - 64))
		return seen->err == -EINVAL;
	return !seen->err && mode_matches(f, call, seen->mode, quirks) &&
	       mask_matches(f, call, seen->mask, quirks);
}

static unsigned long random_maxnode(struct fuzz *f)
{
	static const unsigned long odd[] = {
		0, 1, 2, 4, 5, 63, 64, 66, 128, 129, 500, MASK_LIMIT, MASK_LIMIT + 1,
		MASK_LIMIT + 2, ~0UL, ~0UL - 1, 1UL << 63,
	};

	return f->odd && chance(f, 50) ? odd[roll(f, ARRAY_SIZE(odd))] :
					 machine.max + 1;
}

static struct get_call random_get(struct fuzz *f)
{
	struct get_call call = {
		.ask_mode = chance(f, 80), .ask_nodes = chance(f, 80),
		.maxnode = random_maxnode(f), .flags = roll(f, 8),
	};

	if (f->odd && chance(f, 10))
		call.flags |= roll(f, 32);
	call.address = call.flags & MPOL_F_ADDR || (f->odd && chance(f, 10));
	/* MPOL_F_ADDR without an address would be about address 0. */
	if (call.address) {
		call.of.area = &f->area[roll(f, AREAS)];
		call.of.page = roll(f, PAGES);
		call.node = page_node(page_at(call.of.area->base, call.of.page));
		/* It would bring the page in. */
		if (call.node < 0)
			call.flags &= ~(unsigned long)MPOL_F_NODE;
	}
	return call;
}

bool op_get(struct fuzz *f)
{
	struct get_call call = random_get(f);
	struct get_seen seen = { 0 };
	void *at = call.address ? page_at(call.of.area->base, call.of.page) : NULL;

	memset(seen.mask, CANARY, sizeof(seen.mask));
	seen.err = sys_get_mempolicy(call.ask_mode ? &seen.mode : NULL,
				     call.ask_nodes ? seen.mask : NULL, call.maxnode, at,
				     call.flags) ? -errno : 0;
	if (!(call.flags & MPOL_F_ADDR))
		call.of.area = NULL;
	trace(f, "get_mempolicy(%s, %s, %lu, area %d page %d, %#lx) = %d, mode %#x",
	      call.ask_mode ? "mode" : "NULL", call.ask_nodes ? "nodes" : "NULL", call.maxnode,
	      call.address && call.of.area ? (int)(call.of.area - f->area) : -1, call.of.page,
	      call.flags, seen.err, seen.mode);
	if (!must_match(f, get_matches, &call, &seen, "answer of get_mempolicy()"))
		return false;
	f->outcome->succeeded[OP_GET] += !seen.err;
	return true;
}
