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
 * Topologies: hotplug
 *
 * B3 and B4 in comments are what Linux 6.12 does wrong: nodes that were asked
 * for are lost, for good, with their memory.
 */
#include "kselftest_harness.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>

#include "mempolicy_object.h"

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

#define PAGES	7
#define PHASES	3

/**
 * struct scene - what the machine is like
 * @then:     usable nodes when the policies were asked for
 * @now:      usable nodes
 * @cpu_node: node of the CPU that everything runs on
 * @phase:    how often it has changed
 */
struct scene {
	struct nodes then;
	struct nodes now;
	int cpu_node;
	int phase;
};

enum how { TASK, RANGE, OBJECT };

/**
 * struct subject - a policy, and pages to try it with
 * @how:    whose it is
 * @pol:    the policy
 * @obj:    the object of OBJECT
 * @base:   PAGES pages for each phase
 * @scene:  what to check it against
 * @turn:   tasks go together; they and the scene take turns
 * @thread: the task of TASK
 * @right:  what it found last
 */
struct subject {
	enum how how;
	struct policy pol;
	struct object obj;
	char *base;
	const struct scene *scene;
	pthread_barrier_t *turn;
	pthread_t thread;
	bool right;
};

/* An object keeps the nodes it got: it belongs to no task that they could follow. */
static struct nodes meant(const struct subject *subject)
{
	struct policy pol = subject->pol;

	if (subject->how == OBJECT && !(pol.flags & (STATIC | RELATIVE))) {
		pol.ask = nodes_and(&pol.ask, &subject->scene->then);
		pol.flags |= STATIC;
	}
	return policy_effective(&pol, &subject->scene->then, &subject->scene->now);
}

static bool reports(const struct subject *subject, const struct nodes *effective)
{
	const struct policy *pol = &subject->pol;
	const struct nodes *want = pol->flags & (STATIC | RELATIVE) ? &pol->ask : effective;
	struct nodes seen;
	int mode, err;

	err = policy_get(subject->how == TASK ? NULL : subject->base, &mode, &seen);
	if (!err && mode == policy_reported_mode(pol) && nodes_same(want, &seen))
		return true;
	ksft_print_msg("want mode %#x nodes %s\n", policy_reported_mode(pol), nodes_text(want));
	ksft_print_msg("seen mode %#x nodes %s, errno %d\n", mode, nodes_text(&seen), err);
	return false;
}

/* numa_maps shows more than the policy only once pages are there. */
static bool numa_maps_right(const struct subject *subject)
{
	const struct scene *scene = subject->scene;
	char text[512];

	if (subject->how != RANGE || subject->pol.mode == MPOL_DEFAULT || !scene->phase)
		return true;
	snprintf(text, sizeof(text), subject->pol.home < 0 ? "%s" : "%s home=%d",
		 policy_text(&subject->pol, &scene->then, &scene->now), subject->pol.home);
	return numa_maps_begins(subject->base, text);
}

static void check(struct subject *subject)
{
	const struct scene *scene = subject->scene;
	unsigned long first = scene->phase * PAGES;
	struct nodes effective = meant(subject);
	struct touched at = anonymous(page_at(subject->base, first), PAGES, scene->cpu_node);

	if (subject->how == OBJECT)
		at = of_object(&subject->obj, at.base, first, PAGES, scene->cpu_node);
	subject->right = reports(subject, &effective) && numa_maps_right(subject);
	touch_pages(at.base, PAGES);
	subject->right &= placed_on(&at, &subject->pol, &effective, &scene->now);
	if (!subject->right)
		ksft_print_msg("that was a %s's, %s, of %s, asked for with %s, phase %d\n",
			       subject->how == TASK ? "task" :
			       subject->how == RANGE ? "mapping" : "object",
			       policy_text(&subject->pol, &scene->then, &scene->now),
			       nodes_text(&scene->now), nodes_text(&scene->then), scene->phase);
}

static void *live(void *arg)
{
	struct subject *subject = arg;

	or_die(!policy_set_task(&subject->pol), "set_mempolicy");
	pthread_barrier_wait(subject->turn);
	for (int phase = 0; phase < PHASES; phase++) {
		pthread_barrier_wait(subject->turn);
		check(subject);
		pthread_barrier_wait(subject->turn);
	}
	return NULL;
}

static void set_up(struct subject *subject)
{
	if (subject->how == OBJECT) {
		subject->obj = object_make(MEMFD, PHASES * PAGES);
		subject->base = subject->obj.all;
	} else {
		/* One untouched page more keeps mappings apart. */
		subject->base = map_pages(PHASES * PAGES + 1);
		or_die(!mprotect(page_at(subject->base, PHASES * PAGES), page_size(), PROT_NONE),
		       "mprotect");
	}
	if (subject->how == TASK)
		or_die(!pthread_create(&subject->thread, NULL, live, subject), "pthread_create");
	else if (subject->pol.mode != MPOL_DEFAULT)
		or_die(!policy_set_range(&subject->pol, subject->base,
					 PHASES * PAGES * page_size()), "mbind");
}

static void take_down(struct subject *subject)
{
	if (subject->how == TASK)
		pthread_join(subject->thread, NULL);
	if (subject->how == OBJECT)
		object_free(&subject->obj);
	else
		munmap(subject->base, (PHASES * PAGES + 1) * page_size());
}

/* --- all requests, and some with a home node that goes --- */

#define NR_HOMES	4
#define NR_REQUESTS	(POLICY_REQUESTS + NR_HOMES)

static bool nth_request(struct policy *pol, unsigned int n, const struct nodes *then)
{
	struct nodes asked;

	if (n >= POLICY_REQUESTS) {
		n -= POLICY_REQUESTS;
		*pol = policy_for(n % 2 ? MPOL_BIND : MPOL_PREFERRED_MANY, *then);
		pol->flags = n / 2 ? STATIC : 0;
		pol->home = nodes_highest(then);
		return true;
	}
	if (!policy_request(pol, n))
		return false;
	asked = nodes_and(&pol->ask, then);
	return pol->flags & RELATIVE || nodes_empty(&pol->ask) || !nodes_empty(&asked);
}

FIXTURE(hotplug) {
	struct nodes hot;
	struct nodes with;
	struct nodes without;
	struct scene scene;
	pthread_barrier_t turn;
	struct subject subject[3 * NR_REQUESTS];
	unsigned int nr;
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

static void add_subjects(struct _test_data_hotplug *self)
{
	static const enum how hows[] = { TASK, RANGE, OBJECT };
	unsigned int tasks = 0;
	struct policy pol;

	for (unsigned int n = 0; n < 3 * NR_REQUESTS; n++) {
		enum how how = hows[n % 3];

		if (!nth_request(&pol, n / 3, &self->scene.then) || (how == TASK && pol.home >= 0))
			continue;
		self->subject[self->nr++] = (struct subject){
			.how = how, .pol = pol, .scene = &self->scene, .turn = &self->turn,
		};
		tasks += how == TASK;
	}
	pthread_barrier_init(&self->turn, NULL, tasks + 1);
	for (unsigned int n = 0; n < self->nr; n++)
		set_up(&self->subject[n]);
	pthread_barrier_wait(&self->turn);
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
	self->scene.cpu_node = nodes_nth(variant->local ? &self->hot : &machine.usable, 0);

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

static void check_all(struct __test_metadata *_metadata, struct _test_data_hotplug *self)
{
	unsigned int wrong = 0;

	pthread_barrier_wait(&self->turn);
	for (unsigned int n = 0; n < self->nr; n++)
		if (self->subject[n].how != TASK)
			check(&self->subject[n]);
	pthread_barrier_wait(&self->turn);
	for (unsigned int n = 0; n < self->nr; n++)
		wrong += !self->subject[n].right;
	EXPECT_EQ(0U, wrong)
		TH_LOG("phase %d, %u policies", self->scene.phase, self->nr);
}

static void change(struct __test_metadata *_metadata, struct _test_data_hotplug *self, bool away,
		   bool unplug)
{
	if (self->away != away)
		ASSERT_TRUE(switch_nodes(&self->hot, away, unplug));
	self->away = away;
	self->scene.now = away ? self->without : self->with;
	ASSERT_TRUE(come_true(&self->scene.now));
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
	self->scene.then = self->scene.now;
	add_subjects(self);
	check_all(_metadata, self);
	for (self->scene.phase = 1; self->scene.phase < PHASES; self->scene.phase++) {
		away = !away;
		change(_metadata, self, away, variant->unplug);
		check_all(_metadata, self);
	}
	for (unsigned int n = 0; n < self->nr; n++)
		take_down(&self->subject[n]);
	change(_metadata, self, false, variant->unplug);
}

int main(int argc, char **argv)
{
	machine_require();
	return test_harness_run(argc, argv);
}
