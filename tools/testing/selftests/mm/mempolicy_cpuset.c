// SPDX-License-Identifier: GPL-2.0
/*
 * Cpusets of cgroup v1 and v2 that change under policies: sets of nodes that
 * shrink, grow, move and come back, processes that are moved to another cpuset,
 * threads of one process in different cpusets, and a process that has lost its
 * first thread.
 *
 * All policies stand side by side: those of tasks, of mappings and of objects.
 * The model works out what each of them means to whoever touches memory, from
 * the nodes that were allowed when it was asked for and those allowed now.
 *
 * B3 and B4 in comments are what Linux 6.12 does wrong: nodes that were asked
 * for get lost when others are allowed.
 */
#include "mempolicy_harness.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "mempolicy_files.h"
#include "mempolicy_group.h"
#include "mempolicy_machine.h"
#include "mempolicy_process.h"
#include "mempolicy_scene.h"

#define V2_ROOT		"/sys/fs/cgroup"
#define V2_DIR		V2_ROOT "/mempolicy_test"
#define GROUPS		3

/* --- cpusets of either version --- */

/**
 * struct groups - a few cpusets side by side
 * @v1:  of cgroup v1; otherwise threaded ones of v2
 * @dir: what they are in
 */
struct groups {
	bool v1;
	char dir[40];
};

static bool write_in(const char *dir, const char *file, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	return file_write(path, text);
}

static bool group_write(const struct groups *groups, int group, const char *file,
			const char *text)
{
	char dir[64];

	snprintf(dir, sizeof(dir), "%s/%d", groups->dir, group);
	return write_in(dir, file, text);
}

/* A cpuset that was just removed keeps the controller busy for a moment. */
static bool mount_v1(const char *dir)
{
	for (int tries = 0; tries < 100; tries++) {
		if (!mount("cpuset", dir, "cgroup", 0, "cpuset"))
			return true;
		usleep(20000);
	}
	return false;
}

/* NULL, or why there is no hierarchy of this version. */
static const char *get_hierarchy(struct groups *groups)
{
	const char *missing = cpuset_missing();

	if (missing)
		return missing;
	if (!groups->v1) {
		snprintf(groups->dir, sizeof(groups->dir), V2_DIR);
		rmdir(V2_DIR);
		if (!write_in(V2_ROOT, "cgroup.subtree_control", "+cpuset") ||
		    mkdir(V2_DIR, 0755))
			return "needs to make a cpuset of cgroup v2";
		return NULL;
	}
	snprintf(groups->dir, sizeof(groups->dir), "/tmp/mempolicy.XXXXXX");
	write_in(V2_ROOT, "cgroup.subtree_control", "-cpuset");
	if (!mkdtemp(groups->dir) || !mount_v1(groups->dir))
		return "needs to mount a cpuset hierarchy of cgroup v1";
	return NULL;
}

static bool make_group(const struct groups *groups, int group, const char *cpus)
{
	char dir[64];

	snprintf(dir, sizeof(dir), "%s/%d", groups->dir, group);
	if (mkdir(dir, 0755))
		return false;
	if (groups->v1)
		return write_in(dir, "cpuset.cpus", cpus);
	return write_in(dir, "cgroup.type", "threaded");
}

static bool make_groups(const struct groups *groups)
{
	char cpus[256];
	bool made = file_read("/sys/devices/system/cpu/online", cpus, sizeof(cpus));

	for (int group = 0; group < GROUPS; group++)
		made = made && make_group(groups, group, cpus);
	return made && (groups->v1 || write_in(groups->dir, "cgroup.subtree_control", "+cpuset"));
}

static bool group_mems(const struct groups *groups, int group, const struct nodes *mems)
{
	return group_write(groups, group, "cpuset.mems", nodes_text(mems));
}

/* Moves the calling process. */
static bool group_enter(const struct groups *groups, int group)
{
	return group_write(groups, group, "cgroup.procs", "0");
}

/* Moves the calling thread. */
static bool group_enter_alone(const struct groups *groups, int group)
{
	return group_write(groups, group, groups->v1 ? "tasks" : "cgroup.threads", "0");
}

/*
 * Gives the controller back to version 2.  A hierarchy that is unmounted while
 * a removed cpuset lingers stays, and has to be mounted to be tried again.
 */
static void leave_v1(const char *dir)
{
	for (int tries = 0; tries < 20; tries++) {
		umount2(dir, 0);
		usleep(100000);
		if (!cpuset_missing())
			break;
		mount_v1(dir);
	}
}

static void leave_groups(const struct groups *groups)
{
	char dir[64];

	write_in(groups->v1 ? groups->dir : V2_ROOT, "cgroup.procs", "0");
	for (int group = 0; group < GROUPS; group++) {
		snprintf(dir, sizeof(dir), "%s/%d", groups->dir, group);
		rmdir(dir);
	}
	if (groups->v1)
		leave_v1(groups->dir);
	rmdir(groups->dir);
}

/* --- the matrix --- */

FIXTURE(cpuset) {
	struct groups groups;
	struct scene scene;
	struct nodes from;
	struct nodes to;
};

FIXTURE_VARIANT(cpuset) {
	bool v1;
	bool attach;	/* move to another cpuset, instead of changing this one */
	const char *from;
	const char *to;
};

FIXTURE_VARIANT_ADD(cpuset, v1_shrink) { .v1 = true, .from = "all", .to = "m0 mL" };
FIXTURE_VARIANT_ADD(cpuset, v1_to_one) { .v1 = true, .from = "all", .to = "mL" };
FIXTURE_VARIANT_ADD(cpuset, v1_disjoint) { .v1 = true, .from = "m0 m1", .to = "m2 m3" };
FIXTURE_VARIANT_ADD(cpuset, v1_attach) {
	.v1 = true, .attach = true, .from = "m0 m1", .to = "m1 m2",
};

FIXTURE_VARIANT_ADD(cpuset, v2_shrink) { .from = "all", .to = "m0 mL" };
FIXTURE_VARIANT_ADD(cpuset, v2_grow) { .from = "m1", .to = "all" };
FIXTURE_VARIANT_ADD(cpuset, v2_disjoint) { .from = "m0 m1", .to = "m2 m3" };
FIXTURE_VARIANT_ADD(cpuset, v2_attach) { .attach = true, .from = "m0 m1", .to = "m1 m2" };
FIXTURE_VARIANT_ADD(cpuset, v2_attach_to_one) { .attach = true, .from = "all", .to = "m0" };

/* NULL, or why a test cannot be done here. */
static const char *begin(struct groups *groups, bool v1, struct view *view)
{
	const char *missing;

	groups->v1 = v1;
	view->cpu_node = machine_settle();
	if (view->cpu_node < 0 || nodes_count(&machine.roomy) < 2)
		return NEEDS_NODES;
	missing = get_hierarchy(groups);
	if (!missing && !make_groups(groups))
		missing = "needs to make cpusets";
	if (missing)
		leave_groups(groups);
	return missing;
}

FIXTURE_SETUP(cpuset)
{
	const char *missing;

	if (!nodes_parse(variant->from, &machine.roomy, &self->from))
		SKIP(return, "%s", nodes_lack(variant->from));
	if (!nodes_parse(variant->to, &machine.roomy, &self->to))
		SKIP(return, "%s", nodes_lack(variant->to));
	missing = begin(&self->groups, variant->v1, &self->scene.view);
	if (missing)
		SKIP(return, "%s", missing);
}

FIXTURE_TEARDOWN(cpuset)
{
	leave_groups(&self->groups);
}

/* Has the process allowed the nodes @now. */
static bool allow(struct groups *groups, struct view *view, const struct nodes *now, bool attach)
{
	view->now = *now;
	if (attach)
		return group_enter(groups, view->phase % 2);
	return group_mems(groups, 0, now);
}

/*
 * B3, B4, and catches policies that do not follow as their flags say, that do
 * not get back what they had, and that stay behind when a process is moved.
 */
TEST_F(cpuset, changes_and_comes_back)
{
	struct view *view = &self->scene.view;

	ASSERT_TRUE(group_mems(&self->groups, 0, &self->from));
	ASSERT_TRUE(group_mems(&self->groups, 1, &self->to));
	ASSERT_TRUE(group_enter(&self->groups, 0));
	view->now = self->from;
	scene_begin(&self->scene);
	for (;;) {
		EXPECT_EQ(0U, scene_wrong(&self->scene))
			TH_LOG("of %u policies", self->scene.nr);
		if (++view->phase == SCENE_PHASES)
			break;
		ASSERT_TRUE(allow(&self->groups, view, view->phase % 2 ? &self->to : &self->from,
				  variant->attach));
	}
	scene_end(&self->scene);
}

/* --- threads in cpusets of their own --- */

FIXTURE(threads) {
	struct groups groups;
	struct scene scene;
};

FIXTURE_VARIANT(threads) {
	bool v1;
};

FIXTURE_VARIANT_ADD(threads, v1) { .v1 = true };
FIXTURE_VARIANT_ADD(threads, v2) { };

FIXTURE_SETUP(threads)
{
	const char *missing = begin(&self->groups, variant->v1, &self->scene.view);

	if (missing)
		SKIP(return, "%s", missing);
}

FIXTURE_TEARDOWN(threads)
{
	leave_groups(&self->groups);
}

/* A thread that uses the memory of all from within a cpuset of its own. */
struct stray {
	struct groups *groups;
	struct scene *scene;
	struct view view;
	int group;
	unsigned int wrong;
	pthread_t thread;
};

static void *use_memory(void *arg)
{
	struct stray *stray = arg;

	or_die(group_enter_alone(stray->groups, stray->group), "moving a thread");
	stray->wrong = scene_wrong_memory(stray->scene, &stray->view);
	return NULL;
}

static void send_off(struct stray *stray)
{
	or_die(group_mems(stray->groups, stray->group, &stray->view.now) &&
	       !pthread_create(&stray->thread, NULL, use_memory, stray), "starting a thread");
}

/*
 * B3, and catches a mapping that means the same to all threads, so that pages
 * of one come from where another may, and the one that moved last decides.
 */
TEST_F(threads, see_their_own_nodes)
{
	struct scene *scene = &self->scene;
	struct stray strays[2] = { };

	ASSERT_TRUE(group_mems(&self->groups, 0, &machine.roomy));
	ASSERT_TRUE(group_enter(&self->groups, 0));
	scene->view.now = machine.roomy;
	scene_begin(scene);
	for (int i = 0; i < 2; i++) {
		strays[i] = (struct stray){
			.groups = &self->groups, .scene = scene, .view = scene->view,
			.group = 1 + i,
		};
		strays[i].view.phase = 1 + i;
		ASSERT_TRUE(nodes_parse(i ? "mL" : "m0 m1", &machine.roomy,
					&strays[i].view.now));
		send_off(&strays[i]);
	}
	EXPECT_EQ(0U, scene_wrong(scene));
	for (int i = 0; i < 2; i++) {
		pthread_join(strays[i].thread, NULL);
		EXPECT_EQ(0U, strays[i].wrong)
			TH_LOG("thread with nodes %s", nodes_text(&strays[i].view.now));
	}
	scene_end(scene);
}

/* --- a process without its first thread --- */

FIXTURE(headless) {
	struct groups groups;
	struct scene scene;
	struct nodes to;
};

FIXTURE_VARIANT(headless) {
	bool v1;
	bool attach;
};

FIXTURE_VARIANT_ADD(headless, v1) { .v1 = true };
FIXTURE_VARIANT_ADD(headless, v1_attach) { .v1 = true, .attach = true };
FIXTURE_VARIANT_ADD(headless, v2) { };
FIXTURE_VARIANT_ADD(headless, v2_attach) { .attach = true };

FIXTURE_SETUP(headless)
{
	const char *missing = begin(&self->groups, variant->v1, &self->scene.view);

	if (missing)
		SKIP(return, "%s", missing);
	ASSERT_TRUE(nodes_parse("mL", &machine.roomy, &self->to));
}

FIXTURE_TEARDOWN(headless)
{
	leave_groups(&self->groups);
}

struct headless {
	struct groups *groups;
	struct scene *scene;
	const struct nodes *from;
	const struct nodes *to;
	bool attach;
	pid_t leader;
};

/* Waits until the first thread is dead, which leaves its state behind. */
static bool leader_is_gone(pid_t leader)
{
	char path[64], stat[512];

	snprintf(path, sizeof(path), "/proc/%d/stat", leader);
	for (int tries = 0; tries < 500; tries++) {
		if (file_read(path, stat, sizeof(stat)) && strstr(stat, ") Z "))
			return true;
		usleep(10000);
	}
	return false;
}

static void *go_on(void *arg)
{
	struct headless *headless = arg;
	struct scene *scene = headless->scene;
	unsigned int wrong;

	or_die(leader_is_gone(headless->leader), "waiting for the first thread to end");
	scene_begin(scene);
	wrong = scene_wrong(scene);
	while (++scene->view.phase < SCENE_PHASES) {
		or_die(allow(headless->groups, &scene->view,
			     scene->view.phase % 2 ? headless->to : headless->from,
			     headless->attach), "changing cpusets");
		wrong += scene_wrong(scene);
	}
	_exit(wrong ? EXIT_FAILURE : EXIT_SUCCESS);
}

static bool lose_leader(void *arg)
{
	struct headless *headless = arg;
	pthread_t thread;

	headless->leader = getpid();
	or_die(!pthread_create(&thread, NULL, go_on, headless), "pthread_create");
	syscall(__NR_exit, 0);
	return false;
}

/* Catches policies that are left out because whoever is asked for them is dead. */
TEST_F(headless, follows)
{
	struct headless headless = {
		.groups = &self->groups, .scene = &self->scene, .from = &machine.roomy,
		.to = &self->to, .attach = variant->attach,
	};

	ASSERT_TRUE(group_mems(&self->groups, 0, &machine.roomy));
	ASSERT_TRUE(group_mems(&self->groups, 1, &self->to));
	ASSERT_TRUE(group_enter(&self->groups, 0));
	self->scene.view.now = machine.roomy;
	EXPECT_TRUE(child_says_yes(lose_leader, &headless));
}

int main(int argc, char **argv)
{
	machine_require();
	return run_tests(argc, argv);
}
