// SPDX-License-Identifier: GPL-2.0
/*
 * What /proc/PID/numa_maps says: the text of every policy, the pages on each
 * node, names of files, other tasks as they see it, and all of that while it
 * changes.
 *
 * B9 and B11 in comments are what Linux 6.12 does wrong:
 *   B9   a home node can be set, but is not to be read anywhere
 *   B11  a policy's text is cut after 63 characters, without a sign
 */
#include "mempolicy_harness.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mempolicy_files.h"
#include "mempolicy_group.h"
#include "mempolicy_machine.h"
#include "mempolicy_maps.h"
#include "mempolicy_object.h"
#include "mempolicy_policy.h"
#include "mempolicy_process.h"
#include "mempolicy_requests.h"

#define SELF		"/proc/self/numa_maps"
#define TEXT_ROOM	16384
#define SPREAD_PAGES	64UL

static const char *text_of(const struct policy *pol)
{
	return policy_text(pol, &machine.usable, &machine.usable);
}

/* Does the mapping at @addr, as a file shows it, have nothing but this text? */
static bool shows(const char *path, const void *addr, const char *want)
{
	char seen[TEXT_ROOM] = "";

	if (numa_maps_line(path, addr, seen, sizeof(seen)) && !strcmp(seen, want))
		return true;
	ksft_print_msg("%s: want \"%s\"\n", path, want);
	ksft_print_msg("%s: seen \"%s\"\n", path, seen);
	return false;
}

/* Maps a page, apart from others so that it does not merge, with a policy. */
static char *page_with(const struct policy *pol)
{
	char *base = map_pages(3);

	or_die(!mprotect(base, page_size(), PROT_NONE) &&
	       !mprotect(page_at(base, 2), page_size(), PROT_NONE), "mprotect");
	base = page_at(base, 1);
	or_die(pol->mode == MPOL_DEFAULT || !policy_set_range(pol, base, page_size()),
	       "setting a policy");
	return base;
}

/* --- every mode and flag --- */

FIXTURE(text) {
};

FIXTURE_VARIANT(text) {
	int mode;
};

FIXTURE_VARIANT_ADD(text, default) { .mode = MPOL_DEFAULT };
FIXTURE_VARIANT_ADD(text, local) { .mode = MPOL_LOCAL };
FIXTURE_VARIANT_ADD(text, preferred) { .mode = MPOL_PREFERRED };
FIXTURE_VARIANT_ADD(text, preferred_static) { .mode = MPOL_PREFERRED | STATIC };
FIXTURE_VARIANT_ADD(text, preferred_relative) { .mode = MPOL_PREFERRED | RELATIVE };
FIXTURE_VARIANT_ADD(text, bind) { .mode = MPOL_BIND };
FIXTURE_VARIANT_ADD(text, bind_static) { .mode = MPOL_BIND | STATIC };
FIXTURE_VARIANT_ADD(text, bind_relative) { .mode = MPOL_BIND | RELATIVE };
FIXTURE_VARIANT_ADD(text, bind_balancing) { .mode = MPOL_BIND | BALANCING };
FIXTURE_VARIANT_ADD(text, bind_static_balancing) { .mode = MPOL_BIND | STATIC | BALANCING };
FIXTURE_VARIANT_ADD(text, bind_relative_balancing) { .mode = MPOL_BIND | RELATIVE | BALANCING };
FIXTURE_VARIANT_ADD(text, interleave) { .mode = MPOL_INTERLEAVE };
FIXTURE_VARIANT_ADD(text, interleave_static) { .mode = MPOL_INTERLEAVE | STATIC };
FIXTURE_VARIANT_ADD(text, interleave_relative) { .mode = MPOL_INTERLEAVE | RELATIVE };
FIXTURE_VARIANT_ADD(text, weighted) { .mode = MPOL_WEIGHTED_INTERLEAVE };
FIXTURE_VARIANT_ADD(text, weighted_static) { .mode = MPOL_WEIGHTED_INTERLEAVE | STATIC };
FIXTURE_VARIANT_ADD(text, weighted_relative) { .mode = MPOL_WEIGHTED_INTERLEAVE | RELATIVE };
FIXTURE_VARIANT_ADD(text, many) { .mode = MPOL_PREFERRED_MANY };
FIXTURE_VARIANT_ADD(text, many_static) { .mode = MPOL_PREFERRED_MANY | STATIC };
FIXTURE_VARIANT_ADD(text, many_relative) { .mode = MPOL_PREFERRED_MANY | RELATIVE };
FIXTURE_VARIANT_ADD(text, many_balancing) { .mode = MPOL_PREFERRED_MANY | BALANCING };
FIXTURE_VARIANT_ADD(text, many_static_balancing) {
	.mode = MPOL_PREFERRED_MANY | STATIC | BALANCING,
};

FIXTURE_VARIANT_ADD(text, many_relative_balancing) {
	.mode = MPOL_PREFERRED_MANY | RELATIVE | BALANCING,
};

FIXTURE_SETUP(text)
{
}

FIXTURE_TEARDOWN(text)
{
}

/* Nodes to ask for; relative numbers are bits. */
static const char * const asks[] = { "", "m0", "mL", "m0 m1", "m0 mL", "m1 m2 mL" };
static const char * const relative_asks[] = { "", "b0", "b1 R+1", "R+2", "b0 b1 b2", "b0 R+3" };

static bool nth_ask(struct policy *pol, int mode, size_t n)
{
	return policy_parse(pol, mode, mode & RELATIVE ? relative_asks[n] : asks[n],
			    &machine.usable);
}

/* Catches a wrong word, separator or list, of the mapping's own policy. */
TEST_F(text, of_a_mapping)
{
	struct policy pol;

	for (size_t n = 0; n < ARRAY_SIZE(asks); n++)
		if (nth_ask(&pol, variant->mode, n))
			EXPECT_TRUE(shows(SELF, page_with(&pol), text_of(&pol)));
}

/* Catches a mapping without a policy that does not show the task's. */
TEST_F(text, of_the_task)
{
	char *base = page_with(&no_policy);
	struct policy pol;

	for (size_t n = 0; n < ARRAY_SIZE(asks); n++) {
		if (!nth_ask(&pol, variant->mode, n))
			continue;
		ASSERT_EQ(0, policy_set_task(&pol));
		EXPECT_TRUE(shows(SELF, base, text_of(&pol)));
	}
}

/* Catches a mapping's own policy, or its default, hidden by the task's. */
TEST(mapping_before_task)
{
	struct policy task = policy_for(MPOL_INTERLEAVE, machine.usable);
	struct policy own = policy_for(MPOL_BIND, nodes_of(nodes_nth(&machine.usable, 0)));
	struct policy local = policy_for(MPOL_LOCAL, (struct nodes){ 0 });

	ASSERT_EQ(0, policy_set_task(&task));
	EXPECT_TRUE(shows(SELF, page_with(&own), text_of(&own)));
	EXPECT_TRUE(shows(SELF, page_with(&local), "local"));
	EXPECT_TRUE(shows(SELF, page_with(&no_policy), text_of(&task)));
}

/* B11 on a machine of many nodes: every second of them, and the longest mode's name. */
TEST(long_list)
{
	static const int modes[] = {
		MPOL_BIND, MPOL_WEIGHTED_INTERLEAVE | STATIC,
		MPOL_PREFERRED_MANY | STATIC | BALANCING,
	};
	struct nodes some = { 0 };

	if (nodes_count(&machine.usable) < 8)
		SKIP(return, "needs eight nodes with memory");
	for (unsigned int n = 0; n < nodes_count(&machine.usable); n += 2)
		nodes_add(&some, nodes_nth(&machine.usable, n));
	for (size_t n = 0; n < ARRAY_SIZE(modes); n++) {
		struct policy pol = policy_for(modes[n], some);

		EXPECT_TRUE(shows(SELF, page_with(&pol), text_of(&pol)));
	}
}

/* B9: catches a home node that cannot be read, or is lost beside a long list. */
TEST(home_node)
{
	static const int modes[] = {
		MPOL_BIND, MPOL_PREFERRED_MANY, MPOL_BIND | STATIC | BALANCING,
	};

	for (size_t n = 0; n < ARRAY_SIZE(modes); n++) {
		struct policy pol = policy_for(modes[n], machine.usable);

		pol.home = nodes_highest(&machine.usable);
		EXPECT_TRUE(shows(SELF, page_with(&pol), text_of(&pol)));
		pol.home = nodes_nth(&machine.usable, 0);
		EXPECT_TRUE(shows(SELF, page_with(&pol), text_of(&pol)));
	}
}

/* --- pages and files --- */

/* The number after @key, " N3=" for one, or 0. */
static unsigned long number_after(const char *line, const char *key)
{
	const char *at = strstr(line, key);

	return at ? strtoul(at + strlen(key), NULL, 10) : 0;
}

/*
 * The kernel moves pages for its own reasons, and one that is under way is not
 * counted: what is wrong still after so many looks is wrong.
 */
#define LOOKS		50
#define LOOK_AGAIN_US	100000

/* Are there as many pages of each node as move_pages(2) finds? */
static bool counts_nodes(char *base, unsigned long nr, char *line)
{
	unsigned long count[NODE_BITS] = { 0 };
	int on[SPREAD_PAGES], node = -1;
	bool right = true;
	char key[16];

	or_die(page_nodes(base, nr, on) && numa_maps_line(SELF, base, line, TEXT_ROOM),
	       "looking for pages");
	for (unsigned long i = 0; i < nr; i++)
		count[on[i] >= 0 ? on[i] : NODE_BITS - 1]++;
	while (nodes_step(&machine.memory, &node)) {
		snprintf(key, sizeof(key), " N%d=", node);
		right &= number_after(line, key) == count[node];
	}
	return right;
}

static bool counts_pages(char *base, unsigned long nr)
{
	char line[TEXT_ROOM];

	for (int look = 0; look < LOOKS; look++) {
		if (counts_nodes(base, nr, line))
			return true;
		usleep(LOOK_AGAIN_US);
	}
	ksft_print_msg("seen \"%s\"\n", line);
	return false;
}

/* Catches pages counted on a wrong node, twice, or not at all. */
TEST(pages_of_each_node)
{
	struct policy pol = policy_for(MPOL_INTERLEAVE, machine.roomy);
	char *base = map_pages(SPREAD_PAGES + 1), line[TEXT_ROOM];

	or_die(!mprotect(page_at(base, SPREAD_PAGES), page_size(), PROT_NONE), "mprotect");
	ASSERT_EQ(0, policy_set_range(&pol, base, SPREAD_PAGES * page_size()));
	touch_pages(base, SPREAD_PAGES - 5);
	EXPECT_TRUE(counts_pages(base, SPREAD_PAGES));
	ASSERT_TRUE(numa_maps_line(SELF, base, line, sizeof(line)));
	EXPECT_EQ(SPREAD_PAGES - 5, number_after(line, " anon="));
	EXPECT_EQ(SPREAD_PAGES - 5, number_after(line, " dirty="));
	EXPECT_EQ(page_size() / 1024, number_after(line, " kernelpagesize_kB="));
	ASSERT_EQ(0, madvise(base, 9 * page_size(), MADV_DONTNEED));
	EXPECT_TRUE(counts_pages(base, SPREAD_PAGES));
}

/* Catches pages that two processes map told as if they had one user. */
TEST(pages_of_two_processes)
{
	struct policy pol = policy_for(MPOL_BIND, machine.roomy);
	char *base = page_with(&pol), line[TEXT_ROOM];
	int status;
	pid_t child;

	touch_pages(base, 1);
	ASSERT_TRUE(numa_maps_line(SELF, base, line, sizeof(line)));
	EXPECT_EQ(0UL, number_after(line, " mapmax="));
	child = fork();
	ASSERT_LE(0, child);
	if (child == 0)
		_exit(numa_maps_line(SELF, base, line, sizeof(line)) &&
		      number_after(line, " mapmax=") == 2 ? 0 : 1);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

/* A file in memory with a name that has to be escaped, mapped. */
static char *map_named(const char *name, const struct policy *pol)
{
	int fd = memfd_create(name, 0);
	char *at;

	or_die(fd >= 0 && !ftruncate(fd, page_size()), "making a file");
	at = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	or_die(at != MAP_FAILED && !policy_set_range(pol, at, page_size()), "mapping a file");
	close(fd);
	return at;
}

/* Catches names that end the field, the line, or that look like another field. */
TEST(names_of_files)
{
	static const struct {
		const char *name;
		const char *escaped;
	} names[] = {
		{ "plain", "plain" },
		{ "with blank", "with\\040blank" },
		{ "N0=5", "N0\\0755" },
		{ "two\nlines\tand tabs", "two\\012lines\\011and\\040tabs" },
		{ "back\\slash", "back\\slash" },
	};
	struct policy pol = policy_for(MPOL_WEIGHTED_INTERLEAVE, machine.usable);
	char want[TEXT_ROOM];

	for (size_t n = 0; n < ARRAY_SIZE(names); n++) {
		snprintf(want, sizeof(want), "%s file=/memfd:%s\\040(deleted)", text_of(&pol),
			 names[n].escaped);
		EXPECT_TRUE(shows(SELF, map_named(names[n].name, &pol), want));
	}
}

/* Catches a line that gets lost, or is written twice, where a short read ends. */
TEST(short_reads)
{
	struct policy pol = policy_for(MPOL_INTERLEAVE | STATIC, machine.usable);
	static char whole[1 << 18], parts[1 << 18];
	size_t len = 0;
	ssize_t got;
	int fd;

	/* More than a page of text. */
	for (int i = 0; i < 100; i++)
		page_with(&pol);
	ASSERT_TRUE(file_read(SELF, whole, sizeof(whole)));
	fd = open(SELF, O_RDONLY);
	ASSERT_LE(0, fd);
	while ((got = read(fd, parts + len, 97)) > 0)
		len += got;
	close(fd);
	parts[len] = '\0';
	/* The program's own memory may have grown in between, but not these pages. */
	EXPECT_LT(4096, strlen(whole));
	EXPECT_STREQ(strstr(whole, text_of(&pol)), strstr(parts, text_of(&pol)));
}

/* --- an object with several policies --- */

#define PART_PAGES	8UL
#define NR_PARTS	5UL
#define PARTS_PAGES	(NR_PARTS * PART_PAGES)

FIXTURE(parts) {
	struct object obj;
	struct policy pol[NR_PARTS];
};

FIXTURE_VARIANT(parts) {
	enum kind kind;
};

FIXTURE_VARIANT_ADD(parts, anonymous) { .kind = ANON };
FIXTURE_VARIANT_ADD(parts, memfd) { .kind = MEMFD };
FIXTURE_VARIANT_ADD(parts, tmpfs) { .kind = TMPFS };
FIXTURE_VARIANT_ADD(parts, sysv) { .kind = SYSV };

/* Every part has another policy than the one before it; the last has none. */
FIXTURE_SETUP(parts)
{
	const char *missing = variant->kind == TMPFS ? scratch_missing(NULL) : NULL;
	struct nodes first = nodes_of(nodes_nth(&machine.usable, 0));

	if (missing)
		SKIP(return, "%s", missing);
	self->pol[0] = policy_for(MPOL_BIND, first);
	self->pol[1] = no_policy;
	self->pol[2] = policy_for(MPOL_INTERLEAVE, machine.usable);
	self->pol[3] = policy_for(MPOL_BIND | STATIC, machine.usable);
	self->pol[4] = no_policy;
	self->obj = object_make(variant->kind, PARTS_PAGES);
	for (unsigned long n = 0; n < NR_PARTS; n++)
		if (self->pol[n].mode != MPOL_DEFAULT)
			ASSERT_EQ(0, set_pages(&self->pol[n], self->obj.all, n * PART_PAGES,
					       PART_PAGES));
}

FIXTURE_TEARDOWN(parts)
{
	object_free(&self->obj);
}

/* Lines that a file writes of addresses from @from to @to. */
static unsigned int lines_between(const char *path, const char *from, const char *to)
{
	unsigned int count = 0;
	char *line = NULL;
	size_t room = 0;
	FILE *maps = fopen(path, "re");

	while (maps && getline(&line, &room, maps) > 0) {
		unsigned long addr = strtoul(line, NULL, 16);

		count += addr >= (unsigned long)from && addr < (unsigned long)to;
	}
	free(line);
	if (maps)
		fclose(maps);
	return count;
}

/* Is the policy the first word at @addr, followed by the file, and by so many dirty pages? */
static bool shows_part(const char *path, const char *addr, const struct policy *pol,
		       unsigned long dirty)
{
	const char *want = text_of(pol);
	char seen[TEXT_ROOM] = "";

	for (int look = 0; look < LOOKS; look++) {
		if (!numa_maps_line(path, addr, seen, sizeof(seen)) ||
		    strncmp(seen, want, strlen(want)) ||
		    strncmp(seen + strlen(want), " file=", 6))
			break;
		if (number_after(seen, " dirty=") == dirty)
			return true;
		usleep(LOOK_AGAIN_US);
	}
	ksft_print_msg("%s: want \"%s\", %lu pages\n", path, want, dirty);
	ksft_print_msg("%s: seen \"%s\"\n", path, seen);
	return false;
}

/* Catches a mapping that is shown as if its first page's policy were that of all. */
TEST_F(parts, a_line_for_each)
{
	char *base = self->obj.all;

	for (unsigned long n = 0; n < NR_PARTS; n++)
		touch_pages(page_at(base, n * PART_PAGES), n);
	EXPECT_EQ(NR_PARTS, lines_between(SELF, base, page_at(base, PARTS_PAGES)));
	for (unsigned long n = 0; n < NR_PARTS; n++)
		EXPECT_TRUE(shows_part(SELF, page_at(base, n * PART_PAGES), &self->pol[n], n));
}

/* Catches pages counted in another range than their own. */
TEST_F(parts, pages_of_each_node)
{
	char *base = self->obj.all, line[TEXT_ROOM];
	int first = nodes_nth(&machine.usable, 0);
	char key[16];

	touch_pages(base, PARTS_PAGES);
	for (unsigned long n = 0; n < NR_PARTS; n++)
		EXPECT_TRUE(counts_pages(page_at(base, n * PART_PAGES), PART_PAGES));
	snprintf(key, sizeof(key), " N%d=", first);
	ASSERT_TRUE(numa_maps_line(SELF, base, line, sizeof(line)));
	EXPECT_EQ(PART_PAGES, number_after(line, key));
}

/* Catches borders told as those of the first mapping, or as pages of the object. */
TEST_F(parts, another_mapping)
{
	unsigned long half = PART_PAGES / 2;
	char *base = object_map(&self->obj, half, 2 * PART_PAGES);

	EXPECT_EQ(3, lines_between(SELF, base, page_at(base, 2 * PART_PAGES)));
	EXPECT_TRUE(shows_part(SELF, base, &self->pol[0], 0));
	EXPECT_TRUE(shows_part(SELF, page_at(base, half), &self->pol[1], 0));
	EXPECT_TRUE(shows_part(SELF, page_at(base, half + PART_PAGES), &self->pol[2], 0));
}

/* Catches borders that only the process that has set them sees. */
TEST_F(parts, another_process)
{
	char *base = self->obj.all;
	char path[64];
	pid_t child = fork();

	ASSERT_LE(0, child);
	if (child == 0)
		for (;;)
			pause();
	snprintf(path, sizeof(path), "/proc/%d/numa_maps", child);
	EXPECT_EQ(NR_PARTS, lines_between(path, base, page_at(base, PARTS_PAGES)));
	for (unsigned long n = 0; n < NR_PARTS; n++)
		EXPECT_TRUE(shows_part(path, page_at(base, n * PART_PAGES), &self->pol[n], 0));
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

/* Catches a range lost, or written twice, where a short read ends. */
TEST_F(parts, short_reads)
{
	static char whole[1 << 18], parts[1 << 18];
	char *base = self->obj.all, want[32];
	size_t len = 0;
	ssize_t got;
	int fd;

	/* More than a page of text. */
	for (int i = 0; i < 20; i++)
		object_map(&self->obj, 0, PARTS_PAGES);
	ASSERT_TRUE(file_read(SELF, whole, sizeof(whole)));
	fd = open(SELF, O_RDONLY);
	ASSERT_LE(0, fd);
	while ((got = read(fd, parts + len, 61)) > 0)
		len += got;
	close(fd);
	parts[len] = '\0';
	snprintf(want, sizeof(want), "%08lx ", (unsigned long)base);
	ASSERT_NE(NULL, strstr(whole, want));
	EXPECT_STREQ(strstr(whole, want), strstr(parts, want));
}

/* Catches a private mapping's own policy cut up at the object's borders. */
TEST_F(parts, private_mapping)
{
	struct policy own = policy_for(MPOL_PREFERRED_MANY, machine.usable);
	char *base;

	if (self->obj.fd < 0)
		SKIP(return, "needs an object that can be mapped privately");
	base = map_fd(self->obj.fd, 0, PARTS_PAGES, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	ASSERT_NE(MAP_FAILED, base);
	ASSERT_EQ(0, policy_set_range(&own, base, PARTS_PAGES * page_size()));
	EXPECT_EQ(1, lines_between(SELF, base, page_at(base, PARTS_PAGES)));
	EXPECT_TRUE(shows_part(SELF, base, &own, 0));
}

/* --- other tasks --- */

/* Two ends of a conversation: a byte each way. */
struct talk {
	int to_child[2];
	int to_parent[2];
};

/* A child with a task policy of its own, in a cpuset unless @mems is NULL. */
static pid_t other_task(struct talk *talk, const struct policy *pol, const struct nodes *mems)
{
	pid_t child;

	or_die(!pipe(talk->to_child) && !pipe(talk->to_parent), "pipe");
	child = fork();
	or_die(child >= 0, "fork");
	if (child)
		return child;
	or_die(!mems || cpuset_enter(mems), "entering a cpuset");
	or_die(!policy_set_task(pol), "setting a task's policy");
	tell(talk->to_parent[1]);
	hear(talk->to_child[0]);
	_exit(0);
}

static void end_other(struct talk *talk, pid_t child)
{
	int status;

	tell(talk->to_child[1]);
	or_die(waitpid(child, &status, 0) == child && !status, "ending a child");
	for (int i = 0; i < 2; i++) {
		close(talk->to_child[i]);
		close(talk->to_parent[i]);
	}
}

static const char *maps_of(pid_t pid)
{
	static char path[64];

	snprintf(path, sizeof(path), "/proc/%d/numa_maps", pid);
	return path;
}

/* Catches the reader's policy shown for the task that is read about. */
TEST(another_task)
{
	struct policy mine = policy_for(MPOL_INTERLEAVE, machine.usable);
	struct policy theirs = policy_for(MPOL_PREFERRED,
					  nodes_of(nodes_highest(&machine.usable)));
	struct policy range = policy_for(MPOL_BIND, machine.usable);
	char *plain = page_with(&no_policy), *bound = page_with(&range);
	struct talk talk;
	pid_t child;

	ASSERT_EQ(0, policy_set_task(&mine));
	child = other_task(&talk, &theirs, NULL);
	ASSERT_TRUE(hear(talk.to_parent[0]));
	EXPECT_TRUE(shows(maps_of(child), plain, text_of(&theirs)));
	EXPECT_TRUE(shows(maps_of(child), bound, text_of(&range)));
	EXPECT_TRUE(shows(SELF, plain, text_of(&mine)));
	end_other(&talk, child);
}

/* Catches nodes that are those of the reader's cpuset, not of the other task's. */
TEST(another_task_in_a_cpuset)
{
	const char *missing = cpuset_missing();
	struct nodes mems = machine.usable;
	struct policy theirs = policy_for(MPOL_INTERLEAVE | RELATIVE, nodes_of(0));
	char *plain = page_with(&no_policy);
	struct talk talk;
	pid_t child;

	if (missing)
		SKIP(return, "%s", missing);
	if (nodes_count(&machine.usable) < 3)
		SKIP(return, "needs three nodes with memory");
	nodes_add(&theirs.ask, 1);
	mems = nodes_of(nodes_nth(&machine.usable, 1));
	nodes_add(&mems, nodes_highest(&machine.usable));
	child = other_task(&talk, &theirs, &mems);
	ASSERT_TRUE(hear(talk.to_parent[0]));
	EXPECT_TRUE(shows(maps_of(child), plain, policy_text(&theirs, &mems, &mems)));
	end_other(&talk, child);
	cpuset_leave();
}

/* Catches a dead process or a kernel thread that is read about. */
TEST(no_memory_to_tell_of)
{
	char text[64] = "?";
	siginfo_t info;
	pid_t child = fork();

	ASSERT_LE(0, child);
	if (child == 0)
		_exit(0);
	ASSERT_EQ(0, waitid(P_PID, child, &info, WEXITED | WNOWAIT));
	EXPECT_TRUE(!file_read(maps_of(child), text, sizeof(text)) || !*text);
	waitpid(child, NULL, 0);
	if (getpid() == 2)
		SKIP(return, "needs a kernel thread");
	EXPECT_TRUE(!file_read(maps_of(2), text, sizeof(text)) || !*text);
}

/* --- while it changes --- */

#define CHANGES	300

struct changer {
	const struct policy *pol[2];
	char *page;		/* or NULL for the task's policy */
	bool failed;
	atomic_bool done;
};

static void *change_policy(void *arg)
{
	struct changer *changer = arg;

	for (unsigned long i = 0; !changer->done; i++) {
		const struct policy *pol = changer->pol[i % 2];
		int err = changer->page ? policy_set_range(pol, changer->page, page_size()) :
					  policy_set_task(pol);

		changer->failed |= err != 0;
	}
	return NULL;
}

/* Is it one of two texts, each time?  The home node comes after the policy. */
static bool shows_either(const void *addr, const char *one, const char *two)
{
	char seen[TEXT_ROOM] = "";

	if (numa_maps_line(SELF, addr, seen, sizeof(seen)) &&
	    (!strcmp(seen, one) || !strcmp(seen, two)))
		return true;
	ksft_print_msg("neither \"%s\" nor \"%s\": \"%s\"\n", one, two, seen);
	return false;
}

static void read_on(struct __test_metadata *_metadata, struct changer *changer, const char *page)
{
	char one[TEXT_ROOM], two[TEXT_ROOM];
	pthread_t id;

	snprintf(one, sizeof(one), "%s", text_of(changer->pol[0]));
	snprintf(two, sizeof(two), "%s", text_of(changer->pol[1]));
	ASSERT_EQ(0, pthread_create(&id, NULL, change_policy, changer));
	for (int i = 0; i < CHANGES; i++)
		if (!shows_either(page, one, two)) {
			EXPECT_TRUE(false);
			break;
		}
	changer->done = true;
	ASSERT_EQ(0, pthread_join(id, NULL));
	EXPECT_FALSE(changer->failed);
}

/* Catches half of one policy and half of another, and a policy read after its end. */
TEST(range_changes)
{
	struct policy one = policy_for(MPOL_BIND | STATIC, machine.usable);
	struct policy two = policy_for(MPOL_WEIGHTED_INTERLEAVE,
				       nodes_of(nodes_nth(&machine.usable, 0)));
	struct changer changer = { .pol = { &one, &two }, .page = page_with(&one) };

	read_on(_metadata, &changer, changer.page);
}

/* Each thread has a file of its own below /proc/PID/task. */
static void *change_and_look(void *arg)
{
	struct changer *changer = arg;
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/task/%ld/numa_maps", syscall(SYS_gettid));
	for (int i = 0; i < CHANGES && !changer->failed; i++) {
		const struct policy *pol = changer->pol[i % 2];

		changer->failed = policy_set_task(pol) ||
				  !shows(path, changer->page, text_of(pol));
	}
	return NULL;
}

/*
 * Catches a thread's policy shown for another, and /proc/PID/numa_maps, which
 * is about the first thread, changed by a second one.
 */
TEST(threads_change_their_own)
{
	struct policy one = policy_for(MPOL_BIND, machine.usable);
	struct policy two = policy_for(MPOL_INTERLEAVE,
				       nodes_of(nodes_highest(&machine.usable)));
	struct policy mine = policy_for(MPOL_PREFERRED_MANY, machine.usable);
	char *page = page_with(&no_policy), want[TEXT_ROOM];
	struct changer changer = { .pol = { &one, &two }, .page = page };
	pthread_t id;

	ASSERT_EQ(0, policy_set_task(&mine));
	snprintf(want, sizeof(want), "%s", text_of(&mine));
	ASSERT_EQ(0, pthread_create(&id, NULL, change_and_look, &changer));
	for (int i = 0; i < CHANGES; i++)
		if (!shows_either(page, want, want)) {
			EXPECT_TRUE(false);
			break;
		}
	ASSERT_EQ(0, pthread_join(id, NULL));
	EXPECT_FALSE(changer.failed);
}

int main(int argc, char **argv)
{
	machine_require();
	return run_tests(argc, argv);
}
