// SPDX-License-Identifier: GPL-2.0
/*
 * Policies as text.
 */
#include "text.h"

static const struct {
	unsigned short flag;
	const char *name;
} flag_names[] = {
	{ MPOL_F_STATIC_NODES,		"static" },
	{ MPOL_F_RELATIVE_NODES,	"relative" },
	{ MPOL_F_NUMA_BALANCING,	"balancing" },
};

/* Every text that can come up fits: sizeof counts the NUL and the '='. */
static_assert(sizeof("weighted interleave") + sizeof("relative") +
	      sizeof("balancing") <= MPOL_TEXT_MAX);

static char *append(char *at, const char *word)
{
	size_t len = strlen(word);

	memcpy(at, word, len + 1);
	return at + len;
}

/**
 * mpol_text_mode - write mode and flags
 * @text:	where to
 * @spec:	whose mode and flags
 *
 * Context: Any.
 * Return: length of the text, which is never cut.
 */
size_t mpol_text_mode(char text[MPOL_TEXT_MAX], const struct mpol_spec *spec)
{
	const char *sep = "=";
	char *at = append(text, mpol_modes[spec->mode].name);
	int i;

	for (i = 0; i < ARRAY_SIZE(flag_names); i++) {
		if (!(spec->flags & flag_names[i].flag))
			continue;
		at = append(append(at, sep), flag_names[i].name);
		sep = "|";
	}
	return at - text;
}
