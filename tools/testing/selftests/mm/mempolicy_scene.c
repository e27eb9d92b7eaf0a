// SPDX-License-Identifier: GPL-2.0
/*
 * Policies side by side; see mempolicy_scene.h.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdio.h>
#include <sys/mman.h>

#include "kselftest.h"
#include "mempolicy_policy.h"
#include "mempolicy_run.h"
#include "mempolicy_scene.h"

#define ALL_PAGES	(SCENE_PHASES * SCENE_PAGES)

/* An object keeps the nodes it got: it belongs to no task that they could follow. */
static struct nodes meant(const struct subject *subject, const struct view *view)
{
	struct policy pol = subject->pol;

	if (subject->how == OBJECT && !(pol.flags & (STATIC | RELATIVE))) {
		if (!(pol.flags & BALANCING))
			pol.ask = policy_effective(&pol, &view->then, &view->then);
		pol.flags |= STATIC;
	}
	return policy_effective(&pol, &view->then, &view->now);
}

/* A request that, set again, means the same. */
static struct nodes reported(const struct subject *subject, const struct view *view,
			     const struct nodes *effective)
{
	const struct policy *pol = &subject->pol;
	bool same = pol->mode != MPOL_BIND || nodes_same(&view->then, &view->now);

	if (subject->how == OBJECT)
		return object_reported(pol, &view->then);
	if (pol->flags & (STATIC | RELATIVE) || (pol->flags & BALANCING && same))
		return pol->ask;
	return *effective;
}

static bool reports(const struct subject *subject, const struct view *view,
		    const struct nodes *effective)
{
	const struct policy *pol = &subject->pol;
	struct nodes want = reported(subject, view, effective);
	struct nodes seen;
	int mode, err;

	err = policy_get(subject->how == TASK ? NULL : subject->base, &mode, &seen);
	if (!err && mode == policy_reported_mode(pol) && nodes_same(&want, &seen))
		return true;
	ksft_print_msg("want mode %#x nodes %s\n", policy_reported_mode(pol), nodes_text(&want));
	ksft_print_msg("seen mode %#x nodes %s, errno %d\n", mode, nodes_text(&seen), err);
	return false;
}

/* A home node in numa_maps is left to the test of home nodes. */
static bool numa_maps_right(const struct subject *subject, const struct view *view)
{
	if (subject->how != RANGE || subject->pol.mode == MPOL_DEFAULT || subject->pol.home >= 0)
		return true;
	return numa_maps_begins(subject->base,
				policy_text(&subject->pol, &view->then, &view->now));
}

static const char *owner(enum how how)
{
	return how == TASK ? "task" : how == RANGE ? "mapping" : "object";
}

static bool check(const struct subject *subject, const struct view *view)
{
	unsigned long first = view->phase * SCENE_PAGES;
	struct nodes effective = meant(subject, view);
	struct touched at = anonymous(page_at(subject->base, first), SCENE_PAGES, view->cpu_node);
	bool right = reports(subject, view, &effective) && numa_maps_right(subject, view);

	if (subject->how == OBJECT)
		at = of_object(&subject->obj, at.base, first, SCENE_PAGES, view->cpu_node);
	touch_pages(at.base, SCENE_PAGES);
	if (placed_on(&at, &subject->pol, &effective, &view->now) && right)
		return true;
	ksft_print_msg("that was a policy of a %s, mode %#x home %d asked for %s\n",
		       owner(subject->how), subject->pol.mode | subject->pol.flags,
		       subject->pol.home, nodes_text(&subject->pol.ask));
	ksft_print_msg("when %s were allowed, now %s, phase %d\n", nodes_text(&view->then),
		       nodes_text(&view->now), view->phase);
	return false;
}

static void *live(void *arg)
{
	struct subject *subject = arg;
	struct scene *scene = subject->scene;

	or_die(!policy_set_task(&subject->pol), "set_mempolicy");
	pthread_barrier_wait(&scene->turn);
	for (;;) {
		pthread_barrier_wait(&scene->turn);
		if (scene->over)
			return NULL;
		subject->right = check(subject, &scene->view);
		pthread_barrier_wait(&scene->turn);
	}
}

static void set_up(struct subject *subject)
{
	if (subject->how == OBJECT) {
		subject->obj = object_make(MEMFD, ALL_PAGES);
		subject->base = subject->obj.all;
	} else {
		/* One untouched page more keeps mappings apart. */
		subject->base = map_pages(ALL_PAGES + 1);
		or_die(!mprotect(page_at(subject->base, ALL_PAGES), page_size(), PROT_NONE),
		       "mprotect");
	}
	if (subject->how == TASK)
		or_die(!pthread_create(&subject->thread, NULL, live, subject), "pthread_create");
	else if (subject->pol.mode != MPOL_DEFAULT)
		or_die(!policy_set_range(&subject->pol, subject->base, ALL_PAGES * page_size()),
		       "mbind");
}

static void take_down(struct subject *subject)
{
	if (subject->how == TASK)
		pthread_join(subject->thread, NULL);
	if (subject->how == OBJECT)
		object_free(&subject->obj);
	else
		munmap(subject->base, (ALL_PAGES + 1) * page_size());
}

/* The n-th request, if the nodes @then allow some of it. */
static bool nth_request(struct policy *pol, unsigned int n, const struct nodes *then)
{
	struct nodes asked;

	if (n >= POLICY_REQUESTS) {
		n -= POLICY_REQUESTS;
		*pol = policy_for(n % 2 ? MPOL_BIND : MPOL_PREFERRED_MANY, *then);
		pol->flags = n / 2 ? STATIC : 0;
		pol->home = nodes_highest(then);
		return true;
	}
	if (!policy_request(pol, n))
		return false;
	asked = nodes_and(&pol->ask, then);
	return pol->flags & RELATIVE || nodes_empty(&pol->ask) || !nodes_empty(&asked);
}

/* Makes all policies, with what the scene's view allows; it sets @then. */
void scene_begin(struct scene *scene)
{
	static const enum how hows[] = { TASK, RANGE, OBJECT };
	unsigned int tasks = 0;
	struct policy pol;

	scene->view.then = scene->view.now;
	scene->view.phase = 0;
	scene->over = false;
	scene->nr = 0;
	for (unsigned int n = 0; n < 3 * SCENE_REQUESTS; n++) {
		enum how how = hows[n % 3];

		if (!nth_request(&pol, n / 3, &scene->view.then) ||
		    (how == TASK && pol.home >= 0))
			continue;
		scene->subject[scene->nr++] = (struct subject){
			.how = how, .pol = pol, .scene = scene,
		};
		tasks += how == TASK;
	}
	pthread_barrier_init(&scene->turn, NULL, tasks + 1);
	for (unsigned int n = 0; n < scene->nr; n++)
		set_up(&scene->subject[n]);
	pthread_barrier_wait(&scene->turn);
}

/* How many policies of memory are not what the calling thread should find. */
unsigned int scene_wrong_memory(struct scene *scene, const struct view *view)
{
	unsigned int wrong = 0;

	for (unsigned int n = 0; n < scene->nr; n++)
		if (scene->subject[n].how != TASK)
			wrong += !check(&scene->subject[n], view);
	return wrong;
}

/* How many policies of any kind are wrong. */
unsigned int scene_wrong(struct scene *scene)
{
	unsigned int wrong;

	pthread_barrier_wait(&scene->turn);
	wrong = scene_wrong_memory(scene, &scene->view);
	pthread_barrier_wait(&scene->turn);
	for (unsigned int n = 0; n < scene->nr; n++)
		if (scene->subject[n].how == TASK)
			wrong += !scene->subject[n].right;
	return wrong;
}

void scene_end(struct scene *scene)
{
	scene->over = true;
	pthread_barrier_wait(&scene->turn);
	for (unsigned int n = 0; n < scene->nr; n++)
		take_down(&scene->subject[n]);
	pthread_barrier_destroy(&scene->turn);
}
