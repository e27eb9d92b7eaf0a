// SPDX-License-Identifier: GPL-2.0
/*
 * Names of modes and flags; see mempolicy_modes.h.
 */
#include <stdio.h>
#include <string.h>

#include "mempolicy_modes.h"

static const char * const names[NR_MODES] = {
	"default", "prefer", "bind", "interleave", "local", "prefer (many)",
	"weighted interleave",
};

static const char * const words[NR_MODES] = {
	"default", "prefer", "bind", "interleave", "local", "prefer-many",
	"weighted-interleave",
};

static const struct {
	const char *text;
	int bit;
} flags[] = {
	{ "", 0 }, { "=static", STATIC }, { "=relative", RELATIVE }, { "=balancing", BALANCING },
};

/* A mode as numa_maps shows it. */
const char *mode_name(int mode)
{
	return names[mode & ~FLAGS];
}

/* The same in one word, which mount options may have, too. */
const char *mode_word(int mode)
{
	return words[mode & ~FLAGS];
}

/* Are pages to be on all nodes of a policy? */
bool mode_interleaves(int mode)
{
	mode &= ~FLAGS;
	return mode == MPOL_INTERLEAVE || mode == MPOL_WEIGHTED_INTERLEAVE;
}

/* A mode and its flags as numa_maps shows them; returns how long that is. */
int mode_text(char *text, int mode)
{
	const char *fixed = mode & STATIC ? "static" : mode & RELATIVE ? "relative" : "";

	return snprintf(text, MODE_TEXT_MAX, "%s%s%s%s%s", mode_name(mode),
			mode & FLAGS ? "=" : "", fixed, *fixed && mode & BALANCING ? "|" : "",
			mode & BALANCING ? "balancing" : "");
}

/* MODE[=FLAG], the mode in one word; -1 for anything else. */
int mode_parse(const char *text)
{
	char other[MODE_TEXT_MAX];

	for (int mode = 0; mode < NR_MODES; mode++) {
		for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
			snprintf(other, sizeof(other), "%s%s", words[mode], flags[i].text);
			if (!strcmp(text, other))
				return mode | flags[i].bit;
		}
	}
	return -1;
}
