// SPDX-License-Identifier: GPL-2.0
/*
 * Page counts per node: of our own memory by move_pages(), of other processes
 * by their numa_maps.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/policy.h"
#include "mempolicy_calls.h"
#include "where.h"

#define PATIENCE	2000	/* times 10 ms */

static FILE *open_numa_maps(pid_t pid)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/numa_maps", pid);
	return fopen(path, "r");
}

/* The policy is what follows the address. */
static void copy_report(const char *line, char *report, size_t size)
{
	const char *start = strchr(line, ' ') + 1;

	snprintf(report, size, "%.*s", (int)policy_length(start), start);
}

/* " N0=16 N2=16" at the end of a line */
static void read_counts(const char *line, struct where *where)
{
	unsigned long count;
	unsigned int node;

	memset(where->pages, 0, sizeof(where->pages));
	where->total = 0;
	while ((line = strstr(line, " N"))) {
		line += 2;
		if (sscanf(line, "%u=%lu", &node, &count) != 2 ||
		    node >= MAX_NODES)
			continue;
		where->pages[node] = count;
		where->total += count;
	}
}

static int own_report(void *addr, struct where *where)
{
	char line[512];
	FILE *file = open_numa_maps(getpid());

	if (!file)
		return -1;
	where->report[0] = '\0';
	while (fgets(line, sizeof(line), file)) {
		if (strtoul(line, NULL, 16) <= (unsigned long)addr)
			copy_report(line, where->report, sizeof(where->report));
	}
	fclose(file);
	return 0;
}

static int own_counts(void *addr, size_t len, struct where *where)
{
	unsigned long i, size = sysconf(_SC_PAGESIZE), count = len / size;
	void **pages = calloc(count, sizeof(*pages));
	int *nodes = calloc(count, sizeof(*nodes));
	long ret = -1;

	memset(where->pages, 0, sizeof(where->pages));
	where->total = count;
	if (pages && nodes) {
		for (i = 0; i < count; i++)
			pages[i] = (char *)addr + i * size;
		ret = sys_move_pages(0, count, pages, NULL, nodes, 0);
		for (i = 0; !ret && i < count; i++) {
			if (nodes[i] >= 0 && nodes[i] < MAX_NODES)
				where->pages[nodes[i]]++;
		}
	}
	free(pages);
	free(nodes);
	return ret;
}

int where_own(void *addr, size_t len, struct where *where)
{
	if (own_counts(addr, len, where))
		return -1;
	return own_report(addr, where);
}

/* The largest anonymous mapping of @pid */
static int largest_mapping(pid_t pid, struct where *where)
{
	struct where candidate;
	char line[512];
	FILE *file = open_numa_maps(pid);

	where->total = 0;
	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file)) {
		if (!strstr(line, " anon="))
			continue;
		read_counts(line, &candidate);
		if (candidate.total <= where->total)
			continue;
		copy_report(line, candidate.report, sizeof(candidate.report));
		*where = candidate;
	}
	fclose(file);
	return 0;
}

/* Waits until @pid has touched @pages pages of one mapping */
int where_other(pid_t pid, unsigned long pages, struct where *where)
{
	int i;

	for (i = 0; i < PATIENCE; i++) {
		if (largest_mapping(pid, where))
			return -1;
		if (where->total >= pages)
			return 0;
		usleep(10000);
	}
	errno = ETIMEDOUT;
	return -1;
}
