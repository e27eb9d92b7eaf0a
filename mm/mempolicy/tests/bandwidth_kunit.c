// SPDX-License-Identifier: GPL-2.0
/*
 * Weights for bandwidths: the vectors, all weights that two nodes can have, and
 * the promise for up to 64 nodes. The host tests have more of each.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "bandwidths.h"

static void weigh(u8 *weight, const u32 *bandwidth, u32 nr)
{
	u32 scaled[BANDWIDTHS_MAX];

	memcpy(scaled, bandwidth, nr * sizeof(*scaled));
	mpol_bandwidth_weigh(weight, scaled, nr);
}

static void test_vectors(struct kunit *test)
{
	u8 weight[ARRAY_SIZE(vec_shares[0].weight)];
	u32 row, i;

	for (row = 0; row < ARRAY_SIZE(vec_shares); row++) {
		const struct vec_shares *v = &vec_shares[row];

		weigh(weight, v->bandwidth, v->nr);
		for (i = 0; i < v->nr; i++)
			KUNIT_EXPECT_EQ_MSG(test, v->weight[i], weight[i],
					    "row %u, node %u", row, i);
	}
}

/* Up to 100:1; every second time there are only two kinds of nodes. */
static void random_bandwidths(struct rnd_state *random, u32 *bandwidth, u32 nr)
{
	u32 unit = 1 + prandom_u32_state(random) % 4000;
	u32 i, kinds = nr % 2 ? nr : 2;

	for (i = 0; i < nr; i++)
		bandwidth[i] = i < kinds ?
			unit + prandom_u32_state(random) % (99 * unit + 1) :
			bandwidth[prandom_u32_state(random) % kinds];
}

static void test_promise(struct kunit *test)
{
	u32 bandwidth[BANDWIDTHS_MAX];
	u8 weight[BANDWIDTHS_MAX];
	struct rnd_state random;
	const char *wrong;
	u32 nr;

	prandom_seed_state(&random, 1);
	for (nr = 2; nr <= BANDWIDTHS_MAX; nr++) {
		random_bandwidths(&random, bandwidth, nr);
		weigh(weight, bandwidth, nr);
		wrong = bandwidths_judge(weight, bandwidth, nr);
		KUNIT_EXPECT_NULL_MSG(test, wrong, "%u nodes: %s", nr, wrong);
	}
}

/* The least error of any two weights with the same total as @weight. */
static u32 least_error(const u32 *bandwidth, u32 total)
{
	u32 first, least = U32_MAX;

	for (first = 1; first < total; first++) {
		u8 weight[2] = { first, total - first };

		if (first > 255 || total - first > 255)
			continue;
		least = min(least, bandwidths_error(weight, bandwidth, 2));
	}
	return least;
}

static void check_pair(struct kunit *test, const u32 *bandwidth)
{
	u32 total, error, first = 0;
	u8 weight[2];

	weigh(weight, bandwidth, 2);
	error = bandwidths_error(weight, bandwidth, 2);
	for (total = 2; total <= 2 * 255; total++) {
		u32 least = least_error(bandwidth, total);

		if (!first && least <= MPOL_SHARE_ERROR)
			first = total;
		if (!first || total > first + first / 16)
			continue;
		KUNIT_EXPECT_LE_MSG(test, error, least,
				    "%u:%u got %u:%u, total %u is better",
				    bandwidth[0], bandwidth[1], weight[0],
				    weight[1], total);
	}
	total = bandwidths_total(weight, 2);
	KUNIT_EXPECT_GE(test, total, first);
	KUNIT_EXPECT_LE(test, total, first + first / 16);
}

static void test_all_pairs(struct kunit *test)
{
	u32 i, bandwidth[2];
	struct rnd_state random;

	prandom_seed_state(&random, 2);
	for (i = 0; i < 8; i++) {
		random_bandwidths(&random, bandwidth, 2);
		check_pair(test, bandwidth);
	}
}

static struct kunit_case shares_cases[] = {
	KUNIT_CASE(test_vectors),
	KUNIT_CASE(test_promise),
	KUNIT_CASE(test_all_pairs),
	{ }
};

static struct kunit_suite shares_suite = {
	.name		= "mempolicy-shares",
	.test_cases	= shares_cases,
};

kunit_test_suite(shares_suite);
