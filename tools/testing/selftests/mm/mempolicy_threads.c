// SPDX-License-Identifier: GPL-2.0
/*
 * Policies and threads: each has its own, new ones start with their creator's,
 * mappings belong to all of them, and any of it can change while another
 * thread takes a page.
 */
#include "mempolicy_harness.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/mman.h>

#include "mempolicy_calls.h"
#include "mempolicy_files.h"
#include "mempolicy_machine.h"
#include "mempolicy_pages.h"
#include "mempolicy_policy.h"
#include "mempolicy_requests.h"

/* Messages of the model are written to shared buffers: one thread at a time. */
static pthread_mutex_t looking = PTHREAD_MUTEX_INITIALIZER;

static bool pages_right(void *base, unsigned long nr, const struct policy *pol, int cpu_node)
{
	struct touched at = anonymous(base, nr, cpu_node);
	bool right;

	pthread_mutex_lock(&looking);
	right = all_right(&at, pol);
	pthread_mutex_unlock(&looking);
	return right;
}

static bool holds(const void *addr, const struct policy *pol)
{
	bool right;

	pthread_mutex_lock(&looking);
	right = policy_holds(addr, pol);
	pthread_mutex_unlock(&looking);
	return right;
}

static pthread_t start(void *(*work)(void *arg), void *arg)
{
	pthread_t id;

	or_die(!pthread_create(&id, NULL, work, arg), "pthread_create");
	return id;
}

/* --- each its own --- */

/**
 * struct worker - a thread with a request of its own
 * @pol:      the request
 * @cpu_node: where it runs
 * @all:      where all workers meet
 * @right:    whether it has seen what it should
 */
struct worker {
	struct policy pol;
	int cpu_node;
	pthread_barrier_t *all;
	bool right;
};

/* All policies are set before the first page is touched. */
static void *work_alone(void *arg)
{
	struct worker *worker = arg;
	unsigned long nr = policy_pages(&worker->pol);
	void *base = map_pages(nr);

	worker->right = !policy_set_task(&worker->pol);
	pthread_barrier_wait(worker->all);
	touch_pages(base, nr);
	worker->right &= holds(NULL, &worker->pol) &&
			 pages_right(base, nr, &worker->pol, worker->cpu_node);
	pthread_barrier_wait(worker->all);
	munmap(base, nr * page_size());
	return NULL;
}

static unsigned int hire(struct worker *workers, pthread_barrier_t *all, int cpu_node)
{
	unsigned int nr = 0;

	for (unsigned int n = 0; n < POLICY_REQUESTS; n++)
		if (policy_request(&workers[nr].pol, n)) {
			workers[nr].cpu_node = cpu_node;
			workers[nr++].all = all;
		}
	return nr;
}

/* Catches one thread's policy that places another's pages: all modes at a time. */
TEST(all_modes_at_once)
{
	static struct worker workers[POLICY_REQUESTS];
	pthread_t id[POLICY_REQUESTS];
	pthread_barrier_t all;
	int cpu_node = machine_settle();
	unsigned int nr;

	if (cpu_node < 0)
		SKIP(return, NEEDS_CPU);
	nr = hire(workers, &all, cpu_node);
	ASSERT_LT(0, nr);
	ASSERT_EQ(0, pthread_barrier_init(&all, NULL, nr));
	for (unsigned int i = 0; i < nr; i++)
		id[i] = start(work_alone, &workers[i]);
	for (unsigned int i = 0; i < nr; i++) {
		pthread_join(id[i], NULL);
		EXPECT_TRUE(workers[i].right)
			TH_LOG("mode %#x", workers[i].pol.mode | workers[i].pol.flags);
	}
	EXPECT_TRUE(policy_holds(NULL, &no_policy));
}

/* --- born with it --- */

struct heir {
	const struct policy *pol;
	int cpu_node;
	bool right;
};

static void *inherit_and_touch(void *arg)
{
	struct heir *heir = arg;
	unsigned long nr = policy_pages(heir->pol);
	void *base = map_pages(nr);

	touch_pages(base, nr);
	heir->right = holds(NULL, heir->pol) &&
		      pages_right(base, nr, heir->pol, heir->cpu_node);
	munmap(base, nr * page_size());
	return NULL;
}

/* Its grandchild is born of a thread that has changed nothing itself. */
static void *inherit_and_pass_on(void *arg)
{
	pthread_join(start(inherit_and_touch, arg), NULL);
	return NULL;
}

/* Catches threads that start with no policy, or with the first thread's. */
TEST(new_threads_have_it)
{
	struct heir heir = { .cpu_node = machine_settle() };
	struct policy pol;

	if (heir.cpu_node < 0)
		SKIP(return, NEEDS_CPU);
	heir.pol = &pol;
	for (unsigned int n = 0; n < POLICY_REQUESTS; n++) {
		if (!policy_request(&pol, n))
			continue;
		ASSERT_EQ(0, policy_set_task(&pol));
		heir.right = false;
		pthread_join(start(inherit_and_pass_on, &heir), NULL);
		EXPECT_TRUE(heir.right)
			TH_LOG("mode %#x", pol.mode | pol.flags);
	}
}

/* The node of this thread's next turn. */
static int next_turn(void)
{
	int node = -1;

	or_die(!sys_get_mempolicy(&node, NULL, 0, NULL, MPOL_F_NODE), "get_mempolicy");
	return node;
}

/* Takes a turn or more: a page for what is in the pipe. */
static void take_turns(void)
{
	int fds[2];

	or_die(!pipe(fds) && write(fds[1], "", 1) == 1, "a pipe");
	close(fds[0]);
	close(fds[1]);
}

struct turns {
	pthread_barrier_t go;
	int first;
	int last;
};

static void *take_own_turns(void *arg)
{
	struct turns *turns = arg;

	pthread_barrier_wait(&turns->go);
	turns->first = next_turn();
	for (int i = 0; i < 100 && next_turn() == turns->first; i++)
		take_turns();
	turns->last = next_turn();
	return NULL;
}

/* Catches a place in the round that threads share. */
TEST(turns_are_per_thread)
{
	struct policy pol = policy_for(MPOL_INTERLEAVE, machine.roomy);
	struct turns turns;
	pthread_t id;
	int mine;

	if (nodes_count(&machine.roomy) < 2)
		SKIP(return, "needs two nodes with room");
	ASSERT_EQ(0, policy_set_task(&pol));
	ASSERT_EQ(0, pthread_barrier_init(&turns.go, NULL, 2));
	for (int i = 0; i < 5; i++) {
		id = start(take_own_turns, &turns);
		mine = next_turn();
		pthread_barrier_wait(&turns.go);
		pthread_join(id, NULL);
		EXPECT_NE(turns.first, turns.last);
		EXPECT_EQ(mine, next_turn());
	}
}

/* --- when a thread ends --- */

struct survivor {
	struct policy own;
	int cpu_node;
	bool right;
};

static void *survive(void *arg)
{
	struct survivor *survivor = arg;
	char stat[512];

	/* The first thread is a zombie now, or about to be one. */
	for (int i = 0; i < 500; i++) {
		if (file_read("/proc/self/stat", stat, sizeof(stat)) && strstr(stat, ") Z "))
			break;
		usleep(10000);
	}
	survivor->right = strstr(stat, ") Z ") && holds(NULL, &survivor->own);
	_exit(!survivor->right ||
	      policy_set_task(&no_policy) || !holds(NULL, &no_policy) ||
	      policy_set_task(&survivor->own) || !holds(NULL, &survivor->own));
}

/* Catches a policy that goes with the first thread, and its end seen by others. */
TEST(first_thread_ends)
{
	static struct survivor survivor;
	int status;
	pid_t child;

	survivor.own = policy_for(MPOL_INTERLEAVE | STATIC, machine.usable);
	child = fork();
	ASSERT_LE(0, child);
	if (child == 0) {
		or_die(!policy_set_task(&survivor.own), "set_mempolicy");
		start(survive, &survivor);
		pthread_exit(NULL);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

static void *set_and_end(void *arg)
{
	return policy_set_task(arg) ? arg : NULL;
}

/* Catches counts that the ends of many threads lose: the last policy stays right. */
TEST(many_threads_end)
{
	struct policy pol[2] = {
		policy_for(MPOL_BIND, machine.usable), policy_for(MPOL_INTERLEAVE, machine.usable),
	};
	void *failed;

	ASSERT_EQ(0, policy_set_task(&pol[0]));
	for (int i = 0; i < 200; i++) {
		ASSERT_EQ(0, pthread_join(start(set_and_end, &pol[i % 2]), &failed));
		ASSERT_EQ(NULL, failed);
	}
	EXPECT_TRUE(policy_holds(NULL, &pol[0]));
}

/* --- all at the same policies --- */

#define CROWD	8
#define ROUNDS	150

struct member {
	struct policy pol[3];
	unsigned int seed;
	bool right;
};

/* Finding, making and letting go of the same few policies, all the time. */
static void *set_and_get(void *arg)
{
	struct member *member = arg;
	char *page = map_pages(1);

	member->right = true;
	for (int i = 0; i < ROUNDS && member->right; i++) {
		const struct policy *task = &member->pol[rand_r(&member->seed) % 3];
		const struct policy *range = &member->pol[rand_r(&member->seed) % 3];

		member->right = !policy_set_task(task) &&
				!policy_set_range(range, page, page_size()) &&
				holds(NULL, task) && holds(page, range) &&
				!policy_set_range(&no_policy, page, page_size());
	}
	return NULL;
}

/* Catches a policy that two threads make at once, or that one frees as another finds it. */
TEST(same_policies)
{
	struct nodes last = nodes_of(nodes_highest(&machine.usable));
	struct member members[CROWD];
	pthread_t id[CROWD];

	for (int i = 0; i < CROWD; i++) {
		members[i].pol[0] = policy_for(MPOL_BIND | STATIC, machine.usable);
		members[i].pol[1] = policy_for(MPOL_WEIGHTED_INTERLEAVE, machine.usable);
		members[i].pol[2] = policy_for(MPOL_PREFERRED_MANY, last);
		members[i].seed = i + 1;
		id[i] = start(set_and_get, &members[i]);
	}
	for (int i = 0; i < CROWD; i++) {
		pthread_join(id[i], NULL);
		EXPECT_TRUE(members[i].right);
	}
}

/* --- a page is taken while the policy changes --- */

#define RACE_PAGES	64
#define RACE_ROUNDS	60

/**
 * struct race - one thread sets policies of a range, another touches it
 * @pol:   the policies
 * @base:  the range
 * @done:  the toucher has had enough
 * @err:   of the setter
 */
struct race {
	struct policy pol[2];
	char *base;
	atomic_bool done;
	int err;
};

static void *set_in_turn(void *arg)
{
	struct race *race = arg;

	for (unsigned int i = 0; !race->done && !race->err; i++)
		race->err = policy_set_range(&race->pol[i % 2], race->base,
					     RACE_PAGES * page_size());
	return NULL;
}

/* Parts with policies of their own split the range, and it merges again. */
static void *set_parts(void *arg)
{
	struct race *race = arg;

	for (unsigned int i = 0; !race->done && !race->err; i++) {
		unsigned int first = i * 7 % RACE_PAGES;
		unsigned int nr = 1 + i * 5 % (RACE_PAGES - first);

		race->err = policy_set_range(&race->pol[i % 2], page_at(race->base, first),
					     nr * page_size());
	}
	return NULL;
}

/* Sets its own policy, which is not to matter to the range. */
static void *set_own(void *arg)
{
	struct race *race = arg;
	struct policy local = policy_for(MPOL_LOCAL, (struct nodes){ 0 });

	for (unsigned int i = 0; !race->done && !race->err; i++)
		race->err = policy_set_task(i % 2 ? &race->pol[1] : &local);
	return NULL;
}

/* Are all pages, touched once more, on a node of @may? */
static bool touched_on(char *base, const struct nodes *may)
{
	int on[RACE_PAGES];

	or_die(!madvise(base, RACE_PAGES * page_size(), MADV_DONTNEED), "madvise");
	touch_pages(base, RACE_PAGES);
	or_die(page_nodes(base, RACE_PAGES, on), "move_pages");
	for (int i = 0; i < RACE_PAGES; i++) {
		if (on[i] >= 0 && nodes_has(may, on[i]))
			continue;
		ksft_print_msg("page %d is on %d, not on %s\n", i, on[i], nodes_text(may));
		return false;
	}
	return true;
}

FIXTURE(race) {
	struct race race;
	struct nodes one;
	struct nodes either;
};

FIXTURE_VARIANT(race) {
	int mode[2];
};

FIXTURE_VARIANT_ADD(race, bind) { .mode = { MPOL_BIND, MPOL_BIND } };
FIXTURE_VARIANT_ADD(race, preferred) { .mode = { MPOL_PREFERRED, MPOL_PREFERRED } };
FIXTURE_VARIANT_ADD(race, interleave) { .mode = { MPOL_INTERLEAVE, MPOL_BIND } };
FIXTURE_VARIANT_ADD(race, weighted) {
	.mode = { MPOL_WEIGHTED_INTERLEAVE, MPOL_INTERLEAVE | STATIC },
};

FIXTURE_VARIANT_ADD(race, many) { .mode = { MPOL_PREFERRED_MANY, MPOL_BIND | RELATIVE } };

FIXTURE_SETUP(race)
{
	struct nodes two;

	if (machine_settle() < 0)
		SKIP(return, NEEDS_CPU);
	if (nodes_count(&machine.roomy) < 3 ||
	    nodes_count(&machine.usable) != nodes_count(&machine.roomy))
		SKIP(return, "needs three nodes, all of them with room");
	two = nodes_of(nodes_highest(&machine.roomy));
	self->race.pol[0] = policy_for(variant->mode[0], nodes_of(nodes_nth(&machine.roomy, 1)));
	self->race.pol[1] = policy_for(variant->mode[1], two);
	self->one = policy_effective(&self->race.pol[0], &machine.usable, &machine.usable);
	/* A relative number may mean any node. */
	two = policy_effective(&self->race.pol[1], &machine.usable, &machine.usable);
	self->either = self->one;
	nodes_add(&self->either, nodes_nth(&two, 0));
	self->race.base = map_pages(RACE_PAGES);
	ASSERT_EQ(0, policy_set_range(&self->race.pol[0], self->race.base,
				      RACE_PAGES * page_size()));
}

FIXTURE_TEARDOWN(race)
{
	munmap(self->race.base, RACE_PAGES * page_size());
}

static void run_race(struct __test_metadata *_metadata, struct race *race,
		     void *(*setter)(void *arg), const struct nodes *may)
{
	pthread_t id = start(setter, race);

	for (int i = 0; i < RACE_ROUNDS; i++)
		if (!touched_on(race->base, may)) {
			EXPECT_TRUE(false)
				TH_LOG("round %d", i);
			break;
		}
	race->done = true;
	pthread_join(id, NULL);
	EXPECT_EQ(0, race->err);
}

/* Catches a page placed by neither policy: by one half changed, or by none. */
TEST_F(race, whole_range)
{
	run_race(_metadata, &self->race, set_in_turn, &self->either);
}

/* Catches the same while mappings are split and merged. */
TEST_F(race, parts)
{
	run_race(_metadata, &self->race, set_parts, &self->either);
}

/* Catches another thread's own policy that has a say. */
TEST_F(race, own_policy_of_another)
{
	run_race(_metadata, &self->race, set_own, &self->one);
}

struct mirror {
	struct race *race;
	struct nodes both;
	bool right;
};

/* Reads what the others set, and nothing in between. */
static void *look_at_range(void *arg)
{
	struct mirror *mirror = arg;
	const struct policy *pol = mirror->race->pol;

	for (int i = 0; i < ROUNDS && mirror->right; i++) {
		struct nodes seen;
		int mode = -1, err = policy_get(mirror->race->base, &mode, &seen);
		bool first = mode == policy_reported_mode(&pol[0]) &&
			     nodes_same(&seen, &pol[0].ask);
		bool second = mode == policy_reported_mode(&pol[1]) &&
			      nodes_same(&seen, &pol[1].ask);

		mirror->right = !err && (first || second);
	}
	return NULL;
}

/* Catches the mode of one policy with the nodes of another. */
TEST_F(race, get_by_another)
{
	struct mirror mirror = { .race = &self->race, .right = true };
	pthread_t setter, reader;

	if (variant->mode[1] & RELATIVE)
		self->race.pol[1] = policy_for(MPOL_BIND, self->race.pol[1].ask);
	setter = start(set_in_turn, &self->race);
	reader = start(look_at_range, &mirror);
	pthread_join(reader, NULL);
	self->race.done = true;
	pthread_join(setter, NULL);
	EXPECT_TRUE(mirror.right);
	EXPECT_EQ(0, self->race.err);
}

/* --- tasks that share memory, but are no threads --- */

static int bind_and_set(void *arg)
{
	struct race *race = arg;

	return policy_set_range(&race->pol[1], race->base, page_size()) ||
	       policy_set_task(&race->pol[1]);
}

/* Catches a mapping's policy that is the child's alone, or a task's that is not. */
TEST_F(race, shared_memory_of_two_processes)
{
	char *stack = map_pages(16);
	pid_t child = clone(bind_and_set, page_at(stack, 16), CLONE_VM | SIGCHLD, &self->race);
	int status;

	ASSERT_LE(0, child);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_EQ(0, status);
	EXPECT_TRUE(policy_holds(self->race.base, &self->race.pol[1]));
	EXPECT_TRUE(policy_holds(page_at(self->race.base, 1), &self->race.pol[0]));
	EXPECT_TRUE(policy_holds(NULL, &no_policy));
}

int main(int argc, char **argv)
{
	machine_require();
	return run_tests(argc, argv);
}
