// SPDX-License-Identifier: GPL-2.0
/*
 * Objects for the memory policy selftests; see mempolicy_object.h.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/shm.h>
#include <unistd.h>

#include "kselftest.h"
#include "mempolicy_machine.h"
#include "mempolicy_maps.h"
#include "mempolicy_object.h"
#include "mempolicy_policy.h"
#include "mempolicy_run.h"

void *map_fd(int fd, unsigned long first, unsigned long nr, int prot, int flags)
{
	return mmap(NULL, nr * page_size(), prot, flags, fd, first * page_size());
}

/* A segment is attached as a whole: only the pages asked for are kept. */
static void *map_segment(int id, unsigned long first, unsigned long nr, unsigned long all)
{
	char *at = shmat(id, NULL, 0);

	if (at == (void *)-1)
		return MAP_FAILED;
	if (first)
		munmap(at, first * page_size());
	if (first + nr < all)
		munmap(page_at(at, first + nr), (all - first - nr) * page_size());
	return page_at(at, first);
}

/* Another mapping of @nr pages of an object that others can map. */
char *object_map(const struct object *obj, unsigned long first, unsigned long nr)
{
	void *at;

	if (obj->kind == SYSV)
		at = map_segment(obj->id, first, nr, obj->nr);
	else if (obj->kind == ANON)
		at = mremap(page_at(obj->all, first), 0, nr * page_size(), MREMAP_MAYMOVE);
	else
		at = map_fd(obj->fd, first, nr, PROT_READ | PROT_WRITE, MAP_SHARED);
	or_die(at != MAP_FAILED, "mapping an object");
	return at;
}

static int open_object_file(void)
{
	unlink(OBJECT_FILE);
	return open(OBJECT_FILE, O_RDWR | O_CREAT | O_EXCL, 0644);
}

struct object object_make(enum kind kind, unsigned long nr)
{
	struct object obj = { .kind = kind, .fd = -1, .id = -1, .nr = nr };

	if (kind == OWN) {
		obj.all = map_pages(nr);
		return obj;
	}
	if (kind == SYSV) {
		obj.id = shmget(IPC_PRIVATE, nr * page_size(), IPC_CREAT | 0644);
		or_die(obj.id >= 0, "shmget");
	} else if (kind != ANON) {
		obj.fd = kind == MEMFD ? memfd_create("object", MFD_ALLOW_SEALING) :
					 open_object_file();
		or_die(obj.fd >= 0 && !ftruncate(obj.fd, nr * page_size()), "making an object");
	}
	if (kind == ANON)
		obj.all = map_fd(-1, 0, nr, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS);
	else
		obj.all = object_map(&obj, 0, nr);
	or_die(obj.all != MAP_FAILED, "mapping an object");
	obj.ino = vma_inode(obj.all);
	return obj;
}

/* Moves the mapping of an object to where huge pages can be mapped. */
void object_align(struct object *obj, unsigned long size)
{
	size_t bytes = obj->nr * page_size();
	void *room = map_pages(obj->nr + size / page_size());

	obj->all = mremap(obj->all, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED,
			  align_up(room, size));
	or_die(obj->all != MAP_FAILED, "mremap");
}

void object_free(struct object *obj)
{
	munmap(obj->all, obj->nr * page_size());
	if (obj->fd >= 0)
		close(obj->fd);
	if (obj->id >= 0)
		shmctl(obj->id, IPC_RMID, NULL);
}

/* Pages of an object, from @first on, that are mapped at @base. */
struct touched of_object(const struct object *obj, void *base, unsigned long first,
			 unsigned long nr, int cpu_node)
{
	if (obj->kind == OWN)
		return anonymous(base, nr, cpu_node);
	return (struct touched){
		.base = base, .nr = nr, .stride = 1, .index = obj->ino + first,
		.cpu_node = cpu_node,
	};
}

/* A mount namespace in which nobody minds what is mounted on /tmp. */
static bool leave_mounts(void)
{
	return !unshare(CLONE_NEWNS) && !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

/* Returns 0 or the errno. */
static int mount_scratch(const char *options)
{
	return mount("scratch", SCRATCH, "tmpfs", 0, options) ? errno : 0;
}

/* NULL, or why there is no tmpfs to test with. */
const char *scratch_missing(const char *options)
{
	if (geteuid())
		return "needs root, to mount a tmpfs";
	if (!leave_mounts() || mount_scratch(options))
		return "needs to mount a tmpfs";
	return NULL;
}

/* NULL, or why there can be no such objects, or nodes to tell apart; settles on a CPU. */
const char *object_missing(enum kind kind, int *cpu_node)
{
	const char *missing = kind == TMPFS ? scratch_missing(NULL) : NULL;

	if (missing)
		return missing;
	*cpu_node = machine_settle();
	if (*cpu_node < 0 || nodes_count(&machine.roomy) < 2)
		return NEEDS_NODES;
	return NULL;
}

/* The policy is the first thing after the address; a file or pages may follow it. */
bool numa_maps_begins(const void *addr, const char *policy)
{
	char line[16384];
	size_t len = strlen(policy);

	if (!numa_maps_text(addr, line, sizeof(line)))
		return false;
	if (!strncmp(line, policy, len) && strchr(" ", line[len]) &&
	    strncmp(line + len, " home=", 6))
		return true;
	ksft_print_msg("want \"%s\", seen \"%s\"\n", policy, line);
	return false;
}

/* Sets @pol for pages of an object by a mapping of it. */
int set_pages(const struct policy *pol, char *map, unsigned long first, unsigned long nr)
{
	return policy_set_range(pol, page_at(map, first), nr * page_size());
}

/* Have pages @first to @last of a mapping this policy? */
bool pages_hold(char *map, unsigned long first, unsigned long last, const struct policy *pol)
{
	for (unsigned long i = first; i <= last; i++) {
		if (policy_holds(page_at(map, i), pol))
			continue;
		ksft_print_msg("that was page %lu\n", i);
		return false;
	}
	return true;
}
