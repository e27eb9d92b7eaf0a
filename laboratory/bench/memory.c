// SPDX-License-Identifier: GPL-2.0
/*
 * Mappings and files that several rows need.
 */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"
#include "mempolicy_files.h"

char *map_private(size_t len)
{
	char *addr = mmap(NULL, len, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (addr == MAP_FAILED)
		fail("mmap");
	madvise(addr, len, MADV_NOHUGEPAGE);
	return addr;
}

/* Single pages with a gap after each, so that none of the VMAs merge. */
char *map_pieces(int nr)
{
	char *addr = map_private(2 * nr * page);
	int i;

	for (i = 0; i < nr; i++)
		if (mprotect(addr + 2 * i * page, page, PROT_READ))
			fail("mprotect");
	return addr;
}

void unmap_pieces(char *addr, int nr)
{
	munmap(addr, 2 * nr * page);
}

void set_pieces(char *addr, int nr, int mode)
{
	int i;

	for (i = 0; i < nr; i++)
		set_range(addr + 2 * i * page, page, mode);
}

void write_file(const char *path, const char *text)
{
	if (!file_write(path, text))
		fail(path);
}

/* The number that follows @name in a file of the kernel. */
double figure_of(const char *path, const char *name)
{
	long value = file_figure(path, name);

	if (value < 0)
		fail(path);
	return value;
}

void set_weight(int nid, int weight)
{
	char path[80], text[8];

	snprintf(path, sizeof(path),
		 "/sys/kernel/mm/mempolicy/weighted_interleave/node%d", nid);
	snprintf(text, sizeof(text), "%d", weight);
	write_file(path, text);
}
