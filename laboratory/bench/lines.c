// SPDX-License-Identifier: GPL-2.0
/*
 * Two strangers, each on a CPU of its own, do the same one after the other,
 * while tracer.c notes which cache lines they lock. Their policies are alike,
 * and so are those of a third one. When they fault they are in cpusets that
 * differ.
 */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "marks.h"

#define ROOT		"/tmp/lines"
#define STRANGERS	3
#define FAULTS		512
#define PIECES		1000
#define CALLS		100

/**
 * struct deed - what strangers do
 * @name:	of it
 * @units:	how many faults, VMAs or calls it is
 * @policy:	they have one
 * @make:	makes what @act is done with
 * @act:	what they do
 */
struct deed {
	const char *name;
	int units;
	bool policy;
	char *(*make)(bool policy);
	void (*act)(char *addr);
};

static char *make_area(bool policy)
{
	struct nodes nodes = node_at(0);
	char *addr = map_private(FAULTS * page);

	if (policy)
		set_range_nodes(addr, FAULTS * page, MPOL_BIND, &nodes, 0);
	return addr;
}

static void fault_all(char *addr)
{
	int i;

	for (i = 0; i < FAULTS; i++)
		asm volatile("movb $1, %0" : "=m" (addr[i * page]));
}

static char *make_vmas(bool policy)
{
	char *addr = map_pieces(PIECES);

	if (policy)
		set_pieces(addr, PIECES, MPOL_BIND);
	return addr;
}

static void fork_and_exit(char *addr)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		fail("fork");
}

static char *make_pages(bool policy)
{
	return map_private(3 * page);
}

static void mbind_in_turn(char *addr)
{
	int i;

	for (i = 0; i < CALLS; i++)
		set_range(addr + page, page, i & 1 ? MPOL_BIND : MPOL_INTERLEAVE);
}

static void mprotect_in_turn(char *addr)
{
	int i;

	for (i = 0; i < CALLS; i++)
		if (mprotect(addr + page, page,
			     i & 1 ? PROT_READ : PROT_READ | PROT_WRITE))
			fail("mprotect");
}

static char *make_object_map(bool policy)
{
	int fd = make_object(3);
	char *addr = mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_SHARED,
			  fd, 0);

	if (addr == MAP_FAILED)
		fail("mmap");
	return addr;
}

static const struct deed deeds[] = {
	{ "fault/no-policy", FAULTS, false, make_area, fault_all },
	{ "fault/policy", FAULTS, true, make_area, fault_all },
	{ "fork+exit/no-policy", PIECES, false, make_vmas, fork_and_exit },
	{ "fork+exit/policy", PIECES, true, make_vmas, fork_and_exit },
	{ "mprotect", CALLS, false, make_pages, mprotect_in_turn },
	{ "mbind/private", CALLS, true, make_pages, mbind_in_turn },
	{ "mbind/object", CALLS, true, make_object_map, mbind_in_turn },
};

static void make_cpuset(int nr)
{
	char path[64], mems[16];

	snprintf(path, sizeof(path), ROOT "/%d", nr);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), ROOT "/%d/cpuset.cpus", nr);
	write_file(path, "0-1");
	snprintf(path, sizeof(path), ROOT "/%d/cpuset.mems", nr);
	snprintf(mems, sizeof(mems), "0-%d", nr_nodes - 1 - nr);
	write_file(path, mems);
	snprintf(path, sizeof(path), ROOT "/%d/tasks", nr);
	write_file(path, "0");
}

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		fail("sched_setaffinity");
}

static void next(const int *from, const int *to)
{
	char byte;

	if (write(to[1], "", 1) != 1 || read(from[0], &byte, 1) != 1)
		fail("pipe");
}

/* Once to have everything at hand, and once more when it is asked for. */
static noreturn void be_stranger(const struct deed *deed, int nr,
				 const int *from, const int *to)
{
	char *addr, byte;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	pin(nr & 1);
	addr = deed->make(deed->policy);
	/* Not before: what is asked for depends on what is allowed. */
	if (deed->act == fault_all)
		make_cpuset(nr);
	deed->act(addr);
	if (deed->act == fault_all)
		madvise(addr, FAULTS * page, MADV_DONTNEED);
	next(from, to);
	if (nr < 2) {
		mark_begin();
		deed->act(addr);
		mark_end();
		mark_row();
	}
	if (write(to[1], "", 1) != 1 || read(from[0], &byte, 1) != 1)
		fail("pipe");
	_exit(0);
}

/* What one has is not given back before all are done. */
static void run_deed(const struct deed *deed)
{
	int from[STRANGERS][2], to[STRANGERS][2], i, round;
	pid_t pids[STRANGERS];
	char byte;

	for (i = 0; i < STRANGERS; i++) {
		if (pipe(from[i]) || pipe(to[i]))
			fail("pipe");
		pids[i] = fork();
		if (!pids[i])
			be_stranger(deed, i, from[i], to[i]);
		if (pids[i] < 0 || read(to[i][0], &byte, 1) != 1)
			fail("fork");
	}
	for (round = 0; round < 2; round++)
		for (i = 0; i < STRANGERS; i++)
			if (write(from[i][1], "", 1) != 1 ||
			    (!round && read(to[i][0], &byte, 1) != 1))
				fail("pipe");
	for (i = 0; i < STRANGERS; i++)
		waitpid(pids[i], NULL, 0);
	printf("%s %d\n", deed->name, deed->units);
}

/* A line for each, and two files of the tracer. */
void lock_lines(void)
{
	size_t i;

	mkdir(ROOT, 0700);
	if (mount("cpuset", ROOT, "cgroup", 0, "cpuset"))
		fail("cpuset");
	for (i = 0; i < sizeof(deeds) / sizeof(*deeds); i++) {
		fflush(stdout);
		run_deed(&deeds[i]);
	}
}
