// SPDX-License-Identifier: GPL-2.0
/*
 * Modes and their nodes with the kernel's own node masks: the tables of
 * vectors.h. tools/testing/mempolicy compares them to a model as well.
 */
#include <kunit/test.h>
#include <linux/module.h>

#include "../remap.h"
#include "remaps.h"
#include "scratch.h"

static void test_mode_table(struct kunit *test)
{
	char letters[VEC_LETTERS];
	int mode;

	for (mode = 0; mode < MPOL_MAX; mode++) {
		vec_letters(letters, mpol_modes[mode].traits);
		KUNIT_EXPECT_STREQ(test, vec_modes[mode].traits, letters);
		KUNIT_EXPECT_STREQ(test, vec_modes[mode].name,
				   mpol_modes[mode].name);
		KUNIT_EXPECT_STREQ(test, vec_modes[mode].alias,
				   mpol_modes[mode].alias ?: "");
		KUNIT_EXPECT_EQ(test, vec_modes[mode].arity,
				mpol_modes[mode].arity);
		KUNIT_EXPECT_EQ(test, vec_modes[mode].listing,
				mpol_modes[mode].listing);
	}
}

static char answer(struct kunit *test, int mode, u64 bits)
{
	struct scratch *s = test->priv;
	int error;

	error = mpol_spec_set_mode(&s->spec, mode);
	if (error) {
		KUNIT_EXPECT_EQ(test, error, -EINVAL);
		return 'm';
	}
	KUNIT_EXPECT_EQ(test, s->spec.home_node, NUMA_NO_NODE);
	KUNIT_EXPECT_TRUE(test, nodes_empty(s->spec.nodes));
	KUNIT_ASSERT_TRUE(test, vec_nodes(&s->spec.nodes, bits, 0));

	error = mpol_spec_check(&s->spec);
	if (error) {
		KUNIT_EXPECT_EQ(test, error, -EINVAL);
		return 'n';
	}
	if (s->spec.mode == (mode & ~MPOL_MODE_FLAGS))
		return '.';
	return s->spec.mode == MPOL_LOCAL ? 'L' : '?';
}

static void test_spec_answers(struct kunit *test)
{
	int mode, i;

	for (mode = 0; mode < MPOL_MAX; mode++) {
		for (i = 0; i < VEC_NR_FLAGS; i++) {
			int arg = mode | vec_flags[i].flags;
			const char got[] = {
				answer(test, arg, 0x0),
				answer(test, arg, 0x1),
				answer(test, arg, 0x3),
				'\0',
			};

			KUNIT_EXPECT_STREQ_MSG(test, vec_modes[mode].answers[i],
					       got, "mode %s%s",
					       vec_modes[mode].name,
					       vec_flags[i].text);
		}
	}
}

static void test_spec_unknown_modes(struct kunit *test)
{
	struct scratch *s = test->priv;
	int i;

	for (i = 0; i < VEC_NR_NO_MODES; i++)
		KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
				    mpol_spec_set_mode(&s->spec,
						       vec_no_mode(i)),
				    "mode %#x", vec_no_mode(i));
}

static void remap_row(struct kunit *test, int row, unsigned int base)
{
	const struct vec_remap *v = &vec_remaps[row];
	struct scratch *s = test->priv;

	if (!vec_nodes(&s->src, v->src, base) ||
	    !vec_nodes(&s->old, v->old, base) ||
	    !vec_nodes(&s->new, v->new, base) ||
	    !vec_nodes(&s->want, v->want, base))
		return;
	nodes_setall(s->got);
	mpol_remap(&s->got, &s->src, &s->old, &s->new);
	expect_nodes(test, "vec_remaps", row, &s->want, &s->got);
}

static void test_remap(struct kunit *test)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(vec_remaps); i++) {
		const struct vec_remap *v = &vec_remaps[i];

		remap_row(test, i, 0);
		remap_row(test, i, vec_room_above(v->src | v->old | v->new));
	}
}

static void relative_row(struct kunit *test, int row, unsigned int base)
{
	const struct vec_relative *v = &vec_relatives[row];
	struct scratch *s = test->priv;

	if (!vec_nodes(&s->src, v->ordinals, 0) ||
	    !vec_nodes(&s->new, v->allowed, base) ||
	    !vec_nodes(&s->want, v->want, base))
		return;
	nodes_setall(s->got);
	mpol_relative(&s->got, &s->src, &s->new);
	expect_nodes(test, "vec_relatives", row, &s->want, &s->got);
}

static void test_relative(struct kunit *test)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(vec_relatives); i++) {
		relative_row(test, i, 0);
		relative_row(test, i, vec_room_above(vec_relatives[i].allowed));
	}
}

static bool effective_row(struct kunit *test, const struct vec_effective *v)
{
	struct scratch *s = test->priv;

	KUNIT_ASSERT_EQ(test, 0, mpol_spec_set_mode(&s->spec, v->mode));
	if (!vec_nodes(&s->spec.nodes, v->nodes, 0) ||
	    !vec_nodes(&s->old, v->mems_asked, 0) ||
	    !vec_nodes(&s->new, v->allowed, 0) ||
	    !vec_nodes(&s->want, v->want, 0))
		return false;
	KUNIT_ASSERT_EQ(test, 0, mpol_spec_check(&s->spec));
	return true;
}

static void test_effective(struct kunit *test)
{
	struct scratch *s = test->priv;
	int i;

	for (i = 0; i < ARRAY_SIZE(vec_effectives); i++) {
		if (!effective_row(test, &vec_effectives[i]))
			continue;
		nodes_setall(s->got);
		mpol_effective_nodes(&s->got, &s->spec, &s->old, &s->new);
		expect_nodes(test, "vec_effectives", i, &s->want, &s->got);
	}
}

static void test_effective_objects(struct kunit *test)
{
	struct scratch *s = test->priv;
	int i;

	for (i = 0; i < ARRAY_SIZE(vec_objects); i++) {
		if (!effective_row(test, &vec_objects[i]))
			continue;
		s->spec.flags |= MPOL_F_SHARED;
		nodes_setall(s->got);
		mpol_effective_nodes(&s->got, &s->spec, &s->old, &s->new);
		expect_nodes(test, "vec_objects", i, &s->want, &s->got);
	}
}

/* Where nothing has changed, or nothing can, the two say the same. */
static void test_asked(struct kunit *test)
{
	struct scratch *s = test->priv;
	int i;

	for (i = 0; i < ARRAY_SIZE(vec_effectives); i++) {
		if (!effective_row(test, &vec_effectives[i]) ||
		    mpol_modes[s->spec.mode].arity == MPOL_NODES_NONE)
			continue;
		mpol_asked_nodes(&s->got, &s->spec, &s->old);
		if (nodes_empty(s->got))
			continue;
		mpol_effective_nodes(&s->want, &s->spec, &s->old, &s->old);
		expect_nodes(test, "vec_effectives when asked", i, &s->want,
			     &s->got);
	}
}

static struct kunit_case modes_cases[] = {
	KUNIT_CASE(test_mode_table),
	KUNIT_CASE(test_spec_answers),
	KUNIT_CASE(test_spec_unknown_modes),
	KUNIT_CASE(test_remap),
	KUNIT_CASE(test_relative),
	KUNIT_CASE(test_effective),
	KUNIT_CASE(test_effective_objects),
	KUNIT_CASE(test_asked),
	{ }
};

static struct kunit_suite modes_suite = {
	.name		= "mempolicy-modes",
	.init		= scratch_init,
	.test_cases	= modes_cases,
};

kunit_test_suite(modes_suite);

MODULE_DESCRIPTION("KUnit tests of NUMA memory policy");
MODULE_LICENSE("GPL");
