// SPDX-License-Identifier: GPL-2.0
/*
 * The acts that print: nodes of pages, and policies.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/policy.h"
#include "act.h"
#include "area.h"
#include "mempolicy_calls.h"
#include "mempolicy_modes.h"

#define MAX_NODES	64	/* CONFIG_NODES_SHIFT=6 */
/* Prints something about the nodes of @count pages. */
typedef void (*print_fn)(const int *nodes, size_t count, size_t arg);

/* "a:" and what @print makes of the pages of a part */
static int show_pages(const char *text, print_fn print, size_t arg)
{
	struct part part;
	size_t count;
	int *nodes;

	if (part_parse(text, &part))
		return -1;
	count = part.last - part.first + 1;
	nodes = calloc(count, sizeof(*nodes));
	if (!nodes || part_nodes(&part, nodes)) {
		free(nodes);
		return -1;
	}
	printf("%s:", text);
	print(nodes, count, arg);
	putchar('\n');
	free(nodes);
	return 0;
}

static void print_where(const int *nodes, size_t count, size_t unused)
{
	(void)unused;
	putchar(' ');
	for (size_t i = 0; i < count; i++)
		putchar(nodes[i] < 0 ? '.' : '0' + nodes[i]);
}

/* "a: 0123....": a digit for each page, a dot where there is none */
int show_where(char **args)
{
	return show_pages(args[0], print_where, 0);
}

static int online_nodes(void)
{
	char path[64];
	int n = 0;

	do {
		snprintf(path, sizeof(path), "/sys/devices/system/node/node%d",
			 n);
	} while (!access(path, F_OK) && ++n < MAX_NODES);
	return n;
}

/* "16/16/0/0" for @count pages */
static void print_counts(const int *nodes, size_t count)
{
	unsigned long pages[MAX_NODES] = { 0 };
	int n = online_nodes();

	for (size_t i = 0; i < count; i++)
		if (nodes[i] >= 0 && nodes[i] < MAX_NODES)
			pages[nodes[i]]++;
	for (int i = 0; i < n; i++)
		printf("%s%lu", i ? "/" : "", pages[i]);
}

static void print_pieces(const int *nodes, size_t count, size_t pieces)
{
	size_t size = (count + pieces - 1) / pieces;

	for (size_t at = 0; at < count; at += size) {
		putchar(' ');
		print_counts(nodes + at, count - at < size ? count - at : size);
	}
}

/* "a: 16/16/0/0" */
int show_count(char **args)
{
	return show_pages(args[0], print_pieces, 1);
}

/* "a: 8/0 8/0 0/8": the same for each of several pieces of equal size */
int show_profile(char **args)
{
	size_t pieces = strtoul(args[1], NULL, 10);

	return pieces ? show_pages(args[0], print_pieces, pieces) : -1;
}

static void print_order(const int *nodes, size_t count, size_t unused)
{
	unsigned long seen = 0;

	(void)unused;
	for (size_t i = 0; i < count; i++) {
		if (nodes[i] < 0 || seen & 1UL << nodes[i])
			continue;
		seen |= 1UL << nodes[i];
		printf(" %d", nodes[i]);
	}
}

/* "a: 1 0 2": the order in which nodes were used first */
int show_order(char **args)
{
	return show_pages(args[0], print_order, 0);
}

/* With its home, " home=2", if it has one. */
static int length_with_home(const char *policy)
{
	size_t len = policy_length(policy);

	if (!strncmp(policy + len, " home=", 6))
		len += 1 + strcspn(policy + len + 1, "\n ");
	return len;
}

static void show_vma(const char *line, const struct part *part, int *shown)
{
	unsigned long addr = strtoul(line, NULL, 16);
	unsigned long start = (unsigned long)part_start(part);
	const char *policy = strchr(line, ' ') + 1;

	if (addr < start)
		addr = start;
	printf("%s%lu.. %.*s", (*shown)++ ? ", " : "",
	       (addr - start) / part->area->unit, length_with_home(policy),
	       policy);
}

/*
 * "a: 0.. bind:3, 32.. default": the first page of each VMA and its policy.
 * The first VMA may begin before the area.
 */
int show_maps(char **args)
{
	FILE *file = fopen("/proc/self/numa_maps", "r");
	char line[512], last[512] = "";
	unsigned long addr, start;
	struct part part;
	int shown = 0;

	if (!file || part_parse(args[0], &part))
		return -1;
	start = (unsigned long)part_start(&part);
	printf("%s: ", args[0]);
	while (fgets(line, sizeof(line), file)) {
		addr = strtoul(line, NULL, 16);
		if (addr > start && *last)
			show_vma(last, &part, &shown);
		*last = '\0';
		if (addr < start + part_bytes(&part))
			memcpy(last, line, sizeof(last));
	}
	if (*last)
		show_vma(last, &part, &shown);
	putchar('\n');
	fclose(file);
	return 0;
}

/* "task: bind:0-1" */
int show_task(char **args)
{
	unsigned long mask[MASK_WORDS] = { 0 };
	char text[MODE_TEXT_MAX];
	struct nodes nodes;
	int mode;

	(void)args;
	if (sys_get_mempolicy(&mode, mask, NODE_BITS + 1, NULL, 0))
		return -1;
	mode_text(text, mode);
	nodes = nodes_from_mask(mask, NODE_BITS);
	printf("task: %s%s%s\n", text, nodes_empty(&nodes) ? "" : ":",
	       nodes_text(&nodes));
	return 0;
}
