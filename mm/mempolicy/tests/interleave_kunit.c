// SPDX-License-Identifier: GPL-2.0
/* Rounds of interleaves with the kernel's own node masks: the tables of rounds.h. */
#include <kunit/test.h>
#include <linux/slab.h>

#include "../interleave.h"
#include "rounds.h"
#include "scratch.h"

static struct mpol_interleave *build(struct kunit *test, const u8 *weight,
				     size_t *size)
{
	struct scratch *s = test->priv;
	struct mpol_interleave *il;

	*size = mpol_interleave_size(&s->src, weight);
	il = kunit_kzalloc(test, *size, GFP_KERNEL);
	if (!il)
		kunit_skip(test, "no memory for a round of %zu bytes", *size);
	mpol_interleave_build(il, &s->src, weight);
	return il;
}

/* The first slot of the next node that is higher, or 0. */
static u32 after_node(const char *round, char node)
{
	for (node++; node <= '9'; node++)
		if (strchr(round, node))
			return strchr(round, node) - round;
	return 0;
}

/* Every way to read a round against the string that it should be. */
static void check_round(struct kunit *test, const char *want,
			const struct mpol_interleave *il)
{
	u32 slot, length = strlen(want);

	KUNIT_ASSERT_EQ(test, length, il->nr_slots);
	for (slot = 0; slot < length; slot++) {
		unsigned int nid = want[slot] - '0';

		KUNIT_EXPECT_EQ_MSG(test, nid, mpol_interleave_node(il, slot),
				    "%s, slot %u", want, slot);
		KUNIT_EXPECT_EQ_MSG(test, after_node(want, want[slot]),
				    mpol_interleave_after(il, nid),
				    "%s, node %u", want, nid);
	}
}

static void test_rounds(struct kunit *test)
{
	struct scratch *s = test->priv;
	struct mpol_interleave computed;
	size_t size;
	int i;

	for (i = 0; i < ARRAY_SIZE(vec_rounds); i++) {
		const struct vec_round *v = &vec_rounds[i];
		const u8 *weight = v->even ? NULL : v->weight;

		if (!vec_nodes(&s->src, v->nodes, 0))
			continue;
		check_round(test, v->round, build(test, weight, &size));
		mpol_interleave_compute(&computed, &s->src, weight);
		check_round(test, v->round, &computed);
	}
}

static void set_length(struct scratch *s, const struct vec_length *v)
{
	u32 nid;

	nodes_clear(s->src);
	for (nid = 0; nid <= vec_last_node(v); nid += v->step) {
		node_set(nid, s->src);
		s->weight[nid] = v->weight;
	}
	s->weight[vec_last_node(v)] = v->last;
}

static enum vec_layout layout_of(const struct mpol_interleave *il)
{
	return il->layout == MPOL_INTERLEAVE_LONG ? VEC_LONG : VEC_SHORT;
}

static void check_length(struct kunit *test, const struct vec_length *v,
			 const struct mpol_interleave *il, size_t size)
{
	struct scratch *s = test->priv;
	struct mpol_interleave computed;
	u32 slot, nid;

	KUNIT_EXPECT_EQ(test, offsetof(struct mpol_interleave, narrow) + v->bytes,
			size);
	KUNIT_ASSERT_EQ(test, v->slots, il->nr_slots);
	KUNIT_EXPECT_EQ(test, v->layout, layout_of(il));
	mpol_interleave_compute(&computed, &s->src, s->weight);
	KUNIT_EXPECT_EQ(test, il->stride, computed.stride);
	for (slot = 0; slot < v->slots; slot += 1 + v->slots / 64) {
		nid = mpol_interleave_node(&computed, slot);
		KUNIT_EXPECT_EQ(test, nid, mpol_interleave_node(il, slot));
		KUNIT_EXPECT_EQ(test, mpol_interleave_after(&computed, nid),
				mpol_interleave_after(il, nid));
	}
}

static void test_lengths(struct kunit *test)
{
	struct scratch *s = test->priv;
	struct mpol_interleave *il;
	size_t size;
	int i;

	for (i = 0; i < ARRAY_SIZE(vec_lengths); i++) {
		if (vec_last_node(&vec_lengths[i]) >= MAX_NUMNODES)
			continue;
		set_length(s, &vec_lengths[i]);
		il = build(test, s->weight, &size);
		check_length(test, &vec_lengths[i], il, size);
	}
}

static struct kunit_case interleave_cases[] = {
	KUNIT_CASE(test_rounds),
	KUNIT_CASE(test_lengths),
	{ }
};

static struct kunit_suite interleave_suite = {
	.name		= "mempolicy-interleave",
	.init		= scratch_init,
	.test_cases	= interleave_cases,
};

kunit_test_suite(interleave_suite);
