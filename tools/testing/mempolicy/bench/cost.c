// SPDX-License-Identifier: GPL-2.0
/*
 * What memory policy costs, in nanoseconds of the monotonic clock. In a guest
 * of one CPU that QEMU runs with -icount shift=0 they are executed instructions
 * and the same in every run.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGES	2048
#define ROUNDS	4
#define CALLS	1000

enum { DEFAULT, PREFERRED, BIND, INTERLEAVE, LOCAL, PREFERRED_MANY, WEIGHTED };

static const struct {
	const char *name;
	int mode;
} modes[] = {
	{ "default", DEFAULT },
	{ "local", LOCAL },
	{ "preferred", PREFERRED },
	{ "bind", BIND },
	{ "preferred-many", PREFERRED_MANY },
	{ "interleave", INTERLEAVE },
	{ "weighted-interleave", WEIGHTED },
	{ NULL },
};

static unsigned long nodes[2];		/* room for 128 */
static long page;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000L + t.tv_nsec;
}

static int has_nodes(int mode)
{
	return mode != DEFAULT && mode != LOCAL;
}

static void set_task(int mode)
{
	if (syscall(SYS_set_mempolicy, mode, has_nodes(mode) ? nodes : NULL,
		    has_nodes(mode) ? sizeof(nodes) * 8 + 1 : 0))
		fail("set_mempolicy");
}

static void set_range(void *addr, size_t len, int mode)
{
	if (syscall(SYS_mbind, addr, len, mode, has_nodes(mode) ? nodes : NULL,
		    has_nodes(mode) ? sizeof(nodes) * 8 + 1 : 0, 0))
		fail("mbind");
}

static char *map(size_t len)
{
	char *addr = mmap(NULL, len, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (addr == MAP_FAILED)
		fail("mmap");
	madvise(addr, len, MADV_NOHUGEPAGE);
	return addr;
}

/* The first round brings in the page tables and is not counted. */
static double touch_cost(char *addr)
{
	long spent = 0;
	int round, i;

	for (round = 0; round <= ROUNDS; round++) {
		long start = now();

		for (i = 0; i < PAGES; i++)
			addr[i * page] = 1;
		if (round)
			spent += now() - start;
		madvise(addr, PAGES * page, MADV_DONTNEED);
	}
	return (double)spent / ROUNDS / PAGES;
}

static void measure_faults(void)
{
	double base = 0;
	int i;

	for (i = 0; modes[i].name; i++) {
		char *addr = map(PAGES * page);
		double task, vma;

		set_task(modes[i].mode);
		task = touch_cost(addr);
		set_task(DEFAULT);
		set_range(addr, PAGES * page, modes[i].mode);
		vma = touch_cost(addr);
		if (!i)
			base = task;
		printf("fault %-20s task %8.1f %+7.1f   vma %8.1f %+7.1f\n",
		       modes[i].name, task, task - base, vma, vma - base);
		munmap(addr, PAGES * page);
	}
}

static void measure_calls(void)
{
	unsigned long seen[2];
	char *addr = map(3 * page);
	int mode, i;
	long start;

	start = now();
	for (i = 0; i < CALLS; i++)
		set_task(i & 1 ? BIND : INTERLEAVE);
	printf("call  set_mempolicy        %8.1f\n",
	       (double)(now() - start) / CALLS);

	start = now();
	for (i = 0; i < CALLS; i++)
		syscall(SYS_get_mempolicy, &mode, seen, 128, 0, 0);
	printf("call  get_mempolicy        %8.1f\n",
	       (double)(now() - start) / CALLS);
	set_task(DEFAULT);

	start = now();
	for (i = 0; i < CALLS; i++) {
		set_range(addr + page, page, BIND);
		set_range(addr + page, page, DEFAULT);
	}
	printf("call  mbind split + merge  %8.1f\n",
	       (double)(now() - start) / CALLS);
}

/* Every second page, so that no two VMAs merge. */
static double fork_cost(int vmas, int mode)
{
	char *addr = map(2 * vmas * page);
	long start, spent = 0;
	int i;

	for (i = 0; i < vmas; i++) {
		mprotect(addr + 2 * i * page, page, PROT_READ);
		if (mode)
			set_range(addr + 2 * i * page, page, mode);
	}
	for (i = 0; i < 3; i++) {
		pid_t pid;

		start = now();
		pid = fork();
		if (!pid)
			for (;;)
				pause();
		if (pid < 0)
			fail("fork");
		spent += now() - start;
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	munmap(addr, 2 * vmas * page);
	return (double)spent / 3;
}

int main(int argc, char **argv)
{
	int nr = argc > 1 ? atoi(argv[1]) : 4;
	double plain;
	int i;

	page = sysconf(_SC_PAGESIZE);
	for (i = 0; i < nr; i++)
		nodes[i / 64] |= 1UL << (i % 64);

	printf("nodes %d\n", nr);
	measure_faults();
	measure_calls();
	plain = fork_cost(1000, DEFAULT);
	printf("fork  per VMA with policy  %8.1f\n",
	       (fork_cost(1000, BIND) - plain) / 1000);
	return 0;
}
