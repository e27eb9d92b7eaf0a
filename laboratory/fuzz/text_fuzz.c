// SPDX-License-Identifier: GPL-2.0
/*
 * Mount options: what is taken for a policy must be one that a program could
 * ask for, and must read the same when it is written again.
 */
#include "input.h"

#include "mempolicy_modes.h"
#include "text.h"

/* Of each mode: must, may or must not have nodes, or one. */
static const char lists[NR_MODES] = {
	[MPOL_DEFAULT] = '-', [MPOL_PREFERRED] = '1', [MPOL_BIND] = '+',
	[MPOL_INTERLEAVE] = '*', [MPOL_LOCAL] = '-', [MPOL_PREFERRED_MANY] = '+',
	[MPOL_WEIGHTED_INTERLEAVE] = '*',
};

/* What a text says before its nodes are looked at; false if it is nonsense. */
static bool read_head(const char *text, int *mode, char *list,
		      const char **nodes)
{
	static const char * const flags[] = { "", "=static", "=relative" };
	static const int bits[] = { 0, MPOL_F_STATIC_NODES,
				    MPOL_F_RELATIVE_NODES };
	char head[100];
	size_t length;

	/* As numa_maps has it, and in one word. */
	for (int i = 0; i < 2 * NR_MODES * (int)ARRAY_SIZE(flags); i++) {
		int flag = i % ARRAY_SIZE(flags);
		int base = i / ARRAY_SIZE(flags) % NR_MODES;
		bool shown = i / ARRAY_SIZE(flags) < NR_MODES;

		snprintf(head, sizeof(head), "%s%s",
			 shown ? mode_name(base) : mode_word(base), flags[flag]);
		length = strlen(head);
		if (strncmp(text, head, length) ||
		    (text[length] && text[length] != ':'))
			continue;
		*mode = base | bits[flag];
		*list = lists[base];
		*nodes = text[length] ? text + length + 1 : NULL;
		return true;
	}
	return false;
}

static bool is_number(const char *text)
{
	return *text && !text[strspn(text, "0123456789")];
}

/* The nodes of a text whose head is known; false if they do not go with it. */
static bool read_list(const char *list, int mode, char kind,
		      const nodemask_t *memory, nodemask_t *nodes)
{
	nodes_clear(*nodes);
	if (!list) {
		if (kind == '*')
			*nodes = *memory;
		/* A flag needs nodes to speak of. */
		if (kind == '1' || (mode & ~MPOL_MODE_FLAGS) == MPOL_LOCAL)
			return !(mode & MPOL_MODE_FLAGS);
		return kind != '+';
	}
	if (kind == '-' || (kind == '1' && !is_number(list)))
		return false;
	return !host_nodelist_parse(list, nodes) && !nodes_empty(*nodes) &&
	       nodes_subset(*nodes, *memory);
}

static bool expected(const char *text, const nodemask_t *memory,
		     struct mpol_spec *want)
{
	const char *list;
	char kind;
	int mode;

	if (!read_head(text, &mode, &kind, &list) ||
	    !read_list(list, mode, kind, memory, &want->nodes))
		return false;
	want->mode = mode & ~MPOL_MODE_FLAGS;
	want->flags = mode & MPOL_MODE_FLAGS;
	if (want->mode == MPOL_PREFERRED && nodes_empty(want->nodes))
		want->mode = MPOL_LOCAL;
	return true;
}

static void must_be(const struct mpol_spec *got, const struct mpol_spec *want)
{
	must(got->mode == want->mode);
	must(got->flags == want->flags);
	must(got->home_node == NUMA_NO_NODE);
	must(nodes_equal(got->nodes, want->nodes));
}

static void write_again(const struct mpol_spec *spec, const nodemask_t *memory)
{
	char text[MPOL_TEXT_MAX + 1 + TEST_LIST_MAX];
	struct mpol_spec again;
	size_t length = mpol_text_mode(text, spec);

	must(length == strlen(text) && length < MPOL_TEXT_MAX);
	if (!nodes_empty(spec->nodes)) {
		text[length] = ':';
		test_list(text + length + 1, &spec->nodes);
	}
	must(!mpol_text_parse(text, &again, memory));
	must_be(&again, spec);
}

int fuzz_one(const u8 *data, size_t size)
{
	static const u8 memories[] = { 0xff, 0x2f, 0x01, 0x80 };
	struct input in = { .at = memories, .left = 0 };
	struct mpol_spec got, want;
	nodemask_t memory;
	char *text;

	if (!size)
		return 0;
	in.at += *data++ % sizeof(memories);
	in.left = 1;
	memory = input_nodes(&in);

	/* A copy that the sanitizer guards at both ends. */
	text = test_alloc(size);
	memcpy(text, data, size - 1);
	text[size - 1] = '\0';
	if (expected(text, &memory, &want)) {
		must(!mpol_text_parse(text, &got, &memory));
		must_be(&got, &want);
		write_again(&got, &memory);
	} else {
		must(mpol_text_parse(text, &got, &memory) == -EINVAL);
	}
	free(text);
	return 0;
}
