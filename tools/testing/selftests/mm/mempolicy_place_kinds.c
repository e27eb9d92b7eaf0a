// SPDX-License-Identifier: GPL-2.0
/*
 * Every mode with every flag for every kind of memory: what a mapping's own
 * policy places, what the task's does, and what the kernel takes on behalf of
 * a task without any mapping.
 *
 * What is placed page by page is compared with the model page by page.  For
 * what takes its turn from the task's own round, and shares it with all else
 * that the kernel takes meanwhile, the model tells how many pages each node
 * has to give.
 */
#include "mempolicy_harness.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "mempolicy_machine.h"
#include "mempolicy_object.h"
#include "mempolicy_policy.h"
#include "mempolicy_requests.h"
#include "mempolicy_settings.h"

#define RAM		SCRATCH "/ram"
#define RAM_FILE	RAM "/file"
#define HUGE_PAGES	3
#define MAX_PAGES	160
#define STACK_DEPTH	(2048 * 1024UL)

/* --- memory that programs map --- */

enum memory { PRIVATE_FILE, OBJECT, STACK, HEAP, HUGE };

/**
 * struct area - memory to touch
 * @memory: of which kind
 * @obj:    if it is an object
 * @fd:     if it is a file
 * @base:   where it begins
 * @bytes:  its length
 */
struct area {
	enum memory memory;
	struct object obj;
	int fd;
	char *base;
	size_t bytes;
};

FIXTURE(memory) {
	struct area area;
	int cpu_node;
	size_t huge;
	char was[64];
};

FIXTURE_VARIANT(memory) {
	enum memory memory;
	enum kind kind;
};

FIXTURE_VARIANT_ADD(memory, anonymous) { .memory = OBJECT, .kind = OWN };
FIXTURE_VARIANT_ADD(memory, private_file) { .memory = PRIVATE_FILE };
FIXTURE_VARIANT_ADD(memory, shared) { .memory = OBJECT, .kind = ANON };
FIXTURE_VARIANT_ADD(memory, memfd) { .memory = OBJECT, .kind = MEMFD };
FIXTURE_VARIANT_ADD(memory, tmpfs) { .memory = OBJECT, .kind = TMPFS };
FIXTURE_VARIANT_ADD(memory, sysv) { .memory = OBJECT, .kind = SYSV };
FIXTURE_VARIANT_ADD(memory, stack) { .memory = STACK };
FIXTURE_VARIANT_ADD(memory, heap) { .memory = HEAP };
FIXTURE_VARIANT_ADD(memory, huge) { .memory = HUGE };

/* Leaves only nodes that have huge pages free. */
static bool prepare_huge(char *was, size_t was_size, size_t *size)
{
	*size = thp_size();
	if (!*size || !thp_allow(was, was_size))
		return false;
	machine_want_huge(2 * HUGE_PAGES, *size);
	return true;
}

/* A file whose own pages no policy of ours places. */
static int open_ram_file(void)
{
	if (mkdir(RAM, 0755) || mount("ramfs", RAM, "ramfs", 0, NULL))
		return -1;
	return open(RAM_FILE, O_RDWR | O_CREAT | O_TRUNC, 0600);
}

FIXTURE_SETUP(memory)
{
	const char *missing = scratch_missing(NULL);

	if (missing)
		SKIP(return, "%s", missing);
	if (variant->memory == HUGE &&
	    !prepare_huge(self->was, sizeof(self->was), &self->huge))
		SKIP(return, NEEDS_THP);
	self->cpu_node = machine_settle();
	if (self->cpu_node < 0)
		SKIP(return, NEEDS_CPU);
	self->area.memory = variant->memory;
	if (variant->memory == PRIVATE_FILE) {
		self->area.fd = open_ram_file();
		ASSERT_LE(0, self->area.fd);
		ASSERT_EQ(0, ftruncate(self->area.fd, 2 * MAX_PAGES * page_size()));
	}
}

FIXTURE_TEARDOWN(memory)
{
	thp_restore(self->was);
}

static void *map_file(int fd, unsigned long first, unsigned long nr, int flags)
{
	void *at = map_fd(fd, first, nr, PROT_READ | PROT_WRITE, flags);

	or_die(at != MAP_FAILED, "mapping a file");
	return at;
}

/* Below all that the stack has been used for so far, and empty. */
static char *stack_area(unsigned long nr)
{
	unsigned long here = (unsigned long)__builtin_frame_address(0);
	char *base = (char *)((here - STACK_DEPTH) & -page_size());

	touch_pages(base, 1);
	or_die(!madvise(base, nr * page_size(), MADV_DONTNEED), "emptying a stack");
	return base;
}

static char *heap_area(unsigned long nr)
{
	unsigned long odd = -(unsigned long)sbrk(0) % page_size();
	char *base = sbrk(odd + (nr + 1) * page_size());

	or_die(base != (void *)-1, "sbrk");
	return base + odd;
}

static char *huge_area(size_t size)
{
	unsigned long nr = (HUGE_PAGES + 1) * size / page_size();
	char *base = align_up(map_pages(nr), size);

	or_die(!madvise(base, HUGE_PAGES * size, MADV_HUGEPAGE), "madvise");
	return base;
}

/* Makes memory for @nr pages, of which nothing is there yet; tells how to look at it. */
static struct touched area_make(struct area *area, enum kind kind, unsigned long nr, size_t huge,
				int cpu_node)
{
	area->bytes = nr * page_size();
	if (area->memory == OBJECT) {
		area->obj = object_make(kind, nr);
		area->base = area->obj.all;
		return of_object(&area->obj, area->base, 0, nr, cpu_node);
	}
	if (area->memory == HUGE) {
		area->base = huge_area(huge);
		area->bytes = HUGE_PAGES * huge;
		return (struct touched){
			.base = area->base, .nr = HUGE_PAGES, .stride = huge / page_size(),
			.index = (unsigned long)area->base / huge, .cpu_node = cpu_node,
		};
	}
	if (area->memory == PRIVATE_FILE) {
		area->base = map_file(area->fd, 7, nr, MAP_PRIVATE);
		return (struct touched){
			.base = area->base, .nr = nr, .stride = 1, .index = 7, .cpu_node = cpu_node,
		};
	}
	area->base = area->memory == STACK ? stack_area(nr) : heap_area(nr);
	return anonymous(area->base, nr, cpu_node);
}

static void area_free(struct area *area)
{
	if (area->memory == OBJECT)
		object_free(&area->obj);
	else if (area->memory == STACK || area->memory == HEAP)
		or_die(!policy_set_range(&no_policy, area->base, area->bytes) &&
		       !madvise(area->base, area->bytes, MADV_DONTNEED), "emptying an area");
	else
		munmap(area->base, area->bytes);
}

/*
 * Where the stack counts from is nothing a program can know: the first page of
 * a round tells, and the others have to follow.
 */
static void find_stack_index(struct touched *at, const struct policy *pol)
{
	struct nodes effective = policy_effective(pol, &machine.usable, &machine.usable);
	int node = page_node(at->base);

	if (node >= 0 && nodes_has(&effective, node))
		at->index = nodes_rank(&effective, node);
}

/* Touches it all; false when pages are not as large as they should be. */
static bool touch_area(const struct area *area, const struct touched *at)
{
	for (unsigned long i = 0; i < at->nr; i++)
		touch_pages(page_at(at->base, i * at->stride), 1);
	return area->memory != HUGE || thp_kb() == (long)(area->bytes / 1024);
}

/* One request; returns whether it could be tried. */
static bool place_request(struct __test_metadata *_metadata, struct area *area, enum kind kind,
			  const struct policy *pol, size_t huge, int cpu_node, bool own)
{
	struct touched at = area_make(area, kind, policy_pages(pol), huge, cpu_node);
	bool tried;

	if (own) {
		ASSERT_EQ(0, policy_set_range(pol, area->base, area->bytes));
		ASSERT_EQ(0, pol->mode == MPOL_DEFAULT ? policy_set_task(pol) :
			  policy_set_decoy(pol));
	} else {
		ASSERT_EQ(0, policy_set_task(pol));
	}
	tried = touch_area(area, &at);
	ASSERT_EQ(0, policy_set_task(&no_policy));
	if (area->memory == STACK)
		find_stack_index(&at, pol);
	if (tried)
		EXPECT_TRUE(all_right(&at, pol))
			TH_LOG("mode %#x", pol->mode | pol->flags);
	area_free(area);
	return tried;
}

static void place_all(struct __test_metadata *_metadata, struct _test_data_memory *self,
		      const struct _fixture_variant_memory *variant, bool own)
{
	struct policy pol;
	int tried = 0;

	for (unsigned int n = 0; n < POLICY_REQUESTS; n++)
		if (policy_request(&pol, n))
			tried += place_request(_metadata, &self->area, variant->kind, &pol,
					       self->huge, self->cpu_node, own);
	if (!tried)
		SKIP(return, "needs free memory, in huge pages if it is about them");
}

/* Catches a kind of memory that does not look at its mapping's or object's policy. */
TEST_F(memory, by_its_own_policy)
{
	place_all(_metadata, self, variant, true);
}

/* Catches a kind of memory that does not look at the task's policy. */
TEST_F(memory, by_the_policy_of_the_task)
{
	place_all(_metadata, self, variant, false);
}

/* --- pages that the kernel takes for a task --- */

enum use { CACHE_READ, CACHE_WRITE, CACHE_MAPPED, PAGE_TABLES, PIPE };

#define TABLE_SPAN	(2048 * 1024UL)	/* what one page table is for, or less */
#define PIPE_BYTES	(1024 * 1024UL)

FIXTURE(kernel) {
	int cpu_node;
	int file;
};

FIXTURE_VARIANT(kernel) {
	enum use use;
};

FIXTURE_VARIANT_ADD(kernel, page_cache_by_read) { .use = CACHE_READ };
FIXTURE_VARIANT_ADD(kernel, page_cache_by_write) { .use = CACHE_WRITE };
FIXTURE_VARIANT_ADD(kernel, page_cache_by_mmap) { .use = CACHE_MAPPED };
FIXTURE_VARIANT_ADD(kernel, page_tables) { .use = PAGE_TABLES };
FIXTURE_VARIANT_ADD(kernel, pipe) { .use = PIPE };

FIXTURE_SETUP(kernel)
{
	const char *missing = scratch_missing(NULL);

	if (missing)
		SKIP(return, "%s", missing);
	self->cpu_node = machine_settle();
	if (self->cpu_node < 0)
		SKIP(return, NEEDS_CPU);
	self->file = open_ram_file();
	ASSERT_LE(0, self->file);
}

FIXTURE_TEARDOWN(kernel)
{
	close(self->file);
}

/* Pages that a node has given since it is there. */
static unsigned long given_by(int node)
{
	long hit = machine_figure(node, "numastat", "numa_hit ");
	long miss = machine_figure(node, "numastat", "numa_miss ");

	or_die(hit >= 0 && miss >= 0, "reading numastat");
	return hit + miss;
}

static void use_file(enum use use, int fd, unsigned long nr)
{
	struct policy aside = policy_for(MPOL_BIND, nodes_of(nodes_nth(&machine.roomy, 0)));
	char buf[64], *map;

	or_die(!ftruncate(fd, 0) && !ftruncate(fd, nr * page_size()), "ftruncate");
	if (use == CACHE_MAPPED) {
		map = map_file(fd, 0, nr, MAP_SHARED);
		/* The mapping's policy has no say in this: the task's has. */
		or_die(!set_pages(&aside, map, 0, nr), "mbind");
		touch_pages(map, nr);
		munmap(map, nr * page_size());
		return;
	}
	for (unsigned long i = 0; i < nr; i++)
		or_die((use == CACHE_READ ? pread(fd, buf, sizeof(buf), i * page_size()) :
			pwrite(fd, "x", 1, i * page_size())) > 0, "using a file");
}

/* Page tables for pages of zeroes, which take no memory themselves. */
static void use_tables(unsigned long nr)
{
	char *base = mmap(NULL, nr * TABLE_SPAN, PROT_READ,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	or_die(base != MAP_FAILED && !madvise(base, nr * TABLE_SPAN, MADV_NOHUGEPAGE),
	       "mapping a lot");
	for (unsigned long i = 0; i < nr; i++)
		or_die(!madvise(base + i * TABLE_SPAN, page_size(), MADV_POPULATE_READ),
		       "reading");
	munmap(base, nr * TABLE_SPAN);
}

static void use_pipes(unsigned long nr)
{
	char page[4096];
	int fds[2];

	while (nr) {
		or_die(!pipe(fds) && fcntl(fds[1], F_SETPIPE_SZ, PIPE_BYTES) > 0, "a pipe");
		for (unsigned long i = 0; nr && i < PIPE_BYTES / page_size(); i++, nr--)
			or_die(write(fds[1], page, sizeof(page)) > 0, "write");
		close(fds[0]);
		close(fds[1]);
	}
}

static void use_pages(enum use use, int fd, unsigned long nr)
{
	if (use == PAGE_TABLES)
		use_tables(nr);
	else if (use == PIPE)
		use_pipes(nr);
	else
		use_file(use, fd, nr);
}

/* Did the nodes give as many of @nr pages as they should, and a few for other things? */
static bool shares_right(const struct policy *pol, const unsigned long *given, unsigned long nr,
			 int cpu_node)
{
	struct nodes effective = policy_effective(pol, &machine.usable, &machine.usable);
	struct nodes targets = effective;
	unsigned long sum = 0;
	int node = -1;

	if (!mode_interleaves(pol->mode))
		targets = policy_targets(pol, &effective, &machine.usable, cpu_node, 0);
	while (nodes_step(&targets, &node)) {
		sum += given[node];
		if (!mode_interleaves(pol->mode) ||
		    given[node] >= nr / nodes_count(&targets) * 3 / 4)
			continue;
		ksft_print_msg("node %d of %s gave %lu of %lu pages\n", node,
			       nodes_text(&targets), given[node], nr);
		return false;
	}
	if (sum >= nr)
		return true;
	ksft_print_msg("nodes %s gave %lu of %lu pages\n", nodes_text(&targets), sum, nr);
	return false;
}

/* Enough that what the kernel takes for other things does not matter. */
static unsigned long pages_to_use(const struct policy *pol)
{
	unsigned long nr = 16 * nodes_count(&pol->ask);

	return nr < 128 ? 128 : nr;
}

/* Catches memory of the kernel's own that does not come from where the task says. */
TEST_F(kernel, by_the_policy_of_the_task)
{
	unsigned long given[NODE_BITS] = { 0 };
	struct policy pol;

	for (unsigned int n = 0; n < POLICY_REQUESTS; n++) {
		int node = -1;

		if (!policy_request(&pol, n))
			continue;
		while (nodes_step(&machine.memory, &node))
			given[node] = given_by(node);
		ASSERT_EQ(0, policy_set_task(&pol));
		use_pages(variant->use, self->file, pages_to_use(&pol));
		ASSERT_EQ(0, policy_set_task(&no_policy));
		while (nodes_step(&machine.memory, &node))
			given[node] = given_by(node) - given[node];
		EXPECT_TRUE(shares_right(&pol, given, pages_to_use(&pol), self->cpu_node))
			TH_LOG("mode %#x", pol.mode | pol.flags);
	}
}

int main(int argc, char **argv)
{
	machine_require();
	return run_tests(argc, argv);
}
