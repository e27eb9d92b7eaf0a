// SPDX-License-Identifier: GPL-2.0
/*
 * How long a task waits for strangers: mbind() of an object of its own, or
 * faults, alone and beside tasks that have much to change. For two CPUs, the
 * task on one and the strangers on the other; each row is in percent of the
 * time alone.
 */
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "mempolicy_calls.h"

#define GROUP		"/sys/fs/cgroup/waits"
#define HIGH		"4M"
#define PRIVATE		30000		/* mappings of each task */
#define WINDOWS		12000
#define TASKS		4
#define CALLS		200
#define FAULTS		2048
#define MOST_PHASES	41
#define PATIENCE_MS	10000

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		fail("sched_setaffinity");
}

static long clock_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000L + time.tv_nsec;
}

/* What the task does that is to be left alone, in nanoseconds. */
static long change_object(void)
{
	int fd = make_object(16), i;
	long spent;
	char *addr;

	addr = mmap(NULL, 16 * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (addr == MAP_FAILED)
		fail("mmap");
	spent = -clock_ns();
	for (i = 0; i < CALLS; i++)
		set_range(addr + i % 16 * page, page, i & 1 ? MPOL_BIND : MPOL_INTERLEAVE);
	return spent + clock_ns();
}

static long fault_weighted(void)
{
	char *addr = map_private(FAULTS * page);
	long spent;
	int i;

	set_range(addr, FAULTS * page, MPOL_WEIGHTED_INTERLEAVE);
	spent = -clock_ns();
	for (i = 0; i < FAULTS; i++)
		asm volatile("movb $1, %0" : "=m" (addr[i * page]));
	return spent + clock_ns();
}

/**
 * struct task - what is measured
 * @run:	does it; tells nanoseconds
 * @phases:	how often
 * @rank:	which of the times counts, from the least: waiting must not be
 *		overlooked, what the host takes from a CPU has to be
 */
struct task {
	long (*run)(void);
	int phases;
	int rank;
};

static const struct task own_object = { change_object, 9, 4 };
static const struct task own_faults = { fault_weighted, MOST_PHASES, 0 };

static noreturn void do_and_tell(const struct task *task, int to)
{
	long spent;

	pin(1);
	spent = task->run();
	if (write(to, &spent, sizeof(spent)) != sizeof(spent))
		fail("pipe");
	_exit(0);
}

/* Nanoseconds; one that does not end in time is left behind to die. */
static long one_phase(const struct task *task)
{
	struct pollfd result = { .events = POLLIN };
	long spent = PATIENCE_MS * 1000000L;
	int fds[2];
	pid_t pid;

	if (pipe(fds))
		fail("pipe");
	fflush(stdout);
	pid = fork();
	if (!pid)
		do_and_tell(task, fds[1]);
	if (pid < 0)
		fail("fork");
	result.fd = fds[0];
	if (poll(&result, 1, PATIENCE_MS) == 1 &&
	    read(fds[0], &spent, sizeof(spent)) != sizeof(spent))
		fail("pipe");
	kill(pid, SIGKILL);
	close(fds[0]);
	close(fds[1]);
	return spent;
}

static int by_size(const void *a, const void *b)
{
	const long *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/**
 * struct stranger - what keeps the other CPU busy
 * @make:	makes what it changes
 * @change:	changes all of it
 * @throttled:	its cgroup is above memory.high while it does
 */
struct stranger {
	char *(*make)(void);
	void (*change)(char *addr, int round);
	bool throttled;
};

/* Shared with the strangers, who only spin until they are told to work. */
static struct {
	atomic_int work;
	atomic_int works[TASKS];
} *stage;

static char *make_nothing(void)
{
	return NULL;
}

/* Neighbours differ, so that they do not merge. */
static char *make_private(void)
{
	char *addr = map_private(PRIVATE * page);
	struct nodes nodes;
	int i;

	write_file(GROUP "/cgroup.procs", "0");
	for (i = 0; i < PRIVATE; i++) {
		nodes = node_at(i & 1);
		set_range_nodes(addr + i * page, page, MPOL_BIND, &nodes, 0);
	}
	return addr;
}

static void set_home(char *addr, int round)
{
	sys_home_node(addr, PRIVATE * page, round & 1, 0);
}

static char *make_windows(void)
{
	char *addr = map_private(WINDOWS * page);
	int fd = make_object(2 * WINDOWS);

	map_windows(addr, WINDOWS, fd, 0, 2);
	return addr;
}

static void set_windows(char *addr, int round)
{
	set_range(addr, WINDOWS * page, round & 1 ? MPOL_BIND : MPOL_INTERLEAVE);
}

static void write_weight(char *addr, int round)
{
	set_weight(0, 255 - (round & 1));
}

static const struct stranger writer = { make_nothing, write_weight, false };
static const struct stranger homes = { make_private, set_home, true };
static const struct stranger mappings = {
	make_windows, set_windows, false
};

static noreturn void change_for_ever(const struct stranger *stranger, int self,
				     int ready)
{
	char *addr;
	int i = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	pin(0);
	addr = stranger->make();
	if (write(ready, "", 1) != 1)
		fail("pipe");
	for (;;) {
		int work = stage->work;

		stage->works[self] = work;
		if (work)
			stranger->change(addr, i++);
	}
}

static void start(const struct stranger *stranger, int nr, pid_t *pids)
{
	int fds[2], i;
	char byte;

	if (pipe(fds))
		fail("pipe");
	for (i = 0; i < nr; i++) {
		pids[i] = fork();
		if (!pids[i])
			change_for_ever(stranger, i, fds[1]);
		if (pids[i] < 0 || read(fds[0], &byte, 1) != 1)
			fail("fork");
	}
	close(fds[0]);
	close(fds[1]);
	if (stranger->throttled)
		write_file(GROUP "/memory.high", HIGH);
}

/* Returns when all of them have begun, or ended what they were doing. */
static void let_work(int nr, int work)
{
	int i;

	stage->work = work;
	for (i = 0; i < nr; i++)
		while (stage->works[i] != work)
			usleep(1000);
}

/* Whoever waits for a lock that cannot be given up dies late. */
static void stop(const struct stranger *stranger, int nr, pid_t *pids)
{
	int i;

	for (i = 0; i < nr; i++)
		kill(pids[i], SIGKILL);
	if (stranger->throttled)
		write_file(GROUP "/memory.high", "max");
	for (i = 0; i < nr; i++)
		waitpid(pids[i], NULL, 0);
}

static long of_rank(const struct task *task, long *spent)
{
	qsort(spent, task->phases, sizeof(long), by_size);
	return spent[task->rank];
}

/* In turns, so that what else the host has to do slows both alike. */
static void measure_wait(const char *row, const struct stranger *stranger,
			 int nr, const struct task *task)
{
	long alone[MOST_PHASES], beside[MOST_PHASES];
	pid_t pids[TASKS];
	int i;

	if (!named(row))
		return;
	fflush(stdout);
	start(stranger, nr, pids);
	for (i = 0; i < task->phases; i++) {
		alone[i] = one_phase(task);
		let_work(nr, 1);
		beside[i] = one_phase(task);
		let_work(nr, 0);
	}
	stop(stranger, nr, pids);
	report(row, of_rank(task, beside) * 100.0 / of_rank(task, alone));
}

void bench_waits(void)
{
	int nid;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2 || nr_nodes < 2)
		return;
	stage = mmap(NULL, sizeof(*stage), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (stage == MAP_FAILED)
		fail("mmap");
	measure_wait("wait/mbind/beside-12000-mappings", &mappings, 2,
		     &own_object);
	for (nid = 0; nid < nr_nodes; nid++)
		set_weight(nid, 255);
	measure_wait("wait/fault/beside-weight-writer", &writer, 1,
		     &own_faults);
	if (!named("wait/mbind/beside-throttled-home-nodes"))
		return;
	write_file("/sys/fs/cgroup/cgroup.subtree_control", "+memory");
	mkdir(GROUP, 0700);
	measure_wait("wait/mbind/beside-throttled-home-nodes", &homes, TASKS,
		     &own_object);
	rmdir(GROUP);
}
