// SPDX-License-Identifier: GPL-2.0
/*
 * Nodes that are full: who is killed and who is not, where pages go that may
 * go elsewhere, and in which order nodes are tried.
 *
 * A small node is filled up, so this needs a machine that has one.
 */
#include "mempolicy_harness.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>

#include "mempolicy_files.h"
#include "mempolicy_group.h"
#include "mempolicy_machine.h"
#include "mempolicy_object.h"
#include "mempolicy_policy.h"
#include "mempolicy_settings.h"

#define FILL_MAX_KB	(100L << 10)	/* what a small node has free at most */
#define MARGIN_KB	(16L << 10)
#define STEP_KB		256L

#define LACKS_SMALL_NODE "needs a node with at most 100 MB free, and one with much more"

/* --- memory hogs --- */

/**
 * struct hog - a process that takes memory and keeps it
 * @task:   its policy
 * @thread: what a second thread of it has, or NULL
 * @range:  the policy of the memory, or NULL
 * @kb:     how much
 * @adjust: its oom_score_adj
 * @pid:    the process
 * @said:   a byte comes when it has all, the end when it is dead
 */
struct hog {
	const struct policy *task;
	const struct policy *thread;
	const struct policy *range;
	long kb;
	int adjust;
	pid_t pid;
	int said;
};

static bool populate(char *at, long kb)
{
	for (long done = 0; done < kb; done += STEP_KB) {
		long now = kb - done < STEP_KB ? kb - done : STEP_KB;

		if (madvise(at + done * 1024, now * 1024, MADV_POPULATE_WRITE))
			return false;
	}
	return true;
}

/* Small pages, whose number is what is asked for. */
static char *map_kb(long kb)
{
	char *at = map_pages(kb * 1024 / page_size());

	madvise(at, kb * 1024, MADV_NOHUGEPAGE);
	return at;
}

static void *have_policy(void *arg)
{
	const struct hog *hog = arg;

	or_die(!policy_set_task(hog->thread), "set_mempolicy of a thread");
	pause();
	return NULL;
}

static void be_hog(const struct hog *hog, int say)
{
	char *at = map_kb(hog->kb), score[16];
	pthread_t id;

	snprintf(score, sizeof(score), "%d", hog->adjust);
	or_die(file_write("/proc/self/oom_score_adj", score), "setting oom_score_adj");
	or_die(!policy_set_task(hog->task), "set_mempolicy");
	or_die(!hog->range || !policy_set_range(hog->range, at, hog->kb * 1024), "mbind");
	or_die(!hog->thread || !pthread_create(&id, NULL, have_policy, (void *)hog),
	       "pthread_create");
	or_die(populate(at, hog->kb), "populating");
	or_die(write(say, "", 1) == 1, "write");
	for (;;)
		pause();
}

static void hog_start(struct hog *hog)
{
	int fds[2];

	or_die(!pipe2(fds, O_CLOEXEC), "pipe");
	hog->pid = fork();
	or_die(hog->pid >= 0, "fork");
	if (hog->pid == 0) {
		close(fds[0]);
		be_hog(hog, fds[1]);
	}
	close(fds[1]);
	hog->said = fds[0];
}

/* Waits until it has all its memory: true, or is dead. */
static bool hog_has_all(const struct hog *hog)
{
	char byte;

	return read(hog->said, &byte, 1) == 1;
}

static bool hog_lives(const struct hog *hog)
{
	int status;

	return waitpid(hog->pid, &status, WNOHANG) == 0;
}

/* Did the kernel kill it? */
static bool hog_was_killed(struct hog *hog)
{
	int status;
	bool killed = waitpid(hog->pid, &status, 0) == hog->pid && WIFSIGNALED(status) &&
		      WTERMSIG(status) == SIGKILL;

	close(hog->said);
	hog->pid = -1;
	return killed;
}

static void hog_end(struct hog *hog)
{
	if (hog->pid <= 0)
		return;
	kill(hog->pid, SIGKILL);
	waitpid(hog->pid, NULL, 0);
	close(hog->said);
}

/* --- a machine with a small node --- */

/* Finds a small node and a roomy one; false when this machine has none. */
static bool find_nodes(int *small, int *other)
{
	*small = machine_by_room(&machine.roomy, true);
	*other = machine_by_room(&machine.roomy, false);
	return *small >= 0 && machine_free_kb(*small) <= FILL_MAX_KB &&
	       machine_free_kb(*other) >= machine_free_kb(*small) / 2 + 2 * MARGIN_KB &&
	       *small != *other;
}

/*
 * What is more than can ever be free: memory of those who were killed before
 * may still come back.
 */
static long more_than_all_kb(int node)
{
	long total = machine_figure(node, "meminfo", "MemTotal:");

	or_die(total > 0, "reading meminfo");
	return total + STEP_KB;
}

/* Memory of the dead comes back a little later. */
static bool is_free_again(int node, long kb)
{
	for (int i = 0; i < 1000; i++) {
		if (machine_free_kb(node) >= kb)
			return true;
		usleep(10000);
	}
	ksft_print_msg("node %d has %ld KB free, not %ld\n", node, machine_free_kb(node), kb);
	return false;
}

FIXTURE(kill) {
	int small;
	int other;
	long room;
	struct policy here;
	struct policy elsewhere;
	struct hog hog;
	struct hog near;
	struct hog aside;
};

FIXTURE_VARIANT(kill) {
	bool range;	/* the hog has bound its memory, not itself */
};

FIXTURE_VARIANT_ADD(kill, task) { };
FIXTURE_VARIANT_ADD(kill, range) { .range = true };

FIXTURE_SETUP(kill)
{
	if (geteuid())
		SKIP(return, "needs root, to set oom_score_adj");
	if (!find_nodes(&self->small, &self->other))
		SKIP(return, LACKS_SMALL_NODE);
	self->room = machine_free_kb(self->small);
	self->here = policy_for(MPOL_BIND, nodes_of(self->small));
	self->elsewhere = policy_for(MPOL_BIND, nodes_of(self->other));
	self->hog = (struct hog){ .task = &self->here, .kb = more_than_all_kb(self->small) };
	if (variant->range) {
		self->hog.task = &no_policy;
		self->hog.range = &self->here;
	}
	self->near = (struct hog){ .task = &self->here, .kb = STEP_KB };
	self->aside = (struct hog){ .task = &self->elsewhere, .kb = 4096, .adjust = 1000 };
}

FIXTURE_TEARDOWN(kill)
{
	hog_end(&self->hog);
	hog_end(&self->near);
	hog_end(&self->aside);
	is_free_again(self->small, self->room / 2);
}

/* Does the kernel's log, read from @fd on, tell that @pid died for @node? */
static bool log_tells(int fd, int node, pid_t pid)
{
	char line[8192], want[64], victim[32];
	ssize_t got;

	snprintf(want, sizeof(want), "constraint=CONSTRAINT_MEMORY_POLICY,nodemask=%d,", node);
	snprintf(victim, sizeof(victim), ",pid=%d,", pid);
	while ((got = read(fd, line, sizeof(line) - 1)) > 0 || errno == EPIPE) {
		line[got > 0 ? got : 0] = '\0';
		if (strstr(line, want) && strstr(line, victim))
			return true;
	}
	return false;
}

/*
 * Catches a kill of who has nothing on the full node, though it is asked to be
 * killed first, or of a small process for a large one, and a constraint that
 * is not told.
 */
TEST_F(kill, who_fills_the_node)
{
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	pid_t victim;

	ASSERT_LE(0, log);
	lseek(log, 0, SEEK_END);
	hog_start(&self->aside);
	hog_start(&self->near);
	ASSERT_TRUE(hog_has_all(&self->aside));
	ASSERT_TRUE(hog_has_all(&self->near));
	hog_start(&self->hog);
	victim = self->hog.pid;
	EXPECT_FALSE(hog_has_all(&self->hog));
	EXPECT_TRUE(hog_was_killed(&self->hog));
	EXPECT_TRUE(hog_lives(&self->aside));
	EXPECT_TRUE(hog_lives(&self->near));
	EXPECT_TRUE(log_tells(log, self->small, victim));
	EXPECT_TRUE(is_free_again(self->small, self->room * 3 / 4));
	close(log);
}

/* Catches a node that is not to be had any more once somebody died for it. */
TEST_F(kill, next_one_has_room)
{
	struct hog next = { .task = &self->here, .kb = self->room / 2 };

	hog_start(&self->hog);
	EXPECT_FALSE(hog_has_all(&self->hog));
	EXPECT_TRUE(hog_was_killed(&self->hog));
	ASSERT_TRUE(is_free_again(self->small, self->room * 3 / 4));
	hog_start(&next);
	EXPECT_TRUE(hog_has_all(&next));
	EXPECT_TRUE(hog_lives(&next));
	hog_end(&next);
}

/* --- who may be killed: whose policy lets it have memory there --- */

FIXTURE(eligible) {
	int small;
	int other;
	long room;
	struct policy here;
	struct policy task;
	struct policy thread;
	struct hog hog;
	struct hog aside;
};

FIXTURE_VARIANT(eligible) {
	int mode;
	int thread;	/* mode of a second thread, if not MPOL_DEFAULT */
	bool both;	/* the task asks for the full node as well */
	bool dies;
};

FIXTURE_VARIANT_ADD(eligible, default) { .mode = MPOL_DEFAULT, .dies = true };
FIXTURE_VARIANT_ADD(eligible, preferred) { .mode = MPOL_PREFERRED, .dies = true };
FIXTURE_VARIANT_ADD(eligible, many) { .mode = MPOL_PREFERRED_MANY, .dies = true };
FIXTURE_VARIANT_ADD(eligible, interleave) { .mode = MPOL_INTERLEAVE, .dies = true };
FIXTURE_VARIANT_ADD(eligible, bind_static) { .mode = MPOL_BIND | STATIC };
FIXTURE_VARIANT_ADD(eligible, bind_both) { .mode = MPOL_BIND, .both = true, .dies = true };
FIXTURE_VARIANT_ADD(eligible, thread_bound_here) {
	.mode = MPOL_BIND, .thread = MPOL_BIND, .dies = true,
};

FIXTURE_SETUP(eligible)
{
	if (geteuid())
		SKIP(return, "needs root, to set oom_score_adj");
	if (!find_nodes(&self->small, &self->other))
		SKIP(return, LACKS_SMALL_NODE);
	self->room = machine_free_kb(self->small);
	self->here = policy_for(MPOL_BIND, nodes_of(self->small));
	self->thread = policy_for(variant->thread, nodes_of(self->small));
	self->task = policy_for(variant->mode, nodes_of(self->other));
	if (variant->mode == MPOL_DEFAULT)
		self->task.ask = (struct nodes){ 0 };
	if (variant->both)
		nodes_add(&self->task.ask, self->small);
	self->hog = (struct hog){ .task = &self->here, .kb = more_than_all_kb(self->small) };
	self->aside = (struct hog){ .task = &self->task, .kb = 4096, .adjust = 1000 };
	if (variant->thread != MPOL_DEFAULT)
		self->aside.thread = &self->thread;
}

FIXTURE_TEARDOWN(eligible)
{
	hog_end(&self->hog);
	hog_end(&self->aside);
	is_free_again(self->small, self->room / 2);
}

static bool ends_as_told(struct hog *hog, bool dies)
{
	return dies ? hog_was_killed(hog) : hog_lives(hog);
}

/* Catches a look at the first thread only, at a wrong mode, or at no policy at all. */
TEST_F(eligible, to_be_killed_first)
{
	hog_start(&self->aside);
	ASSERT_TRUE(hog_has_all(&self->aside));
	hog_start(&self->hog);
	EXPECT_FALSE(hog_has_all(&self->hog));
	EXPECT_TRUE(hog_was_killed(&self->hog));
	EXPECT_TRUE(ends_as_told(&self->aside, variant->dies));
}

/* --- where pages go instead --- */

/* A small node with CPUs, another small one, and the pages that fill both. */
FIXTURE(order) {
	int local;
	int second;
	long room[2];
	unsigned long nr;
	char *base;
};

FIXTURE_VARIANT(order) {
	bool home;	/* the second node is to come first */
};

FIXTURE_VARIANT_ADD(order, from_the_cpu) { };
FIXTURE_VARIANT_ADD(order, from_the_home) { .home = true };

/* Two nodes that together are not too large, the first one with a CPU. */
static bool find_pair(int *local, int *second)
{
	struct nodes rest = machine.roomy, cpus = nodes_and(&machine.roomy, &machine.cpu);

	*local = machine_by_room(&cpus, true);
	if (*local < 0)
		return false;
	nodes_remove(&rest, *local);
	*second = machine_by_room(&rest, true);
	return *second >= 0 &&
	       machine_free_kb(*local) + machine_free_kb(*second) <= 2 * FILL_MAX_KB &&
	       nodes_count(&machine.usable) > 2;
}

FIXTURE_SETUP(order)
{
	if (!find_pair(&self->local, &self->second) ||
	    !pin_to_cpu(machine_cpu_of(self->local)))
		SKIP(return, "needs three nodes, two of them with at most 200 MB free, one a CPU");
	self->room[0] = machine_free_kb(self->local);
	self->room[1] = machine_free_kb(self->second);
	self->nr = (more_than_all_kb(self->local) + more_than_all_kb(self->second)) * 1024 /
		   page_size();
	self->base = map_kb(self->nr * page_size() / 1024);
}

FIXTURE_TEARDOWN(order)
{
	munmap(self->base, self->nr * page_size());
	is_free_again(self->local, self->room[0] / 2);
}

/* What the pages tell, in the order they were touched. */
struct story {
	unsigned long on[3];		/* pages: first node, second node, others */
	unsigned long first[3];		/* the first page of each */
	unsigned long before[3];	/* pages of the node before it, by then */
};

static int part_of(int node, int first, int second)
{
	return node == first ? 0 : node == second ? 1 : 2;
}

static void read_story(struct story *story, char *base, unsigned long nr, int first, int second)
{
	int on[64];

	memset(story, 0, sizeof(*story));
	for (unsigned long i = 0; i < nr; i++) {
		unsigned long left = nr - i < 64 ? nr - i : 64;
		int part;

		if (i % 64 == 0)
			or_die(page_nodes(page_at(base, i), left, on), "move_pages");
		part = part_of(on[i % 64], first, second);
		if (!story->on[part]++) {
			story->first[part] = i;
			story->before[part] = part ? story->on[part - 1] : 0;
		}
	}
}

/*
 * Catches nodes tried in the order of their numbers, a node left before it is
 * full, and memory from elsewhere while a preferred node has some.
 */
TEST_F(order, preferred_many)
{
	struct policy pol = policy_for(MPOL_PREFERRED_MANY, nodes_of(self->local));
	int first = variant->home ? self->second : self->local;
	int second = variant->home ? self->local : self->second;
	unsigned long per_kb = page_size() / 1024;
	struct story story;

	nodes_add(&pol.ask, self->second);
	if (variant->home)
		pol.home = self->second;
	ASSERT_EQ(0, policy_set_range(&pol, self->base, self->nr * page_size()));
	ASSERT_TRUE(populate(self->base, self->nr * per_kb));
	read_story(&story, self->base, self->nr, first, second);
	EXPECT_EQ(0UL, story.first[0]);
	/* What small nodes keep for others can be a quarter of them. */
	EXPECT_LE(self->room[variant->home] / 2, (long)(story.before[1] * per_kb));
	EXPECT_LE(self->room[!variant->home] / 2, (long)(story.before[2] * per_kb));
	EXPECT_LT(0UL, story.on[2]);
}

/* --- a node that is full already --- */

FIXTURE(filled) {
	int small;
	int other;
	long room;
	struct policy wish;
	struct hog hog;
};

#define SOME_PAGES	2048

/*
 * What the allocator keeps free of a node goes up for a while when it runs low,
 * and down again: takes what then comes free, too.
 */
static void stuff(int node)
{
	struct policy wish = policy_for(MPOL_PREFERRED, nodes_of(node));
	unsigned long on = SOME_PAGES;

	for (int i = 0; i < 12 && on > SOME_PAGES / 32; i++) {
		char *base = map_pages(SOME_PAGES);

		or_die(!policy_set_range(&wish, base, SOME_PAGES * page_size()), "mbind");
		touch_pages(base, SOME_PAGES);
		on = pages_on(base, SOME_PAGES, node);
		usleep(200000);
	}
}

FIXTURE_SETUP(filled)
{
	if (!find_nodes(&self->small, &self->other))
		SKIP(return, LACKS_SMALL_NODE);
	self->room = machine_free_kb(self->small);
	self->wish = policy_for(MPOL_PREFERRED, nodes_of(self->small));
	self->hog = (struct hog){ .task = &self->wish, .kb = more_than_all_kb(self->small) };
	hog_start(&self->hog);
	ASSERT_TRUE(hog_has_all(&self->hog));
	stuff(self->small);
}

FIXTURE_TEARDOWN(filled)
{
	hog_end(&self->hog);
	is_free_again(self->small, self->room / 2);
}

/* Catches a round that waits for, or kills because of, one node of it. */
TEST_F(filled, interleave_goes_on)
{
	static const int modes[] = { MPOL_INTERLEAVE, MPOL_WEIGHTED_INTERLEAVE };
	struct policy pol = policy_for(MPOL_INTERLEAVE, nodes_of(self->small));

	nodes_add(&pol.ask, self->other);
	for (size_t n = 0; n < ARRAY_SIZE(modes); n++) {
		char *base = map_pages(SOME_PAGES);

		pol.mode = modes[n];
		ASSERT_EQ(0, policy_set_range(&pol, base, SOME_PAGES * page_size()));
		touch_pages(base, SOME_PAGES);
		EXPECT_LE(SOME_PAGES / 2, pages_on(base, SOME_PAGES, self->other));
		EXPECT_GE(SOME_PAGES / 4, pages_on(base, SOME_PAGES, self->small));
		munmap(base, SOME_PAGES * page_size());
	}
}

/**
 * struct outcome - how a move to a node ended
 * @moved:	pages that are there
 * @stayed:	pages that are where they were
 * @err:	what the call returned
 */
struct outcome {
	unsigned long moved;
	unsigned long stayed;
	int err;
};

static struct outcome move_some(int mode, int from, int to)
{
	struct policy here = policy_for(MPOL_BIND, nodes_of(from));
	struct policy there = policy_for(mode, nodes_of(to));
	char *base = map_pages(SOME_PAGES);
	struct outcome end;

	or_die(!policy_set_range(&here, base, SOME_PAGES * page_size()), "mbind");
	touch_pages(base, SOME_PAGES);
	end.err = policy_bind_range(&there, base, SOME_PAGES * page_size(),
				    MPOL_MF_MOVE | MPOL_MF_STRICT);
	end.moved = pages_on(base, SOME_PAGES, to);
	end.stayed = pages_on(base, SOME_PAGES, from);
	ksft_print_msg("mode %d: %lu moved, %lu stayed, errno %d\n", mode, end.moved, end.stayed,
		       end.err);
	munmap(base, SOME_PAGES * page_size());
	return end;
}

/*
 * Asks for pages to move to the full node; true when they did or stayed, no
 * third way.  The kernel may find memory there: then it was not full.
 */
static bool moves_or_stays(int mode, int small, int other)
{
	struct outcome end = move_some(mode, other, small);

	for (int tries = 0; tries < 5 && !end.err && end.moved == SOME_PAGES; tries++) {
		stuff(small);
		end = move_some(mode, other, small);
	}
	return end.err == EIO && end.stayed && end.moved + end.stayed == SOME_PAGES;
}

/* Catches pages that leave their node for one that nobody has asked for. */
TEST_F(filled, pages_stay_that_cannot_move)
{
	static const int modes[] = { MPOL_BIND, MPOL_PREFERRED, MPOL_PREFERRED_MANY };

	for (size_t n = 0; n < ARRAY_SIZE(modes); n++) {
		EXPECT_TRUE(moves_or_stays(modes[n], self->small, self->other));
		stuff(self->small);
	}
}

/* Batches in which a large area is moved, and tries that may fail until it ends. */
#define MANY_PAGES	(32 * 256)
#define FEW_TRIES	8

static char *fill_large(int node)
{
	struct policy here = policy_for(MPOL_BIND, nodes_of(node));
	char *base = map_pages(MANY_PAGES);

	madvise(base, MANY_PAGES * page_size(), MADV_NOHUGEPAGE);
	or_die(!policy_set_range(&here, base, MANY_PAGES * page_size()), "mbind");
	touch_pages(base, MANY_PAGES);
	return base;
}

/* Catches a move that tries each of the other pages once one could not be had. */
TEST_F(filled, move_ends_when_the_node_is_full)
{
	struct policy full = policy_for(MPOL_BIND, nodes_of(self->small));
	char *base = fill_large(self->other);
	long tries = vm_events("pgmigrate_fail");

	ASSERT_LE(0, tries);
	EXPECT_EQ(EIO, policy_bind_range(&full, base, MANY_PAGES * page_size(),
					 MPOL_MF_MOVE | MPOL_MF_STRICT));
	EXPECT_GE(FEW_TRIES, vm_events("pgmigrate_fail") - tries);
	munmap(base, MANY_PAGES * page_size());
}

/* The same for a process as a whole, and catches success told for it. */
TEST_F(filled, process_ends_when_the_node_is_full)
{
	struct nodes full = nodes_of(self->small), rest = nodes_of(self->other);
	char *base = fill_large(self->other);
	long tries = vm_events("pgmigrate_fail");

	ASSERT_LE(0, tries);
	EXPECT_EQ(-ENOMEM, migrate_pages_of(0, &rest, &full));
	EXPECT_GE(FEW_TRIES, vm_events("pgmigrate_fail") - tries);
	munmap(base, MANY_PAGES * page_size());
}

/* The roomiest node but the two, or -1. */
static int third_node(int small, int other)
{
	struct nodes rest = machine.roomy;

	nodes_remove(&rest, small);
	nodes_remove(&rest, other);
	return machine_by_room(&rest, false);
}

/* Catches pages whose own node has room, left because another node has none. */
TEST_F(filled, move_goes_on_to_nodes_with_room)
{
	struct policy pol = policy_for(MPOL_INTERLEAVE, nodes_of(self->small));
	unsigned long first, wrong = 0, stayed = 0;
	/* What the full node could not take is on the others. */
	int third = third_node(self->small, self->other);
	static int node[MANY_PAGES];
	long tries;
	char *base;

	if (third < 0)
		SKIP(return, "needs three nodes with room");
	nodes_add(&pol.ask, third);
	base = fill_large(self->other);
	first = (unsigned long)base / page_size();
	tries = vm_events("pgmigrate_fail");
	EXPECT_EQ(EIO, policy_bind_range(&pol, base, MANY_PAGES * page_size(),
					 MPOL_MF_MOVE | MPOL_MF_STRICT));
	EXPECT_GE(FEW_TRIES, vm_events("pgmigrate_fail") - tries);
	or_die(page_nodes(base, MANY_PAGES, node), "move_pages");
	for (unsigned long n = 0; n < MANY_PAGES; n++) {
		int want = nodes_nth(&pol.ask, (first + n) % 2);

		stayed += node[n] == self->other;
		wrong += node[n] != want && (node[n] != self->other || want != self->small);
	}
	EXPECT_LT(0UL, stayed);
	EXPECT_EQ(0UL, wrong);
	munmap(base, MANY_PAGES * page_size());
}

#define HUGE_SIZE	(2048UL << 10)
#define NR_HUGE		8L

/* A node may have room, but none that is contiguous. */
static bool pool_fills(int node)
{
	for (int tries = 0; tries < 5; tries++) {
		if (pool_set(node, NR_HUGE))
			return true;
		machine_defragment(node);
	}
	pool_set(node, 0);
	return false;
}

/* The roomiest node but the two that has huge pages, or -1. */
static int third_with_huge_pages(int small, int other)
{
	struct nodes rest = machine.roomy;
	int third;

	nodes_remove(&rest, small);
	nodes_remove(&rest, other);
	while ((third = machine_by_room(&rest, false)) >= 0) {
		if (pool_fills(third) && pool_set(third, 0))
			break;
		nodes_remove(&rest, third);
	}
	return third;
}

/* The same for pages of hugetlb, which are never split. */
TEST_F(filled, huge_pages_move_to_nodes_with_room)
{
	struct policy here = policy_for(MPOL_BIND, nodes_of(self->other));
	struct policy pol = policy_for(MPOL_INTERLEAVE, nodes_of(self->small));
	int third = third_with_huge_pages(self->small, self->other);
	int moved = 0, stayed = 0;
	char *base;

	if (third < 0 || geteuid() || !pool_fills(self->other))
		SKIP(return, "needs root, and two nodes with room for 8 huge pages");
	nodes_add(&pol.ask, third);
	base = mmap(NULL, NR_HUGE * HUGE_SIZE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	ASSERT_NE(MAP_FAILED, (void *)base);
	EXPECT_EQ(0, policy_set_range(&here, base, NR_HUGE * HUGE_SIZE));
	for (long n = 0; n < NR_HUGE; n++)
		base[n * HUGE_SIZE] = 1;
	EXPECT_EQ(EIO, policy_bind_range(&pol, base, NR_HUGE * HUGE_SIZE,
					 MPOL_MF_MOVE | MPOL_MF_STRICT));
	for (long n = 0; n < NR_HUGE; n++) {
		moved += page_node(base + n * HUGE_SIZE) == third;
		stayed += page_node(base + n * HUGE_SIZE) == self->other;
	}
	EXPECT_EQ(NR_HUGE / 2, moved);
	EXPECT_EQ(NR_HUGE / 2, stayed);
	munmap(base, NR_HUGE * HUGE_SIZE);
	/* Pages that have moved belong to the pools of the nodes where they are. */
	EXPECT_TRUE(file_set_number("/proc/sys/vm/nr_hugepages", 0));
}

/* Half of a huge page of an object is to move to two nodes; returns what mbind() did. */
static int move_half(int from, const struct policy *pol)
{
	struct policy here = policy_for(MPOL_BIND, nodes_of(from));
	unsigned long nr = thp_size() / page_size(), on;
	struct object obj = object_make(MEMFD, nr);
	int err;

	object_align(&obj, thp_size());
	or_die(!set_pages(&here, obj.all, 0, nr), "mbind");
	touch_pages(obj.all, nr);
	err = policy_bind_range(pol, page_at(obj.all, nr / 2), nr / 2 * page_size(),
				MPOL_MF_MOVE | MPOL_MF_STRICT);
	touch_pages(obj.all, nr);
	on = pages_on(obj.all, nr, from);
	ksft_print_msg("%lu of %lu pages moved, errno %d\n", nr - on, nr, err);
	if (on < nr / 2)
		err = 0;
	object_free(&obj);
	return err;
}

/* Catches success told for a huge page that was split, when its parts cannot move. */
TEST_F(filled, parts_of_a_huge_page_stay)
{
	struct policy pol = policy_for(MPOL_INTERLEAVE, nodes_of(self->small));
	int err, third = third_node(self->small, self->other);
	char was[32], thp_was[32];

	if (third < 0 || geteuid() || !thp_size() ||
	    !choice_set(SHMEM_ENABLED, "always", was, sizeof(was)))
		SKIP(return, "needs root, huge pages of shared memory, and three nodes with room");
	or_die(thp_forbid(thp_was, sizeof(thp_was)), "stopping khugepaged");
	nodes_add(&pol.ask, third);
	err = move_half(self->other, &pol);
	for (int tries = 0; tries < 5 && !err; tries++) {
		stuff(self->small);
		err = move_half(self->other, &pol);
	}
	EXPECT_EQ(EIO, err);
	file_write(SHMEM_ENABLED, was);
	thp_restore(thp_was);
}

/* --- a cpuset that gets another node while a task waits for memory --- */

#define ROUNDS		20
#define CAUGHT		4
#define PIPE_BYTES	1048576L

enum filling { BY_TASK, BY_RANGE, BY_OBJECT, BY_WRITE, BY_PIPES };

/**
 * struct filler - a child that takes one page after the other
 * @by:    how
 * @small: the only node that it is allowed at first
 * @pol:   its policy, of this node and another one
 * @nr:    pages, more than the small node has
 * @done:  how many it has, shared with its parent
 */
struct filler {
	enum filling by;
	int small;
	struct policy pol;
	unsigned long nr;
	unsigned long *done;
};

static unsigned long filler_has(const struct filler *filler)
{
	return __atomic_load_n(filler->done, __ATOMIC_RELAXED);
}

static void filler_now_has(const struct filler *filler, unsigned long nr)
{
	__atomic_store_n(filler->done, nr, __ATOMIC_RELAXED);
}

FIXTURE(widened) {
	struct filler filler;
	int other;
	int cpu;
	long room;
};

FIXTURE_VARIANT(widened) {
	enum filling by;
};

FIXTURE_VARIANT_ADD(widened, task) { .by = BY_TASK };
FIXTURE_VARIANT_ADD(widened, range) { .by = BY_RANGE };
FIXTURE_VARIANT_ADD(widened, object) { .by = BY_OBJECT };
FIXTURE_VARIANT_ADD(widened, write) { .by = BY_WRITE };
FIXTURE_VARIANT_ADD(widened, pipes) { .by = BY_PIPES };

FIXTURE_SETUP(widened)
{
	struct filler *filler = &self->filler;
	const char *missing = cpuset_missing();

	if (missing)
		SKIP(return, "%s", missing);
	if (!find_nodes(&filler->small, &self->other))
		SKIP(return, LACKS_SMALL_NODE);
	self->cpu = machine_cpu_of(self->other);
	if (self->cpu < 0)
		SKIP(return, "needs a CPU on the large node");
	self->room = machine_free_kb(filler->small);
	filler->by = variant->by;
	filler->nr = more_than_all_kb(filler->small) * 1024 / page_size();
	filler->pol = policy_for(MPOL_BIND | STATIC, nodes_of(filler->small));
	nodes_add(&filler->pol.ask, self->other);
	filler->done = mmap(NULL, page_size(), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, (void *)filler->done);
}

FIXTURE_TEARDOWN(widened)
{
	munmap(self->filler.done, page_size());
	is_free_again(self->filler.small, self->room / 2);
}

/* Puts one page after the other into pipes, memory of the kernel. */
static void fill_pipes(const struct filler *filler, const char *page)
{
	long per_pipe = PIPE_BYTES / page_size();
	int fds[2];

	for (unsigned long n = 0; n < filler->nr; n++) {
		if (n % per_pipe == 0)
			or_die(!pipe(fds) && fcntl(fds[1], F_SETPIPE_SZ, PIPE_BYTES) > 0,
			       "making a pipe");
		or_die(write(fds[1], page, page_size()) == (ssize_t)page_size(), "write");
		filler_now_has(filler, n + 1);
	}
}

static void fill_file(const struct filler *filler, int fd, const char *page)
{
	for (unsigned long n = 0; n < filler->nr; n++) {
		or_die(pwrite(fd, page, page_size(), n * page_size()) == (ssize_t)page_size(),
		       "pwrite");
		filler_now_has(filler, n + 1);
	}
}

static char *map_file(const struct filler *filler, int fd)
{
	char *base = mmap(NULL, filler->nr * page_size(), PROT_READ | PROT_WRITE,
			  MAP_SHARED, fd, 0);

	or_die(base != MAP_FAILED, "mmap");
	return base;
}

/* Takes more than the only node that is allowed at first has; does not return. */
static void fill(const struct filler *filler)
{
	const struct sched_param none = { 0 };
	struct nodes small = nodes_of(filler->small);
	unsigned long size = filler->nr * page_size();
	int fd = memfd_create("fill", 0);
	static char page[65536];
	char *base;

	or_die(file_write("/proc/self/oom_score_adj", "1000"), "setting oom_score_adj");
	or_die(!sched_setscheduler(0, SCHED_OTHER, &none), "sched_setscheduler");
	or_die(fd >= 0 && !ftruncate(fd, size), "making a memfd");
	or_die(cpuset_enter(&small), "making a cpuset");
	base = filler->by == BY_OBJECT || filler->by == BY_WRITE ? map_file(filler, fd) :
						   map_kb(size / 1024);
	if (filler->by == BY_TASK || filler->by == BY_PIPES)
		or_die(!policy_set_task(&filler->pol), "set_mempolicy");
	else
		or_die(!policy_set_range(&filler->pol, base, size), "mbind");
	if (filler->by == BY_PIPES)
		fill_pipes(filler, page);
	else if (filler->by == BY_WRITE)
		fill_file(filler, fd, page);
	else
		for (unsigned long n = 0; n < filler->nr; n++) {
			*(char *)page_at(base, n) = 1;
			filler_now_has(filler, n + 1);
		}
	_exit(0);
}

/*
 * The parent runs whenever it wants to, on the same CPU.  A child that makes no
 * progress meanwhile, and has begun to reclaim, waits for memory.  True at the
 * @nth such look; false when the child ended before.
 */
static bool wait_for_stall(const struct filler *filler, pid_t child, int nth, int *status)
{
	unsigned long was = 0, now;
	long begun = vm_stalls();

	for (;;) {
		usleep(100);
		now = filler_has(filler);
		if (now == filler->nr || waitpid(child, status, WNOHANG))
			return false;
		if (now && now == was && vm_stalls() != begun && !nth--)
			return true;
		was = now;
	}
}

/*
 * Catches an allocation that has a process killed, or that fails, for want of
 * memory on the nodes that it was given at first, when there is another one to
 * have.
 */
TEST_F(widened, waits_on_other_nodes)
{
	const struct sched_param first = { .sched_priority = 10 };
	const struct filler *filler = &self->filler;
	unsigned int caught = 0, lost = 0;

	ASSERT_TRUE(pin_to_cpu(self->cpu));
	ASSERT_EQ(0, sched_setscheduler(0, SCHED_FIFO, &first));
	for (int round = 0; round < ROUNDS && caught < CAUGHT; round++) {
		long kills = vm_events("oom_kill");
		int status = 0;
		pid_t child;

		filler_now_has(filler, 0);
		child = fork();
		ASSERT_LE(0, child);
		if (!child)
			fill(filler);
		if (wait_for_stall(filler, child, round % 8, &status)) {
			bool early = vm_events("oom_kill") == kills;

			ASSERT_TRUE(cpuset_change(&filler->pol.ask));
			waitpid(child, &status, 0);
			caught += early;
			lost += early && status;
		} else {
			waitpid(child, &status, 0);
		}
		cpuset_leave();
		is_free_again(filler->small, self->room * 3 / 4);
	}
	ksft_print_msg("%u of %u were killed, or failed\n", lost, caught);
	EXPECT_LT(0U, caught);
	EXPECT_EQ(0U, lost);
}

int main(int argc, char **argv)
{
	machine_require();
	return run_tests(argc, argv);
}
