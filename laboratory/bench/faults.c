// SPDX-License-Identifier: GPL-2.0
/*
 * First touches of pages, by mode, and by whose policy it is: the task's, that
 * of a private mapping, or that of a shared object.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"
#include "marks.h"

#define HUGE	(2UL << 20)
#define PAGES	512UL
#define HUGES	2

struct area {
	char *addr;
	size_t len;
	size_t step;
	int fd;			/* of the object, or -1 */
};

/* Starts where a huge page can. */
static void map_area(struct area *area, bool shared, bool huge)
{
	char *room;

	area->step = huge ? HUGE : (size_t)page;
	area->len = huge ? HUGES * HUGE : PAGES * page;
	area->fd = shared ? memfd_create("bench", 0) : -1;
	if (shared && (area->fd < 0 || ftruncate(area->fd, area->len)))
		fail("memfd");

	room = mmap(NULL, area->len + HUGE, PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	room += -(unsigned long)room % HUGE;
	area->addr = mmap(room, area->len, PROT_READ | PROT_WRITE, MAP_FIXED |
			  (shared ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS),
			  area->fd, 0);
	if (area->addr == MAP_FAILED)
		fail("mmap");
	madvise(area->addr, area->len, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
}

static void unmap_area(struct area *area)
{
	munmap(area->addr, area->len);
	if (area->fd >= 0)
		close(area->fd);
}

static void touch(void *arg)
{
	struct area *area = arg;
	char *addr;

	for (addr = area->addr; addr < area->addr + area->len;
	     addr += area->step)
		asm volatile("movb $1, %0" : "=m" (*addr));
}

static void forget(void *arg)
{
	struct area *area = arg;

	if (area->fd < 0)
		madvise(area->addr, area->len, MADV_DONTNEED);
	else if (fallocate(area->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			   0, area->len))
		fail("fallocate");
}

static const char *const scopes[] = { "task", "vma", "shared" };

enum { TASK, VMA, SHARED };

static void measure_fault(int scope, bool huge, int mode)
{
	struct area area;
	struct op op = {
		.run = touch,
		.after = forget,
		.arg = &area,
		.rounds = huge ? 5 : 7,
		.per = huge ? HUGES : PAGES,
	};
	char row[64];

	snprintf(row, sizeof(row), "fault/%s/%s/%s", huge ? "2m" : "4k",
		 scopes[scope], mode_word(mode));
	if (!wanted(row))
		return;
	map_area(&area, scope == SHARED, huge);
	if (scope == TASK)
		set_task(mode);
	else
		set_range(area.addr, area.len, mode);
	measure(row, &op);
	set_task(MPOL_DEFAULT);
	unmap_area(&area);
}

/* The page allocator learns how many pages to keep at hand for each CPU. */
static void settle(void)
{
	struct area area;
	int i;

	map_area(&area, false, false);
	for (i = 0; i < 20; i++) {
		touch(&area);
		forget(&area);
	}
	unmap_area(&area);
}

void bench_faults(void)
{
	int scope, huge, mode;

	settle();
	write_file("/sys/kernel/mm/transparent_hugepage/shmem_enabled",
		   "advise");
	for (huge = 0; huge <= 1; huge++)
		for (scope = TASK; scope <= SHARED; scope++)
			for (mode = 0; mode < NR_MODES; mode++)
				measure_fault(scope, huge, mode);
}

static void *fault_half(void *arg)
{
	touch(arg);
	return NULL;
}

/* Every thread its own part of one object, under one policy. */
void fault_in_threads(int threads)
{
	pthread_t thread[16];
	struct area whole, part[16];
	int i;

	map_area(&whole, true, false);
	set_range(whole.addr, whole.len, MPOL_INTERLEAVE);
	for (i = 0; i < threads; i++) {
		part[i] = whole;
		part[i].len = whole.len / threads;
		part[i].addr += i * part[i].len;
	}
	/* Page tables and slabs are there when it counts. */
	touch(&whole);
	forget(&whole);

	mark_begin();
	for (i = 0; i < threads; i++)
		if (pthread_create(&thread[i], NULL, fault_half, &part[i]))
			fail("pthread_create");
	for (i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
	mark_end();
	mark_row();
	printf("faults %lu\n", PAGES);
}
