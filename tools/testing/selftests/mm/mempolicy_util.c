// SPDX-License-Identifier: GPL-2.0
/*
 * Shared by the memory policy selftests; see mempolicy_util.h.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/capability.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest.h"
#include "mempolicy_util.h"

#define FAILSLAB	"/sys/kernel/debug/failslab/"
#define FAIL_PAGES	"/sys/kernel/debug/fail_page_alloc/"

#define NODE_DIR	"/sys/devices/system/node"
#define CGROUP		"/sys/fs/cgroup"
#define CPUSET		CGROUP "/mempolicy_test"
#define MAX_DISTANCES	1024
#define ROOMY_KB	6144
#define ORDINARY_ID	1000	/* a user and a group without privileges */

struct machine machine;

static unsigned char distances[MAX_DISTANCES][MAX_DISTANCES];

/* --- sets of nodes --- */

struct nodes nodes_of(int node)
{
	struct nodes set = { 0 };

	nodes_add(&set, node);
	return set;
}

void nodes_add(struct nodes *set, unsigned int node)
{
	if (node < NODE_BITS)
		set->w[node / 64] |= 1ULL << (node % 64);
}

void nodes_remove(struct nodes *set, unsigned int node)
{
	if (node < NODE_BITS)
		set->w[node / 64] &= ~(1ULL << (node % 64));
}

bool nodes_has(const struct nodes *set, unsigned int node)
{
	return node < NODE_BITS && (set->w[node / 64] >> (node % 64) & 1);
}

bool nodes_empty(const struct nodes *set)
{
	return nodes_count(set) == 0;
}

bool nodes_same(const struct nodes *a, const struct nodes *b)
{
	return !memcmp(a, b, sizeof(*a));
}

struct nodes nodes_and(const struct nodes *a, const struct nodes *b)
{
	struct nodes both;

	for (unsigned int i = 0; i < NODE_BITS / 64; i++)
		both.w[i] = a->w[i] & b->w[i];
	return both;
}

unsigned int nodes_count(const struct nodes *set)
{
	return nodes_rank(set, NODE_BITS);
}

/* How many members are below @node: for a member, its place in the set. */
unsigned int nodes_rank(const struct nodes *set, unsigned int node)
{
	unsigned int rank = 0;

	for (unsigned int i = 0; i < NODE_BITS / 64 && i * 64 < node; i++) {
		__u64 w = set->w[i];

		if (node - i * 64 < 64)
			w &= (1ULL << (node - i * 64)) - 1;
		rank += __builtin_popcountll(w);
	}
	return rank;
}

/* The first member that is not below @from, or -1. */
static int first_from(const struct nodes *set, unsigned int from)
{
	for (unsigned int i = from / 64; i < NODE_BITS / 64; i++) {
		__u64 w = set->w[i];

		if (i == from / 64)
			w &= ~0ULL << (from % 64);
		if (w)
			return i * 64 + __builtin_ctzll(w);
	}
	return -1;
}

/* Moves *@node, -1 to begin with, to the next member; false after the last. */
bool nodes_step(const struct nodes *set, int *node)
{
	*node = first_from(set, *node + 1);
	return *node >= 0;
}

/* The member with @n members below it, or -1. */
int nodes_nth(const struct nodes *set, unsigned int n)
{
	int node = -1;

	while (nodes_step(set, &node) && n--)
		;
	return node;
}

struct nodes nodes_below(const struct nodes *set, unsigned long limit)
{
	struct nodes below = { 0 };

	int node = -1;

	while (nodes_step(set, &node))
		if ((unsigned long)node < limit)
			nodes_add(&below, node);
	return below;
}

int nodes_highest(const struct nodes *set)
{
	int node = -1, highest = -1;

	while (nodes_step(set, &node))
		highest = node;
	return highest;
}

/* "0-2,5": the kernel's list format, and good for messages.  Two at a time in each thread. */
const char *nodes_text(const struct nodes *set)
{
	static __thread char bufs[2][4 * NODE_BITS];
	static __thread int turn;
	char *buf = bufs[turn ^= 1];
	int node = -1, len = 0;

	buf[0] = '\0';
	while (nodes_step(set, &node)) {
		int last = node;

		while (nodes_has(set, last + 1))
			last++;
		len += sprintf(buf + len, last > node ? "%s%d-%d" : "%s%d",
			       len ? "," : "", node, last);
		node = last;
	}
	return buf;
}

void nodes_to_mask(const struct nodes *set, unsigned long *mask)
{
	int node = -1;

	memset(mask, 0, MASK_WORDS * sizeof(*mask));
	while (nodes_step(set, &node))
		mask[node / LONG_BITS] |= 1UL << (node % LONG_BITS);
}

struct nodes nodes_from_mask(const unsigned long *mask, unsigned int bits)
{
	struct nodes set = { 0 };

	for (unsigned int node = 0; node < bits; node++)
		if (mask[node / LONG_BITS] >> (node % LONG_BITS) & 1)
			nodes_add(&set, node);
	return set;
}

static struct nodes nodes_from_list(const char *text)
{
	struct nodes set = { 0 };
	int first, last, used;

	while (sscanf(text, "%d%n", &first, &used) == 1) {
		text += used;
		last = first;
		if (*text == '-' && sscanf(text, "-%d%n", &last, &used) == 1)
			text += used;
		while (first <= last)
			nodes_add(&set, first++);
		if (*text == ',')
			text++;
	}
	return set;
}

static bool parse_token(const char *tok, const struct nodes *usable, struct nodes *set)
{
	int node = 0;

	if (!strcmp(tok, "mL"))
		node = nodes_highest(usable);
	else if (tok[0] == 'm')
		node = nodes_nth(usable, atoi(tok + 1));
	else if (tok[0] == 'b')
		node = atoi(tok + 1);
	else if (tok[0] == 'M')
		node = machine.max + atoi(tok + 1);
	else if (tok[0] == 'R')
		node = nodes_count(usable) + atoi(tok + 1);
	else
		while (nodes_has(&machine.memory, node))
			node++;
	if (node < 0 || (strchr("xR", tok[0]) && node >= (int)machine.max))
		return false;
	nodes_add(set, node);
	return true;
}

/*
 * Reads a set as the tests write it, words with a blank between:
 *   m1   the second of the @usable nodes     mL   the last of them
 *   all  all of them                         x    the first number that is
 *   b5   bit 5                                    no node with memory
 *   M+7  bit MAX_NUMNODES + 7                R+7  bit 7 + how many are usable
 * Returns false when this machine has no such node.
 */
bool nodes_parse(const char *text, const struct nodes *usable, struct nodes *set)
{
	char copy[128], *tok, *rest = copy;

	memset(set, 0, sizeof(*set));
	snprintf(copy, sizeof(copy), "%s", text);
	while ((tok = strsep(&rest, " "))) {
		if (!strcmp(tok, "all"))
			*set = *usable;
		else if (*tok && !parse_token(tok, usable, set))
			return false;
	}
	return true;
}

/* Why nodes_parse() refused @text. */
const char *nodes_lack(const char *text)
{
	static char why[256];

	snprintf(why, sizeof(why), "needs nodes \"%s\", there are %u with memory: %.128s", text,
		 nodes_count(&machine.usable), nodes_text(&machine.usable));
	return why;
}

/* --- files --- */

bool file_read(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got, len = 0;

	if (fd < 0)
		return false;
	while ((got = read(fd, buf + len, size - 1 - len)) > 0)
		len += got;
	close(fd);
	buf[len] = '\0';
	return got == 0;
}

bool file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t put;

	if (fd < 0)
		return false;
	put = write(fd, text, strlen(text));
	close(fd);
	return put == (ssize_t)strlen(text);
}

/* What a file begins with, or -1. */
long file_number(const char *path)
{
	char text[64];

	return file_read(path, text, sizeof(text)) ? atol(text) : -1;
}

bool file_set_number(const char *path, long nr)
{
	char text[32];

	snprintf(text, sizeof(text), "%ld", nr);
	return file_write(path, text);
}

/* A setting that is one of some words; @was gets the one that was in force, in brackets. */
bool choice_set(const char *path, const char *word, char *was, size_t size)
{
	char buf[128], *old;

	if (!file_read(path, buf, sizeof(buf)))
		return false;
	old = strchr(buf, '[');
	if (!old)
		return false;
	snprintf(was, size, "%.*s", (int)strcspn(old + 1, "]"), old + 1);
	return !strcmp(was, word) || file_write(path, word);
}

/* The number behind a name in a file, or -1. */
long file_figure(const char *path, const char *name)
{
	char buf[4096], *at;

	if (!file_read(path, buf, sizeof(buf)))
		return -1;
	at = strstr(buf, name);
	return at ? atol(at + strlen(name)) : -1;
}

/* How often something has happened, by its name in /proc/vmstat; -1 for an unknown one. */
long vm_events(const char *name)
{
	static char buf[32768];
	char line[64], *at;

	snprintf(line, sizeof(line), "\n%s ", name);
	if (!file_read("/proc/vmstat", buf, sizeof(buf)))
		return -1;
	at = strstr(buf, line);
	return at ? atol(at + strlen(line)) : -1;
}

/* Lets any allocation of the kernel fail, once somebody says which. */
bool failures_on_demand(void)
{
	static const char * const settings[][2] = {
		{ FAILSLAB "verbose", "0" }, { FAILSLAB "ignore-gfp-wait", "N" },
		{ FAIL_PAGES "verbose", "0" }, { FAIL_PAGES "ignore-gfp-wait", "N" },
		{ FAIL_PAGES "ignore-gfp-highmem", "N" }, { FAIL_PAGES "min-order", "0" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(settings); i++)
		if (!file_write(settings[i][0], settings[i][1]))
			return false;
	return true;
}

/* --- transparent huge pages --- */

#define THP_ENABLED	"/sys/kernel/mm/transparent_hugepage/enabled"
#define THP_SIZE	"/sys/kernel/mm/transparent_hugepage/hpage_pmd_size"

/* In bytes; 0 if there are none. */
unsigned long thp_size(void)
{
	long size = file_number(THP_SIZE);

	return size < 0 ? 0 : size;
}

/* For mappings that ask for them; @was gets the setting that was in force. */
bool thp_allow(char *was, size_t size)
{
	return choice_set(THP_ENABLED, "madvise", was, size);
}

/* For mappings; those of shared objects have settings of their own. */
bool thp_forbid(char *was, size_t size)
{
	return choice_set(THP_ENABLED, "never", was, size);
}

void thp_restore(const char *was)
{
	if (*was)
		file_write(THP_ENABLED, was);
}

/* KB of huge pages in this process, or -1. */
long thp_kb(void)
{
	return file_figure("/proc/self/smaps_rollup", "AnonHugePages:");
}

/* --- the machine --- */

static bool read_node_set(const char *name, struct nodes *set)
{
	char path[128], buf[4096];

	snprintf(path, sizeof(path), NODE_DIR "/%s", name);
	if (!file_read(path, buf, sizeof(buf)))
		return false;
	*set = nodes_from_list(buf);
	return true;
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

/* Mems_allowed is printed as wide as the kernel's nodemask, 4 bits a digit. */
static bool read_mems_allowed(struct nodes *allowed)
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

/* The node with the least free memory, or the most; -1 for none. */
int machine_by_room(const struct nodes *of, bool least)
{
	int node = -1, best = -1;

	while (nodes_step(of, &node))
		if (best < 0 || (machine_free_kb(node) < machine_free_kb(best)) == least)
			best = node;
	return best;
}

static bool machine_read(void)
{
	struct nodes possible, allowed;
	int node = -1;

	if (!read_node_set("online", &machine.online) ||
	    !read_node_set("possible", &possible) ||
	    !read_node_set("has_memory", &machine.memory) ||
	    !read_node_set("has_cpu", &machine.cpu) ||
	    !read_mems_allowed(&allowed))
		return false;
	machine.nr_ids = nodes_highest(&possible) + 1;
	machine.usable = nodes_and(&machine.memory, &allowed);
	while (nodes_step(&machine.online, &node))
		read_distances(node);
	machine.roomy = machine_with_room(ROOMY_KB);
	return true;
}

/* The nodes that would be @machine.usable now; false when they cannot be read. */
bool machine_usable_now(struct nodes *usable)
{
	struct nodes memory, allowed;

	if (!read_node_set("has_memory", &memory) || !read_mems_allowed(&allowed))
		return false;
	*usable = nodes_and(&memory, &allowed);
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

int machine_distance(int from, int to)
{
	return distances[from][to];
}

/* A CPU of @node that this task may run on, or -1. */
int machine_cpu_of(int node)
{
	char path[128], buf[4096];
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

/* How many pieces of @size bytes the free blocks of a line of buddyinfo make. */
static unsigned long pieces_of(const char *counts, size_t size)
{
	unsigned long found = 0, block = page_size(), count;
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

static void defragment(int node)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/devices/system/node/node%d/compact", node);
	file_write(path, "1");
}

/* Huge pages for whoever else takes memory meanwhile. */
#define HUGE_SPARE	2

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
		if (machine_free_huge(node, size) < nr + HUGE_SPARE)
			defragment(node);
		if (machine_free_huge(node, size) >= nr + HUGE_SPARE)
			nodes_add(&roomy, node);
	}
	machine.roomy = roomy;
}

/*
 * Moves to a CPU whose local memory has room.  Returns its node, or -1 when
 * there is none.
 */
int machine_settle(void)
{
	int node = -1;

	while (nodes_step(&machine.cpu, &node)) {
		struct nodes local = machine_nearest(&machine.usable, node);
		struct nodes roomy = nodes_and(&local, &machine.roomy);
		int cpu = machine_cpu_of(node);

		if (cpu >= 0 && nodes_same(&local, &roomy) && pin_to_cpu(cpu))
			return node;
	}
	return -1;
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

/* --- the model --- */

static bool is_spread(int mode)
{
	return mode == MPOL_INTERLEAVE || mode == MPOL_WEIGHTED_INTERLEAVE;
}

/* @mode may have flags. */
struct policy policy_for(int mode, struct nodes ask)
{
	return (struct policy){
		.mode = mode & ~FLAGS, .flags = mode & FLAGS, .ask = ask, .home = -1,
	};
}

/* What an object's policy is read as, by anybody: what it was asked with. */
struct nodes object_reported(const struct policy *pol, const struct nodes *then)
{
	struct nodes set = pol->ask;

	if (!pol->flags)
		set = nodes_and(&set, then);
	return pol->mode == MPOL_PREFERRED && !pol->flags && !nodes_empty(&set) ?
	       nodes_of(nodes_nth(&set, 0)) : set;
}

/* A preferred node that nobody names is the local one. */
int policy_mode(const struct policy *pol)
{
	if (pol->mode == MPOL_PREFERRED && nodes_empty(&pol->ask))
		return MPOL_LOCAL;
	return pol->mode;
}

/* Which flags go with which mode, and which mode wants nodes. */
bool policy_is_legal(int mode, int flags, bool empty)
{
	bool fixed = flags & (STATIC | RELATIVE);

	if ((flags & STATIC) && (flags & RELATIVE))
		return false;
	if ((flags & BALANCING) && mode != MPOL_BIND && mode != MPOL_PREFERRED_MANY)
		return false;
	if (mode == MPOL_DEFAULT)
		return empty;
	if (mode == MPOL_LOCAL)
		return empty && !fixed;
	if (mode == MPOL_PREFERRED)
		return !empty || !fixed;
	return !empty;
}

/* Numbers count nodes of @now, from its first one and round again. */
static struct nodes relative_to(const struct nodes *ask, const struct nodes *now)
{
	struct nodes set = { 0 };
	int bit = -1;

	while (nodes_step(ask, &bit))
		nodes_add(&set, nodes_nth(now, bit % nodes_count(now)));
	return set;
}

/* The n-th of the nodes allowed @then becomes the n-th of those allowed @now. */
static struct nodes remap(const struct nodes *set, const struct nodes *then,
			  const struct nodes *now)
{
	struct nodes new = { 0 };
	int node = -1;

	while (nodes_step(set, &node))
		nodes_add(&new, nodes_nth(now, nodes_rank(then, node) % nodes_count(now)));
	return new;
}

static struct nodes effective_set(const struct policy *pol, const struct nodes *then,
				  const struct nodes *now)
{
	struct nodes set;

	if (pol->flags & RELATIVE)
		return relative_to(&pol->ask, now);
	set = nodes_and(&pol->ask, pol->flags & STATIC ? now : then);
	if (pol->flags & STATIC)
		return nodes_empty(&set) && pol->mode != MPOL_PREFERRED ? *now : set;
	if (pol->mode == MPOL_PREFERRED || pol->mode == MPOL_PREFERRED_MANY ||
	    nodes_same(then, now))
		return set;
	return remap(&set, then, now);
}

/*
 * The nodes that @pol means while the nodes @now are allowed, if it was asked
 * for when the nodes @then were.
 */
struct nodes policy_effective(const struct policy *pol, const struct nodes *then,
			      const struct nodes *now)
{
	struct nodes set = { 0 };

	if (policy_mode(pol) == MPOL_DEFAULT || policy_mode(pol) == MPOL_LOCAL)
		return set;
	set = effective_set(pol, then, now);
	if (pol->mode == MPOL_PREFERRED && !nodes_empty(&set))
		set = nodes_of(nodes_nth(&set, 0));
	return set;
}

/*
 * The nodes that get_mempolicy() tells of: with a flag those asked for, as long
 * as they mean the same.
 */
struct nodes policy_reported(const struct policy *pol, const struct nodes *then,
			     const struct nodes *now)
{
	if (pol->flags & (STATIC | RELATIVE))
		return pol->ask;
	if ((pol->flags & BALANCING) && (pol->mode != MPOL_BIND || nodes_same(then, now)))
		return pol->ask;
	return policy_effective(pol, then, now);
}

/* The mode and flags that get_mempolicy() tells of. */
int policy_reported_mode(const struct policy *pol)
{
	int mode = policy_mode(pol);

	return mode == MPOL_DEFAULT ? mode : mode | pol->flags;
}

static struct nodes filter_targets(const struct policy *pol, const struct nodes *effective,
				   const struct nodes *now, int from)
{
	struct nodes set = nodes_and(effective, now);

	if (nodes_empty(&set) && pol->mode == MPOL_PREFERRED_MANY)
		set = *now;
	return machine_nearest(&set, pol->home >= 0 ? pol->home : from);
}

/*
 * Where a page may be that a CPU of @cpu_node touches first, while there is
 * room: one node, or several that are equally near.  @index counts pages of
 * the allocated size from the start of the mapped object.
 */
struct nodes policy_targets(const struct policy *pol, const struct nodes *effective,
			    const struct nodes *now, int cpu_node, unsigned long index)
{
	if (is_spread(pol->mode))
		return nodes_of(nodes_nth(effective, index % nodes_count(effective)));
	if (pol->mode == MPOL_BIND || pol->mode == MPOL_PREFERRED_MANY)
		return filter_targets(pol, effective, now, cpu_node);
	if (nodes_empty(effective))
		return machine_nearest(now, cpu_node);
	return machine_nearest(now, nodes_nth(effective, 0));
}

/* --- requests that a test goes through --- */

static const int request_modes[POLICY_REQUEST_MODES] = {
	MPOL_DEFAULT, MPOL_LOCAL,
	MPOL_PREFERRED, MPOL_PREFERRED | STATIC, MPOL_PREFERRED | RELATIVE,
	MPOL_BIND, MPOL_BIND | STATIC, MPOL_BIND | RELATIVE, MPOL_BIND | BALANCING,
	MPOL_INTERLEAVE, MPOL_INTERLEAVE | STATIC, MPOL_INTERLEAVE | RELATIVE,
	MPOL_WEIGHTED_INTERLEAVE, MPOL_WEIGHTED_INTERLEAVE | STATIC,
	MPOL_WEIGHTED_INTERLEAVE | RELATIVE,
	MPOL_PREFERRED_MANY, MPOL_PREFERRED_MANY | STATIC, MPOL_PREFERRED_MANY | RELATIVE,
	MPOL_PREFERRED_MANY | BALANCING,
};

/* What each mode is asked for; relative numbers are bits, the others nodes. */
static const char * const request_nodes[POLICY_REQUEST_NODES] = {
	"", "m1", "m0 mL", "m1 m2", "all",
};

static const char * const relative_nodes[POLICY_REQUEST_NODES] = {
	"", "b1", "b0 R+1", "R+1 b2", "all",
};

/* Have all nodes that @pol comes to mean enough memory free? */
bool policy_has_room(const struct policy *pol)
{
	struct nodes all = policy_effective(pol, &machine.usable, &machine.usable);
	struct nodes roomy = nodes_and(&all, &machine.roomy);

	return nodes_same(&all, &roomy);
}

/* The n-th of POLICY_REQUESTS; false when it is not legal, or not for this machine. */
bool policy_request(struct policy *pol, unsigned int n)
{
	const char *ask = request_nodes[n % POLICY_REQUEST_NODES];
	int mode = request_modes[n / POLICY_REQUEST_NODES];
	struct nodes nodes;

	if (mode & RELATIVE)
		ask = relative_nodes[n % POLICY_REQUEST_NODES];
	if (!nodes_parse(ask, &machine.roomy, &nodes) ||
	    !policy_is_legal(mode & ~FLAGS, mode & FLAGS, nodes_empty(&nodes)))
		return false;
	*pol = policy_for(mode, nodes);
	return policy_has_room(pol);
}

/* Pages enough to go round the nodes, and not to end with a round. */
unsigned long policy_pages(const struct policy *pol)
{
	unsigned long nr = nodes_count(&pol->ask) + 5;

	return nr < 8 ? 8 : nr;
}

/* The policy field of /proc/PID/numa_maps. */
const char *policy_text(const struct policy *pol, const struct nodes *then,
			const struct nodes *now)
{
	static const char * const names[] = {
		"default", "prefer", "bind", "interleave", "local", "prefer (many)",
		"weighted interleave",
	};
	static __thread char buf[4 * NODE_BITS];
	struct nodes set = policy_effective(pol, then, now);
	int len = sprintf(buf, "%s", names[policy_mode(pol)]);

	if (pol->flags)
		len += sprintf(buf + len, "=%s%s%s",
			       pol->flags & STATIC ? "static" :
			       pol->flags & RELATIVE ? "relative" : "",
			       pol->flags & BALANCING &&
			       pol->flags & (STATIC | RELATIVE) ? "|" : "",
			       pol->flags & BALANCING ? "balancing" : "");
	if (!nodes_empty(&set))
		len += sprintf(buf + len, ":%s", nodes_text(&set));
	if (pol->home >= 0)
		sprintf(buf + len, " home=%d", pol->home);
	return buf;
}

/* --- system calls --- */

long sys_set_mempolicy(int mode, const void *mask, unsigned long maxnode)
{
	return syscall(__NR_set_mempolicy, mode, mask, maxnode);
}

long sys_get_mempolicy(int *mode, void *mask, unsigned long maxnode, const void *addr,
		       unsigned long flags)
{
	return syscall(__NR_get_mempolicy, mode, mask, maxnode, addr, flags);
}

long sys_mbind(const void *addr, unsigned long len, unsigned long mode, const void *mask,
	       unsigned long maxnode, unsigned long flags)
{
	return syscall(__NR_mbind, addr, len, mode, mask, maxnode, flags);
}

long sys_home_node(const void *addr, unsigned long len, unsigned long node,
		   unsigned long flags)
{
	return syscall(__NR_set_mempolicy_home_node, addr, len, node, flags);
}

int policy_set_task(const struct policy *pol)
{
	unsigned long mask[MASK_WORDS];

	nodes_to_mask(&pol->ask, mask);
	return sys_set_mempolicy(pol->mode | pol->flags, mask, machine.max + 1) ? errno : 0;
}

/* mbind() with MPOL_MF_* flags, and without a home node. */
int policy_bind_range(const struct policy *pol, const void *addr, unsigned long len,
		      unsigned long flags)
{
	unsigned long mask[MASK_WORDS];

	nodes_to_mask(&pol->ask, mask);
	return sys_mbind(addr, len, pol->mode | pol->flags, mask, machine.max + 1, flags) ?
	       errno : 0;
}

int policy_set_range(const struct policy *pol, const void *addr, unsigned long len)
{
	int err = policy_bind_range(pol, addr, len, 0);

	if (err)
		return err;
	if (pol->home >= 0 && sys_home_node(addr, len, pol->home, 0))
		return errno;
	return 0;
}

/* The policy of the mapping at @addr, or the task's when @addr is NULL. */
int policy_get(const void *addr, int *mode, struct nodes *set)
{
	unsigned long mask[MASK_WORDS] = { 0 };

	if (sys_get_mempolicy(mode, mask, machine.max + 1, addr, addr ? MPOL_F_ADDR : 0))
		return errno;
	*set = nodes_from_mask(mask, machine.max);
	return 0;
}

/*
 * Only words that hold possible nodes are written: of a relative request for
 * higher numbers, the caller is told no more.
 */
static unsigned int told_bits(void)
{
	return (machine.nr_ids + LONG_BITS - 1) / LONG_BITS * LONG_BITS;
}

/* Is the policy at @addr (NULL: the task's) the one asked for? */
bool policy_holds(const void *addr, const struct policy *pol)
{
	struct nodes want = policy_reported(pol, &machine.usable, &machine.usable);
	struct nodes seen;
	int err, mode = -1;

	want = nodes_below(&want, told_bits());
	err = policy_get(addr, &mode, &seen);
	if (!err && mode == policy_reported_mode(pol) && nodes_same(&seen, &want))
		return true;
	ksft_print_msg("want mode %#x nodes %s\n", policy_reported_mode(pol), nodes_text(&want));
	ksft_print_msg("seen mode %#x nodes %s, errno %d\n", mode, nodes_text(&seen), err);
	return false;
}

/* --- pages and mappings --- */

size_t page_size(void)
{
	return sysconf(_SC_PAGESIZE);
}

void *page_at(void *base, unsigned long index)
{
	return (char *)base + index * page_size();
}

/*
 * MEMPOLICY_TEST_SLOW in the environment says how many times slower than usual
 * the kernel is, because it checks itself.
 */
unsigned int test_slowness(void)
{
	const char *text = getenv("MEMPOLICY_TEST_SLOW");
	int times = text ? atoi(text) : 1;

	return times < 1 ? 1 : times;
}

/* Ends the test when something fails that is not under test. */
void or_die(bool done, const char *what)
{
	if (done)
		return;
	fprintf(stderr, "# %s failed: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

/* Fresh anonymous memory. */
void *map_pages(unsigned long nr)
{
	void *at = mmap(NULL, nr * page_size(), PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	or_die(at != MAP_FAILED, "mmap");
	return at;
}

void touch_pages(void *base, unsigned long nr)
{
	for (unsigned long i = 0; i < nr; i++)
		*(char *)page_at(base, i) = 1;
}

/* The node of each page, or a negative errno where there is none. */
bool page_nodes(void *base, unsigned long nr, int *node)
{
	void *page[64];

	for (unsigned long done = 0; done < nr; ) {
		unsigned long i, now = nr - done < 64 ? nr - done : 64;

		for (i = 0; i < now; i++)
			page[i] = page_at(base, done + i);
		if (syscall(__NR_move_pages, 0, now, page, NULL, node + done, 0))
			return false;
		done += now;
	}
	return true;
}

int page_node(void *addr)
{
	int node = -1;

	if (page_nodes(addr, 1, &node))
		return node;
	/* A kernel that cannot migrate has no move_pages(2). */
	if (sys_get_mempolicy(&node, NULL, 0, addr, MPOL_F_NODE | MPOL_F_ADDR))
		return -errno;
	return node;
}

/* Is every page where @pol wants it, if it means the nodes @effective? */
bool placed_on(const struct touched *at, const struct policy *pol, const struct nodes *effective,
	       const struct nodes *now)
{
	for (unsigned long i = 0; i < at->nr; i++) {
		struct nodes want = policy_targets(pol, effective, now, at->cpu_node,
						   at->index + i);
		int node = page_node(page_at(at->base, i * at->stride));

		if (node >= 0 && nodes_has(&want, node))
			continue;
		ksft_print_msg("mode %#x nodes %s: page %lu of %lu is on %d, not on %s\n",
			       pol->mode | pol->flags, nodes_text(effective), i, at->nr, node,
			       nodes_text(&want));
		return false;
	}
	return true;
}

/* Is every page where @pol, asked for with @then allowed, wants it @now? */
bool placed(const struct touched *at, const struct policy *pol, const struct nodes *then,
	    const struct nodes *now)
{
	struct nodes effective = policy_effective(pol, then, now);

	return placed_on(at, pol, &effective, now);
}

/* Anonymous memory counts its pages from address 0. */
struct touched anonymous(void *base, unsigned long nr, int cpu_node)
{
	return (struct touched){
		.base = base, .nr = nr, .stride = 1, .cpu_node = cpu_node,
		.index = (unsigned long)base / page_size(),
	};
}

/* The same in a cpuset that has not changed. */
bool all_right(const struct touched *at, const struct policy *pol)
{
	return placed(at, pol, &machine.usable, &machine.usable);
}

/* How many mappings /proc/self/maps shows that reach into [start, end). */
int vma_count(const void *start, const void *end)
{
	unsigned long from, to;
	int count = 0;
	char line[4096];
	FILE *maps = fopen("/proc/self/maps", "re");

	while (maps && fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx-%lx", &from, &to) == 2 &&
		    from < (unsigned long)end && to > (unsigned long)start)
			count++;
	if (maps)
		fclose(maps);
	return count;
}

/* The inode number of the mapping of @addr; the process may have lost its leader. */
unsigned long vma_inode(const void *addr)
{
	unsigned long start, end, ino = 0;
	bool found = false;
	char line[4096];
	FILE *maps = fopen("/proc/thread-self/maps", "re");

	while (maps && !found && fgets(line, sizeof(line), maps))
		found = sscanf(line, "%lx-%lx %*s %*s %*s %lu", &start, &end, &ino) == 3 &&
			start <= (unsigned long)addr && (unsigned long)addr < end;
	if (maps)
		fclose(maps);
	or_die(found, "looking for an inode number in maps");
	return ino;
}

/* The last mapping of that name, such as "[stack]". */
bool vma_find(const char *name, unsigned long *start, unsigned long *end)
{
	char line[4096];
	bool found = false;
	FILE *maps = fopen("/proc/self/maps", "re");

	while (maps && fgets(line, sizeof(line), maps))
		if (strstr(line, name))
			found = sscanf(line, "%lx-%lx", start, end) == 2;
	if (maps)
		fclose(maps);
	return found;
}

/* What a numa_maps file writes of the mapping that starts at @addr. */
bool numa_maps_line(const char *path, const void *addr, char *buf, size_t size)
{
	char *line = NULL, *at;
	size_t room = 0;
	bool found = false;
	FILE *maps = fopen(path, "re");

	while (maps && !found && getline(&line, &room, maps) > 0) {
		if (strtoul(line, &at, 16) != (unsigned long)addr || *at++ != ' ')
			continue;
		at[strcspn(at, "\n")] = '\0';
		found = (size_t)snprintf(buf, size, "%s", at) < size;
	}
	free(line);
	if (maps)
		fclose(maps);
	return found;
}

/*
 * The policy that numa_maps of the calling thread, whose nodes count, writes for
 * the mapping that starts at @addr.  It must be anonymous and untouched: then
 * nothing follows the policy.
 */
bool numa_maps_text(const void *addr, char *buf, size_t size)
{
	return numa_maps_line("/proc/thread-self/numa_maps", addr, buf, size);
}

bool pin_to_cpu(int cpu)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	return !sched_setaffinity(0, sizeof(one), &one);
}

/* --- processes --- */

/* Keeps a page from moving: a pipe refers to it.  Returns what to close to let go. */
int pin_page(void *page)
{
	struct iovec one = { .iov_base = page, .iov_len = page_size() };
	int pipes[2];

	or_die(!pipe(pipes) && vmsplice(pipes[1], &one, 1, 0) == (ssize_t)page_size(), "vmsplice");
	close(pipes[1]);
	return pipes[0];
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

/* --- cpusets --- */

/* Why there is no cpuset to test with, or NULL when there is one. */
const char *cpuset_missing(void)
{
	char buf[4096];

	if (access(CGROUP "/cgroup.controllers", R_OK) &&
	    mount("cgroup2", CGROUP, "cgroup2", 0, NULL))
		return "needs cgroup v2 at " CGROUP;
	if (!file_read(CGROUP "/cgroup.controllers", buf, sizeof(buf)) || !strstr(buf, "cpuset"))
		return "needs the cpuset controller in cgroup v2";
	if (geteuid())
		return "needs root, to make a cpuset";
	return NULL;
}

/* Moves the caller into a new cpuset with @mems. */
bool cpuset_enter(const struct nodes *mems)
{
	rmdir(CPUSET);
	if (!file_write(CGROUP "/cgroup.subtree_control", "+cpuset") || mkdir(CPUSET, 0755))
		return false;
	return file_write(CPUSET "/cgroup.procs", "0") && cpuset_set_mems(mems);
}

bool cpuset_set_mems(const struct nodes *mems)
{
	struct nodes seen;

	return file_write(CPUSET "/cpuset.mems", nodes_text(mems)) &&
	       read_mems_allowed(&seen) && nodes_same(mems, &seen);
}

/* The same for others: the caller has left it. */
bool cpuset_change(const struct nodes *mems)
{
	return file_write(CPUSET "/cpuset.mems", nodes_text(mems));
}

void cpuset_leave(void)
{
	file_write(CGROUP "/cgroup.procs", "0");
	rmdir(CPUSET);
}
