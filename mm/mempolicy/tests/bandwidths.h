/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What weights must be chosen for bandwidths: by hand for some, and for any
 * others by the promise in bandwidth.h, spelled out. The KUnit suite and the host
 * tests share this.
 */
#ifndef _MM_MEMPOLICY_TESTS_BANDWIDTHS_H
#define _MM_MEMPOLICY_TESTS_BANDWIDTHS_H

#include "../bandwidth.h"

#define BANDWIDTHS_MAX	64

static const struct vec_shares {
	u32 nr;
	u32 bandwidth[16];
	u8 weight[16];
} vec_shares[] = {
	/* Ratios that weights can have are had. */
	{ 1, { 1 },			{ 1 } },
	{ 1, { U32_MAX },		{ 1 } },
	{ 2, { 100, 100 },		{ 1, 1 } },
	{ 2, { 40000, 10000 },		{ 4, 1 } },
	{ 2, { 16, 1 },			{ 16, 1 } },
	{ 2, { 1, 50 },			{ 1, 50 } },
	{ 2, { 300, 200 },		{ 3, 2 } },
	{ 2, { 100, 1 },		{ 100, 1 } },
	{ 2, { 255, 1 },		{ 255, 1 } },
	{ 4, { 40, 40, 10, 10 },	{ 4, 4, 1, 1 } },
	{ 4, { 10, 40, 10, 40 },	{ 1, 4, 1, 4 } },
	{ 3, { 100, 100, 1 },		{ 100, 100, 1 } },
	{ 16, { 10, 10, 10, 10, 10, 10, 10, 10, 1, 1, 1, 1, 1, 1, 1, 1 },
	      { 10, 10, 10, 10, 10, 10, 10, 10, 1, 1, 1, 1, 1, 1, 1, 1 } },
	{ 16, { 10, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 },
	      { 10, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 } },
	/* 3.07:1 is 3:1 as long as 2 % are enough. */
	{ 2, { 307, 100 },		{ 3, 1 } },
	{ 2, { 101, 100 },		{ 1, 1 } },
	/* No more than 255:1. */
	{ 2, { 300, 1 },		{ 255, 1 } },
	{ 2, { 1, U32_MAX },		{ 1, 255 } },
	{ 3, { 1000, 500, 1 },		{ 255, 128, 1 } },
	/* Sums that need more than 32 bits. */
	{ 3, { U32_MAX, U32_MAX, U32_MAX / 2 }, { 2, 2, 1 } },
};

static inline u64 bandwidths_sum(const u32 *bandwidth, u32 nr)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < nr; i++)
		sum += bandwidth[i];
	return sum;
}

static inline u32 bandwidths_total(const u8 *weight, u32 nr)
{
	u32 i, total = 0;

	for (i = 0; i < nr; i++)
		total += weight[i];
	return total;
}

/* By how many millionths of what it should be is the share of one node off? */
static inline u32 bandwidth_error(u32 weight, u32 total, u64 part, u64 sum)
{
	u64 is = weight * sum, ideal = part * total;
	u64 off = is > ideal ? is - ideal : ideal - is;

	return div64_u64(off * MPOL_SHARE_UNIT + ideal - 1, ideal);
}

/* ... and the worst of all nodes. */
static inline u32 bandwidths_error(const u8 *weight, const u32 *bandwidth,
				   u32 nr)
{
	u64 sum = bandwidths_sum(bandwidth, nr);
	u32 i, worst = 0, total = bandwidths_total(weight, nr);

	for (i = 0; i < nr; i++)
		worst = max(worst, bandwidth_error(weight[i], total,
						   bandwidth[i], sum));
	return worst;
}

/*
 * Are there weights of this total within this error? The weights around what
 * a node should have are looked at one by one.
 */
static inline bool bandwidths_allow(const u32 *bandwidth, u32 nr, u64 sum,
				    u32 total, u32 error)
{
	u32 i, low_sum = 0, high_sum = 0;

	for (i = 0; i < nr; i++) {
		u64 part = bandwidth[i];
		u32 ideal = div64_u64(part * total, sum);
		u32 low = ideal, high = ideal + 1;

		while (low && bandwidth_error(low, total, part, sum) <= error)
			low--;
		while (high <= 255 &&
		       bandwidth_error(high, total, part, sum) <= error)
			high++;
		/* Both went one too far, and low may be too high. */
		low++;
		high--;
		if (high > 255)
			high = 255;
		if (low > high)
			return false;
		low_sum += low;
		high_sum += high;
	}
	return low_sum <= total && total <= high_sum;
}

/* The least total from @total to @last that allows @error, or 0. */
static inline u32 bandwidths_find(const u32 *bandwidth, u32 nr, u32 total,
				  u32 last, u32 error)
{
	u64 sum = bandwidths_sum(bandwidth, nr);

	for (; total <= last; total++)
		if (bandwidths_allow(bandwidth, nr, sum, total, error))
			return total;
	return 0;
}

/*
 * Are these the weights that are promised? NULL, or what is wrong. For
 * bandwidths below 1 << 22 that differ by no more than 255:1.
 */
static inline const char *bandwidths_judge(const u8 *weight,
					   const u32 *bandwidth, u32 nr)
{
	u32 error = bandwidths_error(weight, bandwidth, nr);
	u32 i, total = bandwidths_total(weight, nr);
	u32 first, last = nr * 255;

	for (i = 0; i < nr; i++)
		if (!weight[i])
			return "a weight is 0";
	first = bandwidths_find(bandwidth, nr, nr, last, 20000);
	if (first && error > 20000)
		return "2 % are possible";
	if (first)
		last = first + first / 16;
	if (total > last || (first && total < first))
		return "the total is not among the least";
	if (!first)
		first = nr;
	if (error && bandwidths_find(bandwidth, nr, first, last, error - 1))
		return "a smaller error is possible";
	if (bandwidths_find(bandwidth, nr, first, total - 1, error))
		return "a smaller total has the same error";
	return NULL;
}

#endif /* _MM_MEMPOLICY_TESTS_BANDWIDTHS_H */
