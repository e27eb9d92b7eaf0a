/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pieces of memory that have a name, "a", and parts of them, "a:8-15".
 */
#ifndef EXPLAIN_AREA_H
#define EXPLAIN_AREA_H

#include <stddef.h>

#define HUGE_SIZE	(2UL << 20)

struct area {
	char name[16];
	char *base;
	size_t pages;
	size_t unit;		/* bytes of what counts as a page here */
};

/* @first to @last of @area, in units */
struct part {
	struct area *area;
	size_t first;
	size_t last;
};

struct area *area_new(const char *name);
int area_map(const char *name, size_t pages, int prot, int flags, int fd);
int area_map_huge(const char *name, size_t pages, int flags);
int part_parse(const char *text, struct part *part);
char *part_start(const struct part *part);
size_t part_bytes(const struct part *part);
void part_touch(const struct part *part, int write);
void areas_touch(void);
int part_nodes(const struct part *part, int *nodes);

#endif
