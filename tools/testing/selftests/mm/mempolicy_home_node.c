// SPDX-License-Identifier: GPL-2.0
/*
 * Home nodes: set_mempolicy_home_node() gives the policies of a range, private
 * or an object's, a node to try before the other nodes of the policy.
 *
 * The whole range gets it or nothing does.  It stays with the policy through
 * fork and changes of the cpuset, and numa_maps shows it.
 *
 * B1, B2, B8 and B9 in comments are what Linux 6.12 does wrong:
 *   B1  who may only read an object sets the home node of all its users
 *   B2  the home node goes to the mapping's copy of an object's policy
 *   B8  a refused call has changed something
 *   B9  a home node cannot be read, and may have no memory
 */
#include "mempolicy_harness.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/shm.h>

#include "mempolicy_calls.h"
#include "mempolicy_group.h"
#include "mempolicy_machine.h"
#include "mempolicy_object.h"
#include "mempolicy_process.h"
#include "mempolicy_requests.h"

/* --- memory --- */

static int set_home(char *map, unsigned long first, unsigned long nr, int node)
{
	return sys_home_node(page_at(map, first), nr * page_size(), node, 0) ? errno : 0;
}

/* --- what numa_maps shows --- */

/* Does the mapping that begins at @addr show this policy? */
static bool shows(const void *addr, const struct policy *pol, const struct nodes *effective)
{
	char text[4096];
	int len;

	if (pol->mode == MPOL_DEFAULT)
		return numa_maps_begins(addr, "default");
	len = mode_text(text, pol->mode | pol->flags);
	len += snprintf(text + len, sizeof(text) - len, ":%s", nodes_text(effective));
	if (pol->home >= 0)
		snprintf(text + len, sizeof(text) - len, " home=%d", pol->home);
	return numa_maps_begins(addr, text);
}

/* The same of a page, from where on another policy may count than before it. */
static bool page_shows(const struct object *area, unsigned long page, const struct policy *pol)
{
	struct nodes effective = policy_effective(pol, &machine.usable, &machine.usable);
	char *map = page_at(area->all, page);
	bool right;

	if (area->kind != OWN)
		map = object_map(area, page, 1);
	right = shows(map, pol, &effective);
	if (area->kind != OWN)
		munmap(map, page_size());
	return right;
}

/* --- every mode that has a home, in every memory --- */

FIXTURE(home) {
	int cpu_node;
	int first;
	int last;
	struct policy here;	/* of the variant's mode, no home yet */
	struct policy other;	/* of the other mode */
	struct policy interleave;	/* cannot have a home */
};

FIXTURE_VARIANT(home) {
	enum kind kind;
	int mode;
};

FIXTURE_VARIANT_ADD(home, own_bind) { .kind = OWN, .mode = MPOL_BIND };
FIXTURE_VARIANT_ADD(home, own_many) { .kind = OWN, .mode = MPOL_PREFERRED_MANY };
FIXTURE_VARIANT_ADD(home, anonymous_bind) { .kind = ANON, .mode = MPOL_BIND };
FIXTURE_VARIANT_ADD(home, anonymous_many) { .kind = ANON, .mode = MPOL_PREFERRED_MANY };
FIXTURE_VARIANT_ADD(home, memfd_bind) { .kind = MEMFD, .mode = MPOL_BIND };
FIXTURE_VARIANT_ADD(home, memfd_many) { .kind = MEMFD, .mode = MPOL_PREFERRED_MANY };
FIXTURE_VARIANT_ADD(home, tmpfs_bind) { .kind = TMPFS, .mode = MPOL_BIND };
FIXTURE_VARIANT_ADD(home, sysv_bind) { .kind = SYSV, .mode = MPOL_BIND };

FIXTURE_SETUP(home)
{
	const char *missing = object_missing(variant->kind, &self->cpu_node);

	if (missing)
		SKIP(return, "%s", missing);
	self->first = nodes_nth(&machine.roomy, 0);
	self->last = nodes_highest(&machine.roomy);
	self->here = policy_for(variant->mode, machine.roomy);
	self->other = policy_for(variant->mode == MPOL_BIND ? MPOL_PREFERRED_MANY : MPOL_BIND,
				 machine.roomy);
	self->interleave = policy_for(MPOL_INTERLEAVE, machine.roomy);
}

FIXTURE_TEARDOWN(home)
{
}

static struct policy at_home(struct policy pol, int node)
{
	pol.home = node;
	return pol;
}

static const int flags_of[] = { 0, STATIC, RELATIVE, BALANCING };
static const char * const asks[] = { "m0 mL", "m1 m2", "all" };
static const char * const relative_asks[] = { "b0 R+1", "b1 b2", "all" };
static const char * const homes[] = { "m0", "m1", "mL" };

#define NR_CASES	(ARRAY_SIZE(flags_of) * ARRAY_SIZE(asks) * ARRAY_SIZE(homes))

/* A home inside and outside of the nodes asked for; false when some are missing. */
static bool nth_case(struct policy *pol, int mode, size_t n)
{
	int flags = flags_of[n / ARRAY_SIZE(homes) / ARRAY_SIZE(asks)];
	size_t ask = n / ARRAY_SIZE(homes) % ARRAY_SIZE(asks);
	struct nodes nodes, home;

	if (!nodes_parse(flags & RELATIVE ? relative_asks[ask] : asks[ask], &machine.roomy,
			 &nodes) ||
	    !nodes_parse(homes[n % ARRAY_SIZE(homes)], &machine.roomy, &home))
		return false;
	*pol = policy_for(mode | flags, nodes);
	pol->home = nodes_nth(&home, 0);
	return policy_has_room(pol);
}

static bool pages_right(const struct object *area, unsigned long first, unsigned long nr,
			const struct policy *pol, int cpu_node)
{
	struct touched at = anonymous(page_at(area->all, first), nr, cpu_node);

	touch_pages(at.base, nr);
	return all_right(&at, pol);
}

/*
 * Catches a home that comes after the local node, or one outside of the policy's
 * nodes that adds itself to them.
 */
TEST_F(home, place)
{
	struct policy pol;

	for (size_t n = 0; n < NR_CASES; n++) {
		struct object area;

		if (!nth_case(&pol, variant->mode, n))
			continue;
		area = object_make(variant->kind, 6);
		ASSERT_EQ(0, set_pages(&pol, area.all, 0, 6));
		EXPECT_TRUE(pages_right(&area, 0, 6, &pol, self->cpu_node))
			TH_LOG("home %d", pol.home);
		object_free(&area);
	}
}

/* B9, and catches get_mempolicy() telling of a home as of a node. */
TEST_F(home, can_be_read)
{
	struct policy pol = at_home(self->here, self->last);
	struct object area = object_make(variant->kind, 4);

	ASSERT_EQ(0, set_pages(&self->here, area.all, 0, 4));
	EXPECT_TRUE(page_shows(&area, 0, &self->here));
	ASSERT_EQ(0, set_home(area.all, 0, 4, self->last));
	EXPECT_TRUE(page_shows(&area, 0, &pol));
	EXPECT_TRUE(pages_hold(area.all, 0, 3, &pol));

	pol.home = self->first;
	ASSERT_EQ(0, set_home(area.all, 0, 4, self->first));
	EXPECT_TRUE(page_shows(&area, 0, &pol));
	ASSERT_EQ(0, set_pages(&self->here, area.all, 0, 4));
	EXPECT_TRUE(page_shows(&area, 0, &self->here));
	object_free(&area);
}

/* Catches a home that spreads over more pages than were named. */
TEST_F(home, part)
{
	struct policy pol = at_home(self->here, self->last);
	struct object area = object_make(variant->kind, 12);

	ASSERT_EQ(0, set_pages(&self->here, area.all, 0, 12));
	ASSERT_EQ(0, set_home(area.all, 4, 5, self->last));
	EXPECT_TRUE(page_shows(&area, 0, &self->here));
	EXPECT_TRUE(page_shows(&area, 4, &pol));
	EXPECT_TRUE(page_shows(&area, 9, &self->here));
	EXPECT_TRUE(pages_right(&area, 0, 4, &self->here, self->cpu_node));
	EXPECT_TRUE(pages_right(&area, 4, 5, &pol, self->cpu_node));
	EXPECT_TRUE(pages_right(&area, 9, 3, &self->here, self->cpu_node));
	object_free(&area);
}

/* Catches pages without a policy that get one, or that end the call. */
TEST_F(home, steps_over_gaps)
{
	struct object area = object_make(variant->kind, 16);
	struct policy here = at_home(self->here, self->last);
	struct policy other = at_home(self->other, self->last);

	ASSERT_EQ(0, set_pages(&self->here, area.all, 2, 3));
	ASSERT_EQ(0, set_pages(&self->other, area.all, 8, 4));
	EXPECT_EQ(ENOENT, set_home(area.all, 5, 3, self->last));
	EXPECT_EQ(ENOENT, set_home(area.all, 0, 2, self->last));
	ASSERT_EQ(0, set_home(area.all, 0, 16, self->last));
	EXPECT_TRUE(page_shows(&area, 0, &no_policy));
	EXPECT_TRUE(page_shows(&area, 2, &here));
	EXPECT_TRUE(page_shows(&area, 5, &no_policy));
	EXPECT_TRUE(page_shows(&area, 8, &other));
	EXPECT_TRUE(page_shows(&area, 12, &no_policy));

	munmap(page_at(area.all, 6), page_size());
	here.home = self->first;
	ASSERT_EQ(0, set_home(area.all, 0, 8, self->first));
	EXPECT_TRUE(page_shows(&area, 2, &here));
	EXPECT_TRUE(page_shows(&area, 8, &other));
	object_free(&area);
}

/* B8: a refused call that has given some of the pages their home. */
TEST_F(home, refused_changes_nothing)
{
	struct object area = object_make(variant->kind, 12);

	ASSERT_EQ(0, set_pages(&self->here, area.all, 0, 4));
	ASSERT_EQ(0, set_pages(&self->interleave, area.all, 4, 4));
	ASSERT_EQ(0, set_pages(&self->other, area.all, 8, 4));
	EXPECT_EQ(EOPNOTSUPP, set_home(area.all, 1, 10, self->last));
	EXPECT_EQ(EOPNOTSUPP, set_home(area.all, 4, 4, self->last));
	EXPECT_TRUE(page_shows(&area, 0, &self->here));
	EXPECT_TRUE(page_shows(&area, 4, &self->interleave));
	EXPECT_TRUE(page_shows(&area, 8, &self->other));
	EXPECT_TRUE(pages_right(&area, 0, 4, &self->here, self->cpu_node));
	EXPECT_TRUE(pages_right(&area, 8, 4, &self->other, self->cpu_node));
	object_free(&area);
}

/* Moves a mapping of an area into the middle of private memory. */
static char *map_between(const struct object *area, char *base, unsigned long first)
{
	size_t size = area->nr * page_size();
	char *to = page_at(base, first), *map;

	if (area->kind == OWN)
		return to;
	map = object_map(area, 0, area->nr);
	or_die(mremap(map, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to, "mremap");
	return to;
}

/* Catches private memory and objects of one call that do not fail together. */
TEST_F(home, between_private_memory)
{
	struct object area = object_make(variant->kind, 4);
	char *base = map_pages(12), *middle = map_between(&area, base, 4);
	struct policy here = at_home(self->here, self->last);
	struct nodes *set = &self->here.ask;

	ASSERT_EQ(0, set_pages(&self->here, base, 0, 8));
	ASSERT_EQ(0, set_pages(&self->interleave, base, 8, 4));
	EXPECT_EQ(EOPNOTSUPP, set_home(base, 0, 12, self->last));
	EXPECT_TRUE(shows(base, &self->here, set));
	if (area.kind != OWN)
		EXPECT_TRUE(shows(middle, &self->here, set));
	EXPECT_TRUE(shows(page_at(base, 8), &self->interleave, set));

	ASSERT_EQ(0, set_pages(&no_policy, base, 8, 4));
	ASSERT_EQ(0, set_home(base, 0, 12, self->last));
	EXPECT_TRUE(shows(base, &here, set));
	if (area.kind != OWN)
		EXPECT_TRUE(shows(middle, &here, set));

	ASSERT_EQ(0, set_pages(&self->interleave, base, 0, 2));
	EXPECT_EQ(EOPNOTSUPP, set_home(base, 0, 12, self->first));
	EXPECT_TRUE(shows(page_at(base, 2), &here, set));
	if (area.kind != OWN)
		EXPECT_TRUE(shows(middle, &here, set));
	object_free(&area);
}

/* B9: a node without memory, which the pages would never be near to. */
TEST_F(home, node_without_memory)
{
	struct object area = object_make(variant->kind, 4);
	struct nodes bare;

	if (!nodes_parse("x", &machine.usable, &bare))
		SKIP(return, "needs a node number without memory");
	ASSERT_EQ(0, set_pages(&self->here, area.all, 0, 4));
	EXPECT_EQ(EINVAL, set_home(area.all, 0, 4, nodes_nth(&bare, 0)));
	EXPECT_TRUE(page_shows(&area, 0, &self->here));
	object_free(&area);
}

#define RANDOM_PAGES	40UL
#define RANDOM_CALLS	150

/* One call at random, and what it makes of the pages in the model. */
static int random_call(struct object *area, struct policy *model, const struct policy *pols,
		       __u64 *seed)
{
	unsigned long first = random_below(seed, RANDOM_PAGES);
	unsigned long nr = 1 + random_below(seed, RANDOM_PAGES - first);
	unsigned int what = random_below(seed, 6);
	int node = nodes_nth(&machine.roomy, random_below(seed, nodes_count(&machine.roomy)));
	int want = ENOENT, got;

	got = what < 3 ? set_pages(&pols[what], area->all, first, nr) :
			 set_home(area->all, first, nr, node);
	for (unsigned long i = first; i < first + nr; i++) {
		if (what < 3)
			model[i] = pols[what];
		else if (model[i].mode != MPOL_DEFAULT)
			model[i].home = node;
		if (model[i].mode != MPOL_DEFAULT)
			want = 0;
	}
	return got == (what < 3 ? 0 : want) ? 0 : got ?: -1;
}

/* Catches ranges that are split, joined or left out wrongly. */
TEST_F(home, random_calls)
{
	struct policy pols[3] = { self->here, self->other, no_policy };
	struct object area = object_make(variant->kind, RANDOM_PAGES);
	struct policy model[RANDOM_PAGES];
	__u64 seed = 1;

	for (unsigned long i = 0; i < RANDOM_PAGES; i++)
		model[i] = no_policy;
	for (int n = 0; n < RANDOM_CALLS; n++) {
		ASSERT_EQ(0, random_call(&area, model, pols, &seed))
			TH_LOG("call %d", n);
	}
	for (unsigned long i = 0; i < RANDOM_PAGES; i++) {
		EXPECT_TRUE(pages_hold(area.all, i, i, &model[i]));
		EXPECT_TRUE(pages_right(&area, i, 1, &model[i], self->cpu_node))
			TH_LOG("page %lu, home %d", i, model[i].home);
	}
	object_free(&area);
}

/* --- processes --- */

struct visit {
	struct object *area;
	const struct policy *pol;
	int cpu_node;
	int home;
};

static bool uses_and_sets(void *arg)
{
	struct visit *visit = arg;

	return page_shows(visit->area, 0, visit->pol) &&
	       pages_right(visit->area, 0, 2, visit->pol, visit->cpu_node) &&
	       !set_home(visit->area->all, 0, 8, visit->home);
}

/*
 * Catches a home lost by fork, a child that sets its parent's, and an object's
 * that stays with the process that set it.
 */
TEST_F(home, fork)
{
	struct object area = object_make(variant->kind, 8);
	struct policy pol = at_home(self->here, self->last);
	struct visit visit = {
		.area = &area, .pol = &pol, .cpu_node = self->cpu_node, .home = self->first,
	};

	ASSERT_EQ(0, set_pages(&pol, area.all, 0, 8));
	EXPECT_TRUE(child_says_yes(uses_and_sets, &visit));
	if (variant->kind != OWN)
		pol.home = self->first;
	EXPECT_TRUE(page_shows(&area, 0, &pol));
	EXPECT_TRUE(pages_right(&area, 4, 4, &pol, self->cpu_node));
	object_free(&area);
}

/* B2, and catches a second part of an object, in one call, that takes back the first. */
TEST_F(home, twice_in_one_call)
{
	struct object area = object_make(variant->kind, 8);
	struct policy pol = at_home(self->here, self->last);
	size_t half = 4 * page_size();
	char *base;

	if (variant->kind == OWN)
		SKIP(return, "needs an object, this is private memory");
	base = map_pages(8);
	or_die(mremap(object_map(&area, 4, 4), half, half, MREMAP_MAYMOVE | MREMAP_FIXED,
		      base) == base, "mremap");
	or_die(mremap(object_map(&area, 0, 4), half, half, MREMAP_MAYMOVE | MREMAP_FIXED,
		      base + half) == base + half, "mremap");
	ASSERT_EQ(0, set_pages(&self->here, area.all, 0, 8));
	ASSERT_EQ(0, set_home(base, 2, 4, self->last));
	EXPECT_TRUE(page_shows(&area, 0, &pol));
	EXPECT_TRUE(page_shows(&area, 1, &pol));
	EXPECT_TRUE(page_shows(&area, 2, &self->here));
	EXPECT_TRUE(page_shows(&area, 5, &self->here));
	EXPECT_TRUE(page_shows(&area, 6, &pol));
	EXPECT_TRUE(page_shows(&area, 7, &pol));
	object_free(&area);
}

/* --- who may set the home of an object --- */

FIXTURE(user) {
	struct object obj;
	struct policy here;
	int home;
};

FIXTURE_VARIANT(user) {
	int flags;
	bool writable;	/* otherwise sealed against being mapped writable */
	bool nice;	/* the user has CAP_SYS_NICE */
	bool unset;	/* the object has no policy */
	int err;
};

FIXTURE_VARIANT_ADD(user, readonly) { .flags = MAP_SHARED, .err = EACCES };
FIXTURE_VARIANT_ADD(user, readonly_nice) { .flags = MAP_SHARED, .nice = true };
FIXTURE_VARIANT_ADD(user, readonly_unset) { .flags = MAP_SHARED, .unset = true, .err = ENOENT };
FIXTURE_VARIANT_ADD(user, may_write) { .flags = MAP_SHARED, .writable = true };
FIXTURE_VARIANT_ADD(user, private) { .flags = MAP_PRIVATE, .err = ENOENT };

FIXTURE_SETUP(user)
{
	if (geteuid())
		SKIP(return, "needs root, to become another user");
	if (machine_settle() < 0 || nodes_count(&machine.roomy) < 2)
		SKIP(return, NEEDS_NODES);
	self->home = nodes_highest(&machine.roomy);
	self->here = policy_for(MPOL_BIND, machine.roomy);
	self->obj = object_make(MEMFD, 8);
	if (!variant->unset)
		ASSERT_EQ(0, set_pages(&self->here, self->obj.all, 0, 8));
	if (!variant->writable)
		ASSERT_EQ(0, fcntl(self->obj.fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE));
}

FIXTURE_TEARDOWN(user)
{
	object_free(&self->obj);
}

struct user_case {
	const struct object *obj;
	const struct _fixture_variant_user *how;
	const struct policy *here;
	int home;
	bool with_own;	/* private memory with a policy beside it */
};

static bool sets_home_as_user(void *arg)
{
	const struct user_case *user = arg;
	const struct policy *here = user->here;
	int want = user->how->err == ENOENT && user->with_own ? 0 : user->how->err;
	size_t size = 8 * page_size();
	char *base = map_pages(16), *map;
	struct policy own = at_home(*here, want ? -1 : user->home);

	or_die(become_user(user->how->nice), "becoming a user");
	map = mmap(page_at(base, 8), size, PROT_READ, user->how->flags | MAP_FIXED,
		   user->obj->fd, 0);
	or_die(map != MAP_FAILED && !set_pages(here, base, 0, 8), "mapping as a user");
	if (!user->with_own)
		return set_home(map, 0, 8, user->home) == want;
	return set_home(base, 0, 16, user->home) == want && shows(base, &own, &own.ask);
}

/* B1: readers of an object that decide where its memory comes from. */
TEST_F(user, sets_home)
{
	struct user_case user = {
		.obj = &self->obj, .how = variant, .here = &self->here, .home = self->home,
	};
	struct policy want = variant->unset ? no_policy : self->here;

	EXPECT_TRUE(child_says_yes(sets_home_as_user, &user));
	if (!variant->err)
		want.home = self->home;
	EXPECT_TRUE(shows(self->obj.all, &want, &want.ask));
}

/* Catches private memory that gets a home by a call that is refused. */
TEST_F(user, sets_home_of_range)
{
	struct user_case user = {
		.obj = &self->obj, .how = variant, .here = &self->here, .home = self->home,
		.with_own = true,
	};
	struct policy want = variant->unset ? no_policy : self->here;

	EXPECT_TRUE(child_says_yes(sets_home_as_user, &user));
	if (!variant->err)
		want.home = self->home;
	EXPECT_TRUE(shows(self->obj.all, &want, &want.ask));
}

/* --- cpusets that change --- */

FIXTURE(cpuset) {
	int cpu_node;
};

FIXTURE_VARIANT(cpuset) {
	enum kind kind;
	int mode;
	int flags;
};

FIXTURE_VARIANT_ADD(cpuset, own_bind) { .kind = OWN, .mode = MPOL_BIND };
FIXTURE_VARIANT_ADD(cpuset, own_bind_static) {
	.kind = OWN, .mode = MPOL_BIND, .flags = STATIC,
};

FIXTURE_VARIANT_ADD(cpuset, own_bind_relative) {
	.kind = OWN, .mode = MPOL_BIND, .flags = RELATIVE,
};

FIXTURE_VARIANT_ADD(cpuset, own_many) { .kind = OWN, .mode = MPOL_PREFERRED_MANY };
FIXTURE_VARIANT_ADD(cpuset, memfd_bind) { .kind = MEMFD, .mode = MPOL_BIND };
FIXTURE_VARIANT_ADD(cpuset, memfd_bind_relative) {
	.kind = MEMFD, .mode = MPOL_BIND, .flags = RELATIVE,
};

FIXTURE_VARIANT_ADD(cpuset, memfd_many) { .kind = MEMFD, .mode = MPOL_PREFERRED_MANY };

static const struct change {
	const char *from;
	const char *to;
} changes[] = {
	{ "all", "m0 m1" }, { "all", "m1 mL" }, { "m0 m1", "m2 mL" }, { "m0 m1", "mL" },
	{ "m1 m2", "all" },
};

FIXTURE_SETUP(cpuset)
{
	const char *missing = cpuset_missing();

	if (missing)
		SKIP(return, "%s", missing);
	self->cpu_node = machine_settle();
	if (self->cpu_node < 0 || nodes_count(&machine.roomy) < 2)
		SKIP(return, NEEDS_NODES);
	ASSERT_TRUE(cpuset_enter(&machine.roomy))
		TH_LOG("cannot make a cpuset: %m");
}

FIXTURE_TEARDOWN(cpuset)
{
	cpuset_leave();
}

/* An object has no cpuset that its nodes could follow. */
static struct nodes meant(const struct object *area, struct policy pol, const struct nodes *then,
			  const struct nodes *now)
{
	if (area->kind != OWN && !(pol.flags & RELATIVE))
		pol.flags |= STATIC;
	return policy_effective(&pol, then, now);
}

static bool right_in(struct object *area, unsigned long first, const struct policy *pol,
		     const struct nodes *then, const struct nodes *now, int cpu_node)
{
	struct nodes effective = meant(area, *pol, then, now);
	struct touched at = anonymous(page_at(area->all, first), 3, cpu_node);
	bool right = shows(area->all, pol, &effective);

	touch_pages(at.base, 3);
	return placed_on(&at, pol, &effective, now) && right;
}

static void keeps_home(struct __test_metadata *_metadata, const struct change *change,
		       const struct _fixture_variant_cpuset *how, int home, int cpu_node)
{
	struct policy pol = policy_for(how->mode | how->flags, (struct nodes){ 0 });
	struct object area = object_make(how->kind, 9);
	struct nodes from, to;

	if (nodes_parse(change->from, &machine.roomy, &from) &&
	    nodes_parse(change->to, &machine.roomy, &to)) {
		pol.ask = pol.flags & RELATIVE ? machine.roomy : from;
		pol.home = home;
		ASSERT_TRUE(cpuset_set_mems(&from));
		ASSERT_EQ(0, set_pages(&pol, area.all, 0, 9));
		EXPECT_TRUE(right_in(&area, 0, &pol, &from, &from, cpu_node));
		ASSERT_TRUE(cpuset_set_mems(&to));
		EXPECT_TRUE(right_in(&area, 3, &pol, &from, &to, cpu_node))
			TH_LOG("%s to %s, home %d", change->from, change->to, home);
		ASSERT_TRUE(cpuset_set_mems(&from));
		EXPECT_TRUE(right_in(&area, 6, &pol, &from, &from, cpu_node));
	}
	object_free(&area);
}

/*
 * Catches a home lost or carried to another node when the cpuset changes, and
 * one that is not allowed any more and counts for nothing, though some of the
 * nodes are nearer to it than others.
 */
TEST_F(cpuset, keeps_home)
{
	struct nodes home;

	for (size_t n = 0; n < ARRAY_SIZE(changes); n++)
		for (size_t h = 0; h < ARRAY_SIZE(homes); h++)
			if (nodes_parse(homes[h], &machine.roomy, &home))
				keeps_home(_metadata, &changes[n], variant,
					   nodes_nth(&home, 0), self->cpu_node);
}

/* --- a home that is full --- */

#define SPARE_PAGES	2048UL
#define FILL_MAX_KB	(100L << 10)

FIXTURE(full) {
	int small;
	int next;
	unsigned long nr;
};

FIXTURE_VARIANT(full) {
	int mode;
	bool alone;	/* the home is all that is asked for */
};

FIXTURE_VARIANT_ADD(full, bind_two) { .mode = MPOL_BIND };
FIXTURE_VARIANT_ADD(full, many_two) { .mode = MPOL_PREFERRED_MANY };
FIXTURE_VARIANT_ADD(full, many_one) { .mode = MPOL_PREFERRED_MANY, .alone = true };

FIXTURE_SETUP(full)
{
	long kb = page_size() / 1024;

	self->small = machine_by_room(&machine.roomy, true);
	self->next = machine_by_room(&machine.roomy, false);
	if (self->small == self->next)
		SKIP(return, "needs two nodes with room");
	if (test_slowness() > 1)
		SKIP(return, "needs a kernel that takes no memory to check itself");
	if (machine_free_kb(self->small) > FILL_MAX_KB)
		SKIP(return, "needs a node with at most %ld KB free, node %d has %ld",
		     FILL_MAX_KB, self->small, machine_free_kb(self->small));
	self->nr = machine_free_kb(self->small) / kb + SPARE_PAGES;
	if (machine_free_kb(self->next) < 4 * (long)SPARE_PAGES * kb)
		SKIP(return, "needs a node with %ld KB free beside the one to fill",
		     4 * SPARE_PAGES * kb);
}

FIXTURE_TEARDOWN(full)
{
}

/*
 * Catches an object whose memory is not taken from elsewhere when its
 * home is full, or is taken from nodes that are not the policy's.
 */
TEST_F(full, spills)
{
	struct policy pol = policy_for(variant->mode, nodes_of(self->small));
	struct object obj = object_make(MEMFD, self->nr);
	unsigned long at_home = 0, astray = 0;
	int on[64];

	if (!variant->alone)
		nodes_add(&pol.ask, self->next);
	pol.home = self->small;
	ASSERT_EQ(0, set_pages(&pol, obj.all, 0, obj.nr));
	touch_pages(obj.all, obj.nr);
	for (unsigned long i = 0; i < obj.nr; i += ARRAY_SIZE(on)) {
		unsigned long nr = obj.nr - i < ARRAY_SIZE(on) ? obj.nr - i : ARRAY_SIZE(on);

		ASSERT_TRUE(page_nodes_settled(page_at(obj.all, i), nr, on));
		for (unsigned long k = 0; k < nr; k++) {
			at_home += on[k] == self->small;
			astray += !nodes_has(variant->alone ? &machine.usable : &pol.ask, on[k]);
		}
	}
	EXPECT_EQ(self->small, page_node(obj.all));
	EXPECT_LE((obj.nr - SPARE_PAGES) / 2, at_home);
	EXPECT_GT(obj.nr, at_home);
	EXPECT_EQ(0UL, astray);
	object_free(&obj);
}

int main(int argc, char **argv)
{
	machine_require();
	return run_tests(argc, argv);
}
