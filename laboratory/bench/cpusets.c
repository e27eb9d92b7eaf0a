// SPDX-License-Identifier: GPL-2.0
/*
 * A cpuset's nodes change while tasks with many policies are in it.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define ROOT	"/tmp/cpusets"
#define PIECES	2000
#define STACK	(64 << 10)

static void copy_file(const char *from, const char *to)
{
	char text[256] = "";
	FILE *file = fopen(from, "r");

	if (!file || !fgets(text, sizeof(text), file))
		fail(from);
	fclose(file);
	write_file(to, text);
}

/* The old hierarchy: it does not migrate pages unless told to. */
static void make_cpuset(void)
{
	mkdir(ROOT, 0700);
	if (mount("cpuset", ROOT, "cgroup", 0, "cpuset"))
		fail("cpuset");
	mkdir(ROOT "/bench", 0700);
	copy_file(ROOT "/cpuset.cpus", ROOT "/bench/cpuset.cpus");
	copy_file(ROOT "/cpuset.mems", ROOT "/bench/cpuset.mems");
}

static void remove_cpuset(void)
{
	rmdir(ROOT "/bench");
	umount(ROOT);
}

static void *sleep_for_ever(void *arg)
{
	for (;;)
		pause();
	return NULL;
}

/* Tells through @ready when all threads and policies are there. */
static noreturn void be_bound(int threads, int ready)
{
	pthread_attr_t small;
	pthread_t thread;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	write_file(ROOT "/bench/tasks", "0");
	set_pieces(map_pieces(PIECES), PIECES, MPOL_BIND);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, STACK);
	while (--threads)
		if (pthread_create(&thread, &small, sleep_for_ever, NULL))
			fail("pthread_create");
	if (write(ready, "", 1) != 1)
		fail("pipe");
	sleep_for_ever(NULL);
	_exit(0);
}

static void shrink(void *arg)
{
	write_file(ROOT "/bench/cpuset.mems", "0");
}

static void grow(void *arg)
{
	copy_file(ROOT "/cpuset.mems", ROOT "/bench/cpuset.mems");
}

static void change_with(int threads)
{
	char row[64], byte;
	int ready[2];
	pid_t pid;

	snprintf(row, sizeof(row), "cpuset/%d-threads", threads);
	if (!wanted(row))
		return;
	if (pipe(ready))
		fail("pipe");
	pid = fork();
	if (!pid)
		be_bound(threads, ready[1]);
	if (pid < 0 || read(ready[0], &byte, 1) != 1)
		fail("fork");
	measure(row, &(struct op) {
		.run = shrink, .after = grow, .rounds = 3, .per = 1 });
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(ready[0]);
	close(ready[1]);
}

void bench_cpusets(void)
{
	if (nr_nodes < 2)
		return;
	if (!wanted("cpuset/1-threads") && !wanted("cpuset/16-threads") &&
	    !wanted("cpuset/200-threads"))
		return;
	make_cpuset();
	change_with(1);
	change_with(16);
	change_with(200);
	remove_cpuset();
}
