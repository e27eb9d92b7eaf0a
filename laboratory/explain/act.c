// SPDX-License-Identifier: GPL-2.0
/*
 * A program that does with its memory what its arguments say, one after the
 * other, and tells where the pages went:
 *
 *	act task interleave:0-3 map a 8 touch a where a
 *
 * prints "a: 01230123". "act help" lists all that it can do.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include "act.h"

static int fork_rest(char **args)
{
	int status;
	pid_t pid;

	pid = fork();
	if (pid < 0)
		return -1;
	if (!pid)
		exit(act_run(args));
	if (waitpid(pid, &status, 0) < 0)
		return -1;
	if (WIFSIGNALED(status))
		printf("killed by SIG%s\n",
		       sigabbrev_np(WTERMSIG(status)));
	return 0;
}

static void *thread_main(void *args)
{
	exit(act_run(args));
}

static int thread_rest(char **args)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, thread_main, args);
	return errno ? -1 : pthread_join(thread, NULL);
}

/* What @args point to stays: the new program has the rest of them. */
static int exec_rest(char **args)
{
	*--args = "act";
	return execv("/proc/self/exe", args);
}

static const struct act *find(const char *name)
{
	const struct act *act;

	for (act = acts; act->name; act++)
		if (!strcmp(act->name, name))
			return act;
	return NULL;
}

static void print_failure(const struct act *act, char **args, int error)
{
	printf("%s", act->name);
	for (int i = 0; i < act->nr_args; i++)
		printf(" %s", args[i]);
	printf(": %s\n", strerrorname_np(error));
}

static int help(void)
{
	const struct act *act;

	for (act = acts; act->name; act++)
		printf("%-24s%s\n", act->usage, act->help);
	printf("%-24s%s\n", "fork", "a child does the rest; wait for it");
	printf("%-24s%s\n", "thread", "a thread does the rest; wait for it");
	printf("%-24s%s\n", "exec", "a new program does the rest");
	printf("%-24s%s\n", "try ACT", "tell how it failed, and go on");
	return 0;
}

static int enough(char **args, int wanted)
{
	for (int i = 0; i < wanted; i++)
		if (!args[i])
			return 0;
	return 1;
}

/* One act; moves @args behind it. */
static int step(char ***args)
{
	int trying = !strcmp(**args, "try"), err;
	const struct act *act;

	*args += trying;
	act = **args ? find(**args) : NULL;
	if (!act || !enough(++*args, act->nr_args)) {
		fprintf(stderr, "act: not understood; try 'act help'\n");
		return -1;
	}
	err = act->run(*args) ? errno : 0;
	if (err || trying)
		print_failure(act, *args, err);
	/* The next act may be the last. */
	fflush(stdout);
	*args += act->nr_args;
	return err && !trying ? -1 : 0;
}

/* All of @args; an exit status. */
int act_run(char **args)
{
	while (*args) {
		if (!strcmp(*args, "help"))
			return help();
		if (!strcmp(*args, "fork"))
			return fork_rest(args + 1) ? 1 : 0;
		if (!strcmp(*args, "thread"))
			return thread_rest(args + 1) ? 1 : 0;
		if (!strcmp(*args, "exec"))
			return exec_rest(args + 1);
		if (step(&args))
			return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	(void)argc;
	return act_run(argv + 1);
}
