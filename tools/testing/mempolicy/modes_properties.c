// SPDX-License-Identifier: GPL-2.0
/* The table of modes, and which requests it accepts. */
#include "sets.h"
#include "tests/bits.h"
#include "tests/vectors.h"

/* Catches a row with a trait, a name or an arity too many or too few. */
static void mode_table_is_as_designed(struct test *t)
{
	char letters[VEC_LETTERS];
	int mode;

	for (mode = 0; mode < MPOL_MAX; mode++) {
		vec_letters(letters, mpol_modes[mode].traits);
		expect_text(t, vec_modes[mode].traits, letters);
		expect_text(t, vec_modes[mode].name, mpol_modes[mode].name);
		expect_text(t, vec_modes[mode].alias,
			    mpol_modes[mode].alias ?: "");
		expect_eq(t, vec_modes[mode].arity, mpol_modes[mode].arity);
		expect_eq(t, vec_modes[mode].listing,
			  mpol_modes[mode].listing);
	}
}

/* Catches traits that contradict each other in any row, a new one too. */
static void mode_traits_fit_together(struct test *t)
{
	int mode;

	for (mode = 0; mode < MPOL_MAX; mode++) {
		struct mpol_traits traits = mpol_modes[mode].traits;
		bool only = traits.kind == MPOL_KIND_ONLY;

		expect_eq(t, mpol_modes[mode].arity == MPOL_NODES_NONE,
			  traits.kind == MPOL_KIND_LOCAL);
		expect_eq(t, false, traits.weighted &&
			  traits.kind != MPOL_KIND_INTERLEAVE);
		expect_eq(t, false, traits.confines && !only);
		expect_eq(t, false, traits.home && !only &&
			  traits.kind != MPOL_KIND_PREFERRED);
	}
}

/* Catches text that asks for nodes where the mode takes none, or the reverse. */
static void mode_listing_fits_arity(struct test *t)
{
	int mode;

	for (mode = 0; mode < MPOL_MAX; mode++) {
		enum mpol_listing listing = mpol_modes[mode].listing;
		enum mpol_arity arity = mpol_modes[mode].arity;

		expect_eq(t, arity == MPOL_NODES_NONE,
			  listing == MPOL_LIST_NEVER);
		expect_eq(t, arity == MPOL_NODES_OR_LOCAL,
			  listing == MPOL_LIST_ONE);
	}
}

/* The name of mode @i, or its alias if it has one. */
static const char *spelling(int i)
{
	const struct mpol_mode *mode = &mpol_modes[i / 2];

	return i % 2 && mode->alias ? mode->alias : mode->name;
}

/* Catches two modes that cannot be told apart in text. */
static void mode_names_differ(struct test *t)
{
	int a, b;

	for (a = 0; a < 2 * MPOL_MAX; a++)
		for (b = 0; b < a; b++)
			if (!strcmp(spelling(a), spelling(b)))
				expect_eq(t, a / 2, b / 2);
}

/* Catches a mode that a mount option cannot name without quoting. */
static void mode_names_need_no_quoting(struct test *t)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz-";
	int mode;

	for (mode = 0; mode < MPOL_MAX; mode++) {
		const char *name = spelling(2 * mode + 1);

		if (!expect_eq(t, strlen(name), strspn(name, plain)))
			show_number("mode", mode);
	}
}

static char answer(struct test *t, int mode, const nodemask_t *nodes)
{
	struct mpol_spec spec;
	int error;

	error = mpol_spec_set_mode(&spec, mode);
	if (error) {
		expect_eq(t, -EINVAL, error);
		return 'm';
	}
	spec.nodes = *nodes;
	error = mpol_spec_check(&spec);
	if (error) {
		expect_eq(t, -EINVAL, error);
		return 'n';
	}
	if (spec.mode == (mode & ~MPOL_MODE_FLAGS))
		return '.';
	return spec.mode == MPOL_LOCAL ? 'L' : '?';
}

static void answers(struct test *t, int mode, int flags, const char *want)
{
	const u64 sets[] = { 0x00, 0x80, 0x86 };
	char got[ARRAY_SIZE(sets) + 1] = "";
	nodemask_t nodes;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sets); i++) {
		vec_nodes(&nodes, sets[i], MAX_NUMNODES - 8);
		got[i] = answer(t, mode | flags, &nodes);
	}
	if (!expect_text(t, want, got)) {
		show_number("mode", mode);
		show_number("flags", flags);
	}
}

/* Catches a wrong answer for any mode, any flags, and none to many nodes. */
static void spec_answers(struct test *t)
{
	int mode, i;

	for (mode = 0; mode < MPOL_MAX; mode++)
		for (i = 0; i < VEC_NR_FLAGS; i++)
			answers(t, mode, vec_flags[i].flags,
				vec_modes[mode].answers[i]);
}

/* Catches members that keep what was in memory before. */
static void spec_starts_clean(struct test *t)
{
	int mode, i;

	for (mode = 0; mode < MPOL_MAX; mode++) {
		for (i = 0; i < VEC_NR_FLAGS; i++) {
			int flags = vec_flags[i].flags;
			struct mpol_spec spec;

			memset(&spec, 0xff, sizeof(spec));
			if (mpol_spec_set_mode(&spec, mode | flags))
				continue;
			expect_eq(t, mode, spec.mode);
			expect_eq(t, flags, spec.flags);
			expect_eq(t, NUMA_NO_NODE, spec.home_node);
			expect_eq(t, true, nodes_empty(spec.nodes));
		}
	}
}

/* Catches a check that changes what was asked. */
static void spec_check_keeps_request(struct test *t)
{
	unsigned int i;

	for (i = 0; i < 1000 && !t->failures; i++) {
		int mode = test_random(t, MPOL_MAX);
		int flags = vec_flags[test_random(t, VEC_NR_FLAGS)].flags;
		struct mpol_spec spec;
		nodemask_t nodes;

		random_nodes(t, &nodes);
		if (mpol_spec_set_mode(&spec, mode | flags))
			continue;
		spec.nodes = nodes;
		spec.home_node = 3;
		if (mpol_spec_check(&spec))
			continue;
		expect_eq(t, flags, spec.flags);
		expect_eq(t, 3, spec.home_node);
		expect_nodes(t, &nodes, &spec.nodes);
	}
}

/* Catches bits that are cut off before they are looked at. */
static void spec_refuses_unknown_modes(struct test *t)
{
	struct mpol_spec spec;
	unsigned int i;

	for (i = 0; i < VEC_NR_NO_MODES; i++)
		if (!expect_eq(t, -EINVAL,
			       mpol_spec_set_mode(&spec, vec_no_mode(i))))
			show_number("mode", vec_no_mode(i));
}

static void compare_validity(struct test *t, int mode)
{
	int want = naive_mode_is_valid(mode) ? 0 : -EINVAL;
	struct mpol_spec spec;

	if (!expect_eq(t, want, mpol_spec_set_mode(&spec, mode)))
		show_number("mode", mode);
}

/* Catches any other argument that is taken for a mode. */
static void spec_modes_match_model(struct test *t)
{
	unsigned int i;
	int mode;

	for (mode = -0x10100; mode < 0x20100 && !t->failures; mode++)
		compare_validity(t, mode);
	for (i = 0; i < 10000 && !t->failures; i++)
		compare_validity(t, (int)test_random(t, UINT_MAX));
}

const struct property modes_properties[] = {
	PROPERTY(mode_table_is_as_designed),
	PROPERTY(mode_traits_fit_together),
	PROPERTY(mode_listing_fits_arity),
	PROPERTY(mode_names_differ),
	PROPERTY(mode_names_need_no_quoting),
	PROPERTY(spec_answers),
	PROPERTY(spec_starts_clean),
	PROPERTY(spec_check_keeps_request),
	PROPERTY(spec_refuses_unknown_modes),
	PROPERTY(spec_modes_match_model),
	{ }
};
