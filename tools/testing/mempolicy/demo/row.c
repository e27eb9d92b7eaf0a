// SPDX-License-Identifier: GPL-2.0
/*
 * The table of the demonstration, at most 100 columns wide.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "row.h"

#define BAR_CELLS	5
#define COUNT_WIDTH	4
#define ASKED_WIDTH	26
#define REPORT_WIDTH	23

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

void row_head(const char *title)
{
	int i;

	printf("\n%-*s %-*s ", ASKED_WIDTH, title, REPORT_WIDTH,
	       "kernel reports");
	for (i = 0; i < SHOWN_NODES; i++)
		printf("node %-*d", BAR_CELLS + COUNT_WIDTH - 3, i);
	printf("\n");
}

static void print_bar(unsigned long count, unsigned long total)
{
	unsigned long filled = total ? count * BAR_CELLS * 8 / total : 0;
	int cells = 0;

	/* Not a single page goes unseen. */
	if (count && !filled)
		filled = 1;
	for (; filled >= 8; filled -= 8, cells++)
		printf("█");
	if (filled) {
		printf("%s", eighths[filled]);
		cells++;
	}
	printf("%*s ", BAR_CELLS - cells, "");
	if (count)
		printf("%-*lu ", COUNT_WIDTH, count);
	else
		printf("·%*s", COUNT_WIDTH, "");
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
