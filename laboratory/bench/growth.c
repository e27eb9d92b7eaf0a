// SPDX-License-Identifier: GPL-2.0
/*
 * How the cost of a call grows with what its caller has: mappings of one
 * object, objects, and ranges of one object that have policies.
 */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"

/* Mappings side by side, one page each. */
struct spread {
	char *addr;
	int nr;
};

int make_object(size_t pages)
{
	int fd = memfd_create("bench", 0);

	if (fd < 0 || ftruncate(fd, pages * page))
		fail("memfd");
	return fd;
}

/* Every @step-th page of an object, each page in a mapping of its own. */
void map_windows(char *addr, int nr, int fd, size_t first, size_t step)
{
	char *to;
	int i;

	for (i = 0; i < nr; i++) {
		to = mmap(addr + i * page, page, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_FIXED, fd, (first + i * step) * page);
		if (to == MAP_FAILED)
			fail("mmap");
	}
}

static void map_one_object(void *arg)
{
	struct spread *spread = arg;
	int fd = make_object(2 * spread->nr);

	spread->addr = map_private(spread->nr * page);
	map_windows(spread->addr, spread->nr, fd, 0, 2);
	close(fd);
}

static void map_objects(void *arg)
{
	struct spread *spread = arg;
	char *to;
	int i;

	spread->addr = map_private(spread->nr * page);
	for (i = 0; i < spread->nr; i++) {
		to = mmap(spread->addr + i * page, page, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		if (to == MAP_FAILED)
			fail("mmap");
	}
}

static void unmap_all(void *arg)
{
	struct spread *spread = arg;

	munmap(spread->addr, spread->nr * page);
}

static void set_all(void *arg)
{
	struct spread *spread = arg;

	set_range(spread->addr, spread->nr * page, MPOL_BIND);
}

static void measure_spread(const char *what, void (*map)(void *arg), int nr)
{
	struct spread spread = { .nr = nr };
	char row[64];

	snprintf(row, sizeof(row), "growth/%s/%d", what, nr);
	measure(row, &(struct op) {
		.before = map, .run = set_all, .after = unmap_all,
		.arg = &spread, .rounds = 8, .per = nr });
}

/* A range is three pages, and the one in the midst of one comes and goes. */
#define RANGE	4

static void split_and_merge(void *arg)
{
	set_range(arg, page, MPOL_INTERLEAVE);
	set_range(arg, page, MPOL_BIND);
}

/**
 * make_ranges - give an object ranges of policies, a call for each
 * @fd:		the object
 * @nr:		how many
 * @step:	pages from one to the next
 * @len:	pages of a range
 *
 * Ranges without a gap between them differ from their neighbours.
 */
void make_ranges(int fd, int nr, size_t step, size_t len)
{
	char *addr;
	int i;

	for (i = 0; i < nr; i++) {
		addr = mmap(NULL, len * page, PROT_READ | PROT_WRITE,
			    MAP_SHARED, fd, i * step * page);
		if (addr == MAP_FAILED)
			fail("mmap");
		set_range(addr, len * page, i & 1 ? MPOL_PREFERRED_MANY : MPOL_BIND);
		munmap(addr, len * page);
	}
}

struct ranges {
	int fd;
	int nr;
};

static void make_all(void *arg)
{
	struct ranges *ranges = arg;

	ranges->fd = make_object(ranges->nr * RANGE);
	make_ranges(ranges->fd, ranges->nr, RANGE, RANGE - 1);
}

static void measure_ranges(int nr, bool (*ready)(const char *row))
{
	struct ranges ranges = { .nr = nr };
	char row[64], build[64], *addr;

	snprintf(row, sizeof(row), "growth/ranges/%d", nr);
	snprintf(build, sizeof(build), "growth/ranges-made/%d", nr);
	if (!ready(row) && !ready(build))
		return;
	measure_once(build, &(struct op) {
		.run = make_all, .arg = &ranges, .per = nr });
	addr = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, ranges.fd,
		    (nr / 2 * RANGE + 1) * page);
	if (addr == MAP_FAILED)
		fail("mmap");
	measure(row, &(struct op) {
		.run = split_and_merge, .arg = addr, .rounds = 9, .per = 2 });
	munmap(addr, page);
	close(ranges.fd);
}

void bench_growth(void)
{
	measure_spread("mappings", map_one_object, 500);
	measure_spread("mappings", map_one_object, 2000);
	measure_spread("mappings", map_one_object, 8000);
	measure_spread("objects", map_objects, 2000);
	measure_spread("objects", map_objects, 8000);
	measure_spread("objects", map_objects, 30000);
	measure_ranges(1000, wanted);
	measure_ranges(4000, wanted);
	measure_ranges(16000, wanted);
	measure_ranges(64000, named);
}
