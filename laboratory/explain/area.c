// SPDX-License-Identifier: GPL-2.0
/*
 * Named areas of memory: mapped, touched, and asked for the nodes of their
 * pages.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "area.h"
#include "mempolicy_calls.h"

#define MAX_AREAS	16
#define PAGE		4096UL

static struct area areas[MAX_AREAS];

static struct area *area_find(const char *name, size_t len)
{
	for (int i = 0; i < MAX_AREAS; i++)
		if (areas[i].base && strlen(areas[i].name) == len &&
		    !strncmp(areas[i].name, name, len))
			return &areas[i];
	return NULL;
}

/* The area of that name, or an unused one. */
struct area *area_new(const char *name)
{
	struct area *area = area_find(name, strlen(name));

	if (strlen(name) >= sizeof(area->name))
		return NULL;
	for (int i = 0; !area && i < MAX_AREAS; i++)
		if (!areas[i].base)
			area = &areas[i];
	if (area)
		memcpy(area->name, name, strlen(name) + 1);
	return area;
}

/* All of the file if @pages is 0. */
int area_map(const char *name, size_t pages, int prot, int flags, int fd)
{
	struct area *area = area_new(name);
	struct stat file;

	if (!area || (fd >= 0 && fstat(fd, &file)))
		return -1;
	if (!pages && fd >= 0)
		pages = file.st_size / PAGE;
	area->unit = flags & MAP_HUGETLB ? HUGE_SIZE : PAGE;
	area->pages = pages;
	area->base = mmap(NULL, pages * area->unit, prot, flags, fd, 0);
	if (area->base != MAP_FAILED)
		return 0;
	area->base = NULL;
	return -1;
}

/* Where huge pages fit. */
int area_map_huge(const char *name, size_t pages, int flags)
{
	struct area *area = area_new(name);
	unsigned long start;

	if (!area || area_map(name, (pages + 1) * (HUGE_SIZE / PAGE),
			      PROT_READ | PROT_WRITE, flags, -1))
		return -1;
	start = ((unsigned long)area->base + HUGE_SIZE - 1) & -HUGE_SIZE;
	area->base = (char *)start;
	area->pages = pages;
	area->unit = HUGE_SIZE;
	return madvise(area->base, pages * HUGE_SIZE, MADV_HUGEPAGE);
}

/* NAME, NAME:PAGE or NAME:FIRST-LAST */
int part_parse(const char *text, struct part *part)
{
	size_t len = strcspn(text, ":");
	char *end = (char *)text + len;

	errno = EINVAL;
	part->area = area_find(text, len);
	if (!part->area)
		return -1;
	part->first = 0;
	part->last = part->area->pages - 1;
	if (*end) {
		part->first = strtoul(end + 1, &end, 10);
		part->last = part->first;
	}
	if (*end == '-')
		part->last = strtoul(end + 1, &end, 10);
	return *end || part->last >= part->area->pages ? -1 : 0;
}

char *part_start(const struct part *part)
{
	return part->area->base + part->first * part->area->unit;
}

size_t part_bytes(const struct part *part)
{
	return (part->last - part->first + 1) * part->area->unit;
}

void part_touch(const struct part *part, int write)
{
	for (size_t i = part->first; i <= part->last; i++) {
		char *at = part->area->base + i * part->area->unit;

		if (write)
			__atomic_store_n(at, 1, __ATOMIC_RELAXED);
		else
			__atomic_load_n(at, __ATOMIC_RELAXED);
	}
}

/* Writes to each page of all areas. */
void areas_touch(void)
{
	for (int i = 0; i < MAX_AREAS; i++) {
		struct part all = { &areas[i], 0, areas[i].pages - 1 };

		if (areas[i].base)
			part_touch(&all, 1);
	}
}

/* A node for each page; negative where there is none. */
int part_nodes(const struct part *part, int *nodes)
{
	size_t count = part->last - part->first + 1;
	void **pages = calloc(count, sizeof(*pages));
	int ret;

	if (!pages)
		return -1;
	for (size_t i = 0; i < count; i++)
		pages[i] = part_start(part) + i * part->area->unit;
	ret = sys_move_pages(0, count, pages, NULL, nodes, 0);
	free(pages);
	return ret;
}
