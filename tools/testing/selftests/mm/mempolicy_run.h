/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Running a test: what ends it, time, and chance that is the same each time.
 */
#ifndef _MEMPOLICY_RUN_H
#define _MEMPOLICY_RUN_H

#include <stdbool.h>
#include <linux/types.h>

void or_die(bool done, const char *what);
unsigned int test_slowness(void);
double seconds(void);
unsigned long random_below(__u64 *seed, unsigned long limit);

#endif /* _MEMPOLICY_RUN_H */
