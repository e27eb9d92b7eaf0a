// SPDX-License-Identifier: GPL-2.0
/*
 * Settings of the kernel; see mempolicy_settings.h.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdio.h>

#include "kselftest.h"
#include "mempolicy_files.h"
#include "mempolicy_machine.h"
#include "mempolicy_settings.h"

#define FAILSLAB	"/sys/kernel/debug/failslab/"
#define FAIL_PAGES	"/sys/kernel/debug/fail_page_alloc/"
#define WEIGHT		"/sys/kernel/mm/mempolicy/weighted_interleave/node%d"
#define POOL		NODE_DIR "/node%d/hugepages/hugepages-2048kB/nr_hugepages"
#define THP_ENABLED	"/sys/kernel/mm/transparent_hugepage/enabled"
#define THP_SIZE	"/sys/kernel/mm/transparent_hugepage/hpage_pmd_size"

/* Lets any allocation of the kernel fail, once somebody says which. */
bool failures_on_demand(void)
{
	static const char * const settings[][2] = {
		{ FAILSLAB "verbose", "0" }, { FAILSLAB "ignore-gfp-wait", "N" },
		{ FAIL_PAGES "verbose", "0" }, { FAIL_PAGES "ignore-gfp-wait", "N" },
		{ FAIL_PAGES "ignore-gfp-highmem", "N" }, { FAIL_PAGES "min-order", "0" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(settings); i++)
		if (!file_write(settings[i][0], settings[i][1]))
			return false;
	return true;
}

/* The file of a node's weight. */
void weight_path(int node, char path[128])
{
	snprintf(path, 128, WEIGHT, node);
}

/* 0 gives a node back the weight that the kernel chose. */
bool weight_set(int node, long weight)
{
	char path[128];

	weight_path(node, path);
	return file_set_number(path, weight);
}

/* How many huge pages of POOL_PAGE bytes a node's pool has, or -1. */
long pool_of(int node)
{
	char path[128];

	snprintf(path, sizeof(path), POOL, node);
	return file_number(path);
}

/* Asks for @nr; false when there are not as many to have. */
bool pool_set(int node, long nr)
{
	char path[128];

	snprintf(path, sizeof(path), POOL, node);
	return file_set_number(path, nr) && pool_of(node) == nr;
}

/* The same of several nodes. */
bool pools_set(const struct nodes *nodes, long each)
{
	bool done = true;
	int node = -1;

	while (nodes_step(nodes, &node))
		done &= pool_set(node, each);
	return done;
}

/* In bytes; 0 if there are none. */
unsigned long thp_size(void)
{
	long size = file_number(THP_SIZE);

	return size < 0 ? 0 : size;
}

/* For mappings that ask for them; @was gets the setting that was in force. */
bool thp_allow(char *was, size_t size)
{
	return choice_set(THP_ENABLED, "madvise", was, size);
}

/* For mappings; those of shared objects have settings of their own. */
bool thp_forbid(char *was, size_t size)
{
	return choice_set(THP_ENABLED, "never", was, size);
}

void thp_restore(const char *was)
{
	if (*was)
		file_write(THP_ENABLED, was);
}

/* KB of huge pages in this process, or -1. */
long thp_kb(void)
{
	return file_figure("/proc/self/smaps_rollup", "AnonHugePages:");
}
