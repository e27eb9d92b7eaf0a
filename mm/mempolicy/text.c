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

/* Appends what fits before @end, and a NUL. */
static char *append(char *at, const char *end, const char *word)
{
	size_t room = end - at - 1;
	size_t len = min(strlen(word), room);

	memcpy(at, word, len);
	at[len] = '\0';
	return at + len;
}

/**
 * mpol_text_mode - write mode and flags
 * @text:	where to
 * @spec:	whose mode and flags
 *
 * Context: Any.
 * Return: length of the text. It is cut at MPOL_TEXT_MAX, which no row of
 * mpol_modes comes near to.
 */
size_t mpol_text_mode(char text[MPOL_TEXT_MAX], const struct mpol_spec *spec)
{
	const char *sep = "=";
	char *end = text + MPOL_TEXT_MAX;
	char *at = append(text, end, mpol_modes[spec->mode].name);
	int i;

	if (!(spec->flags & MPOL_MODE_FLAGS))
		return at - text;
	for (i = 0; i < ARRAY_SIZE(flag_names); i++) {
		if (!(spec->flags & flag_names[i].flag))
			continue;
		at = append(append(at, end, sep), end, flag_names[i].name);
		sep = "|";
	}
	return at - text;
}

static bool is_word(const char *text, size_t len, const char *word)
{
	return word && strlen(word) == len && !memcmp(text, word, len);
}

static int parse_mode(const char *text, size_t len)
{
	int mode;

	for (mode = 0; mode < MPOL_MAX; mode++)
		if (is_word(text, len, mpol_modes[mode].name) ||
		    is_word(text, len, mpol_modes[mode].alias))
			return mode;
	return -EINVAL;
}

/* Only what gives the nodes another meaning can be asked for in writing. */
static int parse_flag(const char *text, size_t len)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(flag_names); i++)
		if (is_word(text, len, flag_names[i].name) &&
		    (flag_names[i].flag & MPOL_F_KEEPS_NODES))
			return flag_names[i].flag;
	return -EINVAL;
}

static int parse_nodes(const char *list, struct mpol_spec *spec,
		       const nodemask_t *memory)
{
	enum mpol_listing listing = mpol_modes[spec->mode].listing;

	if (listing == MPOL_LIST_NEVER)
		return -EINVAL;
	if (listing == MPOL_LIST_ONE && list[strspn(list, "0123456789")])
		return -EINVAL;
	if (nodelist_parse((char *)list, spec->nodes) ||
	    nodes_empty(spec->nodes) || !nodes_subset(spec->nodes, *memory))
		return -EINVAL;
	return 0;
}

static int default_nodes(struct mpol_spec *spec, const nodemask_t *memory)
{
	enum mpol_listing listing = mpol_modes[spec->mode].listing;

	if (listing == MPOL_LIST_ALL)
		spec->nodes = *memory;
	return listing == MPOL_LIST_MUST ? -EINVAL : 0;
}

/**
 * mpol_text_parse - read a policy
 * @text:	<mode>[=<flag>][:<nodes>]
 * @spec:	what it asks for
 * @memory:	nodes that may be named, all of which are meant where a mode of
 *		many nodes names none
 *
 * Context: Any.
 * Return: 0 or -EINVAL.
 */
int mpol_text_parse(const char *text, struct mpol_spec *spec,
		    const nodemask_t *memory)
{
	size_t len = strcspn(text, "=:");
	int mode = parse_mode(text, len), flag = 0, err;

	if (mode < 0)
		return mode;
	text += len;
	if (*text == '=') {
		len = strcspn(++text, ":");
		flag = parse_flag(text, len);
		if (flag < 0)
			return flag;
		text += len;
	}

	err = mpol_spec_set_mode(spec, mode | flag);
	if (err)
		return err;
	err = *text ? parse_nodes(text + 1, spec, memory) :
		      default_nodes(spec, memory);
	return err ?: mpol_spec_check(spec);
}
