/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One row of the table: asked, reported, placed, judged.
 */
#ifndef DEMO_ROW_H
#define DEMO_ROW_H

#include "where.h"

#define SHOWN_NODES 4

struct promise {
	const char *report;		/* expected text in numa_maps */
	/* Expected share per node, any unit; ANYWHERE: what is left */
	int share[SHOWN_NODES];
};

#define ANYWHERE (-1)

int promise_parse(const char *text, struct promise *promise);
void row_head(const char *title);
void row_figures(const char *title, const char *figures);
int row_print(const char *asked, const struct where *where,
	      const struct promise *promise);

#endif
