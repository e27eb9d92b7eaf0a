// SPDX-License-Identifier: GPL-2.0
/*
 * text.c once more, above a table of modes with names of any length: what a new
 * row would do.
 */
#include <stdio.h>
#include <stdlib.h>

#include "test.h"
#include "tests/vectors.h"

#define mpol_modes	named_modes
#define mpol_text_mode	named_text_mode
#define mpol_text_parse	named_text_parse

static struct mpol_mode named_modes[MPOL_MAX];

#include "text.c"

static void write_name(struct test *t, const char *name,
		       const struct vec_flags *flags)
{
	char *text = test_alloc(MPOL_TEXT_MAX);
	struct mpol_spec spec = { .flags = flags->flags };
	char want[4 * MPOL_TEXT_MAX];

	named_modes[0].name = name;
	snprintf(want, sizeof(want), "%s%s", name, flags->text);
	want[MPOL_TEXT_MAX - 1] = '\0';
	expect_eq(t, strlen(want), named_text_mode(text, &spec));
	expect_text(t, want, text);
	free(text);
}

/* Catches a text that goes on behind its room (with the sanitizer). */
static void text_of_any_name_stays_inside(struct test *t)
{
	char name[2 * MPOL_TEXT_MAX] = "";
	unsigned int i, row;

	for (i = 0; i < sizeof(name) - 1; i++) {
		for (row = 0; row < VEC_NR_FLAGS; row++)
			write_name(t, name, &vec_flags[row]);
		name[i] = 'a' + i % 26;
	}
}

const struct property names_properties[] = {
	PROPERTY(text_of_any_name_stays_inside),
	{ }
};
