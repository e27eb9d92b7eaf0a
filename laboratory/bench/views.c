// SPDX-License-Identifier: GPL-2.0
/*
 * First touches of an object under one policy by tasks of several cpusets, that
 * take turns: a page by one of them, then a page by the next.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define ROOT	"/tmp/views"
#define MOST	64
#define TOUCHES	512
#define ROUNDS	6

/* Of so many touches one is interrupted or refills the allocator's lists. */
#define ODD	16

/**
 * struct turns - tasks that touch pages of one object in turn
 * @fd:		the object
 * @addr:	its pages, as many for each task
 * @tasks:	how many
 * @spent:	by each touch; all tasks write it
 * @go:		to wake a task
 * @done:	by which the last one wakes the first process
 */
struct turns {
	int fd;
	char *addr;
	int tasks;
	long *spent;
	int go[MOST][2];
	int done[2];
};

static void write_number(const char *name, int nr, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), ROOT "/%d/%s", nr, name);
	write_file(path, text);
}

/* All nodes in the first one, and all but one in each of the others. */
static void make_cpuset(int nr)
{
	char path[64], mems[64];
	int last = nr_nodes - 1;

	snprintf(path, sizeof(path), ROOT "/%d", nr);
	mkdir(path, 0700);
	if (!nr)
		snprintf(mems, sizeof(mems), "0-%d", last);
	else if (nr == last)
		snprintf(mems, sizeof(mems), "0-%d", last - 1);
	else
		snprintf(mems, sizeof(mems), "0-%d,%d-%d", nr - 1, nr + 1,
			 last);
	write_number("cpuset.cpus", nr, "0");
	write_number("cpuset.mems", nr, mems);
}

static void remove_cpusets(int nr)
{
	char path[64];

	while (nr--) {
		snprintf(path, sizeof(path), ROOT "/%d", nr);
		rmdir(path);
	}
	umount(ROOT);
}

static void wait_for(const int *fds)
{
	char byte;

	if (read(fds[0], &byte, 1) != 1)
		_exit(1);
}

static void wake(const int *fds)
{
	if (write(fds[1], "", 1) != 1)
		fail("pipe");
}

/* The pages of one task lie side by side. */
static noreturn void take_turns(const struct turns *turns, int nr)
{
	int each = TOUCHES / turns->tasks, i;
	char *addr = turns->addr + nr * each * page;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	write_number("tasks", nr, "0");
	for (;;) {
		if (fallocate(turns->fd, FALLOC_FL_PUNCH_HOLE |
			      FALLOC_FL_KEEP_SIZE, nr * each * page,
			      each * page))
			fail("fallocate");
		for (i = 0; i < each; i++) {
			long start;

			wait_for(turns->go[nr]);
			start = now();
			asm volatile("movb $1, %0" : "=m" (addr[i * page]));
			turns->spent[i * turns->tasks + nr] = now() - start;
			wake(nr + 1 < turns->tasks ? turns->go[nr + 1] :
						     turns->done);
		}
	}
}

static int by_size(const void *a, const void *b)
{
	const long *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double one_round(const struct turns *turns)
{
	int each = TOUCHES / turns->tasks, i;
	int kept = each * turns->tasks * (ODD - 1) / ODD;
	double sum = 0;

	for (i = 0; i < each; i++) {
		wake(turns->go[0]);
		wait_for(turns->done);
	}
	qsort(turns->spent, each * turns->tasks, sizeof(long), by_size);
	for (i = 0; i < kept; i++)
		sum += turns->spent[i];
	return sum / kept;
}

static double least_of_rounds(const struct turns *turns)
{
	double spent, min = one_round(turns);
	int i;

	for (i = 0; i < ROUNDS; i++) {
		spent = one_round(turns);
		if (spent < min)
			min = spent;
	}
	return min;
}

static void start_tasks(struct turns *turns, pid_t *pids)
{
	int i;

	if (pipe(turns->done))
		fail("pipe");
	for (i = 0; i < turns->tasks; i++)
		if (pipe(turns->go[i]))
			fail("pipe");
	for (i = 0; i < turns->tasks; i++) {
		pids[i] = fork();
		if (!pids[i])
			take_turns(turns, i);
		if (pids[i] < 0)
			fail("fork");
	}
}

static void stop_tasks(struct turns *turns, pid_t *pids)
{
	int i;

	for (i = 0; i < turns->tasks; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
		close(turns->go[i][0]);
		close(turns->go[i][1]);
	}
	close(turns->done[0]);
	close(turns->done[1]);
}

static void measure_views(const char *row, int mode, int tasks)
{
	struct turns turns = { .tasks = tasks, .fd = make_object(TOUCHES) };
	pid_t pids[MOST];

	turns.addr = mmap(NULL, TOUCHES * page, PROT_READ | PROT_WRITE,
			  MAP_SHARED, turns.fd, 0);
	if (turns.addr == MAP_FAILED)
		fail("mmap");
	set_range(turns.addr, TOUCHES * page, mode);
	turns.spent = mmap(NULL, TOUCHES * sizeof(long), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	start_tasks(&turns, pids);
	report(row, least_of_rounds(&turns));
	stop_tasks(&turns, pids);
	munmap(turns.spent, TOUCHES * sizeof(long));
	munmap(turns.addr, TOUCHES * page);
	close(turns.fd);
}

static void measure_all(const char *what, int mode)
{
	static const int tasks[] = { 1, 2, 4, 5, 16, 64 };
	size_t i;

	for (i = 0; i < sizeof(tasks) / sizeof(*tasks); i++) {
		char row[64];

		snprintf(row, sizeof(row), "views/%s/%d", what, tasks[i]);
		if (wanted(row))
			measure_views(row, mode, tasks[i]);
	}
}

static bool is_prime(int number)
{
	int i;

	for (i = 2; i * i <= number; i++)
		if (!(number % i))
			return false;
	return true;
}

/* The largest weights first, and 1 where there are no more. */
static void set_prime_weights(void)
{
	int weight = 255, nid;

	for (nid = 0; nid < nr_nodes; nid++, weight--) {
		while (weight > 1 && !is_prime(weight))
			weight--;
		if (weight < 1)
			weight = 1;
		set_weight(nid, weight);
	}
}

/* On a machine whose nodes are numbered without a gap. */
void bench_views(void)
{
	int i;

	if (nr_nodes < MOST || !wanted_kind("views/"))
		return;
	mkdir(ROOT, 0700);
	if (mount("cpuset", ROOT, "cgroup", 0, "cpuset"))
		fail("cpuset");
	for (i = 0; i < MOST; i++)
		make_cpuset(i);
	measure_all("interleave", MPOL_INTERLEAVE);
	for (i = 0; i < nr_nodes; i++)
		set_weight(i, 255);
	measure_all("weights-255", MPOL_WEIGHTED_INTERLEAVE);
	set_prime_weights();
	measure_all("weights-prime", MPOL_WEIGHTED_INTERLEAVE);
	for (i = 0; i < nr_nodes; i++)
		set_weight(i, 1);
	remove_cpusets(MOST);
}
