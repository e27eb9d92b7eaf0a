// SPDX-License-Identifier: GPL-2.0
/*
 * Other processes and users; see mempolicy_process.h.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <linux/capability.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mempolicy_process.h"
#include "mempolicy_run.h"

#define ORDINARY_ID	1000	/* a user and a group without privileges */

/* A byte through a pipe, for whoever waits for it. */
void tell(int fd)
{
	or_die(write(fd, "", 1) == 1, "writing to a pipe");
}

/* False when there is nobody left who could tell. */
bool hear(int fd)
{
	char byte;

	return read(fd, &byte, 1) == 1;
}

/* What @work returns in a child process. */
bool child_says_yes(bool (*work)(void *arg), void *arg)
{
	int status;
	pid_t child = fork();

	or_die(child >= 0, "fork");
	if (child == 0)
		_exit(work(arg) ? EXIT_SUCCESS : EXIT_FAILURE);
	or_die(waitpid(child, &status, 0) == child, "waitpid");
	return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
}

/* Becomes a user without privileges, or with CAP_SYS_NICE alone. */
bool become_user(bool may_nice)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (may_nice) {
		caps[0].effective = 1U << CAP_SYS_NICE;
		caps[0].permitted = 1U << CAP_SYS_NICE;
	}
	return !prctl(PR_SET_KEEPCAPS, 1) && !setresgid(ORDINARY_ID, ORDINARY_ID, ORDINARY_ID) &&
	       !setresuid(ORDINARY_ID, ORDINARY_ID, ORDINARY_ID) &&
	       !syscall(__NR_capset, &header, caps);
}
