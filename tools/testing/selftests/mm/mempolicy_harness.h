/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The harness of kselftest, with time enough for each test.
 */
#ifndef _MEMPOLICY_HARNESS_H
#define _MEMPOLICY_HARNESS_H

#include "kselftest_harness.h"
#include "mempolicy_run.h"

/* An emulated machine on a busy host takes its time. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 180

static inline int run_tests(int argc, char **argv)
{
	for (struct __fixture_metadata *f = __fixture_list; f; f = f->next)
		for (struct __test_metadata *t = f->tests; t; t = t->next)
			t->timeout *= test_slowness();
	return test_harness_run(argc, argv);
}

#endif /* _MEMPOLICY_HARNESS_H */
