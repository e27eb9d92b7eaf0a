// SPDX-License-Identifier: GPL-2.0
/*
 * Policies of shared objects: memory that is shared by fork, memfd, files of
 * tmpfs, System V segments, and the mpol= option of tmpfs.
 *
 * The object is the only truth.  Whoever maps it, wherever, sees its policy at
 * the same pages, and a call changes exactly the pages it names.
 *
 * Pages of an object are counted from its inode number, so that not all
 * objects begin on one node.
 *
 * B1, B2, B3 and B11 in comments are what Linux 6.12 does wrong:
 *   B1   who may only read an object sets its policy
 *   B2   mappings keep copies of an object's policy, which go stale, hide a
 *        change or spread over pages that a call did not name
 *   B3   an object's policy keeps only the nodes that its creator was allowed
 *   B11  texts are cut, and blanks in /proc/mounts are not escaped
 */
#include "mempolicy_harness.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/shm.h>
#include <sys/stat.h>

#include "mempolicy_group.h"
#include "mempolicy_machine.h"
#include "mempolicy_object.h"
#include "mempolicy_policy.h"
#include "mempolicy_process.h"
#include "mempolicy_requests.h"

/* --- every kind of object --- */

/* Two nodes to tell apart. */
FIXTURE(object) {
	int cpu_node;
	struct policy here;
	struct policy there;
	struct policy interleave;
};

FIXTURE_VARIANT(object) {
	enum kind kind;
};

FIXTURE_VARIANT_ADD(object, anonymous) { .kind = ANON };
FIXTURE_VARIANT_ADD(object, memfd) { .kind = MEMFD };
FIXTURE_VARIANT_ADD(object, tmpfs) { .kind = TMPFS };
FIXTURE_VARIANT_ADD(object, sysv) { .kind = SYSV };

FIXTURE_SETUP(object)
{
	const char *missing = object_missing(variant->kind, &self->cpu_node);
	struct nodes first;

	if (missing)
		SKIP(return, "%s", missing);
	first = nodes_of(nodes_nth(&machine.roomy, 0));
	self->here = policy_for(MPOL_BIND, first);
	self->there = policy_for(MPOL_BIND, nodes_of(nodes_highest(&machine.roomy)));
	self->interleave = policy_for(MPOL_INTERLEAVE, machine.roomy);
}

FIXTURE_TEARDOWN(object)
{
}

/* What a child does with an object. */
struct visit {
	const struct object *obj;
	const struct policy *pol;
	char *map;
	unsigned long first;
	unsigned long nr;
};

/* Its own mapping, its own policy, which must not count. */
static bool touch_elsewhere(void *arg)
{
	const struct visit *visit = arg;
	char *map = object_map(visit->obj, visit->first, visit->nr);

	if (visit->pol->mode != MPOL_DEFAULT && policy_set_decoy(visit->pol))
		return false;
	if (!pages_hold(map, 0, visit->nr - 1, visit->pol))
		return false;
	touch_pages(map, visit->nr);
	return true;
}

static void place_once(struct __test_metadata *_metadata, enum kind kind,
		       const struct policy *pol, int cpu_node)
{
	struct object obj = object_make(kind, policy_pages(pol) + 3);
	struct visit visit = { .obj = &obj, .pol = pol, .first = 3, .nr = obj.nr - 3 };
	struct touched at = of_object(&obj, page_at(obj.all, 3), 3, visit.nr, cpu_node);

	ASSERT_EQ(0, set_pages(pol, obj.all, 0, obj.nr));
	EXPECT_TRUE(child_says_yes(touch_elsewhere, &visit));
	touch_pages(at.base, at.nr);
	EXPECT_TRUE(all_right(&at, pol));
	object_free(&obj);
}

/*
 * Every mode and flag, set by one process and used by another, whose mapping
 * begins in the middle.  Catches a policy seen by nobody but who set it, page
 * numbers counted from the mapping, and a start that is not the inode number.
 */
TEST_F(object, place)
{
	struct policy pol;

	for (size_t n = 0; n < POLICY_REQUESTS; n++)
		if (policy_request(&pol, n))
			place_once(_metadata, variant->kind, &pol, self->cpu_node);
}

/* Catches an object without a policy that ignores the one of who touches it. */
TEST_F(object, task_policy_counts_without_one)
{
	struct policy pol;

	for (size_t n = 0; n < POLICY_REQUESTS; n++) {
		struct object obj;
		struct touched at;

		if (!policy_request(&pol, n))
			continue;
		obj = object_make(variant->kind, policy_pages(&pol));
		at = of_object(&obj, obj.all, 0, obj.nr, self->cpu_node);
		ASSERT_EQ(0, policy_set_task(&pol));
		touch_pages(obj.all, obj.nr);
		EXPECT_TRUE(all_right(&at, &pol));
		EXPECT_TRUE(pages_hold(obj.all, 0, 0, &no_policy));
		object_free(&obj);
	}
}

static bool holds_and_sets(void *arg)
{
	const struct visit *visit = arg;
	struct policy interleave = policy_for(MPOL_INTERLEAVE, machine.roomy);

	return pages_hold(visit->map, visit->first, visit->first + visit->nr - 1, visit->pol) &&
	       !set_pages(&interleave, visit->map, visit->first, visit->nr);
}

/*
 * Catches a policy that stays with the process that set it, in both
 * directions, and pages beside it that get it too.
 */
TEST_F(object, inherited_mapping)
{
	struct object obj = object_make(variant->kind, 16);
	struct visit visit = { .map = obj.all, .pol = &self->there, .first = 4, .nr = 4 };

	ASSERT_EQ(0, set_pages(&self->there, obj.all, 4, 4));
	EXPECT_TRUE(child_says_yes(holds_and_sets, &visit));
	EXPECT_TRUE(pages_hold(obj.all, 0, 3, &no_policy));
	EXPECT_TRUE(pages_hold(obj.all, 4, 7, &self->interleave));
	EXPECT_TRUE(pages_hold(obj.all, 8, 15, &no_policy));
	object_free(&obj);
}

/* Catches page numbers counted from where a mapping, split or moved, begins. */
TEST_F(object, offsets)
{
	struct object obj = object_make(variant->kind, 32);
	char *tail = object_map(&obj, 9, 23), *part = object_map(&obj, 20, 4);
	struct touched at = of_object(&obj, obj.all, 0, 32, self->cpu_node);

	ASSERT_EQ(0, mprotect(page_at(tail, 4), 8 * page_size(), PROT_READ));
	ASSERT_EQ(0, set_pages(&self->interleave, tail, 4, 4));
	EXPECT_TRUE(pages_hold(obj.all, 9, 12, &no_policy));
	EXPECT_TRUE(pages_hold(obj.all, 13, 16, &self->interleave));
	EXPECT_TRUE(pages_hold(obj.all, 17, 31, &no_policy));

	part = mremap(page_at(part, 2), 2 * page_size(), 2 * page_size(),
		      MREMAP_MAYMOVE | MREMAP_FIXED, map_pages(2));
	ASSERT_NE(MAP_FAILED, (void *)part);
	ASSERT_EQ(0, set_pages(&self->there, part, 0, 2));
	EXPECT_TRUE(pages_hold(obj.all, 17, 21, &no_policy));
	EXPECT_TRUE(pages_hold(obj.all, 22, 23, &self->there));
	EXPECT_TRUE(pages_hold(tail, 13, 14, &self->there));

	touch_pages(obj.all, 32);
	at = of_object(&obj, page_at(obj.all, 13), 13, 4, self->cpu_node);
	EXPECT_TRUE(all_right(&at, &self->interleave));
	at = of_object(&obj, page_at(obj.all, 22), 22, 2, self->cpu_node);
	EXPECT_TRUE(all_right(&at, &self->there));
	object_free(&obj);
}

/* Catches a private mapping without a policy that does not have its object's. */
TEST_F(object, private_copies)
{
	struct object obj = object_make(variant->kind, 8);
	struct touched at = { .nr = 8, .stride = 1, .cpu_node = self->cpu_node };

	if (obj.fd < 0)
		SKIP(return, "needs an object that can be mapped privately");
	ASSERT_EQ(0, set_pages(&self->there, obj.all, 0, 8));
	ASSERT_EQ(0, policy_set_task(&self->here));
	at.base = map_fd(obj.fd, 0, 8, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	ASSERT_NE(MAP_FAILED, (void *)at.base);
	touch_pages(at.base, 8);
	EXPECT_TRUE(all_right(&at, &self->there));
	munmap(at.base, 8 * page_size());
	object_free(&obj);
}

/* Lets go of all mappings, and of a file also the descriptor, as far as it lives on. */
static void forget_object(struct object *obj, char *other)
{
	if (obj->kind == SYSV)
		shmdt(obj->all);
	else
		munmap(obj->all, obj->nr * page_size());
	if (obj->kind == ANON) {
		obj->all = other;
		return;
	}
	munmap(other, obj->nr * page_size());
	if (obj->kind == TMPFS) {
		close(obj->fd);
		obj->fd = open(OBJECT_FILE, O_RDWR);
	}
	obj->all = object_map(obj, 0, obj->nr);
}

/* Catches a policy that goes with the mapping it was set by. */
TEST_F(object, outlives_its_mapping)
{
	struct object obj = object_make(variant->kind, 16);
	char *other = object_map(&obj, 0, 16);
	struct touched at;

	ASSERT_EQ(0, set_pages(&self->interleave, obj.all, 5, 11));
	forget_object(&obj, other);
	EXPECT_TRUE(pages_hold(obj.all, 0, 4, &no_policy));
	EXPECT_TRUE(pages_hold(obj.all, 5, 15, &self->interleave));
	touch_pages(obj.all, 16);
	at = of_object(&obj, page_at(obj.all, 5), 5, 11, self->cpu_node);
	EXPECT_TRUE(all_right(&at, &self->interleave));
	object_free(&obj);
}

/* Catches a policy that goes with the pages, and pages put back where they were. */
TEST_F(object, outlives_its_pages)
{
	struct object obj = object_make(variant->kind, 16);
	struct touched at = of_object(&obj, obj.all, 0, 16, self->cpu_node);

	ASSERT_EQ(0, set_pages(&self->there, obj.all, 0, 16));
	touch_pages(obj.all, 16);
	ASSERT_EQ(0, madvise(obj.all, 16 * page_size(), MADV_REMOVE));
	touch_pages(obj.all, 16);
	EXPECT_TRUE(all_right(&at, &self->there));
	ASSERT_EQ(0, set_pages(&self->interleave, obj.all, 0, 16));
	EXPECT_TRUE(all_right(&at, &self->there));
	ASSERT_EQ(0, madvise(obj.all, 16 * page_size(), MADV_REMOVE));
	touch_pages(obj.all, 16);
	EXPECT_TRUE(all_right(&at, &self->interleave));
	object_free(&obj);
}

/* B2: the first mapping remembers what it set, and does not set it again. */
TEST_F(object, set_again_by_the_first)
{
	struct object obj = object_make(variant->kind, 8);
	char *other = object_map(&obj, 0, 8);
	struct touched at = of_object(&obj, obj.all, 0, 8, self->cpu_node);

	ASSERT_EQ(0, set_pages(&self->here, obj.all, 0, 8));
	ASSERT_EQ(0, set_pages(&self->there, other, 0, 8));
	EXPECT_TRUE(pages_hold(obj.all, 0, 7, &self->there));
	ASSERT_EQ(0, set_pages(&self->here, obj.all, 0, 8));
	EXPECT_TRUE(pages_hold(other, 0, 7, &self->here));
	touch_pages(obj.all, 8);
	EXPECT_TRUE(all_right(&at, &self->here));
	object_free(&obj);
}

/* B2: a mapping that never had a policy takes no MPOL_DEFAULT. */
TEST_F(object, default_clears)
{
	struct object obj = object_make(variant->kind, 12);
	char *other = object_map(&obj, 0, 12);
	struct touched at = of_object(&obj, page_at(obj.all, 4), 4, 4, self->cpu_node);

	ASSERT_EQ(0, set_pages(&self->here, obj.all, 0, 12));
	ASSERT_EQ(0, set_pages(&no_policy, other, 4, 4));
	EXPECT_TRUE(pages_hold(obj.all, 0, 3, &self->here));
	EXPECT_TRUE(pages_hold(obj.all, 4, 7, &no_policy));
	EXPECT_TRUE(pages_hold(obj.all, 8, 11, &self->here));
	ASSERT_EQ(0, policy_set_task(&self->there));
	touch_pages(obj.all, 12);
	EXPECT_TRUE(all_right(&at, &self->there));
	object_free(&obj);
}

/* B2: a mapping that merges with its neighbour sets its policy there again. */
TEST_F(object, neighbours_keep_theirs)
{
	struct object obj = object_make(variant->kind, 16);
	char *other = object_map(&obj, 0, 16);

	ASSERT_EQ(0, set_pages(&self->here, obj.all, 0, 4));
	ASSERT_EQ(0, set_pages(&self->there, other, 0, 4));
	ASSERT_EQ(0, set_pages(&self->interleave, obj.all, 8, 8));
	ASSERT_EQ(0, set_pages(&self->here, obj.all, 4, 4));
	EXPECT_TRUE(pages_hold(obj.all, 0, 3, &self->there));
	EXPECT_TRUE(pages_hold(obj.all, 4, 7, &self->here));
	EXPECT_TRUE(pages_hold(obj.all, 8, 15, &self->interleave));
	object_free(&obj);
}

/* --- random changes against a flat array --- */

#define RANDOM_PAGES	64
#define RANDOM_CALLS	200
#define RANDOM_MAPS	3
#define RANDOM_POLICIES	7
#define RANDOM_SEED	20240607

struct random_run {
	struct object obj;
	char *map[RANDOM_MAPS];
	struct policy pol[RANDOM_POLICIES];
	unsigned char model[RANDOM_PAGES];
	__u64 seed;
};

/* Where each mapping begins, and how long it is. */
static const unsigned long random_first[RANDOM_MAPS] = { 0, 16, 40 };
static const unsigned long random_nr[RANDOM_MAPS] = { 64, 48, 9 };

static void random_begin(struct random_run *run, enum kind kind)
{
	struct nodes first = nodes_of(nodes_nth(&machine.roomy, 0));
	struct nodes last = nodes_of(nodes_highest(&machine.roomy));

	*run = (struct random_run){ .obj = object_make(kind, RANDOM_PAGES), .seed = RANDOM_SEED };
	for (int i = 0; i < RANDOM_MAPS; i++)
		run->map[i] = object_map(&run->obj, random_first[i], random_nr[i]);
	run->pol[0] = no_policy;
	run->pol[1] = policy_for(MPOL_BIND, first);
	run->pol[2] = policy_for(MPOL_BIND, last);
	run->pol[3] = policy_for(MPOL_INTERLEAVE, machine.roomy);
	run->pol[4] = policy_for(MPOL_PREFERRED | STATIC, last);
	run->pol[5] = policy_for(MPOL_WEIGHTED_INTERLEAVE, machine.roomy);
	run->pol[6] = policy_for(MPOL_LOCAL, (struct nodes){ 0 });
}

/* One call by a random mapping; false when it fails. */
static bool random_call(struct random_run *run)
{
	unsigned long map = random_below(&run->seed, RANDOM_MAPS);
	unsigned long from = random_below(&run->seed, random_nr[map]);
	unsigned long nr = 1 + random_below(&run->seed, random_nr[map] - from);
	unsigned long pol = random_below(&run->seed, RANDOM_POLICIES);

	memset(run->model + random_first[map] + from, pol, nr);
	return !set_pages(&run->pol[pol], run->map[map], from, nr);
}

static bool random_model_holds(struct random_run *run)
{
	for (unsigned long i = 0; i < RANDOM_PAGES; i++)
		if (!pages_hold(run->obj.all, i, i, &run->pol[run->model[i]]))
			return false;
	return true;
}

/* B2, and catches ranges split, joined or cut at the wrong page. */
TEST_F(object, random_ranges)
{
	struct random_run run;

	random_begin(&run, variant->kind);
	for (int call = 0; call < RANDOM_CALLS; call++) {
		ASSERT_TRUE(random_call(&run));
		ASSERT_TRUE(random_model_holds(&run))
			TH_LOG("after call %d with seed %d", call, RANDOM_SEED);
	}
	touch_pages(run.obj.all, RANDOM_PAGES);
	for (unsigned long i = 0; i < RANDOM_PAGES; i++) {
		struct touched at = of_object(&run.obj, page_at(run.obj.all, i), i, 1,
					      self->cpu_node);

		EXPECT_TRUE(all_right(&at, &run.pol[run.model[i]]));
	}
	object_free(&run.obj);
}

/* --- calls over more than one mapping --- */

/* Private memory, four pages of the object, private memory: each four pages. */
static char *lay_out(const struct object *obj)
{
	char *base = map_pages(13), *map = object_map(obj, 2, 4);
	void *at = mremap(map, 4 * page_size(), 4 * page_size(), MREMAP_MAYMOVE | MREMAP_FIXED,
			  page_at(base, 4));

	or_die(at != MAP_FAILED && !munmap(page_at(base, 12), page_size()), "laying out");
	return base;
}

/* Catches a call that ends at the first mapping of another kind. */
TEST_F(object, between_private_memory)
{
	struct object obj = object_make(variant->kind, 8);
	char *base = lay_out(&obj);

	ASSERT_EQ(0, set_pages(&self->there, base, 0, 12));
	EXPECT_TRUE(pages_hold(base, 0, 11, &self->there));
	EXPECT_TRUE(pages_hold(obj.all, 0, 1, &no_policy));
	EXPECT_TRUE(pages_hold(obj.all, 2, 5, &self->there));
	EXPECT_TRUE(pages_hold(obj.all, 6, 7, &no_policy));
	object_free(&obj);
}

/* Catches a call that is refused for its end after it changed its beginning. */
TEST_F(object, hole_changes_nothing)
{
	struct object obj = object_make(variant->kind, 8);
	char *base = lay_out(&obj);

	ASSERT_EQ(0, set_pages(&self->here, base, 0, 12));
	EXPECT_EQ(EFAULT, set_pages(&self->there, base, 0, 13));
	EXPECT_TRUE(pages_hold(base, 0, 11, &self->here));
	EXPECT_TRUE(pages_hold(obj.all, 2, 5, &self->here));
	object_free(&obj);
}

/* Catches the second part of a call that undoes its first, where both are one object. */
TEST_F(object, twice_in_one_call)
{
	struct object obj = object_make(variant->kind, 16);
	char *base = map_pages(8), *one = object_map(&obj, 0, 4), *two = object_map(&obj, 10, 4);

	ASSERT_NE(MAP_FAILED, mremap(one, 4 * page_size(), 4 * page_size(),
				     MREMAP_MAYMOVE | MREMAP_FIXED, base));
	ASSERT_NE(MAP_FAILED, mremap(two, 4 * page_size(), 4 * page_size(),
				     MREMAP_MAYMOVE | MREMAP_FIXED, page_at(base, 4)));
	ASSERT_EQ(0, set_pages(&self->interleave, base, 1, 6));
	EXPECT_TRUE(pages_hold(obj.all, 0, 0, &no_policy));
	EXPECT_TRUE(pages_hold(obj.all, 1, 3, &self->interleave));
	EXPECT_TRUE(pages_hold(obj.all, 4, 9, &no_policy));
	EXPECT_TRUE(pages_hold(obj.all, 10, 12, &self->interleave));
	EXPECT_TRUE(pages_hold(obj.all, 13, 15, &no_policy));
	object_free(&obj);
}

/* --- what is reported --- */

/* Catches numa_maps showing a mapping's copy, or the task's policy. */
TEST_F(object, numa_maps)
{
	struct object obj = object_make(variant->kind, 8);
	char *other = object_map(&obj, 3, 5);
	struct policy pol;

	for (size_t n = 0; n < POLICY_REQUESTS; n++) {
		if (!policy_request(&pol, n) || pol.mode == MPOL_DEFAULT)
			continue;
		ASSERT_EQ(0, set_pages(&pol, obj.all, 3, 4));
		EXPECT_TRUE(numa_maps_begins(other, policy_text(&pol, &machine.usable,
								&machine.usable)));
	}
	object_free(&obj);
}

/* --- pages that no mapping asked for --- */

FIXTURE(unmapped) {
	int cpu_node;
	struct policy interleave;
};

FIXTURE_VARIANT(unmapped) {
	enum kind kind;
};

FIXTURE_VARIANT_ADD(unmapped, memfd) { .kind = MEMFD };
FIXTURE_VARIANT_ADD(unmapped, tmpfs) { .kind = TMPFS };

FIXTURE_SETUP(unmapped)
{
	const char *missing = object_missing(variant->kind, &self->cpu_node);

	if (missing)
		SKIP(return, "%s", missing);
	self->interleave = policy_for(MPOL_INTERLEAVE, machine.roomy);
}

FIXTURE_TEARDOWN(unmapped)
{
}

static bool by_write(const struct object *obj)
{
	char page[65536] = { 0 };

	for (unsigned long i = 0; i < obj->nr; i++)
		if (pwrite(obj->fd, page, page_size(), i * page_size()) != (ssize_t)page_size())
			return false;
	return true;
}

static bool by_fallocate(const struct object *obj)
{
	return !fallocate(obj->fd, 0, 0, obj->nr * page_size());
}

static void fill_file(struct __test_metadata *_metadata, enum kind kind,
		      const struct policy *pol, int cpu_node,
		      bool (*fill)(const struct object *obj))
{
	struct object obj = object_make(kind, policy_pages(pol));
	struct touched at = of_object(&obj, obj.all, 0, obj.nr, cpu_node);

	ASSERT_EQ(0, set_pages(pol, obj.all, 0, obj.nr));
	munmap(obj.all, obj.nr * page_size());
	ASSERT_TRUE(fill(&obj));
	obj.all = object_map(&obj, 0, obj.nr);
	at.base = obj.all;
	touch_pages(obj.all, obj.nr);
	EXPECT_TRUE(all_right(&at, pol));
	object_free(&obj);
}

/* Catches write() that places by the writer's policy, or counts its own turns. */
TEST_F(unmapped, write)
{
	struct policy pol;

	for (size_t n = 0; n < POLICY_REQUESTS; n++)
		if (policy_request(&pol, n))
			fill_file(_metadata, variant->kind, &pol, self->cpu_node, by_write);
}

/* The same of fallocate(). */
TEST_F(unmapped, fallocate)
{
	struct policy pol;

	for (size_t n = 0; n < POLICY_REQUESTS; n++)
		if (policy_request(&pol, n))
			fill_file(_metadata, variant->kind, &pol, self->cpu_node, by_fallocate);
}

/* Catches a policy for the part beyond the end that is not there when the file grows. */
TEST_F(unmapped, grows)
{
	struct object obj = object_make(variant->kind, 4);
	char *map = object_map(&obj, 0, 32);
	struct touched at = of_object(&obj, page_at(map, 5), 5, 27, self->cpu_node);

	ASSERT_EQ(0, set_pages(&self->interleave, map, 5, 27));
	ASSERT_EQ(0, ftruncate(obj.fd, 32 * page_size()));
	touch_pages(at.base, at.nr);
	EXPECT_TRUE(all_right(&at, &self->interleave));
	object_free(&obj);
}

/* --- who may set a policy --- */

/* An object of root's, set to one node, and a user who asks for the other. */
FIXTURE(user) {
	struct object obj;
	struct policy here;
	struct policy there;
};

FIXTURE_VARIANT(user) {
	enum kind kind;
	int open;	/* how the user gets at the object */
	int prot;
	int flags;
	bool seal;	/* nobody may map it writable any more */
	bool nice;	/* the user has CAP_SYS_NICE */
	int err;
	bool own;	/* what is set is the user's own, not the object's */
};

FIXTURE_VARIANT_ADD(user, tmpfs_readonly) {
	.kind = TMPFS, .open = O_RDONLY, .prot = PROT_READ, .flags = MAP_SHARED, .err = EACCES,
};

FIXTURE_VARIANT_ADD(user, tmpfs_readonly_nice) {
	.kind = TMPFS, .open = O_RDONLY, .prot = PROT_READ, .flags = MAP_SHARED, .nice = true,
};

FIXTURE_VARIANT_ADD(user, tmpfs_private) {
	.kind = TMPFS, .open = O_RDONLY, .prot = PROT_READ | PROT_WRITE, .flags = MAP_PRIVATE,
	.own = true,
};

FIXTURE_VARIANT_ADD(user, tmpfs_private_nice) {
	.kind = TMPFS, .open = O_RDONLY, .prot = PROT_READ | PROT_WRITE, .flags = MAP_PRIVATE,
	.own = true, .nice = true,
};

FIXTURE_VARIANT_ADD(user, tmpfs_may_write) {
	.kind = TMPFS, .open = O_RDWR, .prot = PROT_READ, .flags = MAP_SHARED,
};

FIXTURE_VARIANT_ADD(user, memfd_sealed) {
	.kind = MEMFD, .prot = PROT_READ, .flags = MAP_SHARED, .seal = true, .err = EACCES,
};

FIXTURE_VARIANT_ADD(user, memfd_sealed_nice) {
	.kind = MEMFD, .prot = PROT_READ, .flags = MAP_SHARED, .seal = true, .nice = true,
};

FIXTURE_VARIANT_ADD(user, memfd_private) {
	.kind = MEMFD, .prot = PROT_READ | PROT_WRITE, .flags = MAP_PRIVATE, .own = true,
};

FIXTURE_VARIANT_ADD(user, memfd_may_write) {
	.kind = MEMFD, .prot = PROT_READ, .flags = MAP_SHARED,
};

FIXTURE_VARIANT_ADD(user, sysv_readonly) {
	.kind = SYSV, .open = O_RDONLY, .err = EACCES,
};

FIXTURE_VARIANT_ADD(user, sysv_readonly_nice) {
	.kind = SYSV, .open = O_RDONLY, .nice = true,
};

FIXTURE_VARIANT_ADD(user, sysv_may_write) {
	.kind = SYSV, .open = O_RDWR,
};

/* Whoever may write the object may write it as this user. */
static bool open_up(const struct object *obj, bool writable)
{
	struct shmid_ds ds = { .shm_perm.mode = writable ? 0666 : 0644 };

	if (obj->kind == SYSV)
		return !shmctl(obj->id, IPC_SET, &ds);
	return obj->kind != TMPFS || !chmod(OBJECT_FILE, ds.shm_perm.mode);
}

FIXTURE_SETUP(user)
{
	const char *missing = scratch_missing(NULL);

	if (missing)
		SKIP(return, "%s", missing);
	if (machine_settle() < 0 || nodes_count(&machine.roomy) < 2)
		SKIP(return, NEEDS_NODES);
	self->here = policy_for(MPOL_BIND, nodes_of(nodes_nth(&machine.roomy, 0)));
	self->there = policy_for(MPOL_BIND, nodes_of(nodes_highest(&machine.roomy)));
	self->obj = object_make(variant->kind, 8);
	ASSERT_TRUE(open_up(&self->obj, variant->open == O_RDWR));
	ASSERT_EQ(0, set_pages(&self->here, self->obj.all, 0, 8));
	if (variant->seal)
		ASSERT_EQ(0, fcntl(self->obj.fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE));
}

FIXTURE_TEARDOWN(user)
{
	object_free(&self->obj);
}

/* How the user maps all of the object. */
static char *map_as_user(const struct object *obj, const struct _fixture_variant_user *how)
{
	int fd = obj->fd;
	char *map;

	if (obj->kind == SYSV) {
		map = shmat(obj->id, NULL, how->open == O_RDONLY ? SHM_RDONLY : 0);
		or_die(map != (void *)-1, "shmat");
		return map;
	}
	if (obj->kind == TMPFS)
		fd = open(OBJECT_FILE, how->open);
	map = map_fd(fd, 0, obj->nr, how->prot, how->flags);
	or_die(map != MAP_FAILED, "mapping as a user");
	return map;
}

/* What a child process is given to work with. */
struct user_case {
	const struct object *obj;
	const struct _fixture_variant_user *how;
	const struct policy *here;
	const struct policy *there;
};

static bool sets_as_user(void *arg)
{
	const struct user_case *user = arg;
	const struct policy *want = user->how->err ? user->here : user->there;
	char *map;
	int err;

	or_die(become_user(user->how->nice), "becoming a user");
	map = map_as_user(user->obj, user->how);
	err = set_pages(user->there, map, 2, 4);
	if (err != user->how->err) {
		ksft_print_msg("mbind: errno %d, not %d\n", err, user->how->err);
		return false;
	}
	return pages_hold(map, 0, 1, user->here) && pages_hold(map, 2, 5, want);
}

/*
 * B1: changing an object's policy takes a mapping that may write to it, or
 * CAP_SYS_NICE; a private mapping's policy is nobody else's.
 */
TEST_F(user, sets_policy)
{
	struct user_case user = {
		.obj = &self->obj, .how = variant, .here = &self->here, .there = &self->there,
	};
	bool changes = !variant->err && !variant->own;

	EXPECT_TRUE(child_says_yes(sets_as_user, &user));
	EXPECT_TRUE(pages_hold(self->obj.all, 0, 1, &self->here));
	EXPECT_TRUE(pages_hold(self->obj.all, 2, 5, changes ? &self->there : &self->here));
	EXPECT_TRUE(pages_hold(self->obj.all, 6, 7, &self->here));
}

/* Pages 2 to 5 are written: what was read before becomes a copy, too. */
static bool places_as_user(void *arg)
{
	const struct user_case *user = arg;
	struct touched at = { .nr = 4, .stride = 1 };
	char *map;

	or_die(become_user(user->how->nice), "becoming a user");
	map = map_as_user(user->obj, user->how);
	if (set_pages(user->there, map, 2, 4) != user->how->err)
		return false;
	for (int i = 0; i < 8; i += 2)
		or_die(!madvise(page_at(map, i), page_size(), MADV_POPULATE_READ), "reading");
	if (!user->how->own)
		return true;
	at.base = page_at(map, 2);
	touch_pages(at.base, at.nr);
	return all_right(&at, user->there);
}

/* B1: a reader's policy moves the object's memory to nodes of the reader's choice. */
TEST_F(user, places_pages)
{
	struct user_case user = {
		.obj = &self->obj, .how = variant, .here = &self->here, .there = &self->there,
	};
	bool changes = !variant->err && !variant->own;
	struct touched at = { .nr = 2, .stride = 1 };

	EXPECT_TRUE(child_says_yes(places_as_user, &user));
	touch_pages(self->obj.all, 8);
	for (int i = 0; i < 8; i += 2) {
		at.base = page_at(self->obj.all, i);
		EXPECT_TRUE(all_right(&at, changes && (i == 2 || i == 4) ? &self->there :
								      &self->here));
	}
}

static bool sets_range_as_user(void *arg)
{
	const struct user_case *user = arg;
	char *base = map_pages(16), *map;

	or_die(become_user(user->how->nice), "becoming a user");
	map = mremap(map_as_user(user->obj, user->how), 8 * page_size(), 8 * page_size(),
		     MREMAP_MAYMOVE | MREMAP_FIXED, page_at(base, 8));
	or_die(map != MAP_FAILED, "mremap");
	return set_pages(user->there, base, 0, 16) == user->how->err &&
	       pages_hold(base, 0, 7, user->how->err ? &no_policy : user->there);
}

/* B1, and catches a call refused for its end that changed the memory before it. */
TEST_F(user, sets_range)
{
	struct user_case user = {
		.obj = &self->obj, .how = variant, .here = &self->here, .there = &self->there,
	};
	bool changes = !variant->err && !variant->own;

	EXPECT_TRUE(child_says_yes(sets_range_as_user, &user));
	EXPECT_TRUE(pages_hold(self->obj.all, 0, 7, changes ? &self->there : &self->here));
}

/* --- objects and cpusets --- */

FIXTURE(cpuset) {
	int cpu_node;
};

FIXTURE_VARIANT(cpuset) {
	const char *from;	/* nodes allowed when the policy is set */
	const char *to;		/* and when pages are touched */
};

FIXTURE_VARIANT_ADD(cpuset, same) { .from = "all", .to = "all" };
FIXTURE_VARIANT_ADD(cpuset, fewer) { .from = "all", .to = "m0 mL" };
FIXTURE_VARIANT_ADD(cpuset, one) { .from = "all", .to = "m1" };
FIXTURE_VARIANT_ADD(cpuset, more) { .from = "m0 m1", .to = "all" };
FIXTURE_VARIANT_ADD(cpuset, others) { .from = "m0 m1", .to = "m2 mL" };

FIXTURE_SETUP(cpuset)
{
	const char *missing = cpuset_missing();
	struct nodes from, to;

	if (missing)
		SKIP(return, "%s", missing);
	if (!nodes_parse(variant->from, &machine.roomy, &from) ||
	    !nodes_parse(variant->to, &machine.roomy, &to))
		SKIP(return, "needs four nodes with room");
	missing = scratch_missing(NULL);
	if (missing)
		SKIP(return, "%s", missing);
	self->cpu_node = machine_settle();
	if (self->cpu_node < 0 || nodes_count(&machine.roomy) < 2)
		SKIP(return, NEEDS_NODES);
	ASSERT_TRUE(cpuset_enter(&machine.roomy)) TH_LOG("cannot make a cpuset: %m");
}

FIXTURE_TEARDOWN(cpuset)
{
	cpuset_leave();
}

/*
 * An object belongs to no task whose cpuset it could follow: of the nodes
 * asked for those count that are allowed to who allocates.  If none of them
 * is, all that are allowed do.
 */
static struct nodes object_effective(const struct policy *pol, const struct nodes *then,
				     const struct nodes *now)
{
	struct nodes set;

	if (pol->flags & (STATIC | RELATIVE) || nodes_empty(&pol->ask))
		return policy_effective(pol, then, now);
	set = pol->ask;
	if (!(pol->flags & BALANCING))
		set = nodes_and(&set, then);
	if (pol->mode == MPOL_PREFERRED)
		set = nodes_of(nodes_nth(&set, 0));
	set = nodes_and(&set, now);
	return nodes_empty(&set) && pol->mode != MPOL_PREFERRED ? *now : set;
}

/* Is some of it allowed, so that it can be asked for? */
static bool may_ask(const struct policy *pol, const struct nodes *allowed)
{
	struct nodes set = nodes_and(&pol->ask, allowed);

	return pol->flags & RELATIVE || nodes_empty(&pol->ask) || !nodes_empty(&set);
}

static void place_in_cpuset(struct __test_metadata *_metadata, const struct policy *pol,
			    struct object *obj, const struct nodes *from, const struct nodes *to,
			    int cpu_node)
{
	struct nodes effective = object_effective(pol, from, to);
	struct touched at = of_object(obj, obj->all, 0, obj->nr, cpu_node);

	touch_pages(obj->all, obj->nr);
	EXPECT_TRUE(placed_on(&at, pol, &effective, to))
		TH_LOG("cpuset %s to %s", nodes_text(from), nodes_text(to));
	object_free(obj);
}

/* An object for each request that these nodes allow; returns how many. */
static unsigned int make_objects(struct policy *pol, struct object *obj,
				 const struct nodes *allowed)
{
	unsigned int made = 0;

	for (unsigned int n = 0; n < POLICY_REQUESTS; n++) {
		if (!policy_request(&pol[made], n) || !may_ask(&pol[made], allowed))
			continue;
		obj[made] = object_make(TMPFS, policy_pages(&pol[made]));
		or_die(!set_pages(&pol[made], obj[made].all, 0, obj[made].nr), "mbind");
		made++;
	}
	return made;
}

/*
 * B3: an object has the nodes that its creator's cpuset left of those asked
 * for; and catches interleaving over nodes that are not allowed, whose pages
 * then pile up on a neighbour.
 */
TEST_F(cpuset, object)
{
	static struct policy pol[POLICY_REQUESTS];
	static struct object obj[POLICY_REQUESTS];
	struct nodes from, to;
	unsigned int made;

	ASSERT_TRUE(nodes_parse(variant->from, &machine.roomy, &from));
	ASSERT_TRUE(nodes_parse(variant->to, &machine.roomy, &to));
	ASSERT_TRUE(cpuset_set_mems(&from));
	made = make_objects(pol, obj, &from);
	ASSERT_LT(0, made);
	ASSERT_TRUE(cpuset_set_mems(&to));
	for (unsigned int n = 0; n < made; n++)
		place_in_cpuset(_metadata, &pol[n], &obj[n], &from, &to, self->cpu_node);
}

/*
 * Catches nodes of the reading task's cpuset told in place of those that the
 * object has, and none at all told under PREFERRED, which would mean local.
 */
TEST_F(cpuset, is_read_as_asked)
{
	static const enum kind kinds[] = { ANON, MEMFD, TMPFS, SYSV };
	struct nodes from, to, seen, want;
	struct policy pol;

	ASSERT_TRUE(nodes_parse(variant->from, &machine.roomy, &from));
	ASSERT_TRUE(nodes_parse(variant->to, &machine.roomy, &to));
	for (unsigned int n = 0; n < POLICY_REQUESTS * ARRAY_SIZE(kinds); n++) {
		struct object obj;
		int mode;

		if (!policy_request(&pol, n / ARRAY_SIZE(kinds)) || !may_ask(&pol, &from) ||
		    pol.mode == MPOL_DEFAULT)
			continue;
		ASSERT_TRUE(cpuset_set_mems(&from));
		obj = object_make(kinds[n % ARRAY_SIZE(kinds)], 1);
		ASSERT_EQ(0, set_pages(&pol, obj.all, 0, 1));
		ASSERT_TRUE(cpuset_set_mems(&to));
		ASSERT_EQ(0, policy_get(obj.all, &mode, &seen));
		want = object_reported(&pol, &from);
		EXPECT_EQ(policy_reported_mode(&pol), mode);
		EXPECT_TRUE(nodes_same(&want, &seen))
			TH_LOG("mode %#x asked %s in %s, read in %s", mode, nodes_text(&pol.ask),
			       nodes_text(&from), nodes_text(&to));
		object_free(&obj);
	}
}

/* Mounts tmpfs with what a mode's name, a flag and nodes make as mpol=. */
static int mount_policy(const char *head, const char *list, unsigned long flags)
{
	char options[8192];

	snprintf(options, sizeof(options), "mpol=%s%s%s", head, list ? ":" : "", list ? list : "");
	return mount("scratch", SCRATCH, "tmpfs", flags, options) ? errno : 0;
}

/* B3: a file has only those of a mount's nodes that its creator was allowed. */
TEST_F(cpuset, mount)
{
	struct policy pol = policy_for(MPOL_INTERLEAVE, machine.roomy);
	struct object obj;
	struct touched at;
	struct nodes from, to, effective;

	ASSERT_TRUE(nodes_parse(variant->from, &machine.roomy, &from));
	ASSERT_TRUE(nodes_parse(variant->to, &machine.roomy, &to));
	ASSERT_EQ(0, mount_policy("interleave", nodes_text(&machine.roomy), 0));
	ASSERT_TRUE(cpuset_set_mems(&from));
	obj = object_make(TMPFS, policy_pages(&pol));
	ASSERT_TRUE(cpuset_set_mems(&to));
	effective = object_effective(&pol, &machine.usable, &to);
	at = of_object(&obj, obj.all, 0, obj.nr, self->cpu_node);
	touch_pages(obj.all, obj.nr);
	EXPECT_TRUE(placed_on(&at, &pol, &effective, &to));
	object_free(&obj);
}

/* --- mpol= --- */

FIXTURE(mount) {
	int cpu_node;
};

FIXTURE_SETUP(mount)
{
	const char *missing = scratch_missing(NULL);

	if (missing)
		SKIP(return, "%s", missing);
	self->cpu_node = machine_settle();
	if (self->cpu_node < 0)
		SKIP(return, NEEDS_CPU);
}

FIXTURE_TEARDOWN(mount)
{
}

/* Texts that are taken; @nodes as nodes_parse() reads them. */
struct option {
	const char *head;
	const char *nodes;
	const char *shown;	/* in place of @head, NULL for no text at all */
	int mode;
};

static const struct option options[] = {
	{ "bind", "m0", "bind", MPOL_BIND },
	{ "bind", "m0 m1", "bind", MPOL_BIND },
	{ "bind=static", "m0 m1", "bind=static", MPOL_BIND | STATIC },
	{ "bind=relative", "m1", "bind=relative", MPOL_BIND | RELATIVE },
	{ "prefer", "m1", "prefer", MPOL_PREFERRED },
	{ "prefer=static", "m1", "prefer=static", MPOL_PREFERRED | STATIC },
	{ "prefer=relative", "m0", "prefer=relative", MPOL_PREFERRED | RELATIVE },
	{ "prefer", NULL, "local", MPOL_LOCAL },
	{ "local", NULL, "local", MPOL_LOCAL },
	{ "default", NULL, NULL, MPOL_DEFAULT },
	{ "interleave", NULL, "interleave", MPOL_INTERLEAVE },
	{ "interleave", "m0 m2", "interleave", MPOL_INTERLEAVE },
	{ "interleave=static", "all", "interleave=static", MPOL_INTERLEAVE | STATIC },
	{ "interleave=relative", "m0 m1", "interleave=relative", MPOL_INTERLEAVE | RELATIVE },
};

#define WEIGHTED	"weighted\\040interleave"
#define MANY		"prefer\\040(many)"

static const struct option blank_options[] = {
	{ "weighted interleave", NULL, WEIGHTED, MPOL_WEIGHTED_INTERLEAVE },
	{ "weighted interleave", "all", WEIGHTED, MPOL_WEIGHTED_INTERLEAVE },
	{ "prefer (many)", "m0 m1", MANY, MPOL_PREFERRED_MANY },
	{ "prefer (many)=static", "m1", MANY "=static", MPOL_PREFERRED_MANY | STATIC },
};

static const struct option hyphen_options[] = {
	{ "weighted-interleave", NULL, WEIGHTED, MPOL_WEIGHTED_INTERLEAVE },
	{ "weighted-interleave", "m0 m1", WEIGHTED, MPOL_WEIGHTED_INTERLEAVE },
	{ "weighted-interleave=static", "all", WEIGHTED "=static",
	  MPOL_WEIGHTED_INTERLEAVE | STATIC },
	{ "prefer-many", "m0 m1", MANY, MPOL_PREFERRED_MANY },
	{ "prefer-many=relative", "m1", MANY "=relative", MPOL_PREFERRED_MANY | RELATIVE },
};

/* An interleave that names no nodes means all that have memory. */
static bool means_all(const struct option *opt)
{
	return !opt->nodes && (opt->mode == MPOL_INTERLEAVE ||
			       opt->mode == MPOL_WEIGHTED_INTERLEAVE);
}

/* The policy that an option stands for; false when this machine lacks the nodes. */
static bool option_policy(const struct option *opt, struct policy *pol)
{
	struct nodes nodes = { 0 };

	if (means_all(opt))
		nodes = machine.memory;
	else if (opt->nodes && !nodes_parse(opt->nodes, &machine.usable, &nodes))
		return false;
	*pol = policy_for(opt->mode, nodes);
	return true;
}

/* Reads the mpol= that /proc/mounts shows last for SCRATCH; "" if there is none. */
static bool shown_policy(char *buf, size_t size)
{
	char line[16384], *at;
	bool found = false;
	FILE *mounts = fopen("/proc/self/mounts", "re");

	while (mounts && fgets(line, sizeof(line), mounts)) {
		if (strncmp(line, "scratch " SCRATCH " ", strlen("scratch " SCRATCH " ")))
			continue;
		found = true;
		at = strstr(line, ",mpol=");
		at = at ? at + strlen(",mpol=") : strchr(line, '\n');
		at[strcspn(at, "\n ")] = '\0';
		snprintf(buf, size, "%s", at);
	}
	if (mounts)
		fclose(mounts);
	return found;
}

static void expected_text(const struct option *opt, const struct policy *pol, char *buf,
			  size_t size)
{
	bool nodes = !nodes_empty(&pol->ask);

	snprintf(buf, size, "%s%s%s", opt->shown ? opt->shown : "", nodes ? ":" : "",
		 nodes ? nodes_text(&pol->ask) : "");
}

/* \040 back to a blank, as whoever feeds a line of /proc/mounts to mount(2) does. */
static void unescape(char *text)
{
	char *to = text;

	for (; *text; text++, to++) {
		*to = *text;
		if (!strncmp(text, "\\040", 4)) {
			*to = ' ';
			text += 3;
		}
	}
	*to = '\0';
}

/* Makes a file, fills it and looks at its policy and its pages. */
static bool new_file_follows(const struct policy *pol, int cpu_node)
{
	struct object obj = object_make(TMPFS, 16);
	struct touched at = of_object(&obj, obj.all, 0, 16, cpu_node);
	bool right;

	touch_pages(obj.all, 16);
	right = pages_hold(obj.all, 0, 15, pol) && (!policy_has_room(pol) || all_right(&at, pol));
	object_free(&obj);
	return right;
}

static void check_option(struct __test_metadata *_metadata, const struct option *opt,
			 int cpu_node)
{
	char want[4096], seen[4096], again[4096];
	struct policy pol;

	if (!option_policy(opt, &pol))
		return;
	expected_text(opt, &pol, want, sizeof(want));
	EXPECT_EQ(0, mount_policy(opt->head, opt->nodes ? nodes_text(&pol.ask) : NULL, 0))
		TH_LOG("mpol=%s", opt->head);
	ASSERT_TRUE(shown_policy(seen, sizeof(seen)));
	EXPECT_STREQ(want, seen);
	EXPECT_TRUE(new_file_follows(&pol, cpu_node))
		TH_LOG("of mpol=%s", opt->head);

	unescape(seen);
	if (*seen)
		EXPECT_EQ(0, mount_policy(seen, NULL, 0));
	ASSERT_TRUE(shown_policy(again, sizeof(again)));
	EXPECT_STREQ(want, again);
}

/*
 * Catches a word that means something else, a text that does not give the same
 * policy when it is fed back, and files with another policy than their mount's.
 */
TEST_F(mount, texts)
{
	for (size_t n = 0; n < ARRAY_SIZE(options); n++)
		check_option(_metadata, &options[n], self->cpu_node);
}

/* B11: a blank ends the options for whoever reads /proc/mounts. */
TEST_F(mount, texts_with_blanks)
{
	for (size_t n = 0; n < ARRAY_SIZE(blank_options); n++)
		check_option(_metadata, &blank_options[n], self->cpu_node);
}

/* B11: there are no names that can be written in /etc/fstab as they are. */
TEST_F(mount, texts_with_hyphens)
{
	for (size_t n = 0; n < ARRAY_SIZE(hyphen_options); n++)
		check_option(_metadata, &hyphen_options[n], self->cpu_node);
}

static const struct {
	const char *head;
	const char *nodes;
} bad_options[] = {
	{ "bind", NULL }, { "bind=static", NULL }, { "bind=relative", NULL },
	{ "prefer (many)", NULL }, { "prefer=static", NULL }, { "prefer=relative", NULL },
	{ "bind=foo", "m0" }, { "bind=", "m0" }, { "bind=balancing", "m0" },
	{ "bind=static|relative", "m0" }, { "bind=static=static", "m0" }, { "interleave=", NULL },
	{ "prefer", "m0 m1" }, { "local", "m0" }, { "local=static", NULL }, { "default", "m0" },
	{ "bind", "x" }, { "bind", "M+35" }, { "bind", "m0 x" }, { "interleave", "x" },
	{ "bind", "" }, { "interleave", "" }, { "weighted interleave", "" }, { "prefer", "" },
	{ "junk", NULL }, { "", NULL }, { "4", NULL }, { "Bind", "m0" }, { "bin", "m0" },
	{ "binds", "m0" }, { "preferred", "m0" }, { "prefer (many", "m0" },
	{ "weighted", "m0" }, { "weighted_interleave", "m0" }, { "bind:0x0", NULL },
	{ "bind:-1", NULL }, { "bind:zero", NULL }, { "bind:1-0", NULL }, { "bind:0:0", NULL },
};

/* Catches a misprint that is taken for something, on mount and on remount. */
TEST_F(mount, refused_texts)
{
	char before[4096], after[4096];
	struct nodes nodes;

	ASSERT_EQ(0, mount_policy("interleave", nodes_text(&machine.roomy), 0));
	ASSERT_TRUE(shown_policy(before, sizeof(before)));
	for (size_t n = 0; n < ARRAY_SIZE(bad_options); n++) {
		const char *list = bad_options[n].nodes;

		if (list && !nodes_parse(list, &machine.usable, &nodes))
			continue;
		list = list ? nodes_text(&nodes) : NULL;
		EXPECT_EQ(EINVAL, mount_policy(bad_options[n].head, list, 0))
			TH_LOG("mpol=%s:%s", bad_options[n].head, list ? list : "");
		EXPECT_EQ(EINVAL, mount_policy(bad_options[n].head, list, MS_REMOUNT))
			TH_LOG("remount mpol=%s:%s", bad_options[n].head, list ? list : "");
		ASSERT_TRUE(shown_policy(after, sizeof(after)));
		EXPECT_STREQ(before, after);
	}
}

/* B11: a list of many nodes is cut.  Every other node makes the longest one. */
TEST_F(mount, long_list)
{
	struct option opt = { "interleave", "", "interleave", MPOL_INTERLEAVE };
	struct policy pol = policy_for(MPOL_INTERLEAVE, (struct nodes){ 0 });
	char want[4096], seen[4096];

	for (unsigned int n = 0; n < nodes_count(&machine.usable); n += 2)
		nodes_add(&pol.ask, nodes_nth(&machine.usable, n));
	expected_text(&opt, &pol, want, sizeof(want));
	ASSERT_EQ(0, mount_policy("interleave", nodes_text(&pol.ask), 0));
	ASSERT_TRUE(shown_policy(seen, sizeof(seen)));
	EXPECT_STREQ(want, seen);
}

/* Catches a remount that reaches old files, or does not reach new ones. */
TEST_F(mount, remount)
{
	struct policy interleave = policy_for(MPOL_INTERLEAVE, machine.roomy);
	struct policy there = policy_for(MPOL_BIND, nodes_of(nodes_highest(&machine.roomy)));
	struct object old;

	ASSERT_EQ(0, mount_policy("interleave", nodes_text(&interleave.ask), 0));
	EXPECT_TRUE(new_file_follows(&interleave, self->cpu_node));
	old = object_make(TMPFS, 16);
	ASSERT_EQ(0, mount_policy("bind", nodes_text(&there.ask), MS_REMOUNT));
	EXPECT_TRUE(pages_hold(old.all, 0, 15, &interleave));
	EXPECT_TRUE(new_file_follows(&there, self->cpu_node));
	old = object_make(TMPFS, 16);
	ASSERT_EQ(0, mount("scratch", SCRATCH, "tmpfs", MS_REMOUNT, "size=8m"));
	EXPECT_TRUE(pages_hold(old.all, 0, 15, &there));
	EXPECT_TRUE(new_file_follows(&there, self->cpu_node));
}

/* B2: a remount with mpol=default leaves new files the policy that was there. */
TEST_F(mount, remount_default)
{
	struct policy interleave = policy_for(MPOL_INTERLEAVE, machine.roomy);
	struct object old;
	char seen[4096];

	ASSERT_EQ(0, mount_policy("interleave", nodes_text(&interleave.ask), 0));
	old = object_make(TMPFS, 16);
	ASSERT_EQ(0, mount_policy("default", NULL, MS_REMOUNT));
	ASSERT_TRUE(shown_policy(seen, sizeof(seen)));
	EXPECT_STREQ("", seen);
	EXPECT_TRUE(pages_hold(old.all, 0, 15, &interleave));
	EXPECT_TRUE(new_file_follows(&no_policy, self->cpu_node));
	object_free(&old);
	ASSERT_EQ(0, mount_policy("interleave", nodes_text(&interleave.ask), MS_REMOUNT));
	EXPECT_TRUE(new_file_follows(&interleave, self->cpu_node));
}

/* B2: what comes from the mount does not give way to MPOL_DEFAULT. */
TEST_F(mount, default_clears)
{
	struct policy interleave = policy_for(MPOL_INTERLEAVE, machine.roomy);
	struct object obj;

	ASSERT_EQ(0, mount_policy("interleave", nodes_text(&interleave.ask), 0));
	obj = object_make(TMPFS, 16);
	ASSERT_EQ(0, set_pages(&no_policy, obj.all, 4, 4));
	EXPECT_TRUE(pages_hold(obj.all, 0, 3, &interleave));
	EXPECT_TRUE(pages_hold(obj.all, 4, 7, &no_policy));
	EXPECT_TRUE(pages_hold(obj.all, 8, 15, &interleave));
	object_free(&obj);
}

int main(int argc, char **argv)
{
	machine_require();
	return run_tests(argc, argv);
}
