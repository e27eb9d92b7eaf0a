// SPDX-License-Identifier: GPL-2.0
/*
 * The acts that change something, and the table of all of them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <linux/mempolicy.h>
#include <sys/mman.h>

#include "../lib/policy.h"
#include "act.h"
#include "area.h"

#define ANON	(MAP_PRIVATE | MAP_ANONYMOUS)
#define RW	(PROT_READ | PROT_WRITE)

/* Memory that has not come by then is not expected to. */
#define USE_SECONDS	120

static int parse(const char *text, struct policy *policy)
{
	if (!policy_parse(text, policy))
		return 0;
	fprintf(stderr, "act: '%s' is no policy\n", text);
	errno = EINVAL;
	return -1;
}

static int act_task(char **args)
{
	struct policy policy;

	return parse(args[0], &policy) ?: policy_set_task(&policy);
}

static void *set_task(void *policy)
{
	return policy_set_task(policy) ? policy : NULL;
}

/* A thread that sets its policy and ends. */
static int act_beside(char **args)
{
	struct policy policy;
	pthread_t thread;
	void *failed;

	if (parse(args[0], &policy))
		return -1;
	errno = pthread_create(&thread, NULL, set_task, &policy);
	if (errno || pthread_join(thread, &failed))
		return -1;
	return failed ? -1 : 0;
}

static int act_map(char **args)
{
	return area_map(args[0], atol(args[1]), RW, ANON, -1);
}

static int act_shared(char **args)
{
	return area_map(args[0], atol(args[1]), RW,
			MAP_SHARED | MAP_ANONYMOUS, -1);
}

static int act_huge(char **args)
{
	return area_map_huge(args[0], atol(args[1]), ANON);
}

static int act_hugetlb(char **args)
{
	return area_map(args[0], atol(args[1]), RW, ANON | MAP_HUGETLB, -1);
}

static int map_file(char **args, int access, int prot, int flags)
{
	int fd = open(args[1], access);
	int ret = fd < 0 ? -1 : area_map(args[0], 0, prot, flags, fd);

	if (fd >= 0)
		close(fd);
	return ret;
}

static int act_file(char **args)
{
	return map_file(args, O_RDWR, RW, MAP_SHARED);
}

static int act_private(char **args)
{
	return map_file(args, O_RDONLY, RW, MAP_PRIVATE);
}

static int act_view(char **args)
{
	return map_file(args, O_RDONLY, PROT_READ, MAP_SHARED);
}

static int bind_part(char **args, int flags)
{
	struct policy policy;
	struct part part;

	if (part_parse(args[0], &part) || parse(args[1], &policy))
		return -1;
	return policy_set_range(&policy, part_start(&part), part_bytes(&part),
				flags);
}

static int act_bind(char **args)
{
	return bind_part(args, 0);
}

static int act_move(char **args)
{
	return bind_part(args, MPOL_MF_MOVE | MPOL_MF_STRICT);
}

static int touch_part(const char *text, int write)
{
	struct part part;

	if (part_parse(text, &part))
		return -1;
	part_touch(&part, write);
	return 0;
}

static int act_touch(char **args)
{
	return touch_part(args[0], 1);
}

static int act_read(char **args)
{
	return touch_part(args[0], 0);
}

static int act_unmap(char **args)
{
	struct part part;

	if (part_parse(args[0], &part))
		return -1;
	return munmap(part_start(&part), part_bytes(&part));
}

static int act_drop(char **args)
{
	struct part part;

	if (part_parse(args[0], &part))
		return -1;
	return madvise(part_start(&part), part_bytes(&part), MADV_DONTNEED);
}

/* To another address for sure: where it was there is no room to grow. */
static int act_remap(char **args)
{
	size_t pages = atol(args[1]);
	struct part part;
	char *room, *at;

	if (part_parse(args[0], &part))
		return -1;
	room = mmap(NULL, pages * part.area->unit, PROT_NONE, ANON, -1, 0);
	at = mremap(part_start(&part), part_bytes(&part),
		    pages * part.area->unit, MREMAP_MAYMOVE | MREMAP_FIXED,
		    room);
	if (room == MAP_FAILED || at == MAP_FAILED)
		return -1;
	part.area->base = at;
	part.area->pages = pages;
	return 0;
}

static int act_cpu(char **args)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(atoi(args[0]), &set);
	return sched_setaffinity(0, sizeof(set), &set);
}

/* By write() or read(), not by a mapping. */
static int copy_file(char **args, int flags)
{
	static char page[4096];
	long pages = atol(args[1]), done = 0;
	int fd = open(args[0], flags, 0666);

	if (fd < 0)
		return -1;
	for (; done < pages; done++) {
		ssize_t n = flags == O_RDONLY ? read(fd, page, sizeof(page)) :
						write(fd, page, sizeof(page));

		if (n != sizeof(page))
			break;
	}
	close(fd);
	return done == pages ? 0 : -1;
}

static int act_write(char **args)
{
	return copy_file(args, O_WRONLY | O_CREAT);
}

static int act_load(char **args)
{
	return copy_file(args, O_RDONLY);
}

/* Kernel memory: the buffers of pipes, all full, for as long as we live. */
static int act_pipes(char **args)
{
	static char page[4096];
	int ends[2];

	for (long i = atol(args[0]); i; i--) {
		if (pipe2(ends, O_NONBLOCK))
			return -1;
		while (write(ends[1], page, sizeof(page)) == sizeof(page))
			;
	}
	return 0;
}

/* Inodes and names, without a page of data. */
static int act_files(char **args)
{
	char name[256];

	for (long i = atol(args[1]); i; i--) {
		int fd;

		snprintf(name, sizeof(name), "%s/file-%ld", args[0], i);
		fd = open(name, O_CREAT | O_EXCL | O_WRONLY, 0666);
		if (fd < 0)
			return -1;
		close(fd);
	}
	return 0;
}

static int act_sh(char **args)
{
	if (!system(args[0]))
		return 0;
	errno = ECHILD;
	return -1;
}

/* The one whom the OOM killer takes if it may take anybody. */
static int act_victim(char **args)
{
	FILE *file = fopen("/proc/self/oom_score_adj", "w");

	(void)args;
	if (!file)
		return -1;
	fputs("1000", file);
	return fclose(file);
}

/* Are three of four pages on @node? 1, 0 or -1. */
static int gathered(const struct part *part, int node)
{
	size_t count = part->last - part->first + 1, found = 0;
	int *nodes = calloc(count, sizeof(*nodes));

	if (!nodes || part_nodes(part, nodes)) {
		free(nodes);
		return -1;
	}
	for (size_t i = 0; i < count; i++)
		found += nodes[i] == node;
	free(nodes);
	return 4 * found > 3 * count;
}

/*
 * Uses memory until NUMA balancing has moved it. When the kernel gets round to
 * that depends on the load, so memory that is to stay is judged when other
 * memory, which was used as much, has come.
 */
static int act_use(char **args)
{
	time_t end = time(NULL) + USE_SECONDS;
	struct part part;
	int came;

	if (part_parse(args[0], &part))
		return -1;
	for (;;) {
		came = gathered(&part, atoi(args[1]));
		if (came)
			return came < 0 ? -1 : 0;
		if (time(NULL) > end)
			break;
		for (int i = 0; i < 1000; i++)
			areas_touch();
	}
	errno = ETIME;
	return -1;
}

const struct act acts[] = {
	{ "task", 1, act_task, "task POLICY", "set_mempolicy()" },
	{ "beside", 1, act_beside, "beside POLICY", "the same in a new thread" },
	{ "map", 2, act_map, "map A N", "map N pages of memory, call them A" },
	{ "shared", 2, act_shared, "shared A N", "the same, to be shared" },
	{ "huge", 2, act_huge, "huge A N", "room for N transparent huge pages" },
	{ "hugetlb", 2, act_hugetlb, "hugetlb A N", "N pages of the huge pool" },
	{ "file", 2, act_file, "file A PATH", "map a file, shared" },
	{ "view", 2, act_view, "view A PATH", "map a file, shared, to read" },
	{ "private", 2, act_private, "private A PATH", "map a file, private" },
	{ "write", 2, act_write, "write PATH N", "write N pages of a file" },
	{ "load", 2, act_load, "load PATH N", "read N pages of a file" },
	{ "files", 2, act_files, "files DIR N", "make N empty files" },
	{ "pipes", 1, act_pipes, "pipes N", "make N pipes and fill them" },
	{ "bind", 2, act_bind, "bind A POLICY", "mbind()" },
	{ "move", 2, act_move, "move A POLICY", "mbind(MOVE | STRICT)" },
	{ "touch", 1, act_touch, "touch A", "write to each page" },
	{ "read", 1, act_read, "read A", "read from each page" },
	{ "drop", 1, act_drop, "drop A", "give the pages back" },
	{ "unmap", 1, act_unmap, "unmap A:8-15", "unmap pages 8 to 15" },
	{ "remap", 2, act_remap, "remap A N", "mremap() to elsewhere, N pages" },
	{ "cpu", 1, act_cpu, "cpu N", "run on CPU N" },
	{ "sh", 1, act_sh, "sh COMMAND", "run a command" },
	{ "victim", 0, act_victim, "victim", "be the first to be killed" },
	{ "use", 2, act_use, "use A N", "touch all areas till most of A is on node N" },
	{ "where", 1, show_where, "where A", "the node of each page" },
	{ "count", 1, show_count, "count A", "pages on each node" },
	{ "profile", 2, show_profile, "profile A N", "the same for N pieces of A" },
	{ "order", 1, show_order, "order A", "nodes in the order of their use" },
	{ "maps", 1, show_maps, "maps A", "policies as numa_maps shows them" },
	{ "get", 0, show_task, "get", "the policy of the task" },
	{ NULL, 0, NULL, NULL, NULL }
};
