// SPDX-License-Identifier: GPL-2.0
/*
 * Memory of the kernel that policies are about, or made of: allocations of many
 * pages at once, the counters of interleaving, and what policies themselves
 * cost a memory cgroup.
 *
 * A terminal has a line discipline at either end, whose buffers the kernel
 * allocates together, a few pages at a time, and /proc/vmallocinfo tells where
 * they are.
 *
 * B5, B10 and B12 in comments are what Linux 6.12 does wrong:
 *   B5   weights that nobody has set are read from memory that nobody has
 *        written, when many pages are allocated
 *   B10  policies are not charged to anybody
 *   B12  weighted interleave is not counted, and many pages begin at the same
 *        node each time
 */
#include "mempolicy_harness.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "mempolicy_calls.h"
#include "mempolicy_files.h"
#include "mempolicy_machine.h"
#include "mempolicy_object.h"
#include "mempolicy_policy.h"
#include "mempolicy_process.h"
#include "mempolicy_settings.h"

/* --- many pages at once --- */

#define BUFFER_OWNER	"n_tty_open"
#define TERMINALS	60
#define MAX_COUNTED	1024
#define MOST_NODES	4

/* Pages of line disciplines on each node; false when they cannot be seen. */
static bool buffer_pages(long pages[MAX_COUNTED])
{
	FILE *info = fopen("/proc/vmallocinfo", "re");
	char *line = NULL, *at;
	size_t room = 0;

	memset(pages, 0, MAX_COUNTED * sizeof(*pages));
	while (info && getline(&line, &room, info) > 0) {
		int node, nr;

		if (!strstr(line, BUFFER_OWNER))
			continue;
		for (at = strstr(line, " N"); at; at = strstr(at + 1, " N"))
			if (sscanf(at, " N%d=%d", &node, &nr) == 2 && node < MAX_COUNTED)
				pages[node] += nr;
	}
	free(line);
	if (!info)
		return false;
	fclose(info);
	return true;
}

/**
 * struct buffers - terminals, and where their buffers are
 * @terminal: file descriptors, or -1
 * @before:   pages of buffers by node
 * @after:    the same later, or how many more there are
 * @total:    how many more on all nodes
 */
struct buffers {
	int terminal[TERMINALS];
	long before[MAX_COUNTED];
	long after[MAX_COUNTED];
	long total;
};

/* Opens the first terminal; NULL, or what this machine lacks. */
static const char *buffers_begin(struct buffers *buffers)
{
	for (int i = 0; i < TERMINALS; i++)
		buffers->terminal[i] = -1;
	if (machine_settle() < 0 || nodes_count(&machine.roomy) < 2)
		return NEEDS_NODES;
	if (!buffer_pages(buffers->before))
		return "needs root, to read /proc/vmallocinfo";
	buffers->terminal[0] = open("/dev/ptmx", O_RDWR | O_NOCTTY);
	if (buffers->terminal[0] < 0)
		return "needs /dev/ptmx";
	buffer_pages(buffers->after);
	if (!memcmp(buffers->before, buffers->after, sizeof(buffers->before)))
		return "needs buffers of terminals in /proc/vmallocinfo";
	memcpy(buffers->before, buffers->after, sizeof(buffers->before));
	return NULL;
}

static void buffers_end(const struct buffers *buffers)
{
	for (int i = 0; i < TERMINALS; i++)
		if (buffers->terminal[i] >= 0)
			close(buffers->terminal[i]);
}

/* Opens the rest under a policy and counts pages, @after less @before. */
static void open_terminals(struct buffers *buffers, const struct policy *pol)
{
	int node = -1;

	or_die(!policy_set_task(pol), "set_mempolicy");
	for (int i = 1; i < TERMINALS; i++) {
		buffers->terminal[i] = open("/dev/ptmx", O_RDWR | O_NOCTTY);
		or_die(buffers->terminal[i] >= 0, "opening a terminal");
	}
	or_die(!policy_set_task(&no_policy) && buffer_pages(buffers->after), "counting pages");
	while (nodes_step(&machine.memory, &node)) {
		buffers->after[node] -= buffers->before[node];
		buffers->total += buffers->after[node];
	}
	or_die(buffers->total > TERMINALS, "allocating buffers");
}

FIXTURE(bulk) {
	struct nodes all;	/* but not too many, for the pages to go round */
	struct nodes two;
	struct buffers buffers;
};

FIXTURE_VARIANT(bulk) {
	int mode;
};

FIXTURE_VARIANT_ADD(bulk, interleave) { .mode = MPOL_INTERLEAVE };
FIXTURE_VARIANT_ADD(bulk, weighted) { .mode = MPOL_WEIGHTED_INTERLEAVE };

FIXTURE_SETUP(bulk)
{
	const char *missing = buffers_begin(&self->buffers);

	if (missing)
		SKIP(return, "%s", missing);
	for (int n = 0; n < MOST_NODES && nodes_nth(&machine.roomy, n) >= 0; n++)
		nodes_add(&self->all, nodes_nth(&machine.roomy, n));
	self->two = nodes_of(nodes_nth(&machine.roomy, 0));
	nodes_add(&self->two, nodes_highest(&machine.roomy));
}

FIXTURE_TEARDOWN(bulk)
{
	buffers_end(&self->buffers);
}

/* A node's pages may differ from its share by a quarter: others take turns, too. */
static bool about(long seen, double share)
{
	if (seen >= share * 3 / 4 && seen <= share * 5 / 4)
		return true;
	ksft_print_msg("%ld pages, for a share of %.1f\n", seen, share);
	return false;
}

/* Do the nodes differ by more than a page? */
static bool uneven(const struct buffers *buffers, const struct nodes *nodes)
{
	long least = LONG_MAX, most = 0;
	int node = -1;

	while (nodes_step(nodes, &node)) {
		long nr = buffers->after[node] - buffers->before[node];

		least = nr < least ? nr : least;
		most = nr > most ? nr : most;
	}
	return most > least + 1;
}

/*
 * B12: a terminal's second buffer begins on the node that its first one began
 * on, not behind the one that it ended on.  Other allocations of the task's may
 * come between, now and then.
 */
TEST_F(bulk, goes_on_where_the_task_stands)
{
	struct policy pol = policy_for(variant->mode, self->all);
	struct buffers *buffers = &self->buffers;
	int wrong = 0;

	ASSERT_EQ(0, policy_set_task(&pol));
	for (int i = 1; i < TERMINALS; i++) {
		buffers->terminal[i] = open("/dev/ptmx", O_RDWR | O_NOCTTY);
		ASSERT_LE(0, buffers->terminal[i]);
		ASSERT_TRUE(buffer_pages(buffers->after));
		wrong += uneven(buffers, &self->all);
		memcpy(buffers->before, buffers->after, sizeof(buffers->before));
	}
	EXPECT_GE(TERMINALS / 3, wrong);
}

/* B5: what happens to be in memory is taken for weights. */
TEST_F(bulk, shares_are_equal)
{
	struct policy pol = policy_for(variant->mode, self->all);
	int node = -1;

	open_terminals(&self->buffers, &pol);
	while (nodes_step(&self->all, &node)) {
		EXPECT_TRUE(about(self->buffers.after[node],
				  (double)self->buffers.total / nodes_count(&self->all)))
			TH_LOG("node %d", node);
	}
}

/* Catches pages outside of the policy, and more on one node than on another. */
TEST_F(bulk, stays_on_nodes_of_policy)
{
	struct policy pol = policy_for(variant->mode, self->two);
	int node = -1;

	open_terminals(&self->buffers, &pol);
	while (nodes_step(&machine.memory, &node)) {
		double share = nodes_has(&self->two, node) ? self->buffers.total / 2.0 : 0;

		EXPECT_TRUE(about(self->buffers.after[node], share))
			TH_LOG("node %d", node);
	}
}

FIXTURE(together) {
	struct buffers buffers;
	struct policy pol;
	int cpu_node;
};

FIXTURE_VARIANT(together) {
	int mode;
	bool first;	/* asks for the first node with room, or else only for the last */
	bool last;
};

FIXTURE_VARIANT_ADD(together, default) { .mode = MPOL_DEFAULT };
FIXTURE_VARIANT_ADD(together, local) { .mode = MPOL_LOCAL };
FIXTURE_VARIANT_ADD(together, preferred) { .mode = MPOL_PREFERRED, .last = true };
FIXTURE_VARIANT_ADD(together, bind) { .mode = MPOL_BIND, .last = true };
FIXTURE_VARIANT_ADD(together, bind_two) { .mode = MPOL_BIND, .first = true, .last = true };
FIXTURE_VARIANT_ADD(together, many_one) { .mode = MPOL_PREFERRED_MANY, .last = true };
FIXTURE_VARIANT_ADD(together, many_first) { .mode = MPOL_PREFERRED_MANY, .first = true };
FIXTURE_VARIANT_ADD(together, many) {
	.mode = MPOL_PREFERRED_MANY, .first = true, .last = true,
};

FIXTURE_VARIANT_ADD(together, many_static) {
	.mode = MPOL_PREFERRED_MANY | STATIC, .last = true,
};

FIXTURE_SETUP(together)
{
	const char *missing = buffers_begin(&self->buffers);
	struct nodes ask = { 0 };

	if (missing)
		SKIP(return, "%s", missing);
	self->cpu_node = machine_settle();
	if (variant->first)
		nodes_add(&ask, nodes_nth(&machine.roomy, 0));
	if (variant->last)
		nodes_add(&ask, nodes_highest(&machine.roomy));
	self->pol = policy_for(variant->mode, ask);
}

FIXTURE_TEARDOWN(together)
{
	buffers_end(&self->buffers);
}

/*
 * Catches many pages that come from the local node though others are preferred,
 * and a second try, for what the preferred nodes lack, though they lack nothing.
 */
TEST_F(together, comes_from_the_nearest)
{
	struct nodes effective = policy_effective(&self->pol, &machine.usable, &machine.usable);
	struct nodes targets = policy_targets(&self->pol, &effective, &machine.usable,
					      self->cpu_node, 0);
	long on_targets = 0;
	int node = -1;

	open_terminals(&self->buffers, &self->pol);
	while (nodes_step(&targets, &node))
		on_targets += self->buffers.after[node];
	EXPECT_EQ(self->buffers.total, on_targets)
		TH_LOG("%ld pages are on nodes %s", on_targets, nodes_text(&targets));
}

/* --- counters --- */

#define NUMA_STAT	"/proc/sys/vm/numa_stat"
#define HITS		64
#define HUGE_HITS	4UL

FIXTURE(hits) {
	int cpu_node;
};

FIXTURE_VARIANT(hits) {
	int mode;
	bool range;
	bool counted;
};

FIXTURE_VARIANT_ADD(hits, interleave_task) { .mode = MPOL_INTERLEAVE, .counted = true };
FIXTURE_VARIANT_ADD(hits, interleave_range) {
	.mode = MPOL_INTERLEAVE, .range = true, .counted = true,
};

FIXTURE_VARIANT_ADD(hits, weighted_task) { .mode = MPOL_WEIGHTED_INTERLEAVE, .counted = true };
FIXTURE_VARIANT_ADD(hits, weighted_range) {
	.mode = MPOL_WEIGHTED_INTERLEAVE, .range = true, .counted = true,
};

FIXTURE_VARIANT_ADD(hits, bind_range) { .mode = MPOL_BIND, .range = true };
FIXTURE_VARIANT_ADD(hits, preferred_range) { .mode = MPOL_PREFERRED, .range = true };

FIXTURE_SETUP(hits)
{
	self->cpu_node = machine_settle();
	if (self->cpu_node < 0 || nodes_count(&machine.roomy) < 2)
		SKIP(return, NEEDS_NODES);
}

FIXTURE_TEARDOWN(hits)
{
}

static long interleave_hits(int node)
{
	long hits = machine_figure(node, "numastat", "interleave_hit");

	or_die(hits >= 0, "reading numastat");
	return hits;
}

/*
 * B12: pages of weighted interleave are not counted.  Catches pages counted
 * that were not allocated, or on another node.
 */
TEST_F(hits, count)
{
	struct policy pol = policy_for(variant->mode, machine.roomy);
	long each = HITS / nodes_count(&machine.roomy);
	void *base = map_pages(HITS);
	long *before = calloc(machine.nr_ids, sizeof(*before));
	int node = -1;

	touch_pages(map_pages(1), 1);
	while (nodes_step(&machine.roomy, &node))
		before[node] = interleave_hits(node);
	ASSERT_EQ(0, variant->range ? policy_set_range(&pol, base, HITS * page_size()) :
				      policy_set_task(&pol));
	touch_pages(base, HITS);
	node = -1;
	while (nodes_step(&machine.roomy, &node)) {
		long hits = interleave_hits(node) - before[node];

		EXPECT_LE(variant->counted ? each : 0, hits);
		EXPECT_GE(variant->counted ? LONG_MAX : 0, hits);
	}
	free(before);
}

/* Catches pages counted although the administrator wants no counters. */
TEST(no_hits_where_counters_are_off)
{
	struct policy pol = policy_for(MPOL_INTERLEAVE, machine.roomy);
	void *off = map_pages(HITS), *on = map_pages(HITS);
	long hits = 0;
	int node = -1;

	if (file_number(NUMA_STAT) != 1 || !file_set_number(NUMA_STAT, 0))
		SKIP(return, "needs root, and vm.numa_stat");
	EXPECT_EQ(0, policy_set_range(&pol, off, HITS * page_size()));
	touch_pages(off, HITS);
	ASSERT_TRUE(file_set_number(NUMA_STAT, 1));
	while (nodes_step(&machine.roomy, &node))
		hits += interleave_hits(node);
	EXPECT_EQ(0, hits);
	ASSERT_EQ(0, policy_set_range(&pol, on, HITS * page_size()));
	touch_pages(on, HITS);
	while (nodes_step(&machine.roomy, &node))
		hits += interleave_hits(node);
	EXPECT_LE(HITS, hits);
}

/* Catches huge pages that are not counted, or each as if it were many. */
TEST(hits_of_huge_pages)
{
	size_t size = thp_size(), len = HUGE_HITS * size;
	char was[64], *area, *base;
	struct policy pol;
	long hits = 0;
	int node = -1;
	bool whole;

	if (!size)
		SKIP(return, NEEDS_THP);
	machine_want_huge(HUGE_HITS, size);
	if (nodes_count(&machine.roomy) < 2)
		SKIP(return, NEEDS_NODES);
	if (!thp_allow(was, sizeof(was)))
		SKIP(return, NEEDS_THP);
	pol = policy_for(MPOL_INTERLEAVE, machine.roomy);
	area = map_pages((len + size) / page_size());
	base = align_up(area, size);
	ASSERT_EQ(0, madvise(base, len, MADV_HUGEPAGE));
	ASSERT_EQ(0, policy_set_range(&pol, base, len));
	while (nodes_step(&machine.roomy, &node))
		hits -= interleave_hits(node);
	for (size_t at = 0; at < len; at += size)
		touch_pages(base + at, 1);
	while (nodes_step(&machine.roomy, &node))
		hits += interleave_hits(node);
	whole = thp_kb() == (long)len / 1024;
	munmap(area, len + size);
	thp_restore(was);
	if (!whole)
		SKIP(return, NEEDS_THP);
	EXPECT_EQ((long)HUGE_HITS, hits);
}

/* --- what policies cost --- */

#define CGROUP		"/sys/fs/cgroup"
#define GROUP		CGROUP "/mempolicy_test"
#define LEAST_SIZE	64	/* a policy cannot be smaller */
#define STIR_PAGES	2048UL
#define CALM		10	/* looks, a tenth of a second apart */

FIXTURE(charge) {
	char *base;
};

FIXTURE_VARIANT(charge) {
	bool object;
	unsigned long nr;	/* of policies */
};

FIXTURE_VARIANT_ADD(charge, mappings) { .nr = 8000 };
FIXTURE_VARIANT_ADD(charge, object) { .object = true, .nr = 2000 };

FIXTURE_SETUP(charge)
{
	char buf[4096];

	if (geteuid() || !file_read(CGROUP "/cgroup.controllers", buf, sizeof(buf)) ||
	    !strstr(buf, "memory"))
		SKIP(return, "needs root, and the memory controller of cgroup v2");
	if (machine.max < 16)
		SKIP(return, "needs numbers up to 15 to ask for, there are %u", machine.max);
	rmdir(GROUP);
	if (!file_write(CGROUP "/cgroup.subtree_control", "+memory") || mkdir(GROUP, 0755))
		SKIP(return, "needs to make a memory cgroup");
	self->base = variant->object ? object_make(MEMFD, variant->nr).all :
				       map_pages(variant->nr);
}

FIXTURE_TEARDOWN(charge)
{
	file_write(CGROUP "/cgroup.procs", "0");
	rmdir(GROUP);
	file_write(CGROUP "/cgroup.subtree_control", "-memory");
}

/* Relative numbers are kept as they are asked for, so each request is another one. */
static int set_numbered(char *base, unsigned long page, unsigned long number)
{
	unsigned long mask = number + 1;

	return sys_mbind(page_at(base, page), page_size(), MPOL_BIND | RELATIVE, &mask, 17, 0) ?
	       errno : 0;
}

/* memory.stat may be old, unless much has happened since it was made. */
static void read_statistics(char *buf, size_t size)
{
	void *pages = map_pages(STIR_PAGES);

	touch_pages(pages, STIR_PAGES);
	munmap(pages, STIR_PAGES * page_size());
	or_die(file_read(GROUP "/memory.stat", buf, size), "reading memory.stat");
}

/* One line of it. */
static long statistic(const char *buf, const char *name)
{
	size_t len = strlen(name);

	for (; buf; buf = strchr(buf, '\n')) {
		buf += *buf == '\n';
		if (!strncmp(buf, name, len) && buf[len] == ' ')
			return atol(buf + len);
	}
	return 0;
}

static long slab_bytes(void)
{
	char buf[8192];

	read_statistics(buf, sizeof(buf));
	return statistic(buf, "slab");
}

/* Slab memory of the group, once what was replaced has been freed. */
static long charged(void)
{
	long last = -1, now;
	int same = 0;

	for (int tries = 0; tries < 100 && same < CALM; tries++) {
		now = slab_bytes();
		same = now == last ? same + 1 : 0;
		last = now;
		usleep(100000);
	}
	return last;
}

/* As many policies as there are pages, or only two by turns. */
static bool set_all(char *base, unsigned long nr, bool two)
{
	for (unsigned long i = 0; i < nr; i++)
		if (set_numbered(base, i, two ? i % 2 : 2 + i))
			return false;
	return true;
}

/* B10: policies are memory that no cgroup is charged for. */
TEST_F(charge, every_policy)
{
	long want = variant->nr * LEAST_SIZE, before, after;

	ASSERT_TRUE(file_write(GROUP "/cgroup.procs", "0"));
	ASSERT_TRUE(set_all(self->base, variant->nr, true));
	before = charged();
	ASSERT_TRUE(set_all(self->base, variant->nr, false));
	after = charged();
	EXPECT_LE(want, after - before)
		TH_LOG("%ld bytes before, %ld after", before, after);
}

struct limited {
	char *base;
	unsigned long nr;
};

#define LITTLE		"20971520"
#define CHANGES		6000UL

/* Two policies by turns: what is replaced is more than all that is kept. */
static bool changes_often(void *arg)
{
	const struct limited *limited = arg;

	or_die(file_write(GROUP "/cgroup.procs", "0") &&
	       file_write(GROUP "/memory.max", LITTLE), "limiting a cgroup");
	for (unsigned long i = 0; i < CHANGES; i++)
		if (set_numbered(limited->base, i % limited->nr, i & 1))
			return false;
	return true;
}

/* Catches what was replaced piling up until a cgroup is full of it. */
TEST_F(charge, changes_are_freed)
{
	struct limited limited = { .base = self->base, .nr = variant->nr };

	EXPECT_TRUE(child_says_yes(changes_often, &limited));
}

/*
 * All that the group uses once what was replaced has been freed. That is not
 * memory.current, which has also what CPUs have charged in advance.
 */
static long used(void)
{
	char buf[8192];

	or_die(charged() > 0, "waiting for a cgroup");
	read_statistics(buf, sizeof(buf));
	return statistic(buf, "anon") + statistic(buf, "file") + statistic(buf, "kernel");
}

/* The same, with room for a part of them. */
static bool sets_all(void *arg)
{
	const struct limited *limited = arg;
	char text[32];

	or_die(file_write(GROUP "/cgroup.procs", "0") &&
	       set_all(limited->base, limited->nr, true), "filling a cgroup");
	snprintf(text, sizeof(text), "%ld", used() + (long)limited->nr * LEAST_SIZE / 2);
	or_die(file_write(GROUP "/memory.max", text), "limiting a cgroup");
	return set_all(limited->base, limited->nr, false);
}

/* B10: whoever has reached a limit goes on and on. */
TEST_F(charge, is_limited)
{
	struct limited limited = { .base = self->base, .nr = variant->nr };

	EXPECT_FALSE(child_says_yes(sets_all, &limited));
}

int main(int argc, char **argv)
{
	machine_require();
	return run_tests(argc, argv);
}
