// SPDX-License-Identifier: GPL-2.0
/*
 * The pure parts of memory policy with the kernel's own node masks: the tables
 * of vectors.h. tools/testing/mempolicy compares them to a model as well.
 */
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/slab.h>

#include "../remap.h"
#include "../interleave.h"
#include "../text.h"
#include "vectors.h"

/* Node masks take 128 bytes with NODES_SHIFT=10: too much for the stack. */
struct scratch {
	nodemask_t src, old, new, want, got;
	struct mpol_spec spec;
	u8 weight[MAX_NUMNODES];
};

static int pure_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct scratch), GFP_KERNEL);
	if (!test->priv)
		kunit_skip(test, "no memory for node masks");
	return 0;
}

static void expect_nodes(struct kunit *test, const char *table, int row,
			 const nodemask_t *want, const nodemask_t *got)
{
	KUNIT_EXPECT_TRUE_MSG(test, nodes_equal(*want, *got),
			      "%s[%d]: want %*pbl, got %*pbl", table, row,
			      nodemask_pr_args(want), nodemask_pr_args(got));
}

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

	for (i = 0; i < ARRAY_SIZE(vec_no_modes); i++)
		KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
				    mpol_spec_set_mode(&s->spec,
						       vec_no_modes[i]),
				    "mode %#x", vec_no_modes[i]);
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

static void text_row(struct kunit *test, int mode, int row)
{
	struct scratch *s = test->priv;
	char want[2 * MPOL_TEXT_MAX];
	char got[MPOL_TEXT_MAX];
	size_t length;

	s->spec.mode = mode;
	s->spec.flags = vec_flags[row].flags;
	length = mpol_text_mode(got, &s->spec);
	snprintf(want, sizeof(want), "%s%s", vec_modes[mode].name,
		 vec_flags[row].text);
	KUNIT_EXPECT_STREQ(test, want, got);
	KUNIT_EXPECT_EQ(test, strlen(want), length);
	KUNIT_EXPECT_LT(test, length, MPOL_TEXT_MAX);
}

static void test_text(struct kunit *test)
{
	int mode, i;

	for (mode = 0; mode < MPOL_MAX; mode++)
		for (i = 0; i < VEC_NR_FLAGS; i++)
			text_row(test, mode, i);
}

static void read_text(struct kunit *test, int row)
{
	const struct vec_text *v = &vec_texts[row];
	struct scratch *s = test->priv;
	int error = mpol_text_parse(v->text, &s->spec, &s->new);

	if (v->mode == -EINVAL) {
		KUNIT_EXPECT_EQ_MSG(test, -EINVAL, error, "'%s'", v->text);
		return;
	}
	KUNIT_EXPECT_EQ_MSG(test, 0, error, "'%s'", v->text);
	if (error)
		return;
	KUNIT_EXPECT_EQ_MSG(test, v->mode, s->spec.mode | s->spec.flags,
			    "'%s'", v->text);
	KUNIT_EXPECT_EQ(test, NUMA_NO_NODE, s->spec.home_node);
	vec_nodes(&s->want, v->nodes, 0);
	expect_nodes(test, "vec_texts", row, &s->want, &s->spec.nodes);
}

/* The nodes with memory that the vectors speak of, as far as they can exist. */
static void set_memory(struct kunit *test)
{
	struct scratch *s = test->priv;

	if (!vec_nodes(&s->new, VEC_MEMORY, 0))
		kunit_skip(test, "needs node 5, but there are only %d",
			   MAX_NUMNODES);
}

static void test_text_parse(struct kunit *test)
{
	int i;

	set_memory(test);
	for (i = 0; i < ARRAY_SIZE(vec_texts); i++)
		read_text(test, i);
}

static char read_letter(struct kunit *test, const char *name, int mode,
			const struct vec_flags *flags,
			const struct vec_list *list)
{
	struct scratch *s = test->priv;
	char text[2 * MPOL_TEXT_MAX];
	int error;

	snprintf(text, sizeof(text), "%s%s%s", name, flags->text, list->text);
	vec_nodes(&s->want, list->nodes, 0);
	error = mpol_text_parse(text, &s->spec, &s->new);
	if (!error)
		return vec_read_letter(&s->spec, mode | flags->flags, &s->want,
				       &s->new);
	KUNIT_EXPECT_EQ_MSG(test, -EINVAL, error, "'%s'", text);
	return 'x';
}

static void read_lists(struct kunit *test, const char *name, int mode)
{
	char got[VEC_NR_LISTS + 1] = "";
	int row, i;

	for (row = 0; row < VEC_NR_FLAGS; row++) {
		const char *want = "xxxxx";

		if (row < VEC_NR_READS)
			want = vec_modes[mode].reads[row];
		for (i = 0; i < VEC_NR_LISTS; i++)
			got[i] = read_letter(test, name, mode, &vec_flags[row],
					     &vec_lists[i]);
		KUNIT_EXPECT_STREQ_MSG(test, want, got, "mode %s%s", name,
				       vec_flags[row].text);
	}
}

static void test_text_grammar(struct kunit *test)
{
	int mode;

	set_memory(test);
	for (mode = 0; mode < MPOL_MAX; mode++) {
		read_lists(test, vec_modes[mode].name, mode);
		if (*vec_modes[mode].alias)
			read_lists(test, vec_modes[mode].alias, mode);
	}
}

static struct kunit_case pure_cases[] = {
	KUNIT_CASE(test_mode_table),
	KUNIT_CASE(test_spec_answers),
	KUNIT_CASE(test_spec_unknown_modes),
	KUNIT_CASE(test_remap),
	KUNIT_CASE(test_relative),
	KUNIT_CASE(test_effective),
	KUNIT_CASE(test_effective_objects),
	KUNIT_CASE(test_asked),
	KUNIT_CASE(test_rounds),
	KUNIT_CASE(test_lengths),
	KUNIT_CASE(test_text),
	KUNIT_CASE(test_text_parse),
	KUNIT_CASE(test_text_grammar),
	{ }
};

static struct kunit_suite pure_suite = {
	.name		= "mempolicy-pure",
	.init		= pure_init,
	.test_cases	= pure_cases,
};

kunit_test_suite(pure_suite);

MODULE_DESCRIPTION("KUnit tests of NUMA memory policy");
MODULE_LICENSE("GPL");
