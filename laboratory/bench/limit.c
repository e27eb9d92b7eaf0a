// SPDX-License-Identifier: GPL-2.0
/*
 * What policies of one cgroup are charged: bytes for each range of an object,
 * and how far it gets over its memory.max.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "mempolicy_calls.h"

#define GROUP		"/sys/fs/cgroup/limit"
#define RANGES		8192
#define POLICIES	30000
#define ROOM		(24 << 20)

static double charged(void)
{
	/* The kernel adds up what its CPUs counted every two seconds. */
	sleep(3);
	return figure_of(GROUP "/memory.stat", "kernel ");
}

/* Freed memory is waited for: what comes is all there is. */
static void tell_ranges(const char *what, size_t step)
{
	int fd = make_object(RANGES * step);
	double charged_before, used_before;
	char row[64];

	make_ranges(fd, 1, step, 1);
	charged_before = charged();
	used_before = figure_of("/proc/meminfo", "SUnreclaim:");
	make_ranges(fd, RANGES, step, 1);
	snprintf(row, sizeof(row), "bytes/range-%s/charged", what);
	report(row, (charged() - charged_before) / RANGES);
	snprintf(row, sizeof(row), "bytes/range-%s/system", what);
	report(row, (figure_of("/proc/meminfo", "SUnreclaim:") - used_before) *
	       1024 / RANGES);
	close(fd);
}

/* Another one for each page, as bits of nodes that there are not count, too. */
static bool set_nth(char *addr, unsigned long i, unsigned int flags)
{
	struct nodes nodes = every_node;

	nodes.w[0] |= (i + 1) << 16;
	return !sys_mbind(addr + i * page, page,
			  MPOL_WEIGHTED_INTERLEAVE | STATIC, &nodes, mask_bits,
			  flags);
}

/*
 * First all policies, for which there is room, and then what is kept when the
 * kernel is asked where their pages belong. It ends at the limit, at last.
 */
static noreturn void fill(void)
{
	char *addr = map_private(POLICIES * page);
	unsigned long i;

	write_file(GROUP "/cgroup.procs", "0");
	for (i = 0; i < POLICIES && set_nth(addr, i, 0); i++)
		;
	for (i = 0; i < POLICIES; i++)
		set_nth(addr, i, MPOL_MF_STRICT);
	_exit(0);
}

static void in_child(void (*run)(void))
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		run();
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		fail("fork");
}

static void make_group(void)
{
	write_file("/sys/fs/cgroup/cgroup.subtree_control", "+memory");
	mkdir(GROUP, 0700);
}

static noreturn void tell_all_ranges(void)
{
	write_file(GROUP "/cgroup.procs", "0");
	tell_ranges("adjoining", 1);
	tell_ranges("apart", 2);
	fflush(stdout);
	_exit(0);
}

/* In percent of memory.max: the most that was charged at any time. */
static void tell_peak(void)
{
	char text[16];
	int nid;

	make_group();
	snprintf(text, sizeof(text), "%d", ROOM);
	write_file(GROUP "/memory.max", text);
	for (nid = 0; nid < nr_nodes; nid++)
		set_weight(nid, 255 - nid);
	in_child(fill);
	report("limit/30000-policies/peak",
	       figure_of(GROUP "/memory.peak", "") * 100 / ROOM);
	for (nid = 0; nid < nr_nodes; nid++)
		set_weight(nid, 1);
	rmdir(GROUP);
}

void bench_limit(void)
{
	if (wanted_kind("bytes/range-")) {
		make_group();
		in_child(tell_all_ranges);
		rmdir(GROUP);
	}
	if (wanted("limit/30000-policies/peak") && nr_nodes > 1 && nr_nodes < 17)
		tell_peak();
}
