// SPDX-License-Identifier: GPL-2.0
/*
 * Choosing weights.
 *
 * With a total and an error given, every node has a lowest and a highest
 * weight. There are such weights if no node's lowest is above its highest, and
 * the total lies between the sums of both. That is all that is ever asked
 * here, once for each total that is worth it, in time with the number of nodes.
 */
#include "bandwidth.h"

/*
 * Bits of a node's part, so that nothing below exceeds 64: a part (22) times a
 * total (10 of nodes and 8 of weights) times two units (21) has 61.
 */
#define PART_BITS	22

/**
 * struct shares - what the weights are to stand for
 * @part:	bandwidth by node, scaled
 * @nr:		number of nodes
 * @hint:	a node that had no weight at the total tried before
 * @whole:	sum of all parts, times MPOL_SHARE_UNIT
 */
struct shares {
	const u32 *part;
	u32 nr;
	u32 hint;
	u64 whole;
};

/* What a node may weigh. */
struct span {
	u32 low;
	u32 high;
};

static u64 divide_up(u64 dividend, u64 divisor)
{
	return div64_u64(dividend + divisor - 1, divisor);
}

static u32 scale_one(u32 bandwidth, u32 bits)
{
	return ((u64)bandwidth << PART_BITS) >> bits;
}

/* The greatest has all the bits afterwards. */
static struct shares scale(u32 *bandwidth, u32 nr)
{
	struct shares shares = { .part = bandwidth, .nr = nr };
	u32 i, bits, least, top = 0;
	u64 sum = 0;

	for (i = 0; i < nr; i++)
		top = max(top, bandwidth[i]);
	bits = fls(top);
	least = DIV_ROUND_UP(scale_one(top, bits), MPOL_WEIGHT_MAX);
	for (i = 0; i < nr; i++) {
		bandwidth[i] = max(scale_one(bandwidth[i], bits), least);
		sum += bandwidth[i];
	}
	shares.whole = sum * MPOL_SHARE_UNIT;
	return shares;
}

static struct span span_of(const struct shares *shares, u32 i, u32 total,
			   u32 error)
{
	u64 ideal = (u64)shares->part[i] * total;
	u64 low = divide_up((MPOL_SHARE_UNIT - error) * ideal, shares->whole);
	u64 high = div64_u64((MPOL_SHARE_UNIT + error) * ideal, shares->whole);

	return (struct span) {
		.low = low ? low : 1,
		.high = high < MPOL_WEIGHT_MAX ? high : MPOL_WEIGHT_MAX,
	};
}

/* Node @i has no weight at @total. At which total could it have one? */
static u32 total_for(const struct shares *shares, u32 i, u32 total, u32 error)
{
	u64 most = (u64)(MPOL_SHARE_UNIT + error) * shares->part[i];
	u64 weight = div64_u64(most * total, shares->whole) + 1;

	if (weight > MPOL_WEIGHT_MAX)
		return U32_MAX;
	return divide_up(weight * shares->whole, most);
}

/*
 * @total itself if there are weights within @error for it, otherwise the next
 * one to try. The node that had no weight last time is asked first.
 */
static u32 try_total(struct shares *shares, u32 total, u32 error)
{
	u32 n, i = shares->hint, low = 0, high = 0;

	for (n = 0; n < shares->nr; n++) {
		struct span span = span_of(shares, i, total, error);

		if (span.low > span.high) {
			shares->hint = i;
			return total_for(shares, i, total, error);
		}
		low += span.low;
		high += span.high;
		i = i + 1 < shares->nr ? i + 1 : 0;
	}
	return low <= total && total <= high ? total : total + 1;
}

/* The least total from @total to @last with weights within @error, or 0. */
static u32 find_total(struct shares *shares, u32 total, u32 last, u32 error)
{
	while (total <= last) {
		u32 next = try_total(shares, total, error);

		if (next == total)
			return total;
		total = next;
		cond_resched();
	}
	return 0;
}

/* The least error at @total, which can be had within @error. */
static u32 least_error(struct shares *shares, u32 total, u32 error)
{
	u32 low = 0;

	while (low < error) {
		u32 mid = (low + error) / 2;

		if (try_total(shares, total, mid) == total)
			error = mid;
		else
			low = mid + 1;
	}
	return error;
}

/* Of the totals from @total to @last the one with the least error. */
static u32 best_total(struct shares *shares, u32 total, u32 last, u32 *error)
{
	u32 best = 0;

	while (total) {
		best = total;
		*error = least_error(shares, total, *error);
		if (!*error)
			break;
		total = find_total(shares, total + 1, last, *error - 1);
	}
	return best;
}

/* All weights that are not yet their sum go up or down by one, in turn. */
static void hand_out(const struct shares *shares, u8 *weight, u32 total,
		     u32 error)
{
	u32 i, sum = 0;

	for (i = 0; i < shares->nr; i++) {
		struct span span = span_of(shares, i, total, error);
		u64 twice = 2ULL * MPOL_SHARE_UNIT * shares->part[i] * total;
		u32 nearest = div64_u64(twice + shares->whole,
					2 * shares->whole);

		weight[i] = max(min(nearest, span.high), span.low);
		sum += weight[i];
	}
	for (i = 0; sum != total; i = i + 1 < shares->nr ? i + 1 : 0) {
		struct span span = span_of(shares, i, total, error);

		if (sum < total && weight[i] < span.high) {
			weight[i]++;
			sum++;
		} else if (sum > total && weight[i] > span.low) {
			weight[i]--;
			sum--;
		}
	}
}

/**
 * mpol_bandwidth_weigh - weights of nodes with given bandwidths
 * @weight:	set to 1..255 for each node
 * @bandwidth:	of each node, in any unit, at least 1; scaled in place
 * @nr:		number of nodes, 1..1024
 *
 * Takes microseconds for a few nodes, and a few milliseconds at worst for 64
 * that are all different.
 *
 * Context: May sleep.
 */
void mpol_bandwidth_weigh(u8 *weight, u32 *bandwidth, u32 nr)
{
	struct shares shares = scale(bandwidth, nr);
	u32 total, last = nr * MPOL_WEIGHT_MAX, error = MPOL_SHARE_ERROR;

	total = find_total(&shares, nr, last, error);
	if (total) {
		last = total + total / 16;
	} else {
		error = MPOL_SHARE_UNIT;
		total = find_total(&shares, nr, last, error);
	}
	total = best_total(&shares, total, last, &error);
	hand_out(&shares, weight, total, error);
}
