// SPDX-License-Identifier: GPL-2.0
/*
 * The files of weights on a kernel that had no memory for all of them when it
 * booted. What they do when they are there is in mempolicy_weights.
 *
 * B14 in comments is what Linux 6.12 does wrong: it tells of success, leaves an
 * empty directory, and puts another one that is already being freed.
 */
#include "mempolicy_harness.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/klog.h>

#include "mempolicy_machine.h"
#include "mempolicy_pages.h"
#include "mempolicy_policy.h"

#define DIRECTORY	"/sys/kernel/mm/mempolicy"
#define FILES		DIRECTORY "/weighted_interleave"
#define ROUNDS		8

/* Actions of klogctl(). */
#define READ_ALL	3
#define SIZE		10

static bool is_there(const char *path)
{
	return !access(path, F_OK);
}

static bool all_files_are_there(void)
{
	bool all = true;
	int node = -1;
	char path[128];

	while (nodes_step(&machine.memory, &node)) {
		snprintf(path, sizeof(path), FILES "/node%d", node);
		all &= is_there(path);
	}
	return all;
}

static char *kernel_log(void)
{
	int size = klogctl(SIZE, NULL, 0);
	char *text = size > 0 ? calloc(1, size + 1) : NULL;

	or_die(text && klogctl(READ_ALL, text, size) >= 0, "reading the kernel's log");
	return text;
}

/* The part of the log from the call of a function at boot to its return, or NULL. */
static char *log_of(char *log, const char *function)
{
	char text[64], *begin, *end;

	snprintf(text, sizeof(text), "calling  %s+", function);
	begin = strstr(log, text);
	snprintf(text, sizeof(text), "initcall %s+", function);
	end = begin ? strstr(begin, text) : NULL;
	end = end ? strchr(end, '\n') : NULL;
	if (!end)
		return NULL;
	*end = '\0';
	return begin;
}

FIXTURE(setup) {
	char *log;
};

FIXTURE_SETUP(setup)
{
	machine_require();
	if (geteuid())
		SKIP(return, "needs root, to read the kernel's log");
	self->log = kernel_log();
}

FIXTURE_TEARDOWN(setup)
{
	free(self->log);
}

/* Catches what is left behind half-made (B14). */
TEST_F(setup, all_or_nothing)
{
	EXPECT_EQ(is_there(DIRECTORY), all_files_are_there())
		TH_LOG("of all files of weights only some are there");
}

/* Catches an error that nobody is told of (B14). */
TEST_F(setup, tells_how_it_ended)
{
	char *log = log_of(self->log, "mpol_sysfs_init") ?:
		    log_of(self->log, "mempolicy_sysfs_init");
	bool all = all_files_are_there();

	if (!log)
		SKIP(return, "needs a kernel that was booted with initcall_debug");
	EXPECT_NE(NULL, strstr(log, all ? " returned 0 " : " returned -12 "))
		TH_LOG("%s", log);
	EXPECT_EQ(all, !strstr(log, "mempolicy: "));
}

/* Catches a directory that is put once more when it is freed (B14). */
TEST_F(setup, is_cleaned_up_once)
{
	EXPECT_EQ(NULL, strstr(self->log, "WARNING: "));
	EXPECT_EQ(NULL, strstr(self->log, "BUG: "));
}

/* Catches weighted interleave that needs its files. */
TEST_F(setup, nodes_weigh_the_same_without_files)
{
	struct policy pol = policy_for(MPOL_WEIGHTED_INTERLEAVE, machine.roomy);
	int nr = ROUNDS * nodes_count(&machine.roomy);
	struct touched at = anonymous(map_pages(nr), nr, 0);

	if (is_there(FILES))
		SKIP(return, "the files are there: mempolicy_weights tests them");
	ASSERT_EQ(0, policy_set_range(&pol, at.base, nr * page_size()));
	touch_pages(at.base, nr);
	EXPECT_TRUE(all_right(&at, &pol));
}

TEST_HARNESS_MAIN
