// SPDX-License-Identifier: GPL-2.0
/*
 * The stress: what its threads do.
 *
 * Memory and objects that they share are set, touched, moved and dropped by all
 * of them at the same time. What that comes to is nobody's guess; but memory of
 * one's own, and the policy of the thread, are what they were set to.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest.h"
#include "mempolicy_calls.h"
#include "mempolicy_machine.h"
#include "mempolicy_pages.h"
#include "mempolicy_policy.h"
#include "mempolicy_stress.h"

#define FAIL_NTH_MAX	40

struct stress stress = { .processes = 2 };

static int zero_fd;
static __thread sigjmp_buf *escape;	/* where to go on after a bad access */

/* --- chance --- */

static __u64 next_random(__u64 *state)
{
	__u64 z = (*state += 0x9e3779b97f4a7c15ULL);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

unsigned int below(struct worker *w, unsigned int n)
{
	return next_random(&w->random) % n;
}

bool one_in(struct worker *w, unsigned int n)
{
	return below(w, n) == 0;
}

struct nodes random_nodes(struct worker *w)
{
	unsigned int nr = nodes_count(&stress.memory), n = 1 + below(w, 3);
	struct nodes set = stress.anchor;

	while (n--)
		nodes_add(&set, nodes_nth(&stress.memory, below(w, nr)));
	return set;
}

static struct policy random_policy(struct worker *w)
{
	static const int modes[] = {
		MPOL_DEFAULT, MPOL_LOCAL, MPOL_PREFERRED, MPOL_PREFERRED | STATIC, MPOL_BIND,
		MPOL_BIND | STATIC, MPOL_BIND | RELATIVE, MPOL_BIND | BALANCING, MPOL_INTERLEAVE,
		MPOL_INTERLEAVE | STATIC, MPOL_INTERLEAVE | RELATIVE, MPOL_PREFERRED_MANY,
		MPOL_PREFERRED_MANY | STATIC, MPOL_WEIGHTED_INTERLEAVE,
		MPOL_WEIGHTED_INTERLEAVE | STATIC, MPOL_WEIGHTED_INTERLEAVE | RELATIVE,
	};
	int mode = modes[below(w, ARRAY_SIZE(modes))];
	struct nodes none = { 0 };

	if (mode == MPOL_DEFAULT || mode == MPOL_LOCAL)
		return policy_for(mode, none);
	return policy_for(mode, random_nodes(w));
}

/* A part of some memory, in pages. */
struct part {
	char *at;
	unsigned long first, nr;
	size_t len;
};

static struct part random_part(struct worker *w, char *base, unsigned long pages)
{
	struct part part;

	part.first = below(w, pages);
	part.nr = 1 + below(w, one_in(w, 4) ? pages - part.first : 1);
	if (part.nr > pages - part.first)
		part.nr = pages - part.first;
	part.at = page_at(base, part.first);
	part.len = part.nr * page_size();
	return part;
}

/* Of what other threads use as well. */
static struct part common_part(struct worker *w)
{
	if (!stress.mostly_objects && one_in(w, 2))
		return random_part(w, stress.area, COMMON_PAGES);
	__atomic_fetch_add(&stress.common->on_objects, 1, __ATOMIC_RELAXED);
	return random_part(w, stress.object[below(w, OBJECTS)], OBJECT_PAGES);
}

static int random_flags(struct worker *w)
{
	static const int flags[] = {
		0, 0, 0, MPOL_MF_MOVE, MPOL_MF_MOVE | MPOL_MF_STRICT, MPOL_MF_STRICT,
		MPOL_MF_MOVE_ALL,
	};

	return flags[below(w, ARRAY_SIZE(flags))];
}

/* --- touching what may be gone --- */

static void on_bad_access(int signal)
{
	if (escape)
		siglongjmp(*escape, signal);
	_exit(128 + signal);
}

/* Others may unmap what one is about to touch. */
void catch_bad_accesses(void)
{
	struct sigaction action = { .sa_handler = on_bad_access, .sa_flags = SA_NODEFER };

	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
	zero_fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
}

static void touch_all(const struct part *part, bool store)
{
	for (unsigned long i = 0; i < part->nr; i++) {
		char *at = page_at(part->at, i);

		if (store)
			__atomic_store_n(at, 1, __ATOMIC_RELAXED);
		else
			__atomic_load_n(at, __ATOMIC_RELAXED);
	}
}

static void touch_part(struct worker *w, const struct part *part)
{
	bool store = !one_in(w, 4);
	sigjmp_buf here;

	escape = &here;
	if (!sigsetjmp(here, 0))
		touch_all(part, store);
	escape = NULL;
}

/* --- what threads do --- */

static void report(struct worker *w, const char *what, int err)
{
	__atomic_fetch_add(&stress.common->wrong, 1, __ATOMIC_RELAXED);
	ksft_print_msg("process %u: %s, errno %d\n", w->process, what, err);
}

static void stop_failing(struct worker *w)
{
	if (w->fail_fd >= 0 && write(w->fail_fd, "0", 1) != 1)
		report(w, "cannot end failures", errno);
}

/* The mode and flags of @addr, or of the task. */
static bool has_mode(struct worker *w, const void *addr, const struct policy *want)
{
	struct nodes set;
	int mode = -1;
	int err = policy_get(addr, &mode, &set);

	if (!err && mode == policy_reported_mode(want))
		return true;
	ksft_print_msg("mode %#x, not %#x\n", mode, policy_reported_mode(want));
	report(w, addr ? "memory of one's own has another policy" :
			 "the task has another policy", err);
	return false;
}

static void set_task(struct worker *w)
{
	struct policy pol = random_policy(w);
	int err = policy_set_task(&pol);

	stop_failing(w);
	if (!err)
		w->task_policy = pol;
	has_mode(w, NULL, &w->task_policy);
}

/* After a failed call every page has what it had; EIO from a move is none. */
static void bind_own(struct worker *w)
{
	struct part part = random_part(w, w->own, OWN_PAGES);
	struct policy pol = random_policy(w);
	int flags = random_flags(w);
	int err = policy_bind_range(&pol, part.at, part.len, flags);
	unsigned long i;

	stop_failing(w);
	if (!err || (err == EIO && (flags & (MPOL_MF_MOVE | MPOL_MF_MOVE_ALL))))
		for (i = 0; i < part.nr; i++)
			w->own_policy[part.first + i] = pol;
	for (i = 0; i < OWN_PAGES; i++)
		if (!has_mode(w, page_at(w->own, i), &w->own_policy[i]))
			w->own_policy[i] = pol;
	touch_part(w, &part);
}

static void bind_common(struct worker *w)
{
	struct part part = common_part(w);
	struct policy pol = random_policy(w);

	policy_bind_range(&pol, part.at, part.len, random_flags(w));
}

static void bind_page(struct worker *w)
{
	struct part part = common_part(w);
	struct policy pol = random_policy(w);

	policy_bind_range(&pol, part.at, page_size(), 0);
}

static void set_home(struct worker *w)
{
	struct part part = common_part(w);
	struct nodes set = random_nodes(w);

	sys_home_node(part.at, part.len, nodes_nth(&set, 0), 0);
}

static void touch(struct worker *w)
{
	struct part part = common_part(w);

	touch_part(w, &part);
}

/* As the kernel does for itself, through get_user_pages(). */
static void populate(struct worker *w)
{
	struct part part = common_part(w);

	if (read(zero_fd, part.at, part.len) < 0)
		madvise(part.at, part.len, MADV_POPULATE_READ);
}

static void ask(struct worker *w)
{
	static const int flags[] = {
		0, MPOL_F_NODE, MPOL_F_ADDR, MPOL_F_ADDR | MPOL_F_NODE, MPOL_F_MEMS_ALLOWED,
	};
	struct part part = common_part(w);
	unsigned long mask[MASK_WORDS];
	int mode, flag = flags[below(w, ARRAY_SIZE(flags))];

	sys_get_mempolicy(&mode, mask, machine.max + 1, flag & MPOL_F_ADDR ? part.at : NULL,
			  flag);
}

static void map_anew(struct worker *w)
{
	struct part part = random_part(w, stress.area, COMMON_PAGES);

	mmap(part.at, part.len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
	     -1, 0);
}

static void make_huge(struct worker *w)
{
	struct part part = { .at = stress.area, .nr = 1, .len = HUGE_PAGES * page_size() };

	mmap(part.at, part.len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
	     -1, 0);
	madvise(part.at, part.len, MADV_HUGEPAGE);
	touch_part(w, &part);
}

/* A part of an object where anonymous memory was: one's own copy, or shared. */
static void map_object(struct worker *w)
{
	struct part part = random_part(w, stress.area, COMMON_PAGES);
	int fd = stress.object_fd[below(w, OBJECTS)];

	if (fd >= 0)
		mmap(part.at, part.len, PROT_READ | PROT_WRITE,
		     (one_in(w, 2) ? MAP_PRIVATE : MAP_SHARED) | MAP_FIXED, fd,
		     below(w, OBJECT_PAGES) * page_size());
}

static void unmap(struct worker *w)
{
	struct part part = random_part(w, stress.area, COMMON_PAGES);

	munmap(part.at, part.len);
}

static void move_mapping(struct worker *w)
{
	struct part from = random_part(w, stress.area, COMMON_PAGES);
	struct part to = random_part(w, stress.area, COMMON_PAGES);

	mremap(from.at, from.len, to.len, MREMAP_MAYMOVE | MREMAP_FIXED, to.at);
}

static void protect(struct worker *w)
{
	struct part part = random_part(w, stress.area, COMMON_PAGES);

	mprotect(part.at, part.len, one_in(w, 3) ? PROT_READ : PROT_READ | PROT_WRITE);
}

static void advise(struct worker *w)
{
	static const int advices[] = {
		MADV_DONTNEED, MADV_HUGEPAGE, MADV_NOHUGEPAGE, MADV_COLD, MADV_PAGEOUT, MADV_FREE,
		MADV_WILLNEED, MADV_REMOVE, MADV_DONTFORK, MADV_DOFORK, MADV_MERGEABLE,
	};
	struct part part = common_part(w);

	madvise(part.at, part.len, advices[below(w, ARRAY_SIZE(advices))]);
}

static pid_t random_process(struct worker *w)
{
	return one_in(w, 2) ? getpid() : stress.common->pid[below(w, stress.processes)];
}

static void migrate_process(struct worker *w)
{
	struct nodes from = random_nodes(w), to = random_nodes(w);

	migrate_pages_of(random_process(w), &from, &to);
}

static void move_pages(struct worker *w)
{
	struct part part = common_part(w);
	struct nodes set = random_nodes(w);
	int status[8], node[8];
	void *page[8];

	for (int i = 0; i < 8; i++) {
		page[i] = page_at(part.at, i % part.nr);
		node[i] = nodes_nth(&set, 0);
	}
	sys_move_pages(0, 8, page, node, status, MPOL_MF_MOVE);
}

/* A child that changes what it got, and is gone. */
static void fork_child(struct worker *w)
{
	pid_t child = fork();

	if (child < 0)
		return;
	if (child == 0) {
		bind_common(w);
		touch(w);
		set_home(w);
		_exit(0);
	}
	waitpid(child, NULL, 0);
}

static void read_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char buf[4096];

	if (fd < 0)
		return;
	while (read(fd, buf, sizeof(buf)) > 0)
		;
	close(fd);
}

static void read_numa_maps(struct worker *w)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/numa_maps", random_process(w));
	read_file(path);
}

/* Memory that the kernel takes for itself, under the task's policy. */
static void fill_pipe(struct worker *w)
{
	static const char page[4096];
	int fds[2];

	if (pipe2(fds, O_NONBLOCK | O_CLOEXEC))
		return;
	for (unsigned int i = below(w, 16); i; i--)
		if (write(fds[1], page, sizeof(page)) < 0)
			break;
	close(fds[0]);
	close(fds[1]);
}

/* An object that comes and goes, on the mount whose policy changes. */
static void make_object(struct worker *w)
{
	int fd = open(MOUNT, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	struct policy pol = random_policy(w);
	struct part part;
	char *base;

	if (fd < 0)
		return;
	base = mmap(NULL, OBJECT_PAGES * page_size(), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (!ftruncate(fd, OBJECT_PAGES * page_size()) && base != MAP_FAILED) {
		part = random_part(w, base, OBJECT_PAGES);
		touch_part(w, &part);
		policy_bind_range(&pol, part.at, part.len, random_flags(w));
		touch_part(w, &part);
	}
	close(fd);
	if (base != MAP_FAILED)
		munmap(base, OBJECT_PAGES * page_size());
}

static void punch_hole(struct worker *w)
{
	struct part part = random_part(w, NULL, OBJECT_PAGES);
	int fd = stress.object_fd[below(w, OBJECTS)];

	if (fd >= 0)
		fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			  part.first * page_size(), part.len);
}

static const struct call {
	void (*call)(struct worker *w);
	unsigned int share;	/* how often, compared with the others */
} calls[] = {
	{ set_task, 3 }, { bind_own, 6 }, { bind_common, 8 }, { bind_page, 8 }, { set_home, 2 },
	{ touch, 12 }, { populate, 3 }, { ask, 3 }, { map_anew, 4 }, { make_huge, 1 },
	{ map_object, 2 }, { unmap, 2 }, { move_mapping, 3 }, { protect, 2 }, { advise, 4 },
	{ migrate_process, 1 }, { move_pages, 2 }, { fork_child, 1 }, { read_numa_maps, 1 },
	{ fill_pipe, 2 }, { make_object, 3 }, { punch_hole, 1 },
};

static const struct call *choose_call(struct worker *w)
{
	unsigned int all = 0, turn;
	const struct call *call;

	for (call = calls; call < calls + ARRAY_SIZE(calls); call++)
		all += call->share;
	turn = below(w, all);
	for (call = calls; turn >= call->share; call++)
		turn -= call->share;
	return call;
}

/* One of the next allocations fails. */
static void start_failing(struct worker *w)
{
	char text[16];

	if (w->fail_fd < 0 || one_in(w, 3))
		return;
	snprintf(text, sizeof(text), "%u", 1 + below(w, FAIL_NTH_MAX));
	if (write(w->fail_fd, text, strlen(text)) < 0)
		report(w, "cannot make calls fail", errno);
}

/* Does something, maybe with an allocation that fails. */
void random_call(struct worker *w)
{
	const struct call *call = choose_call(w);

	start_failing(w);
	call->call(w);
	stop_failing(w);
	__atomic_fetch_add(&stress.common->done, 1, __ATOMIC_RELAXED);
}
