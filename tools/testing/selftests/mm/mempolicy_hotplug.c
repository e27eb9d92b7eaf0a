// SPDX-License-Identifier: GPL-2.0
/*
 * Nodes whose memory goes and comes back, taken offline through sysfs or
 * unplugged by the machine's owner, while policies ask for them.
 *
 * All policies stand side by side: those of tasks, of mappings and of objects.
 * The model works out from what each was asked with, which nodes had memory
 * then and which have it now, what it has to mean before, while and after.
 *
 * Unplugging takes somebody outside who does it.  They read "unplug N" and
 * "plug N" from the virtio port qemu-numa.plug, and answer "done".
 *
 * B3 and B4 in comments are what Linux 6.12 does wrong: nodes that were asked
 * for are lost, for good, with their memory.
 */
#include "mempolicy_harness.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/mman.h>

#include "mempolicy_files.h"
#include "mempolicy_group.h"
#include "mempolicy_machine.h"
#include "mempolicy_policy.h"
#include "mempolicy_scene.h"
#include "mempolicy_settings.h"

#define NODE_DIR	"/sys/devices/system/node"
#define PORT_DIR	"/sys/class/virtio-ports"
#define PORT_NAME	"qemu-numa.plug"
#define PATIENCE_MS	20000

/* --- memory blocks --- */

/* The state file of a node's next memory block; false after the last one. */
static bool next_block(DIR *dir, int node, char *path, size_t size, const char *file)
{
	struct dirent *entry;
	unsigned int block;

	while ((entry = readdir(dir))) {
		if (sscanf(entry->d_name, "memory%u", &block) != 1)
			continue;
		snprintf(path, size, NODE_DIR "/node%d/memory%u/%s", node, block, file);
		return true;
	}
	return false;
}

static DIR *open_blocks(int node)
{
	char path[128];

	snprintf(path, sizeof(path), NODE_DIR "/node%d", node);
	return opendir(path);
}

/* Is all memory of a node movable, so that it can go? */
static bool can_go(int node)
{
	DIR *dir = open_blocks(node);
	char path[256], zones[64];
	int blocks = 0;
	bool movable = true;

	while (dir && movable && next_block(dir, node, path, sizeof(path), "valid_zones")) {
		movable = file_read(path, zones, sizeof(zones)) && !strncmp(zones, "Movable", 7);
		blocks++;
	}
	if (dir)
		closedir(dir);
	return blocks && movable;
}

/* Takes a node's memory away or brings it back; pages that are busy delay it. */
static bool switch_blocks(int node, const char *state)
{
	bool all = false;

	for (int tries = 0; !all && tries < 20; tries++) {
		DIR *dir = open_blocks(node);
		char path[256], seen[64];

		all = dir;
		while (dir && next_block(dir, node, path, sizeof(path), "state"))
			if (file_read(path, seen, sizeof(seen)) &&
			    strncmp(seen, state, strlen(seen) - 1))
				all &= file_write(path, state);
		if (dir)
			closedir(dir);
		if (!all)
			usleep(100000);
	}
	return all;
}

/* --- memory modules --- */

/* The port to whoever plugs modules, or -1. */
static int open_port(void)
{
	DIR *dir = opendir(PORT_DIR);
	struct dirent *entry;
	char path[320], name[64];
	int fd = -1;

	while (dir && fd < 0 && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), PORT_DIR "/%s/name", entry->d_name);
		if (!file_read(path, name, sizeof(name)) || strcmp(name, PORT_NAME "\n"))
			continue;
		snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
		fd = open(path, O_RDWR | O_CLOEXEC);
	}
	if (dir)
		closedir(dir);
	return fd;
}

static bool ask_for(const char *what, int node)
{
	char line[128] = "";
	struct pollfd wait = { .fd = open_port(), .events = POLLIN };
	size_t len = 0;

	if (wait.fd < 0)
		return false;
	dprintf(wait.fd, "%s %d\n", what, node);
	while (!strchr(line, '\n') && len < sizeof(line) - 1 && poll(&wait, 1, PATIENCE_MS) == 1) {
		ssize_t got = read(wait.fd, line + len, sizeof(line) - 1 - len);

		if (got <= 0)
			break;
		len += got;
		line[len] = '\0';
	}
	close(wait.fd);
	if (strcmp(line, "done\n"))
		ksft_print_msg("%s %d: \"%s\"\n", what, node, line);
	return !strcmp(line, "done\n");
}

/* --- which nodes have memory --- */

/* Waits for the nodes that this task may use to be @want. */
static bool come_true(const struct nodes *want)
{
	struct nodes seen = { 0 };

	for (int ms = 0; ms < PATIENCE_MS; ms += 20) {
		if (machine_usable_now(&seen) && nodes_same(&seen, want))
			return true;
		usleep(20000);
	}
	ksft_print_msg("usable are %s, not %s\n", nodes_text(&seen), nodes_text(want));
	return false;
}

static bool switch_node(int node, bool away, bool unplug)
{
	if (unplug)
		return ask_for(away ? "unplug" : "plug", node);
	return switch_blocks(node, away ? "offline" : "online_movable");
}

static bool switch_nodes(const struct nodes *set, bool away, bool unplug)
{
	bool all = true;
	int node = -1;

	while (nodes_step(set, &node))
		all &= switch_node(node, away, unplug);
	return all;
}

/* --- policies side by side --- */

FIXTURE(hotplug) {
	struct nodes hot;
	struct nodes with;
	struct nodes without;
	struct scene scene;
	bool in_cpuset;
	bool away;
};

FIXTURE_VARIANT(hotplug) {
	const char *hot;	/* which of the nodes that can go */
	bool unplug;
	bool asked_without;
	bool cpuset;		/* of all nodes but the first */
	bool local;		/* work beside the memory that goes */
};

FIXTURE_VARIANT_ADD(hotplug, offline_last) { .hot = "mL" };
FIXTURE_VARIANT_ADD(hotplug, offline_first) { .hot = "m0", .local = true };
FIXTURE_VARIANT_ADD(hotplug, offline_all) { .hot = "all" };
FIXTURE_VARIANT_ADD(hotplug, offline_when_asked) { .hot = "all", .asked_without = true };
FIXTURE_VARIANT_ADD(hotplug, offline_in_cpuset) { .hot = "mL", .cpuset = true };
FIXTURE_VARIANT_ADD(hotplug, unplug_last) { .hot = "mL", .unplug = true };
FIXTURE_VARIANT_ADD(hotplug, unplug_when_asked) {
	.hot = "mL", .unplug = true, .asked_without = true,
};

FIXTURE_VARIANT_ADD(hotplug, unplug_in_cpuset) {
	.hot = "mL", .unplug = true, .cpuset = true,
};

static struct nodes without(const struct nodes *set, const struct nodes *these)
{
	struct nodes rest = { 0 };
	int node = -1;

	while (nodes_step(set, &node))
		if (!nodes_has(these, node))
			nodes_add(&rest, node);
	return rest;
}

static bool settle_on(int node)
{
	int cpu = machine_cpu_of(node);

	return cpu >= 0 && pin_to_cpu(cpu);
}

FIXTURE_SETUP(hotplug)
{
	const char *missing = variant->cpuset ? cpuset_missing() : NULL;
	struct nodes movable = { 0 }, first = nodes_of(nodes_nth(&machine.usable, 0));
	int node = -1, port = -1;

	while (nodes_step(&machine.roomy, &node))
		if (can_go(node))
			nodes_add(&movable, node);
	if (missing)
		SKIP(return, "%s", missing);
	if (nodes_count(&movable) < 2 || nodes_has(&movable, nodes_nth(&machine.usable, 0)))
		SKIP(return, "needs two nodes, not the first, with nothing but movable memory");
	if (geteuid())
		SKIP(return, "needs root, to take memory offline");
	if (variant->unplug) {
		port = open_port();
		if (port < 0)
			SKIP(return, "needs a port %s, to have memory unplugged", PORT_NAME);
		close(port);
	}
	nodes_parse(variant->hot, &movable, &self->hot);
	if (!settle_on(nodes_nth(variant->local ? &self->hot : &machine.usable, 0)))
		SKIP(return, "needs a CPU beside the memory");
	self->scene.view.cpu_node = nodes_nth(variant->local ? &self->hot : &machine.usable, 0);

	self->with = variant->cpuset ? without(&machine.usable, &first) : machine.usable;
	self->without = without(&self->with, &self->hot);
	self->in_cpuset = variant->cpuset && cpuset_enter(&self->with);
	ASSERT_EQ(variant->cpuset, self->in_cpuset);
}

FIXTURE_TEARDOWN(hotplug)
{
	switch_nodes(&self->hot, false, false);
	if (self->in_cpuset)
		cpuset_leave();
}

static void change(struct __test_metadata *_metadata, struct _test_data_hotplug *self, bool away,
		   bool unplug)
{
	if (self->away != away)
		ASSERT_TRUE(switch_nodes(&self->hot, away, unplug));
	self->away = away;
	self->scene.view.now = away ? self->without : self->with;
	ASSERT_TRUE(come_true(&self->scene.view.now));
	/* A cpuset moves pages in the background; a write waits for that. */
	if (self->in_cpuset)
		cpuset_set_mems(&self->with);
}

/*
 * B3, B4, and catches policies that go on with memory that is not there, that
 * never get back what they were asked with, or that take hold of a node that
 * came to be only after they were asked for.
 */
TEST_F(hotplug, goes_and_comes_back)
{
	bool away = variant->asked_without;

	change(_metadata, self, away, variant->unplug);
	scene_begin(&self->scene);
	EXPECT_EQ(0U, scene_wrong(&self->scene));
	while (++self->scene.view.phase < SCENE_PHASES) {
		away = !away;
		change(_metadata, self, away, variant->unplug);
		EXPECT_EQ(0U, scene_wrong(&self->scene))
			TH_LOG("of %u policies", self->scene.nr);
	}
	scene_end(&self->scene);
	change(_metadata, self, false, variant->unplug);
}

/* --- weights of nodes that go --- */

FIXTURE(weight) {
	int node;
	char file[128];
};

FIXTURE_SETUP(weight)
{
	int node = -1;

	self->node = -1;
	while (nodes_step(&machine.roomy, &node))
		if (can_go(node))
			self->node = node;
	if (self->node < 0)
		SKIP(return, "needs a node with nothing but movable memory");
	if (geteuid())
		SKIP(return, "needs root, to take memory offline");
	weight_path(self->node, self->file);
}

FIXTURE_TEARDOWN(weight)
{
	switch_node(self->node, false, false);
	file_write(self->file, "0");
}

/*
 * Catches files of nodes that have no memory, that do not come back with it, or
 * that come back without their weight.
 */
TEST_F(weight, outlives_its_file)
{
	char text[16];

	ASSERT_TRUE(file_write(self->file, "7"));
	for (int times = 0; times < 2; times++) {
		ASSERT_TRUE(switch_node(self->node, true, false));
		EXPECT_FALSE(file_read(self->file, text, sizeof(text)));
		ASSERT_TRUE(switch_node(self->node, false, false));
		ASSERT_TRUE(file_read(self->file, text, sizeof(text)));
		EXPECT_STREQ("7\n", text);
	}
}

/* Catches a removal that a file held open blocks, or that leaves it usable. */
TEST_F(weight, file_goes_while_it_is_open)
{
	int fd = open(self->file, O_RDWR | O_CLOEXEC);
	char text[16];

	ASSERT_LE(0, fd);
	ASSERT_TRUE(switch_node(self->node, true, false));
	EXPECT_EQ(-1, pwrite(fd, "9", 1, 0));
	EXPECT_EQ(-1, pread(fd, text, sizeof(text), 0));
	close(fd);
	ASSERT_TRUE(switch_node(self->node, false, false));
	ASSERT_TRUE(file_read(self->file, text, sizeof(text)));
	EXPECT_STRNE("9\n", text);
}

/* --- memory for the kernel that goes while movable memory stays --- */

#define PIPE_PAGES	64
#define STEPS		5

/**
 * struct writer - a thread that has the kernel allocate under a policy
 * @pol:     its policy
 * @pipe:    where it writes, at each step: the kernel allocates a page for each
 * @begin:   to tell it to begin
 * @end:     to be told that it is done
 * @written: pages that it wrote
 *
 * Nothing else is to be allocated meanwhile: it would keep memory from going.
 */
struct writer {
	struct policy pol;
	int pipe[STEPS][2];
	sem_t begin;
	sem_t end;
	int written;
};

static int fill_pipe(int fd)
{
	static const char text[65536];
	int pages = 0;

	while (pages < PIPE_PAGES && write(fd, text, page_size()) == (ssize_t)page_size())
		pages++;
	return pages;
}

static void *write_when_told(void *arg)
{
	struct writer *writer = arg;

	or_die(!policy_set_task(&writer->pol), "set_mempolicy");
	for (int step = 0; step < STEPS; step++) {
		sem_wait(&writer->begin);
		writer->written = fill_pipe(writer->pipe[step][1]);
		sem_post(&writer->end);
	}
	return NULL;
}

static void start_writer(struct writer *writer, pthread_t *thread)
{
	for (int step = 0; step < STEPS; step++)
		or_die(!pipe2(writer->pipe[step], O_CLOEXEC) &&
		       fcntl(writer->pipe[step][1], F_SETPIPE_SZ,
			     PIPE_PAGES * (int)page_size()) > 0, "a pipe");
	or_die(!sem_init(&writer->begin, 0, 0) && !sem_init(&writer->end, 0, 0), "sem_init");
	or_die(!mlockall(MCL_CURRENT), "mlockall");
	or_die(!pthread_create(thread, NULL, write_when_told, writer), "pthread_create");
}

/* Pages that a node has given to CPUs of other nodes. */
static long given(int node)
{
	return machine_figure(node, "numastat", "other_node");
}

/* Has the thread write; how many of the pages came from a node. */
static long pages_from(struct writer *writer, int step, int node)
{
	long before = given(node), pages;

	sem_post(&writer->begin);
	sem_wait(&writer->end);
	pages = given(node) - before;
	close(writer->pipe[step][0]);
	close(writer->pipe[step][1]);
	return pages;
}

FIXTURE(normal) {
	int node;
	struct nodes cpus;	/* that must not take its memory */
	char state[256];	/* file of its lowest block */
};

/* The lowest block of a node that has others; false if it has not. */
static bool lowest_block(int node, char *path, size_t size)
{
	unsigned int block, lowest = -1U;
	DIR *dir = open_blocks(node);
	char name[256];
	int blocks = 0;

	while (dir && next_block(dir, node, name, sizeof(name), "state")) {
		if (sscanf(strstr(name, "/memory"), "/memory%u", &block) == 1 && block < lowest)
			lowest = block;
		blocks++;
	}
	if (dir)
		closedir(dir);
	snprintf(path, size, NODE_DIR "/node%d/memory%u/state", node, lowest);
	return blocks > 1;
}

static bool switch_cpu(int cpu, const char *state)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/online", cpu);
	return file_write(path, state);
}

/*
 * CPUs beside memory that is all movable have the kernel's memory come from the
 * next node, and what they are given there would not go.
 */
static void stop_neighbours(struct nodes *cpus)
{
	int node = -1;

	while (nodes_step(&machine.roomy, &node))
		if (machine_cpu_of(node) >= 0 && can_go(node))
			nodes_add(cpus, machine_cpu_of(node));
	for (int cpu = -1; nodes_step(cpus, &cpu);)
		switch_cpu(cpu, "0");
}

FIXTURE_SETUP(normal)
{
	int node = -1;

	self->node = -1;
	while (nodes_step(&machine.roomy, &node))
		if (can_go(node) && machine_cpu_of(node) < 0 &&
		    lowest_block(node, self->state, sizeof(self->state)))
			self->node = node;
	if (self->node < 0)
		SKIP(return, "needs a node without CPUs that has two blocks of movable memory");
	if (geteuid())
		SKIP(return, "needs root, to take memory offline");
	stop_neighbours(&self->cpus);
}

/* A block has to go to become movable again. */
FIXTURE_TEARDOWN(normal)
{
	if (self->node < 0)
		return;
	for (int cpu = -1; nodes_step(&self->cpus, &cpu);)
		switch_cpu(cpu, "1");
	switch_node(self->node, true, false);
	switch_node(self->node, false, false);
}

static bool switch_block(const char *file, const char *state)
{
	for (int tries = 0; tries < 20; tries++) {
		if (file_write(file, state))
			return true;
		usleep(100000);
	}
	return false;
}

/*
 * Catches policies that go on with what their nodes had: then the kernel gets no
 * memory at all, or memory of nodes that were not asked for.  No node comes or
 * goes, so no cpuset tells of it.
 */
TEST_F(normal, goes_and_comes_back)
{
	struct writer writer = { .pol = policy_for(MPOL_BIND, nodes_of(self->node)) };
	bool there = true;
	pthread_t thread;

	ASSERT_TRUE(switch_block(self->state, "offline"));
	ASSERT_TRUE(switch_block(self->state, "online_kernel"));
	start_writer(&writer, &thread);
	for (int step = 0; step < STEPS; step++) {
		long pages = pages_from(&writer, step, self->node);

		EXPECT_EQ(PIPE_PAGES, writer.written);
		EXPECT_EQ(there, pages >= PIPE_PAGES)
			TH_LOG("%ld pages", pages);
		there = !there;
		ASSERT_TRUE(switch_block(self->state, there ? "online_kernel" : "offline"));
	}
	pthread_join(thread, NULL);
	munlockall();
}

/*
 * Catches a look for the nearest node, among those with memory for the kernel,
 * that finds none: a crash.
 */
TEST(local_pages_move_to_movable_memory)
{
	const struct policy local = policy_for(MPOL_LOCAL, (struct nodes){ 0 });
	char *page = map_pages(1);
	struct nodes only;
	int node = -1;
	bool moved;

	while (nodes_step(&machine.roomy, &node) && !can_go(node))
		;
	if (node < 0)
		SKIP(return, "needs a node with nothing but movable memory");
	if (cpuset_missing())
		SKIP(return, "%s", cpuset_missing());
	only = nodes_of(node);
	touch_pages(page, 1);
	ASSERT_TRUE(cpuset_enter(&only));
	moved = !policy_bind_range(&local, page, page_size(), MPOL_MF_MOVE | MPOL_MF_STRICT);
	cpuset_leave();
	EXPECT_TRUE(moved);
	EXPECT_EQ(node, page_node(page));
}

int main(int argc, char **argv)
{
	machine_require();
	return run_tests(argc, argv);
}
