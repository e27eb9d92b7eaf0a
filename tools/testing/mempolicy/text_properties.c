// SPDX-License-Identifier: GPL-2.0
/* How policies are written and read. */
#include <stdio.h>
#include <stdlib.h>

#include "sets.h"
#include "tests/texts.h"

#define NR_TEXTS	(MPOL_MAX * VEC_NR_FLAGS)

/* Writes text number @i of all modes with all flags; returns its length. */
static size_t write_text(char *text, int i)
{
	struct mpol_spec spec = {
		.mode = i / VEC_NR_FLAGS,
		.flags = vec_flags[i % VEC_NR_FLAGS].flags,
	};

	return mpol_text_mode(text, &spec);
}

/* Catches a text that is cut or longer than its room (with the sanitizer). */
static void text_is_complete(struct test *t)
{
	char *text = test_alloc(MPOL_TEXT_MAX);
	char want[100];
	int i;

	for (i = 0; i < NR_TEXTS; i++) {
		size_t length = write_text(text, i);

		snprintf(want, sizeof(want), "%s%s",
			 vec_modes[i / VEC_NR_FLAGS].name,
			 vec_flags[i % VEC_NR_FLAGS].text);
		expect_text(t, want, text);
		expect_eq(t, strlen(want), length);
		expect_eq(t, true, length < MPOL_TEXT_MAX);
	}
	free(text);
}

/* Catches two policies that read the same. */
static void text_is_unambiguous(struct test *t)
{
	char a[MPOL_TEXT_MAX], b[MPOL_TEXT_MAX];
	int i, j;

	for (i = 0; i < NR_TEXTS; i++) {
		write_text(a, i);
		for (j = 0; j < i; j++) {
			write_text(b, j);
			if (!strcmp(a, b))
				expect_eq(t, i, j);
		}
	}
}

/* Reads a copy that the sanitizer guards on both sides. */
static int parse(struct mpol_spec *spec, const char *text,
		 const nodemask_t *memory)
{
	size_t size = strlen(text) + 1;
	char *copy = memcpy(test_alloc(size), text, size);
	int error;

	memset(spec, 0xff, sizeof(*spec));
	error = mpol_text_parse(copy, spec, memory);
	free(copy);
	return error;
}

static void text_vector(struct test *t, const struct vec_text *v)
{
	bool refused = v->mode == -EINVAL;
	nodemask_t memory, nodes;
	struct mpol_spec spec;
	unsigned int before = t->failures;

	vec_nodes(&memory, VEC_MEMORY, 0);
	vec_nodes(&nodes, v->nodes, 0);
	if (expect_eq(t, refused ? -EINVAL : 0,
		      parse(&spec, v->text, &memory)) && !refused) {
		expect_eq(t, v->mode, spec.mode | spec.flags);
		expect_eq(t, NUMA_NO_NODE, spec.home_node);
		expect_nodes(t, &nodes, &spec.nodes);
	}
	if (t->failures != before)
		show_text("text", v->text);
}

static void text_vectors(struct test *t)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vec_texts); i++)
		text_vector(t, &vec_texts[i]);
}

static char read_letter(struct test *t, const char *name, int mode,
			const struct vec_flags *flags,
			const struct vec_list *list)
{
	nodemask_t memory, listed;
	struct mpol_spec spec;
	char text[100];
	int error;

	snprintf(text, sizeof(text), "%s%s%s", name, flags->text, list->text);
	vec_nodes(&memory, VEC_MEMORY, 0);
	vec_nodes(&listed, list->nodes, 0);
	error = parse(&spec, text, &memory);
	if (!error)
		return vec_read_letter(&spec, mode | flags->flags, &listed,
				       &memory);
	expect_eq(t, -EINVAL, error);
	return 'x';
}

static void read_lists(struct test *t, const char *name, int mode, int row)
{
	const char *want = row < VEC_NR_READS ? vec_modes[mode].reads[row] :
						"xxxxx";
	char got[VEC_NR_LISTS + 1] = "";
	int i;

	for (i = 0; i < VEC_NR_LISTS; i++)
		got[i] = read_letter(t, name, mode, &vec_flags[row],
				     &vec_lists[i]);
	if (!expect_text(t, want, got)) {
		show_text("mode", name);
		show_text("flags", vec_flags[row].text);
	}
}

/* Catches a list that a mode must not have, or has to have, under any flags. */
static void text_grammar(struct test *t)
{
	int mode, row;

	for (mode = 0; mode < MPOL_MAX; mode++) {
		for (row = 0; row < VEC_NR_FLAGS; row++) {
			read_lists(t, vec_modes[mode].name, mode, row);
			if (*vec_modes[mode].alias)
				read_lists(t, vec_modes[mode].alias, mode,
					   row);
		}
	}
}

#define TEXT_ROOM	(MPOL_TEXT_MAX + 1 + TEST_LIST_MAX)

/* As in the options of a mount: with the alias if @alias and there is one. */
static void write_mount(char *text, const struct mpol_spec *spec, bool alias)
{
	const struct vec_mode *row = &vec_modes[spec->mode];
	char mode[MPOL_TEXT_MAX], list[TEST_LIST_MAX];
	const char *name = "", *rest = mode;

	mpol_text_mode(mode, spec);
	test_list(list, &spec->nodes);
	if (alias && *row->alias) {
		name = row->alias;
		rest += strlen(row->name);
	}
	snprintf(text, TEXT_ROOM, "%s%s%s%s", name, rest, *list ? ":" : "",
		 list);
}

static void expect_reads_as(struct test *t, const char *text,
			    const struct mpol_spec *want,
			    const nodemask_t *memory)
{
	unsigned int before = t->failures;
	struct mpol_spec got;

	if (expect_eq(t, 0, parse(&got, text, memory))) {
		expect_eq(t, want->mode, got.mode);
		expect_eq(t, want->flags, got.flags);
		expect_eq(t, want->home_node, got.home_node);
		expect_nodes(t, &want->nodes, &got.nodes);
	}
	if (t->failures != before) {
		show_text("text", text);
		show_nodes("memory", memory);
	}
}

/* Any request that text can express. */
static void random_spec(struct test *t, struct mpol_spec *spec)
{
	nodemask_t nodes;
	int mode;

	do {
		mode = test_random(t, MPOL_MAX) |
		       vec_flags[test_random(t, VEC_NR_READS)].flags;
		random_nodes(t, &nodes);
		if (mpol_spec_set_mode(spec, mode))
			continue;
		spec->nodes = nodes;
		if (spec->mode == MPOL_PREFERRED && nodes_weight(nodes) > 1)
			continue;
		if (!mpol_spec_check(spec))
			return;
	} while (true);
}

/* Catches a policy that changes when a mount is copied from /proc/mounts. */
static void text_reads_back(struct test *t)
{
	unsigned int i, rounds = test_rounds();
	char text[TEXT_ROOM];
	struct mpol_spec spec;

	for (i = 0; i < rounds && !t->failures; i++) {
		random_spec(t, &spec);
		write_mount(text, &spec, false);
		expect_reads_as(t, text, &spec, &spec.nodes);
		write_mount(text, &spec, true);
		expect_reads_as(t, text, &spec, &spec.nodes);
	}
}

/* One character less, one more, or another one, most often in the list. */
static void damage(struct test *t, char *text)
{
	static const char with[] = "=:,-\n |0123456789abeilnrstv\xff";
	size_t length = strlen(text);
	size_t reach = length > 4 && test_random(t, 4) ? 4 : length;
	size_t at = length - test_random(t, reach + 1);
	char c = with[test_random(t, sizeof(with) - 1)];
	u32 how = test_random(t, 3);

	if (how == 0 && at < length) {
		memmove(text + at, text + at + 1, length - at);
	} else if (how == 1 && at < length) {
		text[at] = c;
	} else {
		memmove(text + at + 1, text + at, length - at + 1);
		text[at] = c;
	}
}

static void expect_sound(struct test *t, const char *text,
			 struct mpol_spec *spec, const nodemask_t *memory)
{
	char again[TEXT_ROOM];

	if (expect_eq(t, true, spec->mode < MPOL_MAX) &&
	    expect_eq(t, true, nodes_subset(spec->nodes, *memory)) &&
	    expect_eq(t, 0, mpol_spec_check(spec))) {
		write_mount(again, spec, false);
		expect_reads_as(t, again, spec, memory);
	}
	if (t->failures)
		show_text("damaged", text);
}

/* Catches text that is read beyond its end, and requests no program can make. */
static void text_survives_damage(struct test *t)
{
	unsigned int i, accepted = 0;
	char text[100];
	nodemask_t memory;

	for (i = 0; i < 30000 && !t->failures; i++) {
		int row = i % ARRAY_SIZE(vec_texts);
		struct mpol_spec spec;
		int error;

		snprintf(text, sizeof(text), "%s", vec_texts[row].text);
		damage(t, text);
		if (test_random(t, 2))
			damage(t, text);
		vec_nodes(&memory, VEC_MEMORY, 0);
		error = parse(&spec, text, &memory);
		if (!error) {
			expect_sound(t, text, &spec, &memory);
			accepted++;
		} else {
			expect_eq(t, -EINVAL, error);
		}
	}
	/* It would be no test if nothing came through. */
	if (!expect_eq(t, true, accepted > 500))
		show_number("accepted", accepted);
}

const struct property text_properties[] = {
	PROPERTY(text_is_complete),
	PROPERTY(text_is_unambiguous),
	PROPERTY(text_vectors),
	PROPERTY(text_grammar),
	PROPERTY(text_reads_back),
	PROPERTY(text_survives_damage),
	{ }
};
