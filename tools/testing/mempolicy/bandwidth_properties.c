// SPDX-License-Identifier: GPL-2.0
/* Weights for bandwidths: against the promise, and against all there are. */
#include <stdlib.h>

#include "test.h"
#include "tests/bandwidths.h"

static void weigh(u8 *weight, const u32 *bandwidth, u32 nr)
{
	u32 *scaled = test_alloc(nr * sizeof(*scaled));

	memcpy(scaled, bandwidth, nr * sizeof(*scaled));
	mpol_bandwidth_weigh(weight, scaled, nr);
	free(scaled);
}

static void show_shares(const u8 *weight, const u32 *bandwidth, u32 nr)
{
	u32 i;

	for (i = 0; i < nr; i++) {
		show_number("bandwidth", bandwidth[i]);
		show_number("  weighs", weight[i]);
	}
}

static void shares_vectors(struct test *t)
{
	u8 weight[ARRAY_SIZE(vec_shares[0].weight)];
	u32 row, i;

	for (row = 0; row < ARRAY_SIZE(vec_shares); row++) {
		const struct vec_shares *v = &vec_shares[row];

		weigh(weight, v->bandwidth, v->nr);
		for (i = 0; i < v->nr; i++)
			if (!expect_eq(t, v->weight[i], weight[i]))
				show_number("row", row);
	}
}

/* From 1:1 to @ratio:1; one in four is one of a few, as machines have them. */
static void random_bandwidths(struct test *t, u32 *bandwidth, u32 nr, u32 ratio)
{
	u32 i, unit = 1 + test_random(t, 4000), kinds = test_random(t, 4);

	for (i = 0; i < nr; i++) {
		if (!kinds || i < kinds)
			bandwidth[i] = unit + test_random(t, unit * (ratio - 1) + 1);
		else
			bandwidth[i] = bandwidth[test_random(t, kinds)];
	}
}

static void check_promise(struct test *t, u32 nr, u32 ratio)
{
	u32 bandwidth[BANDWIDTHS_MAX];
	u8 weight[BANDWIDTHS_MAX];
	const char *wrong;

	random_bandwidths(t, bandwidth, nr, ratio);
	weigh(weight, bandwidth, nr);
	wrong = bandwidths_judge(weight, bandwidth, nr);
	if (!expect_text(t, "", wrong ?: ""))
		show_shares(weight, bandwidth, nr);
}

/* Catches totals that are passed over, and nodes that are not looked at. */
static void shares_are_as_promised(struct test *t)
{
	static const u32 ratios[] = { 2, 4, 10, 30, 100 };
	u32 nr;

	for (nr = 2; nr <= BANDWIDTHS_MAX && !t->failures; nr++)
		check_promise(t, nr, ratios[test_random(t, 5)]);
	for (nr = 0; nr < 200 && !t->failures; nr++)
		check_promise(t, 2 + test_random(t, 5), 100);
}

/* The least error of any weights by their total. */
struct exhausted {
	u32 bandwidth[3];
	u32 nr;
	u64 sum;
	u32 error[3 * 255 + 1];
};

static void try_weights(struct exhausted *all, const u32 *weight)
{
	u32 i, total = 0, worst = 0;

	for (i = 0; i < all->nr; i++)
		total += weight[i];
	for (i = 0; i < all->nr && worst < all->error[total]; i++)
		worst = max(worst, bandwidth_error(weight[i], total,
						   all->bandwidth[i], all->sum));
	all->error[total] = min(all->error[total], worst);
}

static void exhaust(struct exhausted *all)
{
	u32 weight[3], third = all->nr == 3 ? 255 : 1;

	memset(all->error, 0xff, sizeof(all->error));
	all->sum = bandwidths_sum(all->bandwidth, all->nr);
	for (weight[0] = 1; weight[0] <= 255; weight[0]++)
		for (weight[1] = 1; weight[1] <= 255; weight[1]++)
			for (weight[2] = 1; weight[2] <= third; weight[2]++)
				try_weights(all, weight);
}

/* The total that the promise names. */
static u32 best_of(const struct exhausted *all)
{
	u32 total, first = all->nr, last = all->nr * 255, best;

	for (total = last; total >= all->nr; total--)
		if (all->error[total] <= MPOL_SHARE_ERROR)
			first = total;
	if (all->error[first] <= MPOL_SHARE_ERROR)
		last = first + first / 16;
	best = first;
	for (total = first; total <= last; total++)
		if (all->error[total] < all->error[best])
			best = total;
	return best;
}

static void check_exhausted(struct test *t, struct exhausted *all)
{
	u8 weight[3];
	u32 best;

	exhaust(all);
	best = best_of(all);
	weigh(weight, all->bandwidth, all->nr);
	if (!expect_eq(t, best, bandwidths_total(weight, all->nr)) ||
	    !expect_eq(t, all->error[best],
		       bandwidths_error(weight, all->bandwidth, all->nr)))
		show_shares(weight, all->bandwidth, all->nr);
}

/* Catches a promise that is kept by the letter of its model only. */
static void shares_match_exhaustive_search(struct test *t)
{
	struct exhausted all;
	u32 i;

	all.nr = 2;
	for (i = 0; i < 40 && !t->failures; i++) {
		random_bandwidths(t, all.bandwidth, 2, i & 1 ? 100 : 250);
		check_exhausted(t, &all);
	}
	all.nr = 3;
	random_bandwidths(t, all.bandwidth, 3, 100);
	check_exhausted(t, &all);
}

/* Catches sums that overflow, and a search that takes for ever. */
static void shares_of_many_nodes(struct test *t)
{
	u32 i, n, most = 1024, *bandwidth = test_alloc(most * sizeof(*bandwidth));
	u8 *weight = test_alloc(most);

	for (n = 0; n < 4; n++) {
		u32 least = n & 1 ? U32_MAX / 100 : 1;
		u32 spread = n & 2 ? U32_MAX - least : 2;
		/* The time that it takes grows with the square. */
		u32 nr = n == 3 ? most : most / 4;

		for (i = 0; i < nr; i++)
			bandwidth[i] = least + test_random(t, spread);
		weigh(weight, bandwidth, nr);
		for (i = 0; i < nr; i++)
			expect_eq(t, true, weight[i] > 0);
		if (n == 3)
			expect_eq(t, true, bandwidths_error(weight, bandwidth, nr) < 200000);
	}
	free(weight);
	free(bandwidth);
}

const struct property bandwidth_properties[] = {
	PROPERTY(shares_vectors),
	PROPERTY(shares_are_as_promised),
	PROPERTY(shares_match_exhaustive_search),
	PROPERTY(shares_of_many_nodes),
	{ }
};
