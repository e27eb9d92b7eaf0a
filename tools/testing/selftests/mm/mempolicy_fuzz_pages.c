// SPDX-License-Identifier: GPL-2.0
/*
 * The steps of mempolicy_fuzz that are no policy calls: pages come and go, the
 * cpuset changes, the process forks.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mempolicy_fuzz.h"
#include "mempolicy_group.h"
#include "mempolicy_machine.h"
#include "mempolicy_run.h"

/* Where the pages of an area are, as the kernel says. */
void look(const struct area *area, struct pages *pages)
{
	uintptr_t first = (uintptr_t)area->base / page_size();
	__u64 entry[PAGES] = { 0 };
	FILE *pagemap = fopen("/proc/self/pagemap", "re");

	or_die(pagemap && !setvbuf(pagemap, NULL, _IONBF, 0) &&
	       !fseeko(pagemap, first * sizeof(entry[0]), SEEK_SET) &&
	       fread(entry, sizeof(entry[0]), PAGES, pagemap) == PAGES, "reading pagemap");
	fclose(pagemap);
	or_die(page_nodes(area->base, PAGES, pages->node), "move_pages");
	for (int page = 0; page < PAGES; page++)
		pages->exclusive[page] = entry[page] >> 56 & 1;
}

void map_area(struct area *area, int first, int end)
{
	int flags = MAP_FIXED | (area->object ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS);
	void *at = page_at(area->base, first);

	or_die(mmap(at, (end - first) * page_size(), PROT_READ | PROT_WRITE, flags,
		    area->object ? area->object->fd : -1,
		    area->object ? first * page_size() : 0) == at, "mmap");
	for (int page = first; page < end; page++) {
		area->mapped[page] = true;
		area->held[page] = 0;
	}
}

/* Some pages of some area. */
static struct area *random_part(struct fuzz *f, int *first, int *end)
{
	*first = roll(f, PAGES);
	*end = *first + 1 + roll(f, PAGES - *first);
	return &f->area[roll(f, AREAS)];
}

/* --- new pages --- */

struct touch_call {
	const struct area *area;
	int page;
	bool fresh;	/* a page has to be allocated for it */
};

static bool touch_matches(const struct fuzz *f, const void *arg, const void *seen,
			  unsigned int quirks)
{
	const struct touch_call *call = arg;
	const struct held *held = &f->held[held_at(call->area, call->page, quirks) ?: f->task];
	unsigned long index = call->area->index + call->page;
	struct nodes want = quirks & B3 ? kept_targets(f, held, index) : targets(f, held, index);
	struct nodes roomy = nodes_and(&want, &machine.roomy);

	return !call->fresh || !nodes_same(&want, &roomy) ||
	       nodes_has(&want, *(const int *)seen);
}

/* Does the object have the page, though this mapping of it may not? */
static bool object_has(const struct area *area, int page)
{
	unsigned char resident = 0;

	or_die(!mincore(page_at(area->base, page), page_size(), &resident), "mincore");
	return resident & 1;
}

static bool touch_page(struct fuzz *f, struct area *area, int page, const struct pages *before)
{
	struct touch_call call = { .area = area, .page = page };
	char *at = page_at(area->base, page);
	int node;

	if (area->object)
		call.fresh = !object_has(area, page);
	else	/* What is shared since a fork() is copied. */
		call.fresh = before->node[page] < 0 || !before->exclusive[page];
	*at = 1;
	node = page_node(at);
	trace(f, "touch area %d page %d: node %d%s", (int)(area - f->area), page, node,
	      call.fresh ? ", new" : "");
	if (!must_match(f, touch_matches, &call, &node, "node of a new page"))
		return false;
	f->outcome->succeeded[OP_TOUCH] += call.fresh;
	return true;
}

static bool touch_part(struct fuzz *f, struct area *area, int first, int end)
{
	struct pages before;

	look(area, &before);
	for (int page = first; page < end; page++)
		if (area->mapped[page] && !touch_page(f, area, page, &before))
			return false;
	return true;
}

bool op_touch(struct fuzz *f)
{
	int first, end;
	struct area *area = random_part(f, &first, &end);

	return touch_part(f, area, first, end);
}

static void discard_part(struct fuzz *f, const struct area *area, int first, int end)
{
	int advice = area->object ? MADV_REMOVE : MADV_DONTNEED;

	for (int page = first; page < end; page++)
		if (area->mapped[page])
			or_die(!madvise(page_at(area->base, page), page_size(), advice), "madvise");
	trace(f, "discard area %d pages %d-%d", (int)(area - f->area), first, end - 1);
}

bool op_discard(struct fuzz *f)
{
	int first, end;
	struct area *area = random_part(f, &first, &end);

	discard_part(f, area, first, end);
	f->outcome->succeeded[OP_DISCARD]++;
	return true;
}

/* New pages in place of those that are there, and of the neighbours. */
bool touch_anew(struct fuzz *f, struct area *area, int first, int end)
{
	first = first > 0 ? first - 1 : 0;
	end = end < PAGES ? end + 1 : PAGES;
	discard_part(f, area, first, end);
	return touch_part(f, area, first, end);
}

bool op_map(struct fuzz *f)
{
	int first, end;
	struct area *area = random_part(f, &first, &end);
	bool map = chance(f, 60);

	trace(f, "%s area %d pages %d-%d", map ? "mmap" : "munmap", (int)(area - f->area), first,
	      end - 1);
	f->outcome->succeeded[OP_MAP]++;
	if (map) {
		map_area(area, first, end);
		return true;
	}
	or_die(!munmap(page_at(area->base, first), (end - first) * page_size()), "munmap");
	for (int page = first; page < end; page++) {
		area->mapped[page] = false;
		area->held[page] = 0;
	}
	return true;
}

/* --- what the process is allowed --- */

bool op_cpuset(struct fuzz *f)
{
	struct nodes mems = { 0 };
	int node = -1;

	if (chance(f, 30))
		mems = machine.roomy;
	while (nodes_step(&machine.roomy, &node))
		if (chance(f, 40))
			nodes_add(&mems, node);
	if (nodes_empty(&mems))
		mems = nodes_of(nodes_nth(&machine.roomy,
					  roll(f, nodes_count(&machine.roomy))));
	or_die(cpuset_set_mems(&mems), "changing the cpuset");
	trace(f, "cpuset.mems = %s", nodes_text(&mems));
	model_cpuset(f, &mems);
	f->outcome->succeeded[OP_CPUSET]++;
	return true;
}

/* The child goes on with the sequence, the parent only waits for it. */
bool op_fork(struct fuzz *f)
{
	int status;
	pid_t child;

	if (!f->forks)
		return true;
	f->forks--;
	trace(f, "fork()");
	f->outcome->succeeded[OP_FORK]++;
	child = fork();
	or_die(child >= 0, "fork");
	if (!child)
		return true;
	or_die(waitpid(child, &status, 0) == child, "waitpid");
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE);
}
