/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What "act" can do, as a table: acts.c.
 */
#ifndef EXPLAIN_ACT_H
#define EXPLAIN_ACT_H

struct act {
	const char *name;
	int nr_args;
	int (*run)(char **args);	/* 0, or -1 and errno */
	const char *usage;
	const char *help;
};

extern const struct act acts[];

int act_run(char **args);

/* show.c: what prints */
int show_where(char **args);
int show_count(char **args);
int show_profile(char **args);
int show_order(char **args);
int show_maps(char **args);
int show_task(char **args);

#endif
