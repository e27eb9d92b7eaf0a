// SPDX-License-Identifier: GPL-2.0
/*
 * Mappings; see mempolicy_maps.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mempolicy_maps.h"
#include "mempolicy_run.h"

/* How many mappings /proc/self/maps shows that reach into [start, end). */
int vma_count(const void *start, const void *end)
{
	unsigned long from, to;
	int count = 0;
	char line[4096];
	FILE *maps = fopen("/proc/self/maps", "re");

	while (maps && fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx-%lx", &from, &to) == 2 &&
		    from < (unsigned long)end && to > (unsigned long)start)
			count++;
	if (maps)
		fclose(maps);
	return count;
}

/* The inode number of the mapping of @addr; the process may have lost its leader. */
unsigned long vma_inode(const void *addr)
{
	unsigned long start, end, ino = 0;
	bool found = false;
	char line[4096];
	FILE *maps = fopen("/proc/thread-self/maps", "re");

	while (maps && !found && fgets(line, sizeof(line), maps))
		found = sscanf(line, "%lx-%lx %*s %*s %*s %lu", &start, &end, &ino) == 3 &&
			start <= (unsigned long)addr && (unsigned long)addr < end;
	if (maps)
		fclose(maps);
	or_die(found, "looking for an inode number in maps");
	return ino;
}

/* The last mapping of that name, such as "[stack]". */
bool vma_find(const char *name, unsigned long *start, unsigned long *end)
{
	char line[4096];
	bool found = false;
	FILE *maps = fopen("/proc/self/maps", "re");

	while (maps && fgets(line, sizeof(line), maps))
		if (strstr(line, name))
			found = sscanf(line, "%lx-%lx", start, end) == 2;
	if (maps)
		fclose(maps);
	return found;
}

/* What a numa_maps file writes of the mapping that starts at @addr. */
bool numa_maps_line(const char *path, const void *addr, char *buf, size_t size)
{
	char *line = NULL, *at;
	size_t room = 0;
	bool found = false;
	FILE *maps = fopen(path, "re");

	while (maps && !found && getline(&line, &room, maps) > 0) {
		if (strtoul(line, &at, 16) != (unsigned long)addr || *at++ != ' ')
			continue;
		at[strcspn(at, "\n")] = '\0';
		found = (size_t)snprintf(buf, size, "%s", at) < size;
	}
	free(line);
	if (maps)
		fclose(maps);
	return found;
}

/*
 * The policy that numa_maps of the calling thread, whose nodes count, writes for
 * the mapping that starts at @addr.  It must be anonymous and untouched: then
 * nothing follows the policy.
 */
bool numa_maps_text(const void *addr, char *buf, size_t size)
{
	return numa_maps_line("/proc/thread-self/numa_maps", addr, buf, size);
}
