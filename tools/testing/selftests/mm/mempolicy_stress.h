/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the two parts of the stress share: what it works on, and the calls.
 */
#ifndef _MEMPOLICY_STRESS_H
#define _MEMPOLICY_STRESS_H

#include <sys/types.h>

#include "mempolicy_model.h"

#define HUGE_PAGES	512	/* in a huge page of this machine, if it is an x86 */
#define COMMON_PAGES	640	/* of each process, for all its threads */
#define OBJECTS		3	/* that all processes share */
#define OBJECT_PAGES	64
#define OWN_PAGES	24	/* of each thread; those in the midst are an object */
#define OWN_OBJECT	8
#define PROCESSES_MAX	16
#define THREADS_MAX	16
#define MOUNT		"/tmp/mempolicy_stress"

/**
 * struct stress - what everybody works on
 * @memory:    nodes to ask for
 * @anchor:    the lowest of them if others can go, which is asked for as well: who
 *             binds to nothing but a node that goes has somebody killed for memory
 * @object:    shared objects, at the same address in all processes
 * @object_fd: of each of them, or -1
 * @area:      memory of this process, for all its threads
 * @pid:       of each process, in memory that they share
 * @processes: how many
 * @mostly_objects: leave out @area
 * @done:      calls,
 * @on_objects: those of them that were about an object of @object, and
 * @wrong:     what was not as it should be, of all processes
 * @offlined:  how often memory went
 */
struct stress {
	struct nodes memory;
	struct nodes anchor;
	char *object[OBJECTS];
	int object_fd[OBJECTS];
	char *area;
	unsigned int processes;
	bool mostly_objects;
	struct {
		pid_t pid[PROCESSES_MAX];
		unsigned long done;
		unsigned long on_objects;
		unsigned long wrong;
		unsigned long offlined;
	} *common;
};

extern struct stress stress;

/**
 * struct worker - what is one thread's own
 * @random:      state of its random numbers
 * @own:         OWN_PAGES that nobody else knows
 * @own_policy:  what it gave each of them
 * @task_policy: what it gave itself
 * @fail_fd:     makes its allocations fail, or -1
 * @process:     number of its process
 */
struct worker {
	__u64 random;
	char *own;
	struct policy own_policy[OWN_PAGES];
	struct policy task_policy;
	int fail_fd;
	unsigned int process;
};

unsigned int below(struct worker *w, unsigned int n);
bool one_in(struct worker *w, unsigned int n);
struct nodes random_nodes(struct worker *w);
void catch_bad_accesses(void);
void random_call(struct worker *w);

#endif /* _MEMPOLICY_STRESS_H */
