// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel allocates for a task: page cache, vmalloc, slabs.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/mount.h>
#include <sys/sem.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench.h"

#define PAGES	256
#define OBJECTS	256
#define SEMS	32000

static int file;

/* In one call, so that the cost of calling does not hide that of pages. */
static void write_pages(void *arg)
{
	if (pwrite(file, arg, PAGES * page, 0) != PAGES * page)
		fail("pwrite");
}

static void read_hole(void *arg)
{
	if (pread(file, arg, PAGES * page, 0) != PAGES * page)
		fail("pread");
}

static void empty_file(void *arg)
{
	if (ftruncate(file, 0) || ftruncate(file, PAGES * page))
		fail("ftruncate");
}

/* An array of semaphores is too large for anything but vmalloc. */
static void make_semaphores(void *arg)
{
	*(int *)arg = semget(IPC_PRIVATE, SEMS, 0600);
	if (*(int *)arg < 0)
		fail("semget");
}

static void remove_semaphores(void *arg)
{
	semctl(*(int *)arg, 0, IPC_RMID);
}

static void make_objects(void *arg)
{
	int *fds = arg, i;

	for (i = 0; i < OBJECTS; i++)
		fds[i] = eventfd(0, 0);
}

static void close_objects(void *arg)
{
	int *fds = arg, i;

	for (i = 0; i < OBJECTS; i++)
		close(fds[i]);
}

static void measure_under(int mode, const char *what,
			  struct op op)
{
	char row[64];

	snprintf(row, sizeof(row), "kernel/%s/%s", what, mode_word(mode));
	op.rounds = 9;
	set_task(mode);
	measure(row, &op);
	set_task(MPOL_DEFAULT);
}

static void open_file(void)
{
	mkdir("/tmp/bench", 0700);
	if (mount("bench", "/tmp/bench", "ramfs", 0, NULL))
		fail("ramfs");
	file = open("/tmp/bench/file", O_RDWR | O_CREAT, 0600);
	if (file < 0)
		fail("/tmp/bench/file");
	empty_file(NULL);
}

void bench_kernel(void)
{
	char *buffer = map_private(PAGES * page);
	int mode, sems, fds[OBJECTS];

	open_file();
	/* The buffer's own pages are not to come in while it counts. */
	read_hole(buffer);
	for (mode = 0; mode < NR_MODES; mode++) {
		measure_under(mode, "page-cache-write", (struct op) {
			.run = write_pages, .after = empty_file,
			.arg = buffer, .per = PAGES });
		measure_under(mode, "page-cache-read", (struct op) {
			.before = empty_file, .run = read_hole,
			.arg = buffer, .per = PAGES });
		measure_under(mode, "vmalloc", (struct op) {
			.run = make_semaphores, .after = remove_semaphores,
			.arg = &sems, .per = 1 });
		measure_under(mode, "slab", (struct op) {
			.run = make_objects, .after = close_objects,
			.arg = fds, .per = OBJECTS });
	}
	close(file);
	umount("/tmp/bench");
}
