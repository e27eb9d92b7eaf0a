// SPDX-License-Identifier: GPL-2.0
/* Policies as text, written and read: the tables of vectors.h and texts.h. */
#include <kunit/test.h>

#include "scratch.h"
#include "texts.h"

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

static struct kunit_case text_cases[] = {
	KUNIT_CASE(test_text),
	KUNIT_CASE(test_text_parse),
	KUNIT_CASE(test_text_grammar),
	{ }
};

static struct kunit_suite text_suite = {
	.name		= "mempolicy-text",
	.init		= scratch_init,
	.test_cases	= text_cases,
};

kunit_test_suite(text_suite);
