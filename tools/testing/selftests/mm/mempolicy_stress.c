// SPDX-License-Identifier: GPL-2.0
/*
 * Everything at once: processes and threads that set policies and touch, move,
 * split, share and drop what they were set for, while the cpuset, weights, a
 * mount's policy and memory itself change, and allocations fail.
 *
 * What each thread does follows from the seed alone, so that a run that fails
 * can be had again, but for the order in which the kernel lets them go:
 *
 *	mempolicy_stress [-s SEED] [-n CALLS of each thread] [-p PROCESSES]
 *			 [-t THREADS of each] [-f] [-o]
 *
 * With -f system calls run out of memory half-way, on a kernel that can do that
 * (CONFIG_FAILSLAB, CONFIG_FAIL_PAGE_ALLOC, debugfs); with -o what threads share is
 * objects of all processes. Bugs show in the kernel
 * log, if the kernel looks for them, and in what is checked here: memory that
 * only one thread knows has the policies that it gave it, also after a call
 * that failed, and no policy is left in the end.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest.h"
#include "mempolicy_files.h"
#include "mempolicy_group.h"
#include "mempolicy_machine.h"
#include "mempolicy_pages.h"
#include "mempolicy_process.h"
#include "mempolicy_run.h"
#include "mempolicy_settings.h"
#include "mempolicy_stress.h"

#define BLOCK		"/sys/devices/system/memory/memory%d/"
#define BLOCKS		64	/* to look through */
#define SLAB		"/sys/kernel/slab/numa_policy/"

static struct {
	unsigned long seed, calls;
	unsigned int threads;
	bool fail;
} option = { .seed = 1, .calls = 300, .threads = 2 };

static void *work(void *arg)
{
	struct worker *w = arg;

	if (option.fail)
		w->fail_fd = open("/proc/thread-self/fail-nth", O_WRONLY | O_CLOEXEC);
	for (unsigned long n = 0; n < option.calls; n++)
		random_call(w);
	return NULL;
}

/* Starts where a huge page can. */
static char *map_area(void)
{
	char *at = map_pages(COMMON_PAGES + HUGE_PAGES);
	size_t size = HUGE_PAGES * page_size();

	return at + (size - (unsigned long)at % size) % size;
}

/* Anonymous memory with an object in its midst. */
static char *map_own(void)
{
	char *own = map_pages(OWN_PAGES);
	int fd = memfd_create("mempolicy_stress", MFD_CLOEXEC);
	size_t len = OWN_OBJECT * page_size();

	or_die(fd >= 0 && !ftruncate(fd, len), "memfd_create");
	or_die(mmap(page_at(own, OWN_OBJECT), len, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_FIXED, fd, 0) != MAP_FAILED, "mmap");
	close(fd);
	return own;
}

static void run_process(unsigned int process)
{
	static struct worker worker[THREADS_MAX];
	struct nodes none = { 0 };
	pthread_t thread[THREADS_MAX];

	stress.area = map_area();
	for (unsigned int i = 0; i < option.threads; i++) {
		struct worker *w = &worker[i];

		w->random = option.seed << 16 | process << 8 | i;
		w->process = process;
		w->fail_fd = -1;
		w->own = map_own();
		w->task_policy = policy_for(MPOL_DEFAULT, none);
		for (int page = 0; page < OWN_PAGES; page++)
			w->own_policy[page] = policy_for(MPOL_DEFAULT, none);
	}
	for (unsigned int i = 0; i < option.threads; i++)
		or_die(!pthread_create(&thread[i], NULL, work, &worker[i]), "pthread_create");
	for (unsigned int i = 0; i < option.threads; i++)
		pthread_join(thread[i], NULL);
}

/* --- what changes around them --- */

static void flip_cpuset(struct worker *w)
{
	struct nodes mems = one_in(w, 3) ? stress.memory : random_nodes(w);

	cpuset_set_mems(&mems);
}

static int random_node(struct worker *w)
{
	if (!nodes_empty(&stress.anchor))
		return nodes_nth(&stress.anchor, 0);
	return nodes_nth(&stress.memory, below(w, nodes_count(&stress.memory)));
}

static void change_weight(struct worker *w)
{
	int node = random_node(w);

	weight_set(node, one_in(w, 3) ? 0 : 1 + below(w, 255));
}

static void remount(struct worker *w)
{
	static const char * const options[] = {
		"mpol=default", "mpol=local", "mpol=interleave", "mpol=bind=static:%d",
		"mpol=prefer:%d", "mpol=interleave=relative:%d",
	};
	char text[64];

	snprintf(text, sizeof(text), options[below(w, ARRAY_SIZE(options))],
		 random_node(w));
	mount(NULL, MOUNT, NULL, MS_REMOUNT, text);
}

/* Only blocks that are made to go: others may not get free for long. */
static bool can_go(int block)
{
	char path[128], text[64];

	snprintf(path, sizeof(path), BLOCK "valid_zones", block);
	return file_read(path, text, sizeof(text)) && !strcmp(text, "Movable\n");
}

static void change_memory(struct worker *w)
{
	unsigned int block = below(w, BLOCKS), tries = 0;
	char path[128];

	while (tries++ < BLOCKS && !can_go(block))
		block = (block + 1) % BLOCKS;
	if (tries > BLOCKS)
		return;
	snprintf(path, sizeof(path), BLOCK "state", block);
	if (file_write(path, "offline"))
		stress.common->offlined++;
	usleep(below(w, 50) * 1000);
	file_write(path, "online_movable");
}

static void disturb(struct worker *w)
{
	static void (* const changes[])(struct worker *w) = {
		flip_cpuset, flip_cpuset, change_weight, remount, change_memory,
	};

	changes[below(w, ARRAY_SIZE(changes))](w);
	usleep(below(w, 20) * 1000);
}

/* --- the whole --- */

static void drop_anchor(void)
{
	for (unsigned int block = 0; block < BLOCKS; block++) {
		if (!can_go(block))
			continue;
		nodes_add(&stress.anchor, nodes_nth(&stress.memory, 0));
		return;
	}
}

static void start_failures(void)
{
	if (!failures_on_demand())
		ksft_exit_skip("-f " NEEDS_FAILURES "\n");
}

static char *map_object_for_all(int fd)
{
	char *at = mmap(NULL, OBJECT_PAGES * page_size(), PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			0);

	or_die(at != MAP_FAILED, "mmap of a shared object");
	return at;
}

/* A memfd, a file on the mount, and a segment. */
static void make_objects(void)
{
	size_t len = OBJECT_PAGES * page_size();
	int id = shmget(IPC_PRIVATE, len, 0600);

	stress.object_fd[0] = memfd_create("mempolicy_stress", MFD_CLOEXEC);
	stress.object_fd[1] = open(MOUNT, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	stress.object_fd[2] = -1;
	or_die(stress.object_fd[0] >= 0 && !ftruncate(stress.object_fd[0], len), "memfd_create");
	or_die(stress.object_fd[1] >= 0 && !ftruncate(stress.object_fd[1], len),
	       "opening a file on " MOUNT);
	stress.object[0] = map_object_for_all(stress.object_fd[0]);
	stress.object[1] = map_object_for_all(stress.object_fd[1]);
	stress.object[2] = id >= 0 ? shmat(id, NULL, 0) : (void *)-1;
	or_die(stress.object[2] != (void *)-1, "shmat");
	shmctl(id, IPC_RMID, NULL);
}

static void drop_objects(void)
{
	for (int i = 0; i < OBJECTS; i++) {
		if (stress.object_fd[i] < 0) {
			shmdt(stress.object[i]);
			continue;
		}
		munmap(stress.object[i], OBJECT_PAGES * page_size());
		close(stress.object_fd[i]);
	}
}

static void start_processes(void)
{
	for (unsigned int i = 0; i < stress.processes; i++) {
		pid_t pid = fork();

		or_die(pid >= 0, "fork");
		if (pid == 0) {
			run_process(i);
			exit(0);
		}
		stress.common->pid[i] = pid;
	}
}

/* Disturbs until all have ended; how many ended as they should? */
static unsigned int wait_for_processes(void)
{
	struct worker w = { .random = option.seed << 16 | 0xffff };
	unsigned int left = stress.processes, good = 0;
	int status;
	pid_t pid;

	while (left) {
		pid = waitpid(-1, &status, WNOHANG);
		if (pid <= 0) {
			disturb(&w);
			continue;
		}
		left--;
		if (WIFEXITED(status) && !WEXITSTATUS(status))
			good++;
		else
			ksft_print_msg("process %d ended with status %#x\n", pid, status);
	}
	return good;
}

static void restore_machine(void)
{
	int node = -1;

	while (nodes_step(&stress.memory, &node))
		weight_set(node, 0);
	cpuset_leave();
	drop_objects();
	umount(MOUNT);
	rmdir(MOUNT);
}

/* Policies there are, or -1 when the kernel does not tell. */
static long count_policies(void)
{
	char line[512];
	long nr = -1;
	FILE *slabs;

	file_write(SLAB "shrink", "1");
	slabs = fopen("/proc/slabinfo", "re");
	while (slabs && nr < 0 && fgets(line, sizeof(line), slabs))
		if (sscanf(line, "numa_policy %ld", &nr) != 1)
			nr = -1;
	if (slabs)
		fclose(slabs);
	return nr;
}

/* Policies are freed when nobody can read them any more, which takes a while. */
static void check_policies(long before)
{
	const char *name = "no policy is left\n";
	long after = count_policies();

	if (before < 0) {
		ksft_test_result_skip("needs numa_policy in /proc/slabinfo: %s", name);
		return;
	}
	for (int tries = 0; after > before && tries < 100; tries++) {
		usleep(100000);
		after = count_policies();
	}
	if (after > before)
		ksft_print_msg("%ld policies, there should be %ld\n", after, before);
	ksft_test_result(after <= before, "%s", name);
}

static void reject_options(const char *name)
{
	fprintf(stderr, "usage: %s [-s SEED] [-n CALLS] [-p PROCESSES] [-t THREADS] [-f] [-o]\n",
		name);
	exit(KSFT_FAIL);
}

static void read_options(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "s:n:p:t:fo")) != -1) {
		unsigned long number = optarg ? strtoul(optarg, NULL, 0) : 0;

		if (c == 's')
			option.seed = number;
		else if (c == 'n')
			option.calls = number;
		else if (c == 'p' && number && number <= PROCESSES_MAX)
			stress.processes = number;
		else if (c == 't' && number && number <= THREADS_MAX)
			option.threads = number;
		else if (c == 'f')
			option.fail = true;
		else if (c == 'o')
			stress.mostly_objects = true;
		else
			reject_options(argv[0]);
	}
}

static void prepare(void)
{
	stress.memory = machine.roomy;
	if (nodes_empty(&stress.memory) || geteuid())
		ksft_exit_skip("needs root, and a node with free memory\n");
	drop_anchor();
	if (option.fail)
		start_failures();
	catch_bad_accesses();
	stress.common = mmap(NULL, page_size(), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	or_die(stress.common != MAP_FAILED, "mmap");
	mkdir(MOUNT, 0700);
	or_die(!mount("tmpfs", MOUNT, "tmpfs", 0, NULL), "mounting a tmpfs");
}

/*
 * An address space remembers policies that it does not use any more. All that set
 * some have ended when this has.
 */
static bool run_stress(void *processes)
{
	const unsigned int *wanted = processes;
	unsigned int good;

	make_objects();
	if (cpuset_missing() || !cpuset_enter(&stress.memory))
		ksft_print_msg("no cpuset that could change\n");
	fflush(stdout);
	start_processes();
	good = wait_for_processes();
	restore_machine();
	fflush(stdout);
	return good == *wanted;
}

int main(int argc, char **argv)
{
	long policies;
	bool good;

	read_options(argc, argv);
	machine_require();
	ksft_print_header();
	prepare();
	policies = count_policies();
	ksft_set_plan(3);
	ksft_print_msg("seed %lu, %lu calls in each of %u threads of %u processes%s\n",
		       option.seed, option.calls, option.threads, stress.processes,
		       option.fail ? ", allocations fail" : "");
	fflush(stdout);
	good = child_says_yes(run_stress, &stress.processes);
	ksft_print_msg("%lu calls, %lu of them on shared objects, memory went %lu times\n",
		       stress.common->done, stress.common->on_objects, stress.common->offlined);
	ksft_test_result(good && stress.common->done ==
			 stress.processes * option.threads * option.calls,
			 "all threads come to their end\n");
	ksft_test_result(!stress.common->wrong, "policies are what was set\n");
	check_policies(policies);
	ksft_finished();
}
