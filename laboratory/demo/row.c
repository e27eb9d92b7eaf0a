// SPDX-License-Identifier: GPL-2.0
/*
 * The table of the demonstration: 80 columns wide, with longer bars if there
 * are more. Bars are ASCII unless the environment says CHARSET=UTF-8.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "row.h"

#define COLUMNS		80
#define COUNT_WIDTH	3
#define ASKED_WIDTH	23
#define REPORT_WIDTH	23
#define VERDICT_WIDTH	5
#define MAX_BAR		10

static const char * const eighths[] = {
	"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"
};

/* "1,1,0,*" */
int promise_parse(const char *text, struct promise *promise)
{
	char *end;
	int i;

	for (i = 0; i < SHOWN_NODES; i++) {
		if (*text == '*') {
			promise->share[i] = ANYWHERE;
			end = (char *)text + 1;
		} else {
			promise->share[i] = strtol(text, &end, 10);
		}
		if (*end != (i == SHOWN_NODES - 1 ? '\0' : ','))
			return -1;
		text = end + 1;
	}
	return 0;
}

static int columns(void)
{
	const char *text = getenv("COLUMNS");
	struct winsize size;

	if (text && atoi(text) > 0)
		return atoi(text);
	if (!ioctl(1, TIOCGWINSZ, &size) && size.ws_col)
		return size.ws_col;
	return COLUMNS;
}

static int in_utf8(void)
{
	const char *charset = getenv("CHARSET");

	return charset && !strcmp(charset, "UTF-8");
}

/* Cells of a bar; there is a blank after the number. */
static int bar_cells(void)
{
	int rest = columns() - ASKED_WIDTH - REPORT_WIDTH - 2 - VERDICT_WIDTH;
	int cells = rest / SHOWN_NODES - COUNT_WIDTH - 1;
	int least = (COLUMNS - ASKED_WIDTH - REPORT_WIDTH - 2 - VERDICT_WIDTH) /
		    SHOWN_NODES - COUNT_WIDTH - 1;

	return cells < least ? least : cells > MAX_BAR ? MAX_BAR : cells;
}

static int node_width(void)
{
	return bar_cells() + COUNT_WIDTH + 1;
}

void row_head(const char *title)
{
	int i;

	printf("\n%-*s %-*s ", ASKED_WIDTH, title, REPORT_WIDTH,
	       "kernel reports");
	for (i = 0; i < SHOWN_NODES; i++)
		printf("node%-*d", i < SHOWN_NODES - 1 ? node_width() - 4 : 0,
		       i);
	printf("\n");
}

/* A line of other figures: the title, then up to a word for each node. */
void row_figures(const char *title, const char *figures)
{
	printf("%-*s ", ASKED_WIDTH + 1 + REPORT_WIDTH, title);
	while (*figures) {
		int len = strcspn(figures, ",");

		printf("%-*.*s", node_width(), len, figures);
		figures += len;
		figures += *figures == ',';
	}
	printf("\n");
}

/* @filled eighths of cells; returns how many cells that takes. */
static int print_cells(unsigned long filled)
{
	int cells = 0;

	for (; filled >= 8; filled -= 8, cells++)
		printf(in_utf8() ? "█" : "#");
	if (filled) {
		printf("%s", in_utf8() ? eighths[filled] :
				    filled >= 4 ? "=" : "-");
		cells++;
	}
	return cells;
}

static void print_bar(unsigned long count, unsigned long total)
{
	int bar = bar_cells(), cells;
	unsigned long filled = total ? count * bar * 8 / total : 0;

	/* Not a single page goes unseen. */
	if (count && !filled)
		filled = 1;
	cells = print_cells(filled);
	printf("%*s", bar - cells, "");
	if (count)
		printf("%-*lu ", COUNT_WIDTH, count);
	else
		printf("%s%*s", in_utf8() ? "·" : ".", COUNT_WIDTH, "");
}

/*
 * Shares must be met exactly: the numbers of pages are chosen so that whole
 * rounds come out.
 */
static int placed_right(const struct where *where,
			const struct promise *promise)
{
	unsigned long seen = 0, units = 0;
	int i;

	for (i = 0; i < SHOWN_NODES; i++) {
		seen += where->pages[i];
		if (promise->share[i] != ANYWHERE)
			units += promise->share[i];
	}
	if (!where->total || seen != where->total)
		return 0;
	for (i = 0; i < SHOWN_NODES; i++) {
		if (promise->share[i] == ANYWHERE)
			continue;
		if (where->pages[i] * (units ? units : 1) !=
		    where->total * promise->share[i])
			return 0;
	}
	return 1;
}

/* Returns whether the kernel kept its promise. */
int row_print(const char *asked, const struct where *where,
	      const struct promise *promise)
{
	int reported = !strcmp(where->report, promise->report);
	int placed = placed_right(where, promise);
	int i;

	printf("%-*s %-*s ", ASKED_WIDTH, asked, REPORT_WIDTH, where->report);
	for (i = 0; i < SHOWN_NODES; i++)
		print_bar(where->pages[i], where->total);
	printf("%s\n", reported && placed ? "right" : "WRONG");
	if (!reported)
		printf("    reported should be: %s\n", promise->report);
	if (!placed) {
		printf("    shares should be:");
		for (i = 0; i < SHOWN_NODES; i++)
			printf(promise->share[i] == ANYWHERE ? " any" : " %d",
			       promise->share[i]);
		printf("\n");
	}
	return reported && placed;
}
