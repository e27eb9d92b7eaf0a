// SPDX-License-Identifier: GPL-2.0
/*
 * Who may do what: root, an ordinary user, one who may set priorities
 * (CAP_SYS_NICE), and one who is root in a user namespace and nowhere else.
 *
 * What a user may do to an object by a policy is in mempolicy_shared, and which
 * nodes migrate_pages(2) lets a user name in mempolicy_migrate.
 *
 * B1 in comments is what Linux 6.12 does wrong: who may only read an object
 * sets its policy.
 */
#include "mempolicy_harness.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>

#include "mempolicy_calls.h"
#include "mempolicy_files.h"
#include "mempolicy_machine.h"
#include "mempolicy_pages.h"
#include "mempolicy_policy.h"
#include "mempolicy_process.h"
#include "mempolicy_requests.h"
#include "mempolicy_settings.h"

#define POOL	"/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages_mempolicy"

enum who { ROOT, USER, NICE, NS_ROOT };

FIXTURE(who) {
	struct nodes first;
	struct nodes last;
};

FIXTURE_VARIANT(who) {
	enum who who;
};

FIXTURE_VARIANT_ADD(who, root) { .who = ROOT };
FIXTURE_VARIANT_ADD(who, user) { .who = USER };
FIXTURE_VARIANT_ADD(who, nice) { .who = NICE };
FIXTURE_VARIANT_ADD(who, root_of_a_namespace) { .who = NS_ROOT };

FIXTURE_SETUP(who)
{
	if (geteuid())
		SKIP(return, "needs root, to become others");
	if (variant->who == NS_ROOT && access("/proc/self/ns/user", F_OK))
		SKIP(return, "needs user namespaces");
	self->first = nodes_of(nodes_nth(&machine.usable, 0));
	self->last = nodes_of(nodes_highest(&machine.usable));
}

FIXTURE_TEARDOWN(who)
{
}

static void become(enum who who)
{
	if (who == ROOT)
		return;
	or_die(become_user(who == NICE), "becoming a user");
	or_die(who != NS_ROOT || !unshare(CLONE_NEWUSER), "making a user namespace");
}

static bool may_nice(enum who who)
{
	return who == ROOT || who == NICE;
}

/* What a child process is given. */
struct task {
	enum who who;
	struct nodes first;
	struct nodes last;
	int fd;
	char *map;
	pid_t pid;
};

static bool is(long seen, long want, const char *what)
{
	if (seen == want)
		return true;
	ksft_print_msg("%s: %ld, not %ld\n", what, seen, want);
	return false;
}

/* --- one's own memory --- */

static bool uses_own(void *arg)
{
	const struct task *task = arg;
	char *base = map_pages(4);
	bool right = true;
	struct policy pol;

	become(task->who);
	for (unsigned int n = 0; n < POLICY_REQUESTS; n++) {
		if (!policy_request(&pol, n))
			continue;
		right &= is(policy_set_task(&pol), 0, "set_mempolicy") &&
			 is(policy_bind_range(&pol, base, page_size(), 0), 0, "mbind");
	}
	right &= is(policy_set_task(&no_policy), 0, "set_mempolicy");
	touch_pages(base, 4);
	pol = policy_for(MPOL_BIND, task->last);
	right &= is(policy_bind_range(&pol, base, 4 * page_size(), MPOL_MF_MOVE | MPOL_MF_STRICT),
		    0, "mbind that moves");
	return right && is(sys_home_node(base, page_size(), nodes_nth(&task->last, 0), 0), 0,
			   "home node");
}

/* Catches a right that is asked for where none is needed. */
TEST_F(who, own_memory)
{
	struct task task = { .who = variant->who, .first = self->first, .last = self->last };

	EXPECT_TRUE(child_says_yes(uses_own, &task));
}

/*
 * MOVE_ALL takes CAP_SYS_NICE.  @err is what comes before that or, if it is 0,
 * the errno of who has it.
 */
static const struct move_all {
	const char *what;
	int mode;
	unsigned long flags;
	bool bad_mask;
	unsigned long offset;
	unsigned long len;
	int before;
	int after;
} move_all[] = {
	{ "plain", MPOL_BIND, 0, false, 0, 4096, 0, 0 },
	{ "with MOVE", MPOL_BIND, MPOL_MF_MOVE, false, 0, 4096, 0, 0 },
	{ "to default", MPOL_DEFAULT, 0, false, 0, 4096, 0, EINVAL },
	{ "unknown flag", MPOL_BIND, 1 << 10, false, 0, 4096, EINVAL, 0 },
	{ "unknown mode", 100, 0, false, 0, 4096, EINVAL, 0 },
	{ "bad mask", MPOL_BIND, 0, true, 0, 4096, EFAULT, 0 },
	{ "odd start", MPOL_BIND, 0, false, 1, 4096, 0, EINVAL },
	{ "nothing", MPOL_BIND, 0, false, 0, 0, 0, 0 },
	{ "a hole", MPOL_BIND, 0, false, 0, 3 * 4096, 0, EFAULT },
};

static bool move_all_answers(const struct move_all *try, const struct task *task, char *base)
{
	int want = try->before ? try->before : may_nice(task->who) ? try->after : EPERM;
	unsigned long mask[MASK_WORDS];
	long ret;

	nodes_to_mask(&task->last, mask);
	ret = sys_mbind(base + try->offset, try->len, try->mode,
			try->bad_mask ? (void *)8 : mask, machine.max + 1,
			try->flags | MPOL_MF_MOVE_ALL);
	return is(ret ? errno : 0, want, try->what);
}

static bool moves_all(void *arg)
{
	const struct task *task = arg;
	bool right = true;

	become(task->who);
	for (size_t n = 0; n < ARRAY_SIZE(move_all); n++) {
		char *base = map_pages(3);

		or_die(!munmap(page_at(base, 2), page_size()), "munmap");
		right &= move_all_answers(&move_all[n], task, base);
		if (!may_nice(task->who))
			right &= policy_holds(base, &no_policy);
		munmap(base, 2 * page_size());
	}
	return right;
}

/* Catches a right of a namespace taken for one of the machine, and the order of errors. */
TEST_F(who, move_all)
{
	struct task task = { .who = variant->who, .last = self->last };

	if (page_size() != 4096)
		SKIP(return, "is written for pages of 4096 bytes");
	EXPECT_TRUE(child_says_yes(moves_all, &task));
}

/* --- processes of others --- */

/* A process of the same user; one that is not dumpable has something to hide. */
static pid_t start_child(bool dumpable)
{
	int ready[2];
	char byte;
	pid_t child;

	or_die(!pipe(ready), "pipe");
	child = fork();
	or_die(child >= 0, "fork");
	if (child == 0) {
		or_die(!prctl(PR_SET_DUMPABLE, dumpable), "prctl");
		or_die(write(ready[1], "", 1) == 1, "write");
		pause();
		_exit(0);
	}
	or_die(read(ready[0], &byte, 1) == 1, "read");
	close(ready[0]);
	close(ready[1]);
	return child;
}

static bool migrates(pid_t pid, const struct task *task, bool may, const char *what)
{
	long left = migrate_pages_of(pid, &task->first, &task->last);

	return is(left < 0 ? -left : 0, may ? 0 : EPERM, what);
}

static bool migrates_others(void *arg)
{
	const struct task *task = arg;
	pid_t open, hidden;
	bool right;

	become(task->who);
	open = start_child(true);
	hidden = start_child(false);
	right = migrates(0, task, true, "migrate_pages of oneself") &&
		migrates(open, task, true, "migrate_pages of one's child") &&
		migrates(hidden, task, task->who == ROOT, "migrate_pages of what is hidden") &&
		migrates(task->pid, task, task->who == ROOT, "migrate_pages of root's");
	kill(open, SIGKILL);
	kill(hidden, SIGKILL);
	return right;
}

/* Catches processes of others that are looked at or moved, and own ones that are not. */
TEST_F(who, migrate_pages)
{
	struct task task = {
		.who = variant->who, .first = self->first, .last = self->last, .pid = getpid(),
	};

	EXPECT_TRUE(child_says_yes(migrates_others, &task));
}

static int read_error(const char *path)
{
	char text[64];
	int fd = open(path, O_RDONLY), err;

	if (fd < 0)
		return errno;
	err = read(fd, text, sizeof(text)) < 0 ? errno : 0;
	close(fd);
	return err;
}

static bool reads_numa_maps(void *arg)
{
	const struct task *task = arg;
	char path[64];

	become(task->who);
	snprintf(path, sizeof(path), "/proc/%d/numa_maps", task->pid);
	return is(read_error("/proc/self/numa_maps"), 0, "one's own numa_maps") &&
	       is(read_error(path), task->who == ROOT ? 0 : EACCES, "root's numa_maps");
}

/* Catches addresses and policies of others that anybody can read. */
TEST_F(who, numa_maps)
{
	struct task task = { .who = variant->who, .pid = getpid() };

	EXPECT_TRUE(child_says_yes(reads_numa_maps, &task));
}

/* --- objects of others --- */

static bool sets_object(void *arg)
{
	const struct task *task = arg;
	struct policy pol = policy_for(MPOL_BIND, task->last);
	char *map;

	become(task->who);
	map = mmap(NULL, 4 * page_size(), PROT_READ, MAP_SHARED, task->fd, 0);
	or_die(map != MAP_FAILED, "mmap of what may be read");
	return is(policy_set_range(&pol, map, 2 * page_size()),
		  may_nice(task->who) ? 0 : EACCES, "mbind of root's object");
}

/* B1: a namespace's root has CAP_SYS_NICE there, and an object belongs to the machine. */
TEST_F(who, object_of_root)
{
	struct policy here = policy_for(MPOL_BIND, self->first);
	struct policy there = policy_for(MPOL_BIND, self->last);
	struct task task = { .who = variant->who, .last = self->last };
	int fd = memfd_create("object", 0);
	char path[64], *map;

	ASSERT_EQ(0, ftruncate(fd, 4 * page_size()));
	map = mmap(NULL, 4 * page_size(), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, policy_set_range(&here, map, 4 * page_size()));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	task.fd = open(path, O_RDONLY);
	ASSERT_LE(0, task.fd);
	EXPECT_TRUE(child_says_yes(sets_object, &task));
	EXPECT_TRUE(policy_holds(map, may_nice(variant->who) ? &there : &here));
	EXPECT_TRUE(policy_holds(page_at(map, 2), &here));
}

static bool uses_own_object(void *arg)
{
	const struct task *task = arg;
	struct policy pol = policy_for(MPOL_INTERLEAVE, task->last);
	int fd;
	char *map;

	become(task->who);
	fd = memfd_create("object", 0);
	or_die(fd >= 0 && !ftruncate(fd, 4 * page_size()), "making an object");
	map = mmap(NULL, 4 * page_size(), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	or_die(map != MAP_FAILED, "mapping an object");
	return is(policy_set_range(&pol, map, 4 * page_size()), 0, "mbind of one's own object") &&
	       policy_holds(page_at(map, 3), &pol);
}

/* Catches an owner who has lost the right to an object. */
TEST_F(who, object_of_their_own)
{
	struct task task = { .who = variant->who, .last = self->last };

	EXPECT_TRUE(child_says_yes(uses_own_object, &task));
}

/* Only who may mount can say mpol=; a namespace's root may, in a namespace of mounts. */
static bool mounts_tmpfs(void *arg)
{
	const struct task *task = arg;
	bool may = task->who == ROOT || task->who == NS_ROOT;
	char option[64];
	int err;

	or_die(!unshare(CLONE_NEWNS) && !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL),
	       "making a namespace of mounts");
	become(task->who);
	if (task->who == NS_ROOT)
		or_die(!unshare(CLONE_NEWNS), "making another");
	snprintf(option, sizeof(option), "mpol=bind:%d", nodes_nth(&task->last, 0));
	err = mount("tmpfs", "/tmp", "tmpfs", 0, option) ? errno : 0;
	if (!is(err, may ? 0 : EPERM, "mount with mpol="))
		return false;
	snprintf(option, sizeof(option), "mpol=bind:%u", machine.max);
	err = may && mount("tmpfs", "/tmp", "tmpfs", 0, option) ? errno : 0;
	return is(err, may ? EINVAL : 0, "mount with nodes that do not exist");
}

/* Catches mpol= kept from, or given to, who may not mount. */
TEST_F(who, mount)
{
	struct task task = { .who = variant->who, .last = self->last };

	EXPECT_TRUE(child_says_yes(mounts_tmpfs, &task));
}

/* --- what belongs to the machine --- */

static int write_error(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY), err;

	if (fd < 0)
		return errno;
	err = write(fd, text, strlen(text)) < 0 ? errno : 0;
	close(fd);
	return err;
}

/* Root writes what is there already. */
static bool writes_settings(void *arg)
{
	const struct task *task = arg;
	char weight[64], pool[32];
	int want = task->who == ROOT ? 0 : EACCES;
	const char *path = task->map;

	or_die(file_read(path, weight, sizeof(weight)), "reading a weight");
	or_die(access(POOL, F_OK) || file_read(POOL, pool, sizeof(pool)), "reading a pool");
	become(task->who);
	return is(write_error(path, weight), want, "writing a weight") &&
	       (access(POOL, F_OK) || is(write_error(POOL, pool), want, "filling a pool"));
}

/* Catches weights, or a pool of huge pages, that anybody can change for all. */
TEST_F(who, settings)
{
	char path[128];
	struct task task = { .who = variant->who, .map = path };

	weight_path(nodes_nth(&self->last, 0), path);
	if (access(path, F_OK))
		SKIP(return, "needs %s", path);
	EXPECT_TRUE(child_says_yes(writes_settings, &task));
}

int main(int argc, char **argv)
{
	machine_require();
	return run_tests(argc, argv);
}
