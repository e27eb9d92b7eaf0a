/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the memory policy selftests share: raw system calls, node sets, the
 * machine as sysfs describes it, and a model of where a policy puts a page.
 *
 * The model knows nothing of the kernel's code.  It restates what a caller was
 * promised, so that a test compares the kernel with the promise.
 */
#ifndef _MEMPOLICY_UTIL_H
#define _MEMPOLICY_UTIL_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <linux/mempolicy.h>
#include <linux/types.h>

/* Older system headers know neither this mode nor this call. */
#define MPOL_WEIGHTED_INTERLEAVE 6

#ifndef __NR_set_mempolicy_home_node
#define __NR_set_mempolicy_home_node 450
#endif

/* An emulated machine on a busy host takes its time. */
#ifdef TEST_TIMEOUT_DEFAULT
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 180
#endif

#define NODE_BITS	2048	/* more than any kernel's MAX_NUMNODES */
#define LONG_BITS	((unsigned int)(sizeof(long) * CHAR_BIT))
#define MASK_WORDS	(NODE_BITS / (sizeof(long) * CHAR_BIT))

#define STATIC		MPOL_F_STATIC_NODES
#define RELATIVE	MPOL_F_RELATIVE_NODES
#define BALANCING	MPOL_F_NUMA_BALANCING
#define FLAGS		(STATIC | RELATIVE | BALANCING)

#define NEEDS_CPU	"needs a CPU whose local memory has room"
#define NEEDS_NODES	"needs two nodes with room, and a CPU whose local memory has room"
#define NEEDS_FAILURES	"needs root, failslab and fail_page_alloc in debugfs"
#define NEEDS_THP	"needs transparent huge pages, and to be allowed to switch them on"

/**
 * struct nodes - a set of node numbers, also of numbers no node can have
 * @w: bit n of word n / 64 stands for node n
 */
struct nodes {
	__u64 w[NODE_BITS / 64];
};

struct nodes nodes_of(int node);
void nodes_add(struct nodes *set, unsigned int node);
void nodes_remove(struct nodes *set, unsigned int node);
bool nodes_has(const struct nodes *set, unsigned int node);
bool nodes_empty(const struct nodes *set);
bool nodes_same(const struct nodes *a, const struct nodes *b);
struct nodes nodes_and(const struct nodes *a, const struct nodes *b);
unsigned int nodes_count(const struct nodes *set);
bool nodes_step(const struct nodes *set, int *node);
int nodes_nth(const struct nodes *set, unsigned int n);
unsigned int nodes_rank(const struct nodes *set, unsigned int node);
struct nodes nodes_below(const struct nodes *set, unsigned long limit);
int nodes_highest(const struct nodes *set);
const char *nodes_text(const struct nodes *set);
void nodes_to_mask(const struct nodes *set, unsigned long *mask);
struct nodes nodes_from_mask(const unsigned long *mask, unsigned int bits);

/**
 * struct machine - the nodes of this machine, read from sysfs and /proc
 * @online:  nodes that are online
 * @memory:  nodes that have memory
 * @cpu:     nodes that have CPUs
 * @usable:  nodes with memory that this task's cpuset allows
 * @roomy:   usable nodes with enough free memory for a test not to fill them
 * @nr_ids:  one more than the highest possible node
 * @max:     nodes that the kernel was built for (MAX_NUMNODES)
 */
struct machine {
	struct nodes online;
	struct nodes memory;
	struct nodes cpu;
	struct nodes usable;
	struct nodes roomy;
	unsigned int nr_ids;
	unsigned int max;
};

extern struct machine machine;

void machine_require(void);
bool machine_usable_now(struct nodes *usable);
int machine_distance(int from, int to);
long machine_figure(int node, const char *file, const char *name);
long machine_free_kb(int node);
unsigned long machine_free_huge(int node, size_t size);
void machine_want_huge(unsigned long nr, size_t size);
int machine_by_room(const struct nodes *of, bool least);
int machine_cpu_of(int node);
int machine_settle(void);
struct nodes machine_with_room(long kb);
struct nodes machine_nearest(const struct nodes *of, int from);
bool nodes_parse(const char *text, const struct nodes *usable, struct nodes *set);
const char *nodes_lack(const char *text);

/**
 * struct policy - what a caller asks for
 * @mode:  MPOL_*
 * @flags: MPOL_F_STATIC_NODES and the like
 * @ask:   the nodes asked for
 * @home:  home node, or -1
 */
struct policy {
	int mode;
	int flags;
	struct nodes ask;
	int home;
};

struct nodes object_reported(const struct policy *pol, const struct nodes *then);
int policy_mode(const struct policy *pol);
struct policy policy_for(int mode, struct nodes ask);
bool policy_is_legal(int mode, int flags, bool empty);
struct nodes policy_effective(const struct policy *pol, const struct nodes *then,
			      const struct nodes *now);
struct nodes policy_reported(const struct policy *pol, const struct nodes *then,
			     const struct nodes *now);
int policy_reported_mode(const struct policy *pol);
struct nodes policy_targets(const struct policy *pol, const struct nodes *effective,
			    const struct nodes *now, int cpu_node, unsigned long index);
bool policy_has_room(const struct policy *pol);

/* Every mode with every flag, and some sets of nodes for each. */
#define POLICY_REQUEST_MODES	19
#define POLICY_REQUEST_NODES	5
#define POLICY_REQUESTS		(POLICY_REQUEST_MODES * POLICY_REQUEST_NODES)

bool policy_request(struct policy *pol, unsigned int n);
unsigned long policy_pages(const struct policy *pol);
const char *policy_text(const struct policy *pol, const struct nodes *then,
			const struct nodes *now);

long sys_set_mempolicy(int mode, const void *mask, unsigned long maxnode);
long sys_get_mempolicy(int *mode, void *mask, unsigned long maxnode, const void *addr,
		       unsigned long flags);
long sys_mbind(const void *addr, unsigned long len, unsigned long mode, const void *mask,
	       unsigned long maxnode, unsigned long flags);
long sys_home_node(const void *addr, unsigned long len, unsigned long node,
		   unsigned long flags);

/* These four return 0 or the errno. */
int policy_set_task(const struct policy *pol);
int policy_set_range(const struct policy *pol, const void *addr, unsigned long len);
int policy_bind_range(const struct policy *pol, const void *addr, unsigned long len,
		      unsigned long flags);
int policy_get(const void *addr, int *mode, struct nodes *set);
bool policy_holds(const void *addr, const struct policy *pol);

void or_die(bool done, const char *what);
size_t page_size(void);
void *page_at(void *base, unsigned long index);
void *map_pages(unsigned long nr);
bool page_nodes(void *base, unsigned long nr, int *node);
int page_node(void *addr);
void touch_pages(void *base, unsigned long nr);
/**
 * struct touched - pages that were touched
 * @base:     where they start
 * @nr:       how many
 * @stride:   from one to the next, in small pages
 * @index:    of the first one, counted as policy_targets() does
 * @cpu_node: the node of the CPU that touched them
 */
struct touched {
	char *base;
	unsigned long nr;
	unsigned long stride;
	unsigned long index;
	int cpu_node;
};

struct touched anonymous(void *base, unsigned long nr, int cpu_node);
bool placed_on(const struct touched *at, const struct policy *pol, const struct nodes *effective,
	       const struct nodes *now);
bool placed(const struct touched *at, const struct policy *pol, const struct nodes *then,
	    const struct nodes *now);
bool all_right(const struct touched *at, const struct policy *pol);
unsigned long vma_inode(const void *addr);
int vma_count(const void *start, const void *end);
bool vma_find(const char *name, unsigned long *start, unsigned long *end);
bool numa_maps_line(const char *path, const void *addr, char *buf, size_t size);
bool numa_maps_text(const void *addr, char *buf, size_t size);
bool pin_to_cpu(int cpu);
int pin_page(void *page);
bool child_says_yes(bool (*work)(void *arg), void *arg);
bool become_user(bool may_nice);

const char *cpuset_missing(void);
bool cpuset_enter(const struct nodes *mems);
bool cpuset_set_mems(const struct nodes *mems);
bool cpuset_change(const struct nodes *mems);
void cpuset_leave(void);

bool file_read(const char *path, char *buf, size_t size);
bool file_write(const char *path, const char *text);
long file_number(const char *path);
bool file_set_number(const char *path, long nr);
bool choice_set(const char *path, const char *word, char *was, size_t size);
long file_figure(const char *path, const char *name);
long vm_events(const char *name);
bool failures_on_demand(void);

unsigned long thp_size(void);
bool thp_allow(char *was, size_t size);
bool thp_forbid(char *was, size_t size);
void thp_restore(const char *was);
long thp_kb(void);

unsigned int test_slowness(void);

#ifdef TEST_TIMEOUT_DEFAULT
/* Runs the tests of a program that includes the harness, with time enough for each. */
static inline int run_tests(int argc, char **argv)
{
	for (struct __fixture_metadata *f = __fixture_list; f; f = f->next)
		for (struct __test_metadata *t = f->tests; t; t = t->next)
			t->timeout *= test_slowness();
	return test_harness_run(argc, argv);
}
#endif

#endif /* _MEMPOLICY_UTIL_H */
