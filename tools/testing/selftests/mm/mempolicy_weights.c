// SPDX-License-Identifier: GPL-2.0
/*
 * Weights of weighted interleave: the files that hold them, what they are when
 * firmware tells how fast memory is, and where pages go when they are not all 1.
 */
#include "mempolicy_harness.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "mempolicy_files.h"
#include "mempolicy_machine.h"
#include "mempolicy_pages.h"
#include "mempolicy_policy.h"
#include "mempolicy_settings.h"

#define DIRECTORY	"/sys/kernel/mm/mempolicy/weighted_interleave/"
#define AUTO		DIRECTORY "auto"
#define ROUNDS		3
#define MAX_WEIGHT	255

/* --- the files --- */

/* As it is typed. */
static bool write_weight(int node, const char *text)
{
	char path[128];

	weight_path(node, path);
	return file_write(path, text);
}

static int read_weight(int node)
{
	char path[128];

	weight_path(node, path);
	return file_number(path);
}

/* Whether weights follow bandwidth: 1 or 0, or -1 where that is not known. */
static int read_auto(void)
{
	char buf[16];

	if (!file_read(AUTO, buf, sizeof(buf)))
		return -1;
	if (!strcmp(buf, "true\n"))
		return 1;
	return strcmp(buf, "false\n") ? -1 : 0;
}

/* 0 or the errno. */
static int write_auto(const char *text)
{
	errno = 0;
	return file_write(AUTO, text) ? 0 : errno;
}

static void reset_weights(void)
{
	int node = -1;

	while (nodes_step(&machine.memory, &node))
		weight_set(node, 0);
}

/* --- what firmware tells --- */

static long read_rate(int node, const char *which)
{
	char path[128];
	long rate;

	snprintf(path, sizeof(path),
		 "/sys/devices/system/node/node%d/access1/initiators/%s_bandwidth", node, which);
	rate = file_number(path);
	return rate < 0 ? 0 : rate;
}

/* What the nearest CPU reads or writes in MB/s, whichever is slower; or 0. */
static long bandwidth_of(int node)
{
	long reads = read_rate(node, "read"), writes = read_rate(node, "write");

	return reads < writes ? reads : writes;
}

static bool all_bandwidths_known(void)
{
	bool known = true;
	int node = -1;

	while (nodes_step(&machine.memory, &node))
		known &= bandwidth_of(node) > 0;
	return known;
}

/* --- tests of the files --- */

FIXTURE(files) {
	int node;
	int before;
};

FIXTURE_SETUP(files)
{
	machine_require();
	reset_weights();
	self->node = nodes_nth(&machine.memory, 0);
	self->before = read_weight(self->node);
}

FIXTURE_TEARDOWN(files)
{
	reset_weights();
}

/* Catches files that forget what was written, and defaults out of nowhere. */
TEST_F(files, keep_what_is_written)
{
	if (!bandwidth_of(self->node))
		EXPECT_EQ(1, self->before);
	EXPECT_TRUE(write_weight(self->node, "7\n"));
	EXPECT_EQ(7, read_weight(self->node));
	EXPECT_TRUE(write_weight(self->node, "0xff"));
	EXPECT_EQ(MAX_WEIGHT, read_weight(self->node));
	EXPECT_TRUE(weight_set(self->node, 1));
	EXPECT_EQ(1, read_weight(self->node));
}

/* Catches a reset that leaves 0, by which a page's index would be divided. */
TEST_F(files, zero_and_nothing_reset)
{
	static const char * const resets[] = { "0", "\n", "0x0\n" };
	int i;

	for (i = 0; i < 3; i++) {
		ASSERT_TRUE(weight_set(self->node, 9));
		EXPECT_TRUE(write_weight(self->node, resets[i]));
		EXPECT_EQ(self->before, read_weight(self->node));
	}
}

/* Catches numbers that are cut to eight bits instead of being refused. */
TEST_F(files, junk_is_refused)
{
	static const char * const junk[] = {
		"256", "-1", "x", "1 2", "1.5", "0x100", " ", "4294967297", NULL
	};
	int i;

	ASSERT_TRUE(weight_set(self->node, 5));
	for (i = 0; junk[i]; i++) {
		errno = 0;
		EXPECT_FALSE(write_weight(self->node, junk[i]))
			TH_LOG("'%s' was taken", junk[i]);
		EXPECT_EQ(EINVAL, errno);
		EXPECT_EQ(5, read_weight(self->node));
	}
}

/* Catches weights of nodes that a round never has. */
TEST_F(files, are_of_nodes_with_memory)
{
	struct nodes seen = { 0 };
	struct dirent *entry;
	unsigned int node;
	DIR *dir = opendir(DIRECTORY);

	ASSERT_NE(NULL, dir);
	while ((entry = readdir(dir)))
		if (sscanf(entry->d_name, "node%u", &node) == 1)
			nodes_add(&seen, node);
	closedir(dir);
	EXPECT_TRUE(nodes_same(&seen, &machine.memory))
		TH_LOG("files are those of nodes %s", nodes_text(&seen));
}

/* Catches one node's weight that is written to another. */
TEST_F(files, are_independent)
{
	int node = -1;
	char text[16];

	while (nodes_step(&machine.memory, &node)) {
		snprintf(text, sizeof(text), "%d", node + 2);
		ASSERT_TRUE(write_weight(node, text));
	}
	while (nodes_step(&machine.memory, &node))
		EXPECT_EQ(node + 2, read_weight(node));
}

/* Catches weights that still follow bandwidth after one was written. */
TEST_F(files, writing_one_ends_auto)
{
	ASSERT_TRUE(weight_set(self->node, 5));
	EXPECT_EQ(0, read_auto());
}

/* Catches a machine that cannot be given back what it booted with. */
TEST_F(files, auto_without_bandwidth)
{
	int node = -1;

	while (nodes_step(&machine.memory, &node))
		if (bandwidth_of(node))
			SKIP(return, "firmware tells the bandwidth of node %d", node);
	ASSERT_TRUE(weight_set(self->node, 5));
	EXPECT_EQ(0, write_auto("0"));
	EXPECT_EQ(5, read_weight(self->node));
	EXPECT_EQ(0, write_auto("1"));
	EXPECT_EQ(1, read_auto());
	while (nodes_step(&machine.memory, &node))
		EXPECT_EQ(1, read_weight(node));
	EXPECT_EQ(0, write_auto("0"));
	EXPECT_EQ(0, read_auto());
	EXPECT_EQ(0, write_auto("1"));
	EXPECT_EQ(1, read_auto());
}

/* --- weights that follow bandwidth --- */

FIXTURE(bandwidth) {
	int weight[64];
	int total;
	double sum;
};

FIXTURE_SETUP(bandwidth)
{
	int node = -1;

	machine_require();
	if (!all_bandwidths_known())
		SKIP(return, "needs firmware that tells the bandwidth of all nodes");
	ASSERT_EQ(0, write_auto("1"));
	while (nodes_step(&machine.memory, &node)) {
		ASSERT_LT(node, 64);
		self->weight[node] = read_weight(node);
		self->total += self->weight[node];
		self->sum += bandwidth_of(node);
	}
}

FIXTURE_TEARDOWN(bandwidth)
{
	write_auto("1");
}

static bool weights_are(const int *weight)
{
	bool same = true;
	int node = -1;

	while (nodes_step(&machine.memory, &node))
		same &= read_weight(node) == weight[node];
	return same;
}

/* Catches shares that truncation has changed by more than 2 %. */
TEST_F(bandwidth, shares_are_those_of_bandwidth)
{
	int node = -1;

	EXPECT_EQ(1, read_auto());
	while (nodes_step(&machine.memory, &node)) {
		double ideal = bandwidth_of(node) / self->sum;
		double share = (double)self->weight[node] / self->total;

		EXPECT_TRUE(share <= ideal * 1.02 && share >= ideal * 0.98)
			TH_LOG("node %d: %ld MB/s weigh %d of %d", node, bandwidth_of(node),
			       self->weight[node], self->total);
	}
}

/* Catches a node of the same bandwidth that gets another share. */
TEST_F(bandwidth, equal_nodes_weigh_the_same)
{
	int node = -1, other;

	while (nodes_step(&machine.memory, &node))
		for (other = node; nodes_step(&machine.memory, &other);)
			if (bandwidth_of(node) == bandwidth_of(other))
				EXPECT_EQ(self->weight[node], self->weight[other]);
}

/* Catches default weights that no policy uses. */
TEST_F(bandwidth, pages_follow)
{
	struct policy pol = policy_for(MPOL_WEIGHTED_INTERLEAVE, machine.memory);
	int nr = ROUNDS * self->total, node = -1, i, found[64] = { 0 };
	int *nodes = calloc(nr, sizeof(*nodes));
	void *base = map_pages(nr);

	ASSERT_EQ(0, policy_set_task(&pol));
	touch_pages(base, nr);
	ASSERT_TRUE(nodes && page_nodes(base, nr, nodes));
	for (i = 0; i < nr; i++)
		found[nodes[i]]++;
	while (nodes_step(&machine.memory, &node))
		EXPECT_EQ(ROUNDS * self->weight[node], found[node]);
	free(nodes);
}

/* Catches other weights that change with the one that is written. */
TEST_F(bandwidth, ends_with_a_weight_by_hand)
{
	int node = nodes_nth(&machine.memory, 0);

	ASSERT_TRUE(weight_set(node, 77));
	EXPECT_EQ(0, read_auto());
	self->weight[node] = 77;
	EXPECT_TRUE(weights_are(self->weight));
}

/* Catches a default that is 1 though bandwidth is known. */
TEST_F(bandwidth, is_the_default)
{
	int node = nodes_nth(&machine.memory, 0);

	ASSERT_TRUE(weight_set(node, 77));
	EXPECT_TRUE(weight_set(node, 0));
	EXPECT_TRUE(weights_are(self->weight));
	EXPECT_EQ(0, read_auto());
}

/* Catches a reset or a refused write that ends it. */
TEST_F(bandwidth, goes_on_when_nothing_was_set)
{
	int node = nodes_nth(&machine.memory, 0);

	EXPECT_TRUE(weight_set(node, 0));
	EXPECT_FALSE(weight_set(node, 256));
	EXPECT_EQ(1, read_auto());
	EXPECT_TRUE(weights_are(self->weight));
}

/* Catches a return to auto that leaves weights by hand. */
TEST_F(bandwidth, comes_back)
{
	static const char * const yes[] = { "1", "1\n", "Y", "true", "on" };
	int i;

	for (i = 0; i < 5; i++) {
		int node = -1;

		while (nodes_step(&machine.memory, &node))
			ASSERT_TRUE(weight_set(node, 9));
		EXPECT_EQ(0, write_auto(yes[i])) TH_LOG("'%s' was refused", yes[i]);
		EXPECT_EQ(1, read_auto());
		EXPECT_TRUE(weights_are(self->weight));
	}
}

/* Catches weights that jump when nobody asked for others. */
TEST_F(bandwidth, can_be_left_with_its_weights)
{
	EXPECT_EQ(0, write_auto("0"));
	EXPECT_EQ(0, read_auto());
	EXPECT_TRUE(weights_are(self->weight));
}

/* Catches junk that is taken for yes or no. */
TEST_F(bandwidth, junk_is_refused)
{
	static const char * const junk[] = { "2", "x", "\n", "-1" };
	int i;

	for (i = 0; i < 4; i++) {
		EXPECT_EQ(EINVAL, write_auto(junk[i])) TH_LOG("'%s' was taken", junk[i]);
		EXPECT_EQ(1, read_auto());
	}
}

/* --- where pages go --- */

FIXTURE(weights) {
	int first;	/* two nodes with room */
	int second;
};

/* What the two weigh. */
FIXTURE_VARIANT(weights)
{
	int first;
	int second;
};

FIXTURE_VARIANT_ADD(weights, even) { .first = 1, .second = 1 };
FIXTURE_VARIANT_ADD(weights, two_to_one) { .first = 2, .second = 1 };
FIXTURE_VARIANT_ADD(weights, three_to_five) { .first = 3, .second = 5 };
FIXTURE_VARIANT_ADD(weights, lopsided) { .first = 1, .second = 40 };
FIXTURE_VARIANT_ADD(weights, greatest) { .first = 255, .second = 3 };

FIXTURE_SETUP(weights)
{
	machine_require();
	reset_weights();
	if (nodes_count(&machine.roomy) < 2)
		SKIP(return, "needs two nodes with room");
	self->first = nodes_nth(&machine.roomy, 0);
	self->second = nodes_nth(&machine.roomy, 1);
}

FIXTURE_TEARDOWN(weights)
{
	reset_weights();
}

static struct policy weighted(int first, int second)
{
	struct policy pol = policy_for(MPOL_WEIGHTED_INTERLEAVE, nodes_of(first));

	nodes_add(&pol.ask, second);
	return pol;
}

static void set_both(int first, int first_weight, int second, int second_weight)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", first_weight);
	or_die(write_weight(first, text), "writing a weight");
	snprintf(text, sizeof(text), "%d", second_weight);
	or_die(write_weight(second, text), "writing a weight");
}

/* Catches shares that are only about right: whole rounds give exact counts. */
TEST_F(weights, rounds_of_a_mapping_are_exact)
{
	int round = variant->first + variant->second;
	struct policy pol = weighted(self->first, self->second);
	void *base = map_pages(ROUNDS * round);

	set_both(self->first, variant->first, self->second, variant->second);
	ASSERT_EQ(0, policy_set_range(&pol, base, ROUNDS * round * page_size()));
	touch_pages(base, ROUNDS * round);
	EXPECT_EQ((unsigned long)ROUNDS * variant->first,
		  pages_on(base, ROUNDS * round, self->first));
	EXPECT_EQ((unsigned long)ROUNDS * variant->second,
		  pages_on(base, ROUNDS * round, self->second));
}

/* The most pages in succession that are on one node. */
static int longest_run(void *base, int nr)
{
	int *nodes = calloc(nr, sizeof(*nodes));
	int i, run = 0, longest = 0;

	or_die(nodes && page_nodes(base, nr, nodes), "where the pages are");
	for (i = 0; i < nr; i++) {
		run = i && nodes[i] == nodes[i - 1] ? run + 1 : 1;
		longest = run > longest ? run : longest;
	}
	free(nodes);
	return longest;
}

/*
 * Catches bursts, which have all threads that work through the pages wait for
 * one node: of two nodes the light one cuts the heavy one's pages into equal
 * parts.
 */
TEST_F(weights, pages_alternate_evenly)
{
	int first = variant->first, second = variant->second;
	int heavy = first > second ? first : second, light = first + second - heavy;
	struct policy pol = weighted(self->first, self->second);
	void *base = map_pages(ROUNDS * (first + second));

	set_both(self->first, first, self->second, second);
	ASSERT_EQ(0, policy_set_range(&pol, base, ROUNDS * (first + second) * page_size()));
	touch_pages(base, ROUNDS * (first + second));
	EXPECT_EQ((heavy + light - 1) / light,
		  longest_run(base, ROUNDS * (first + second)));
}

/* Catches a policy that goes on with the weights it was made under. */
TEST_F(weights, change_reaches_policies_that_exist)
{
	int round = variant->first + variant->second;
	struct policy pol = weighted(self->first, self->second);
	void *base = map_pages(2 + ROUNDS * round);

	ASSERT_EQ(0, policy_set_task(&pol));
	touch_pages(base, 2);
	EXPECT_EQ(1, pages_on(base, 2, self->first));

	set_both(self->first, variant->first, self->second, variant->second);
	touch_pages(page_at(base, 2), ROUNDS * round);
	EXPECT_EQ((unsigned long)ROUNDS * variant->first,
		  pages_on(page_at(base, 2), ROUNDS * round, self->first));
}

/* --- rounds of many nodes --- */

FIXTURE(rounds) {
	int nr;		/* nodes with room */
};

/* Whose policy it is, and of what memory. */
FIXTURE_VARIANT(rounds)
{
	bool shared;
	bool task;
};

FIXTURE_VARIANT_ADD(rounds, mapping) {};
FIXTURE_VARIANT_ADD(rounds, object) { .shared = true };
FIXTURE_VARIANT_ADD(rounds, task) { .task = true };
FIXTURE_VARIANT_ADD(rounds, task_object) { .shared = true, .task = true };

FIXTURE_SETUP(rounds)
{
	machine_require();
	reset_weights();
	self->nr = nodes_count(&machine.roomy);
}

FIXTURE_TEARDOWN(rounds)
{
	reset_weights();
}

/* 1 to 7, and no two neighbours the same. */
static int uneven(int rank)
{
	return 1 + rank * 3 % 7;
}

/* Sets weights of the first nr nodes with room; returns their sum. */
static int set_uneven(int nr, struct policy *pol)
{
	int rank, total = 0;
	char text[16];

	*pol = policy_for(MPOL_WEIGHTED_INTERLEAVE, nodes_of(nodes_nth(&machine.roomy, 0)));
	for (rank = 0; rank < nr; rank++) {
		int node = nodes_nth(&machine.roomy, rank);

		snprintf(text, sizeof(text), "%d", uneven(rank));
		or_die(write_weight(node, text), "writing a weight");
		nodes_add(&pol->ask, node);
		total += uneven(rank);
	}
	return total;
}

static bool is_exact(void *base, int pages, int nr)
{
	bool exact = true;
	int rank;

	for (rank = 0; rank < nr; rank++) {
		int node = nodes_nth(&machine.roomy, rank);
		int found = pages_on(base, pages, node);

		if (found == ROUNDS * uneven(rank))
			continue;
		ksft_print_msg("%d nodes: node %d has %d pages, not %d\n", nr, node, found,
			       ROUNDS * uneven(rank));
		exact = false;
	}
	return exact;
}

/* Catches nodes left out or counted twice, and shares that depend on the scope. */
TEST_F(rounds, are_exact_for_any_number_of_nodes)
{
	int nr;

	for (nr = 1; nr <= self->nr; nr = nr < self->nr && 2 * nr > self->nr ? self->nr : 2 * nr) {
		struct policy pol;
		int pages = ROUNDS * set_uneven(nr, &pol);
		void *base = mmap(NULL, pages * page_size(), PROT_READ | PROT_WRITE,
				  (variant->shared ? MAP_SHARED : MAP_PRIVATE) | MAP_ANONYMOUS,
				  -1, 0);

		ASSERT_NE(MAP_FAILED, base);
		ASSERT_EQ(0, variant->task ? policy_set_task(&pol) :
			     policy_set_range(&pol, base, pages * page_size()));
		touch_pages(base, pages);
		EXPECT_TRUE(is_exact(base, pages, nr));
		munmap(base, pages * page_size());
	}
}

/* --- turns of a task --- */

/*
 * Pages of a ramfs take the task's turns, not those of their index: nr of them
 * from page first on.
 */
static void *write_file(int fd, int first, int nr)
{
	char *page = calloc(1, page_size());
	void *base;
	int i;

	or_die(page, "memory for a page");
	for (i = first; i < first + nr; i++)
		or_die(pwrite(fd, page, page_size(), i * page_size()) == (ssize_t)page_size(),
		       "writing a file");
	free(page);
	base = mmap(NULL, nr * page_size(), PROT_READ, MAP_SHARED | MAP_POPULATE, fd,
		    first * page_size());
	or_die(base != MAP_FAILED, "mapping a file");
	return base;
}

static int open_in_ramfs(void)
{
	char dir[] = "/tmp/mempolicy-XXXXXX", name[64];
	int fd;

	if (!mkdtemp(dir))
		return -1;
	if (mount("none", dir, "ramfs", 0, NULL)) {
		rmdir(dir);
		return -1;
	}
	snprintf(name, sizeof(name), "%s/file", dir);
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	umount2(dir, MNT_DETACH);
	rmdir(dir);
	return fd;
}

/*
 * Catches a task that goes on with what is left of the weight that its node had.
 * The kernel takes turns of its own for page tables and the like, so runs of two
 * or three pages are all right.
 */
TEST_F(weights, change_reaches_the_task_in_its_round)
{
	struct policy pol = weighted(self->first, self->second);
	int fd;

	if (geteuid())
		SKIP(return, "needs root, to mount a ramfs");
	fd = open_in_ramfs();
	ASSERT_LE(0, fd);
	set_both(self->first, 100, self->second, 100);
	ASSERT_EQ(0, policy_set_task(&pol));
	write_file(fd, 0, 5);
	set_both(self->first, 100, self->second, 1);
	write_file(fd, 5, 5);
	set_both(self->first, 1, self->second, 1);
	EXPECT_GE(3, longest_run(write_file(fd, 10, 60), 60));
	close(fd);
}

TEST_HARNESS_MAIN
