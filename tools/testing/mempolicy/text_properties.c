// SPDX-License-Identifier: GPL-2.0
/* How modes and flags are written. */
#include <stdio.h>
#include <stdlib.h>

#include "test.h"
#include "tests/vectors.h"

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

const struct property text_properties[] = {
	PROPERTY(text_is_complete),
	PROPERTY(text_is_unambiguous),
	{ }
};
