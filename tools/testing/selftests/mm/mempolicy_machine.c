// SPDX-License-Identifier: GPL-2.0
/*
 * The machine; see mempolicy_machine.h.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kselftest.h"
#include "mempolicy_files.h"
#include "mempolicy_machine.h"

#define MAX_DISTANCES	1024
#define ROOMY_KB	6144

/* Huge pages for whoever else takes memory meanwhile. */
#define HUGE_SPARE	2

struct machine machine;

static unsigned char distances[MAX_DISTANCES][MAX_DISTANCES];

/* --- nodes --- */

static bool read_node_set(const char *name, struct nodes *set)
{
	char path[128], buf[4096];

	snprintf(path, sizeof(path), NODE_DIR "/%s", name);
	return file_read(path, buf, sizeof(buf)) && nodes_from_list(buf, set);
}

static void read_distances(int from)
{
	char path[128], buf[8192], *at = buf, *end;
	int to = -1;

	snprintf(path, sizeof(path), NODE_DIR "/node%d/distance", from);
	if (from >= MAX_DISTANCES || !file_read(path, buf, sizeof(buf)))
		return;
	while (nodes_step(&machine.online, &to)) {
		distances[from][to] = strtol(at, &end, 10);
		at = end;
	}
}

/*
 * The nodes that this task may use.  Mems_allowed is printed as wide as the
 * kernel's nodemask, 4 bits a digit.
 */
bool machine_allowed_now(struct nodes *allowed)
{
	static const char field[] = "\nMems_allowed:\t";
	char buf[16384], *at, *end;
	unsigned int digits = 0;

	if (!file_read("/proc/self/status", buf, sizeof(buf)))
		return false;
	at = strstr(buf, field);
	if (!at)
		return false;
	at += strlen(field);
	memset(allowed, 0, sizeof(*allowed));
	for (end = strchrnul(at, '\n') - 1; end >= at; end--) {
		char digit[2] = { *end };

		if (*end == ',')
			continue;
		for (int bit = 0; bit < 4; bit++)
			if (strtol(digit, NULL, 16) >> bit & 1)
				nodes_add(allowed, digits * 4 + bit);
		digits++;
	}
	machine.max = digits * 4;
	return true;
}

static bool machine_read(void)
{
	struct nodes possible, allowed;
	int node = -1;

	if (!read_node_set("online", &machine.online) ||
	    !read_node_set("possible", &possible) ||
	    !read_node_set("has_memory", &machine.memory) ||
	    !read_node_set("has_cpu", &machine.cpu) ||
	    !machine_allowed_now(&allowed))
		return false;
	machine.nr_ids = nodes_highest(&possible) + 1;
	machine.usable = nodes_and(&machine.memory, &allowed);
	while (nodes_step(&machine.online, &node))
		read_distances(node);
	machine.roomy = machine_with_room(ROOMY_KB);
	return true;
}

/* Fills @machine, or ends the program when the kernel shows no nodes. */
void machine_require(void)
{
	if (machine_read())
		return;
	ksft_print_header();
	ksft_exit_skip("needs " NODE_DIR " and Mems_allowed in /proc/self/status\n");
}

/* The nodes that would be @machine.usable now; false when they cannot be read. */
bool machine_usable_now(struct nodes *usable)
{
	struct nodes memory, allowed;

	if (!read_node_set("has_memory", &memory) || !machine_allowed_now(&allowed))
		return false;
	*usable = nodes_and(&memory, &allowed);
	return true;
}

int machine_distance(int from, int to)
{
	return distances[from][to];
}

/*
 * The members of @of that are nearest to @from.  The page allocator's order
 * takes a step or two off for nodes with CPUs and for low numbers: distances
 * that differ by no more count as the same.
 */
struct nodes machine_nearest(const struct nodes *of, int from)
{
	struct nodes nearest = { 0 };
	int node = -1, least = INT_MAX;

	if (nodes_has(of, from))
		return nodes_of(from);
	while (nodes_step(of, &node))
		if (machine_distance(from, node) < least)
			least = machine_distance(from, node);
	while (nodes_step(of, &node))
		if (machine_distance(from, node) <= least + 2)
			nodes_add(&nearest, node);
	return nearest;
}

/* --- memory --- */

/* A number of a file that node has in sysfs, or -1. */
long machine_figure(int node, const char *file, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), NODE_DIR "/node%d/%s", node, file);
	return file_figure(path, name);
}

long machine_free_kb(int node)
{
	return machine_figure(node, "meminfo", "MemFree:");
}

/* Usable nodes with that much memory free. */
struct nodes machine_with_room(long kb)
{
	struct nodes set = { 0 };
	int node = -1;

	while (nodes_step(&machine.usable, &node))
		if (machine_free_kb(node) >= kb)
			nodes_add(&set, node);
	return set;
}

/* The node with the least free memory, or the most; -1 for none. */
int machine_by_room(const struct nodes *of, bool least)
{
	int node = -1, best = -1;

	while (nodes_step(of, &node))
		if (best < 0 || (machine_free_kb(node) < machine_free_kb(best)) == least)
			best = node;
	return best;
}

/* How many pieces of @size bytes the free blocks of a line of buddyinfo make. */
static unsigned long pieces_of(const char *counts, size_t size)
{
	unsigned long found = 0, block = sysconf(_SC_PAGESIZE), count;
	int used;

	for (; sscanf(counts, "%lu%n", &count, &used) == 1; counts += used, block *= 2)
		if (block >= size)
			found += count * (block / size);
	return found;
}

/* How many huge pages a node can give at once, without moving anything. */
unsigned long machine_free_huge(int node, size_t size)
{
	unsigned long found = 0;
	int of, at;
	char line[512];
	FILE *file = fopen("/proc/buddyinfo", "re");

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "Node %d, zone %*s%n", &of, &at) == 1 && of == node)
			found += pieces_of(line + at, size);
	if (file)
		fclose(file);
	return found;
}

/* Pages of files that are not in use are in the way of compaction. */
void machine_defragment(int node)
{
	char path[128];

	snprintf(path, sizeof(path), NODE_DIR "/node%d/compact", node);
	file_write("/proc/sys/vm/drop_caches", "3");
	file_write(path, "1");
}

/*
 * Leaves only nodes that have @nr huge pages free. Free memory does not tell that:
 * a node where it is in pieces gives none, and pages go elsewhere as they may.
 */
void machine_want_huge(unsigned long nr, size_t size)
{
	struct nodes roomy = { 0 };
	int node = -1;

	while (nodes_step(&machine.roomy, &node)) {
		if (machine_free_kb(node) / 4 <= (long)(nr * size / 1024))
			continue;
		for (int tries = 0; tries < 5 &&
		     machine_free_huge(node, size) < nr + HUGE_SPARE; tries++) {
			/* What was just freed may not have arrived. */
			usleep(tries * 50000);
			machine_defragment(node);
		}
		if (machine_free_huge(node, size) >= nr + HUGE_SPARE)
			nodes_add(&roomy, node);
	}
	machine.roomy = roomy;
}

/* --- CPUs --- */

/* A CPU of @node that this task may run on, or -1. */
int machine_cpu_of(int node)
{
	char path[32], buf[4096];
	struct nodes cpus;
	cpu_set_t may;
	int cpu = -1;

	snprintf(path, sizeof(path), "node%d/cpulist", node);
	snprintf(buf, sizeof(buf), NODE_DIR "/%s", path);
	if (access(buf, R_OK) || !read_node_set(path, &cpus))
		return -1;
	sched_getaffinity(0, sizeof(may), &may);
	while (nodes_step(&cpus, &cpu))
		if (CPU_ISSET(cpu, &may))
			return cpu;
	return -1;
}

bool pin_to_cpu(int cpu)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	return !sched_setaffinity(0, sizeof(one), &one);
}

/* Moves to a CPU of @node whose local memory has room; false when there is none. */
bool machine_work_on(int node)
{
	struct nodes local = machine_nearest(&machine.usable, node);
	struct nodes roomy = nodes_and(&local, &machine.roomy);
	int cpu = machine_cpu_of(node);

	return cpu >= 0 && nodes_same(&local, &roomy) && pin_to_cpu(cpu);
}

/* The same for any node: returns it, or -1. */
int machine_settle(void)
{
	int node = -1;

	while (nodes_step(&machine.cpu, &node))
		if (machine_work_on(node))
			return node;
	return -1;
}
