// SPDX-License-Identifier: GPL-2.0
/*
 * mempolicy-bench [PATTERN...]: measure the rows that match, or all of them.
 * mempolicy-bench --threads N: fault a shared mapping in N threads.
 * mempolicy-bench --lines: what two strangers do, for the tracer.
 *
 * One line for each row: its name and the number of instructions.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

int main(int argc, char **argv)
{
	/* What exec is measured with. */
	if (argc == 2 && !strcmp(argv[1], "--exit"))
		return 0;

	page = sysconf(_SC_PAGESIZE);
	wanted_rows = (const char *const *)argv + 1;
	find_nodes();
	if (argc == 3 && !strcmp(argv[1], "--threads")) {
		fault_in_threads(atoi(argv[2]));
		return 0;
	}
	if (argc == 2 && !strcmp(argv[1], "--lines")) {
		lock_lines();
		return 0;
	}

	/* One write at the end: none may come between two rounds. */
	setvbuf(stdout, NULL, _IOFBF, 1 << 16);
	bench_faults();
	bench_calls();
	bench_moves();
	bench_tasks();
	bench_kernel();
	bench_proc();
	bench_cpusets();
	bench_objects();
	bench_growth();
	bench_strangers();
	bench_writers();
	bench_limit();
	bench_views();
	bench_waits();
	return 0;
}
