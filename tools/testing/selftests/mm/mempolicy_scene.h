/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Policies side by side, for tests in which the nodes that may be used change:
 * every request, of a task, of a mapping and of an object, tried in each phase
 * with pages that nobody has touched before.
 */
#ifndef _MEMPOLICY_SCENE_H
#define _MEMPOLICY_SCENE_H

#include <pthread.h>

#include "mempolicy_object.h"
#include "mempolicy_requests.h"

#define SCENE_PHASES	3
#define SCENE_PAGES	7	/* for each phase */

/* All requests, and some with a home node. */
#define SCENE_HOMES	4
#define SCENE_REQUESTS	(POLICY_REQUESTS + SCENE_HOMES)

/**
 * struct view - what a task is allowed
 * @then:     usable nodes when the policies were asked for
 * @now:      usable nodes
 * @cpu_node: node of its CPU
 * @phase:    which pages to touch
 */
struct view {
	struct nodes then;
	struct nodes now;
	int cpu_node;
	int phase;
};

enum how { TASK, RANGE, OBJECT };

/**
 * struct subject - a policy, and pages to try it with
 * @how:    whose it is
 * @pol:    the policy
 * @obj:    the object of OBJECT
 * @base:   the pages
 * @scene:  where it belongs
 * @thread: the task of TASK
 * @right:  what it found last
 */
struct subject {
	enum how how;
	struct policy pol;
	struct object obj;
	char *base;
	struct scene *scene;
	pthread_t thread;
	bool right;
};

/**
 * struct scene - all of them
 * @view:    what the process is allowed; to be set before each check
 * @turn:    the tasks check together
 * @over:    there are no more checks
 * @nr:      number of subjects
 * @subject: the subjects
 */
struct scene {
	struct view view;
	pthread_barrier_t turn;
	bool over;
	unsigned int nr;
	struct subject subject[3 * SCENE_REQUESTS];
};

void scene_begin(struct scene *scene);
unsigned int scene_wrong_memory(struct scene *scene, const struct view *view);
unsigned int scene_wrong(struct scene *scene);
void scene_end(struct scene *scene);

#endif /* _MEMPOLICY_SCENE_H */
