// SPDX-License-Identifier: GPL-2.0
/*
 * What one user's policies may cost another: no waiting for a stranger who has
 * much to change or is throttled, no memory beyond a cgroup's limit, and no
 * slow faults while weights are written.
 *
 * Time is only looked at where the difference is that between nothing and for
 * ever: an emulated machine on a busy host takes its time.
 */
#include "mempolicy_harness.h"

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "mempolicy_calls.h"
#include "mempolicy_files.h"
#include "mempolicy_group.h"
#include "mempolicy_machine.h"
#include "mempolicy_object.h"
#include "mempolicy_policy.h"
#include "mempolicy_process.h"
#include "mempolicy_settings.h"

#define CGROUP		"/sys/fs/cgroup"
#define GROUP		CGROUP "/mempolicy_isolation"

/* NULL, or why there is no cgroup that limits memory. */
static const char *group_missing(void)
{
	const char *missing = cpuset_missing();

	if (missing)
		return missing;
	rmdir(GROUP);
	if (!file_write(CGROUP "/cgroup.subtree_control", "+memory") || mkdir(GROUP, 0755))
		return "needs the memory controller in cgroup v2";
	return NULL;
}

/* Processes that were killed leave it a moment later. */
static void group_remove(void)
{
	for (int tries = 0; tries < 100 && rmdir(GROUP) && errno == EBUSY; tries++)
		usleep(20000);
}

/* --- beside strangers who change much --- */

#define STRANGERS	4
/* Mappings of each of them; a slow kernel takes as long with fewer. */
#define PRIVATE		(30000UL / test_slowness())
#define WINDOWS		(12000UL / test_slowness())
#define HIGH		"4194304"
#define CALLS		50
#define PATIENCE	10		/* seconds for all calls */
#define DEATH		2		/* seconds to die in */

/* Neighbours differ, so that they stay apart. */
static void *make_private(void)
{
	struct policy pol[2] = {
		policy_for(MPOL_BIND, nodes_of(nodes_nth(&machine.usable, 0))),
		policy_for(MPOL_BIND, nodes_of(nodes_nth(&machine.usable, 1))),
	};
	unsigned long nr = PRIVATE;
	char *base = map_pages(nr);

	or_die(file_write(GROUP "/cgroup.procs", "0"), "entering a cgroup");
	for (unsigned long i = 0; i < nr; i++)
		or_die(!policy_set_range(&pol[i % 2], page_at(base, i), page_size()), "mbind");
	return base;
}

static void set_home(void *base, unsigned int round)
{
	sys_home_node(base, PRIVATE * page_size(), nodes_nth(&machine.usable, round % 2), 0);
}

/* Every other page of an object, each in a mapping of its own. */
static void *make_windows(void)
{
	unsigned long nr = WINDOWS;
	struct object obj = object_make(MEMFD, 2 * nr);
	char *base = map_pages(nr);

	for (unsigned long i = 0; i < nr; i++)
		or_die(mmap(page_at(base, i), page_size(), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_FIXED, obj.fd, 2 * i * page_size()) != MAP_FAILED,
		       "mapping an object");
	return base;
}

static void set_windows(void *base, unsigned int round)
{
	struct policy pol = policy_for(round % 2 ? MPOL_BIND : MPOL_INTERLEAVE, machine.usable);

	policy_set_range(&pol, base, WINDOWS * page_size());
}

FIXTURE(strangers) {
	pid_t pids[STRANGERS];
	int ready[2];
	int go[2];
};

/**
 * struct _fixture_variant_strangers - what strangers do
 * @nr:        how many of them
 * @make:      makes what they change
 * @change:    changes all of it
 * @throttled: they are above their memory.high
 */
FIXTURE_VARIANT(strangers) {
	int nr;
	void *(*make)(void);
	void (*change)(void *base, unsigned int round);
	bool throttled;
};

FIXTURE_VARIANT_ADD(strangers, throttled) {
	.nr = STRANGERS, .make = make_private, .change = set_home, .throttled = true,
};

FIXTURE_VARIANT_ADD(strangers, mappings) {
	.nr = 2, .make = make_windows, .change = set_windows,
};

static void be_stranger(const FIXTURE_VARIANT(strangers) * variant, int ready, int go)
{
	void *base;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	base = variant->make();
	tell(ready);
	or_die(hear(go), "reading from a pipe");
	for (unsigned int round = 0;; round++)
		variant->change(base, round);
}

FIXTURE_SETUP(strangers)
{
	const char *missing = group_missing();

	if (missing)
		SKIP(return, "%s", missing);
	if (nodes_count(&machine.usable) < 2 || sysconf(_SC_NPROCESSORS_ONLN) < 2)
		SKIP(return, "needs two nodes and two CPUs");
	ASSERT_EQ(0, pipe(self->ready));
	ASSERT_EQ(0, pipe(self->go));
	for (int i = 0; i < variant->nr; i++) {
		self->pids[i] = fork();
		ASSERT_LE(0, self->pids[i]);
		if (!self->pids[i])
			be_stranger(variant, self->ready[1], self->go[0]);
	}
	for (int i = 0; i < variant->nr; i++)
		or_die(hear(self->ready[0]), "reading from a pipe");
	if (variant->throttled)
		ASSERT_TRUE(file_write(GROUP "/memory.high", HIGH));
	for (int i = 0; i < variant->nr; i++)
		tell(self->go[1]);
	/* They are in the midst of it. */
	usleep(500000);
}

FIXTURE_TEARDOWN(strangers)
{
	for (int i = 0; i < variant->nr; i++)
		if (self->pids[i] > 0)
			kill(self->pids[i], SIGKILL);
	file_write(GROUP "/memory.high", "max");
	for (int i = 0; i < variant->nr; i++)
		if (self->pids[i] > 0)
			waitpid(self->pids[i], NULL, 0);
	group_remove();
}

/* Changes an object that no stranger knows. */
static void bind_own(unsigned int calls, int to)
{
	struct object obj = object_make(MEMFD, 16);
	struct policy pol[2] = {
		policy_for(MPOL_BIND, machine.usable), policy_for(MPOL_INTERLEAVE, machine.usable),
	};

	for (unsigned int i = 0; i < calls; i++)
		or_die(!set_pages(&pol[i % 2], obj.all, i % 16, 1), "mbind");
	tell(to);
	_exit(0);
}

static pid_t start_own(unsigned int calls, struct pollfd *done)
{
	int fds[2];
	pid_t pid;

	or_die(!pipe(fds), "pipe");
	pid = fork();
	or_die(pid >= 0, "fork");
	if (!pid)
		bind_own(calls, fds[1]);
	close(fds[1]);
	done->fd = fds[0];
	done->events = POLLIN;
	return pid;
}

/* Catches a lock for all objects, and memory that is waited for under it. */
TEST_F(strangers, do_not_hold_up_mbind)
{
	struct pollfd done;
	pid_t pid = start_own(CALLS, &done);
	int in_time = poll(&done, 1, PATIENCE * 1000 * test_slowness());

	EXPECT_EQ(1, in_time)
		TH_LOG("%d calls not done in %u s", CALLS, PATIENCE * test_slowness());
	kill(pid, SIGKILL);
	close(done.fd);
}

static bool dies_in(pid_t pid, unsigned int seconds)
{
	for (unsigned int i = 0; i < 100 * seconds; i++) {
		if (waitpid(pid, NULL, WNOHANG) == pid)
			return true;
		usleep(10000);
	}
	return false;
}

/* Catches a wait for a stranger that not even SIGKILL ends. */
TEST_F(strangers, do_not_hold_up_death)
{
	struct pollfd done;
	pid_t pid = start_own(-1U, &done);

	usleep(1000000);
	EXPECT_EQ(0, kill(pid, SIGKILL));
	EXPECT_TRUE(dies_in(pid, DEATH * test_slowness()));
	close(done.fd);
}

/* --- within the limit of a cgroup --- */

#define MIB		1048576L
#define PRIVATE_POLICIES	10000UL
#define OBJECT_POLICIES	3000UL
#define TASK_POLICIES	10000UL
#define HOME_POLICIES	2500UL

/* The first bits that no node of a machine of the tests has. */
#define FIRST_NOBODY	16

static bool takes_static_bits(void)
{
	return machine.max >= 64 && nodes_highest(&machine.memory) < FIRST_NOBODY;
}

/* Another one for each number: a static mask may have nodes that there are not. */
static struct policy numbered(int mode, unsigned long n)
{
	struct policy pol = policy_for(mode | STATIC, machine.usable);

	for (unsigned int bit = 0; bit < 20; bit++)
		if ((n + 1) >> bit & 1)
			nodes_add(&pol.ask, FIRST_NOBODY + bit);
	return pol;
}

static bool set_numbered(char *page, unsigned long n, unsigned long flags)
{
	struct policy pol = numbered(MPOL_WEIGHTED_INTERLEAVE, n);

	return !policy_bind_range(&pol, page, page_size(), flags);
}

/*
 * First policies, as long as there is memory; then whatever is kept to know
 * where their pages belong.
 */
static void fill_private(void)
{
	char *base = map_pages(PRIVATE_POLICIES);
	unsigned long i;

	for (i = 0; i < PRIVATE_POLICIES && set_numbered(page_at(base, i), i, 0); i++)
		;
	for (i = 0; i < PRIVATE_POLICIES; i++)
		set_numbered(page_at(base, i), i, MPOL_MF_STRICT);
}

static bool set_in_object(const struct object *obj, unsigned long n, unsigned long flags)
{
	char *page = object_map(obj, n, 1);
	bool set = set_numbered(page, n, flags);

	munmap(page, page_size());
	return set;
}

static void fill_object(void)
{
	struct object obj = object_make(MEMFD, OBJECT_POLICIES);
	unsigned long i;

	for (i = 0; i < OBJECT_POLICIES && set_in_object(&obj, i, 0); i++)
		;
	for (i = 0; i < OBJECT_POLICIES; i++)
		set_in_object(&obj, i, MPOL_MF_STRICT);
}

/* Each policy is gone when the next one comes. */
static void fill_task(void)
{
	char *page = map_pages(1);

	for (unsigned long i = 0; i < TASK_POLICIES; i++) {
		struct policy pol = numbered(MPOL_WEIGHTED_INTERLEAVE, i);

		if (policy_set_task(&pol))
			break;
		madvise(page, page_size(), MADV_DONTNEED);
		touch_pages(page, 1);
	}
}

static void fill_homes(void)
{
	int homes[2] = { nodes_nth(&machine.usable, 0), nodes_nth(&machine.usable, 1) };
	char *base = map_pages(HOME_POLICIES);

	for (unsigned long i = 0; i < HOME_POLICIES; i++) {
		struct policy pol = numbered(MPOL_BIND, i);

		if (policy_set_range(&pol, page_at(base, i), page_size()))
			return;
	}
	for (int i = 0; i < 8; i++)
		sys_home_node(base, HOME_POLICIES * page_size(), homes[i % 2], 0);
}

/* Weights that differ from node to node, or those that the kernel chose. */
static void set_weights(int greatest)
{
	int node = -1;

	while (nodes_step(&machine.memory, &node))
		weight_set(node, greatest ? greatest - node % 16 : 0);
}

FIXTURE(limit) {
};

/**
 * struct _fixture_variant_limit - what may take so much memory
 * @fill: makes policies, until it fails or all are there
 * @max:  bytes that it may use
 */
FIXTURE_VARIANT(limit) {
	void (*fill)(void);
	long max;
};

FIXTURE_VARIANT_ADD(limit, mbind) { .fill = fill_private, .max = 8 * MIB };
FIXTURE_VARIANT_ADD(limit, mbind_of_an_object) { .fill = fill_object, .max = 2 * MIB };
FIXTURE_VARIANT_ADD(limit, set_mempolicy) { .fill = fill_task, .max = 2 * MIB };
FIXTURE_VARIANT_ADD(limit, home_node) { .fill = fill_homes, .max = 2 * MIB };

FIXTURE_SETUP(limit)
{
	const char *missing = group_missing();

	if (missing)
		SKIP(return, "%s", missing);
	if (nodes_count(&machine.usable) < 2 || !takes_static_bits())
		SKIP(return, "needs from 2 to %d nodes, and a kernel for 64", FIRST_NOBODY);
	/* A round of these has no shorter one. */
	set_weights(255);
	ASSERT_TRUE(file_set_number(GROUP "/memory.max", variant->max));
}

FIXTURE_TEARDOWN(limit)
{
	set_weights(0);
	group_remove();
}

/* Catches memory that is charged no matter what the limit is. */
TEST_F(limit, holds)
{
	pid_t pid = fork();
	long peak;

	ASSERT_LE(0, pid);
	if (!pid) {
		or_die(file_write(GROUP "/cgroup.procs", "0"), "entering a cgroup");
		variant->fill();
		_exit(0);
	}
	/* It may have been killed for want of memory. */
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	peak = file_number(GROUP "/memory.peak");
	EXPECT_LT(0, peak);
	/* A process that dies of the limit charges a little more. */
	EXPECT_GE(variant->max * 5 / 4, peak)
		TH_LOG("%ld bytes at most, %ld were", variant->max, peak);
}

/* --- while weights are written --- */

#define FAULTS		200
#define SHARE		0.2

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double median(double *spent)
{
	qsort(spent, FAULTS, sizeof(double), by_size);
	return spent[FAULTS / 2];
}

/**
 * struct times - seconds, the median of some tries
 * @read:        a fault, after a weight was read
 * @written:     a fault, after a weight was written
 * @for_writing: the write
 */
struct times {
	double read;
	double written;
	double for_writing;
};

static double fault_seconds(char *page)
{
	double spent = seconds();

	touch_pages(page, 1);
	spent = seconds() - spent;
	madvise(page, page_size(), MADV_DONTNEED);
	return spent;
}

static struct times measure(char *page, int first, int second)
{
	double read[FAULTS], written[FAULTS], for_writing[FAULTS];
	char path[128];

	weight_path(nodes_nth(&machine.memory, 0), path);
	or_die(file_set_number(path, second), "writing a weight");
	for (int i = 0; i < FAULTS; i++) {
		or_die(file_number(path) > 0, "reading a weight");
		read[i] = fault_seconds(page);
		for_writing[i] = -seconds();
		or_die(file_set_number(path, i % 2 ? second : first), "writing a weight");
		for_writing[i] += seconds();
		written[i] = fault_seconds(page);
		/* The next one is not the first after a write. */
		fault_seconds(page);
	}
	return (struct times){ median(read), median(written), median(for_writing) };
}

FIXTURE(weight) {
	char *page;
};

FIXTURE_SETUP(weight)
{
	struct policy pol = policy_for(MPOL_WEIGHTED_INTERLEAVE, machine.roomy);

	if (geteuid() || nodes_count(&machine.roomy) < 2)
		SKIP(return, "needs root, to write weights, and two nodes with room");
	set_weights(255);
	self->page = map_pages(1);
	ASSERT_EQ(0, policy_set_range(&pol, self->page, page_size()));
}

FIXTURE_TEARDOWN(weight)
{
	set_weights(0);
}

/* Catches a write that changes nothing, and yet makes the next fault slow. */
TEST_F(weight, same_one_leaves_faults_as_fast)
{
	struct times times = measure(self->page, 255, 255);

	EXPECT_GE(times.read * 1.7, times.written)
		TH_LOG("a fault takes %.1f us after a read, %.1f after a write", times.read * 1e6,
		       times.written * 1e6);
}

/*
 * Who writes all the time makes a fault slow once for each write: catches
 * writes that are so fast that it is a large part of the time of those who
 * fault.
 */
TEST_F(weight, writes_in_a_loop_leave_time_for_faults)
{
	struct times times = measure(self->page, 254, 255);
	double lost = times.written - times.read;

	EXPECT_GE(SHARE * times.for_writing, lost)
		TH_LOG("a fault takes %.1f us longer after a write, that takes %.1f us",
		       lost * 1e6, times.for_writing * 1e6);
}

/* Catches a write that waits for something though it changes nothing. */
TEST(same_weight_is_written_at_once)
{
	time_t start = time(NULL);
	char path[128];

	if (geteuid())
		SKIP(return, "needs root, to write weights");
	weight_path(nodes_nth(&machine.memory, 0), path);
	ASSERT_TRUE(file_set_number(path, 7));
	for (int i = 0; i < 1000; i++)
		ASSERT_TRUE(file_set_number(path, 7));
	EXPECT_GE(PATIENCE * test_slowness(), time(NULL) - start);
	set_weights(0);
}

int main(int argc, char **argv)
{
	machine_require();
	return run_tests(argc, argv);
}
