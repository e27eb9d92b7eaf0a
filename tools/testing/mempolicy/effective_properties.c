// SPDX-License-Identifier: GPL-2.0
/* What a policy means while the allowed nodes come and go. */
#include "remap.h"
#include "sets.h"
#include "tests/remaps.h"

struct request {
	int mode;
	struct mpol_spec spec;
	nodemask_t mems_asked, allowed;
};

static void show_request(const struct request *r)
{
	show_number("mode", r->spec.mode);
	show_number("flags", r->spec.flags);
	show_nodes("nodes", &r->spec.nodes);
	show_nodes("mems_asked", &r->mems_asked);
	show_nodes("allowed", &r->allowed);
}

static bool set_request(struct request *r, int mode, const nodemask_t *nodes)
{
	if (mpol_spec_set_mode(&r->spec, mode))
		return false;
	r->spec.nodes = *nodes;
	if (mpol_spec_check(&r->spec))
		return false;
	/* Now with PREFERRED of no node being LOCAL. */
	r->mode = r->spec.mode | r->spec.flags;
	return true;
}

static void give_to_object(struct request *r)
{
	r->spec.flags |= MPOL_F_SHARED;
	r->mode |= NAIVE_OBJECT;
}

/* It may ask for nodes that were allowed to nobody. */
static bool is_of_object(const struct request *r)
{
	return r->mode & NAIVE_OBJECT;
}

/* A random request of a task or an object, valid where it was made. */
static void random_request(struct test *t, struct request *r)
{
	nodemask_t nodes, asked;
	int mode;

	random_some_nodes(t, &r->mems_asked);
	random_some_nodes(t, &r->allowed);
	do {
		mode = test_random(t, MPOL_MAX) |
		       vec_flags[test_random(t, VEC_NR_FLAGS)].flags;
		random_nodes(t, &nodes);
		if (!set_request(r, mode, &nodes))
			continue;
		if (!test_random(t, 3))
			give_to_object(r);
		mpol_asked_nodes(&asked, &r->spec, &r->mems_asked);
		if (nodes_empty(r->spec.nodes) || !nodes_empty(asked) ||
		    is_of_object(r))
			return;
	} while (true);
}

/* What it means does not depend on where it was made. */
static bool forgets_birth(const struct request *r)
{
	return is_of_object(r) ||
	       (r->mode & (MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES));
}

static void expect_effective(struct test *t, const struct request *r,
			     const nodemask_t *want)
{
	nodemask_t got;

	memset(&got, 0xff, sizeof(got));
	mpol_effective_nodes(&got, &r->spec, &r->mems_asked, &r->allowed);
	if (!expect_nodes(t, want, &got))
		show_request(r);
}

static void effective_vector(struct test *t, const struct vec_effective *v,
			     bool of_object)
{
	nodemask_t nodes, want;
	struct request r;

	if (!vec_nodes(&nodes, v->nodes, 0) ||
	    !vec_nodes(&r.mems_asked, v->mems_asked, 0) ||
	    !vec_nodes(&r.allowed, v->allowed, 0) ||
	    !vec_nodes(&want, v->want, 0))
		return;
	if (!expect_eq(t, true, set_request(&r, v->mode, &nodes)))
		return;
	if (of_object)
		give_to_object(&r);
	expect_effective(t, &r, &want);
}

static void effective_vectors(struct test *t)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vec_effectives); i++)
		effective_vector(t, &vec_effectives[i], false);
}

static void effective_vectors_of_objects(struct test *t)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vec_objects); i++)
		effective_vector(t, &vec_objects[i], true);
}

static void effective_matches_model(struct test *t)
{
	unsigned int i, rounds = test_rounds();

	for (i = 0; i < rounds && !t->failures; i++) {
		struct naive_set nodes, mems_asked, allowed, result;
		struct request r;
		nodemask_t want;

		random_request(t, &r);
		nodes = to_naive(&r.spec.nodes);
		mems_asked = to_naive(&r.mems_asked);
		allowed = to_naive(&r.allowed);
		naive_effective(&result, r.mode, &nodes, &mems_asked, &allowed);
		want = from_naive(&result);
		expect_effective(t, &r, &want);
	}
}

/* Also where the request makes no sense: then nothing is left. */
static void asked_matches_model(struct test *t)
{
	unsigned int i, rounds = test_rounds();

	for (i = 0; i < rounds && !t->failures; i++) {
		struct naive_set nodes, allowed, result;
		nodemask_t want, got;
		struct request r;

		random_request(t, &r);
		nodes = to_naive(&r.spec.nodes);
		allowed = to_naive(&r.allowed);
		naive_asked(&result, r.mode, &nodes, &allowed);
		want = from_naive(&result);
		mpol_asked_nodes(&got, &r.spec, &r.allowed);
		if (!expect_nodes(t, &want, &got))
			show_request(&r);
	}
}

/* Catches a policy that leaves the allocator no node at all. */
static void effective_is_never_empty(struct test *t)
{
	unsigned int i, rounds = test_rounds();
	struct request r;
	nodemask_t got;

	for (i = 0; i < rounds && !t->failures; i++) {
		random_request(t, &r);
		mpol_effective_nodes(&got, &r.spec, &r.mems_asked, &r.allowed);
		if (r.spec.mode == MPOL_PREFERRED)
			expect_eq(t, true, nodes_weight(got) <= 1);
		else if (!expect_eq(t, false, nodes_empty(got)))
			show_request(&r);
	}
}

/* Catches a strict or interleaving policy that leaves the cpuset. */
static void effective_stays_allowed(struct test *t)
{
	unsigned int i, rounds = test_rounds();
	struct request r;
	nodemask_t got;

	for (i = 0; i < rounds && !t->failures; i++) {
		random_request(t, &r);
		if (!forgets_birth(&r) &&
		    !mpol_modes[r.spec.mode].traits.follows)
			continue;
		mpol_effective_nodes(&got, &r.spec, &r.mems_asked, &r.allowed);
		if (!expect_eq(t, true, nodes_subset(got, r.allowed)))
			show_request(&r);
	}
}

/* Catches STATIC, RELATIVE and objects being remapped from somewhere. */
static void effective_forgets_birth(struct test *t)
{
	unsigned int i, rounds = test_rounds();
	struct request r;
	nodemask_t want;

	for (i = 0; i < rounds && !t->failures; i++) {
		random_request(t, &r);
		if (!forgets_birth(&r))
			continue;
		mpol_effective_nodes(&want, &r.spec, &r.mems_asked, &r.allowed);
		random_some_nodes(t, &r.mems_asked);
		expect_effective(t, &r, &want);
	}
}

/*
 * Catches nodes getting lost on the way: whatever was allowed in between,
 * with the nodes that were allowed when it was asked a policy means again what
 * it meant at first.
 */
static void effective_comes_back(struct test *t)
{
	unsigned int i, rounds = test_rounds();

	for (i = 0; i < rounds && !t->failures; i++) {
		nodemask_t want, other;
		struct request r;

		random_request(t, &r);
		mpol_asked_nodes(&want, &r.spec, &r.mems_asked);
		if (nodes_empty(want) && r.spec.mode != MPOL_PREFERRED)
			want = r.mems_asked;
		mpol_effective_nodes(&other, &r.spec, &r.mems_asked, &r.allowed);
		r.allowed = r.mems_asked;
		expect_effective(t, &r, &want);
	}
}

const struct property effective_properties[] = {
	PROPERTY(effective_vectors),
	PROPERTY(effective_vectors_of_objects),
	PROPERTY(effective_matches_model),
	PROPERTY(asked_matches_model),
	PROPERTY(effective_is_never_empty),
	PROPERTY(effective_stays_allowed),
	PROPERTY(effective_forgets_birth),
	PROPERTY(effective_comes_back),
	{ }
};
