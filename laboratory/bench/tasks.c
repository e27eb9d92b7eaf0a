// SPDX-License-Identifier: GPL-2.0
/*
 * fork, exit and exec of tasks whose mappings carry policies.
 */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define PIECES	2000

static pid_t child;

static void start(void *arg)
{
	child = fork();
	if (!child)
		for (;;)
			pause();
	if (child < 0)
		fail("fork");
}

static void reap(void *arg)
{
	kill(child, SIGKILL);
	if (waitpid(child, NULL, 0) != child)
		fail("waitpid");
}

static void exec(void *arg)
{
	child = vfork();
	if (!child) {
		execl("/proc/self/exe", "mempolicy-bench", "--exit", NULL);
		_exit(1);
	}
	if (child < 0 || waitpid(child, NULL, 0) != child)
		fail("exec");
}

static void fork_and_exit(int mode, const char *fork_row, const char *exit_row)
{
	char *addr;

	if (!wanted(fork_row) && !wanted(exit_row))
		return;
	addr = map_pieces(PIECES);
	if (mode != MPOL_DEFAULT)
		set_pieces(addr, PIECES, mode);
	measure(fork_row, &(struct op) {
		.run = start, .after = reap, .rounds = 5, .per = PIECES });
	measure(exit_row, &(struct op) {
		.before = start, .run = reap, .rounds = 5, .per = PIECES });
	unmap_pieces(addr, PIECES);
}

static void exec_under(int mode, const char *row)
{
	set_task(mode);
	measure(row, &(struct op) { .run = exec, .rounds = 5, .per = 1 });
	set_task(MPOL_DEFAULT);
}

void bench_tasks(void)
{
	fork_and_exit(MPOL_DEFAULT, "task/fork/no-policy", "task/exit/no-policy");
	fork_and_exit(MPOL_BIND, "task/fork/policy", "task/exit/policy");
	exec_under(MPOL_DEFAULT, "task/exec/default");
	exec_under(MPOL_BIND, "task/exec/bind");
	exec_under(MPOL_INTERLEAVE, "task/exec/interleave");
}
