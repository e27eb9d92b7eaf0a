// SPDX-License-Identifier: GPL-2.0
/*
 * Running a test; see mempolicy_run.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mempolicy_run.h"

/* Ends the test when something fails that is not under test. */
void or_die(bool done, const char *what)
{
	if (done)
		return;
	fprintf(stderr, "# %s failed: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

/*
 * MEMPOLICY_TEST_SLOW in the environment says how many times slower than usual
 * the kernel is, because it checks itself.
 */
unsigned int test_slowness(void)
{
	const char *text = getenv("MEMPOLICY_TEST_SLOW");
	int times = text ? atoi(text) : 1;

	return times < 1 ? 1 : times;
}

/* Of a clock that is never set. */
double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

/* The same numbers for the same seed. */
unsigned long random_below(__u64 *seed, unsigned long limit)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (*seed >> 33) % limit;
}
