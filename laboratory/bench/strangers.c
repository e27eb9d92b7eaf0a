// SPDX-License-Identifier: GPL-2.0
/*
 * A new policy while other users hold many: those that a table of policies
 * would keep in one place, if it hashed node masks by multiplication.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define CALLS		50
#define EACH		50000	/* policies of one process, a mapping each */
#define HOLDERS		2

/* GOLDEN_RATIO_PRIME of the kernel, and the bits of a table of that time. */
#define GOLDEN		0x61c8864680b583ebUL
#define BUCKET_SHIFT	58

/*
 * The first word of the @n-th mask: bit 0 is a node that there is, all others
 * may be asked for with a static mask. The masks are those whose hash of mode,
 * flags, home node, nodes and the nodes allowed has the same high bits.
 */
static unsigned long next_mask(unsigned long *seed)
{
	unsigned long hash = MPOL_BIND | STATIC, word;

	hash = hash * GOLDEN - 1;
	do {
		*seed += 2;
		word = *seed * 0x9e3779b97f4a7c15UL | 1;
	} while ((((hash ^ word) * GOLDEN ^ every_node.w[0]) * GOLDEN) >>
		 BUCKET_SHIFT);
	return word;
}

static struct nodes next_nodes(unsigned long *seed)
{
	struct nodes nodes = { { next_mask(seed) } };

	return nodes;
}

/* Tells through @ready when all policies are there. */
static noreturn void hold(int nr, unsigned long seed, int ready)
{
	char *addr = map_private(nr * page);
	struct nodes nodes;
	int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (i = 0; i < nr; i++) {
		nodes = next_nodes(&seed);
		set_range_nodes(addr + i * page, page, MPOL_BIND | STATIC,
				&nodes, 0);
	}
	if (write(ready, "", 1) != 1)
		fail("pipe");
	for (;;)
		pause();
}

static pid_t start_holder(int nr, unsigned long seed)
{
	int ready[2];
	char byte;
	pid_t pid;

	if (pipe(ready))
		fail("pipe");
	pid = fork();
	if (!pid)
		hold(nr, seed, ready[1]);
	if (pid < 0 || read(ready[0], &byte, 1) != 1)
		fail("fork");
	close(ready[0]);
	close(ready[1]);
	return pid;
}

/* Each of them for the first time. */
static struct nodes fresh[CALLS];
static unsigned long fresh_seed = 1UL << 40;

static void choose(void *arg)
{
	int i;

	for (i = 0; i < CALLS; i++)
		fresh[i] = next_nodes(&fresh_seed);
}

static void set_new(void *arg)
{
	int i;

	for (i = 0; i < CALLS; i++)
		set_task_nodes(MPOL_BIND | STATIC, &fresh[i]);
}

static void measure_beside(int nr, bool (*ready)(const char *row))
{
	pid_t holders[HOLDERS];
	int i, left = nr;
	char row[64];

	snprintf(row, sizeof(row), "strangers/new-policy/%d", nr);
	if (!ready(row))
		return;
	for (i = 0; i < HOLDERS && left; i++) {
		int part = left < EACH ? left : EACH;

		holders[i] = start_holder(part, (i + 1UL) << 50);
		left -= part;
	}
	measure(row, &(struct op) {
		.before = choose, .run = set_new, .rounds = 5, .per = CALLS });
	set_task(MPOL_DEFAULT);
	while (i--) {
		kill(holders[i], SIGKILL);
		waitpid(holders[i], NULL, 0);
	}
}

void bench_strangers(void)
{
	measure_beside(0, wanted);
	measure_beside(1000, wanted);
	measure_beside(10000, wanted);
	measure_beside(100000, named);
}
