// SPDX-License-Identifier: GPL-2.0
/* From set to set: the n-th node stays the n-th. */
#include "remap.h"
#include "sets.h"
#include "tests/remaps.h"

struct remap {
	nodemask_t src, old, new;
};

static void expect_remap(struct test *t, const struct remap *r,
			 const nodemask_t *want)
{
	nodemask_t got;

	memset(&got, 0xff, sizeof(got));
	mpol_remap(&got, &r->src, &r->old, &r->new);
	if (expect_nodes(t, want, &got))
		return;
	show_nodes("src", &r->src);
	show_nodes("old", &r->old);
	show_nodes("new", &r->new);
}

static void remap_vector(struct test *t, const struct vec_remap *v,
			 unsigned int base)
{
	nodemask_t want;
	struct remap r;

	if (vec_nodes(&r.src, v->src, base) &&
	    vec_nodes(&r.old, v->old, base) &&
	    vec_nodes(&r.new, v->new, base) &&
	    vec_nodes(&want, v->want, base))
		expect_remap(t, &r, &want);
}

static void remap_vectors(struct test *t)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vec_remaps); i++) {
		const struct vec_remap *v = &vec_remaps[i];

		remap_vector(t, v, 0);
		remap_vector(t, v, vec_room_above(v->src | v->old | v->new));
	}
}

static void compare_remap(struct test *t, const struct remap *r)
{
	struct naive_set src = to_naive(&r->src);
	struct naive_set old = to_naive(&r->old);
	struct naive_set new = to_naive(&r->new);
	struct naive_set result;
	nodemask_t want;

	naive_remap(&result, &src, &old, &new);
	want = from_naive(&result);
	expect_remap(t, r, &want);
}

static void random_remap(struct test *t, struct remap *r)
{
	random_nodes(t, &r->src);
	random_nodes(t, &r->old);
	random_some_nodes(t, &r->new);
}

static void remap_matches_model(struct test *t)
{
	unsigned int i, rounds = test_rounds();
	struct remap r;

	for (i = 0; i < rounds && !t->failures; i++) {
		random_remap(t, &r);
		compare_remap(t, &r);
	}
}

/* Every src, every old, every new of the first few nodes. */
static void remap_matches_model_exhaustively(struct test *t)
{
	u64 end = 1ULL << (MAX_NUMNODES > 64 ? 3 : 5);
	u64 src, old, new;
	struct remap r;

	for (src = 0; src < end; src++) {
		for (old = 0; old < end; old++) {
			for (new = 1; new < end && !t->failures; new++) {
				vec_nodes(&r.src, src, 0);
				vec_nodes(&r.old, old, 0);
				vec_nodes(&r.new, new, 0);
				compare_remap(t, &r);
			}
		}
	}
}

/* Catches drift: a set that did not change must not move anything. */
static void remap_to_same_set_is_identity(struct test *t)
{
	unsigned int i, rounds = test_rounds();
	nodemask_t want;
	struct remap r;

	for (i = 0; i < rounds && !t->failures; i++) {
		random_remap(t, &r);
		r.old = r.new;
		nodes_and(want, r.src, r.old);
		expect_remap(t, &r, &want);
	}
}

/* Catches nodes that the new set does not have, and lost ones. */
static void remap_stays_in_new_set(struct test *t)
{
	unsigned int i, rounds = test_rounds();
	nodemask_t known, got;
	struct remap r;

	for (i = 0; i < rounds && !t->failures; i++) {
		random_remap(t, &r);
		mpol_remap(&got, &r.src, &r.old, &r.new);
		nodes_and(known, r.src, r.old);
		expect_eq(t, true, nodes_subset(got, r.new));
		expect_eq(t, nodes_empty(known), nodes_empty(got));
	}
}

static void expect_relative(struct test *t, const nodemask_t *ordinals,
			    const nodemask_t *allowed, const nodemask_t *want)
{
	nodemask_t got;

	memset(&got, 0xff, sizeof(got));
	mpol_relative(&got, ordinals, allowed);
	if (expect_nodes(t, want, &got))
		return;
	show_nodes("ordinals", ordinals);
	show_nodes("allowed", allowed);
}

/* The positions stay where they are, the set moves up by @base. */
static void relative_vector(struct test *t, const struct vec_relative *v,
			    unsigned int base)
{
	nodemask_t ordinals, allowed, want;

	if (vec_nodes(&ordinals, v->ordinals, 0) &&
	    vec_nodes(&allowed, v->allowed, base) &&
	    vec_nodes(&want, v->want, base))
		expect_relative(t, &ordinals, &allowed, &want);
}

static void relative_vectors(struct test *t)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vec_relatives); i++) {
		const struct vec_relative *v = &vec_relatives[i];

		relative_vector(t, v, 0);
		relative_vector(t, v, vec_room_above(v->allowed));
	}
}

static void relative_matches_model(struct test *t)
{
	unsigned int i, rounds = test_rounds();

	for (i = 0; i < rounds && !t->failures; i++) {
		struct naive_set set, in, result;
		nodemask_t ordinals, allowed, want;

		random_nodes(t, &ordinals);
		random_some_nodes(t, &allowed);
		set = to_naive(&ordinals);
		in = to_naive(&allowed);
		naive_relative(&result, &set, &in);
		want = from_naive(&result);
		expect_relative(t, &ordinals, &allowed, &want);
	}
}

const struct property remap_properties[] = {
	PROPERTY(remap_vectors),
	PROPERTY(remap_matches_model),
	PROPERTY(remap_matches_model_exhaustively),
	PROPERTY(remap_to_same_set_is_identity),
	PROPERTY(remap_stays_in_new_set),
	PROPERTY(relative_vectors),
	PROPERTY(relative_matches_model),
	{ }
};
