// SPDX-License-Identifier: GPL-2.0
/*
 * Pages; see mempolicy_pages.h.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "kselftest.h"
#include "mempolicy_calls.h"
#include "mempolicy_machine.h"
#include "mempolicy_pages.h"
#include "mempolicy_run.h"

size_t page_size(void)
{
	return sysconf(_SC_PAGESIZE);
}

void *page_at(void *base, unsigned long index)
{
	return (char *)base + index * page_size();
}

/* The first multiple of @size, a power of two, from @at on. */
void *align_up(void *at, unsigned long size)
{
	return (void *)(((unsigned long)at + size - 1) & -size);
}

/* Fresh anonymous memory. */
void *map_pages(unsigned long nr)
{
	void *at = mmap(NULL, nr * page_size(), PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	or_die(at != MAP_FAILED, "mmap");
	return at;
}

void touch_pages(void *base, unsigned long nr)
{
	for (unsigned long i = 0; i < nr; i++)
		*(char *)page_at(base, i) = 1;
}

/* The node of each page, or a negative errno where there is none. */
bool page_nodes(void *base, unsigned long nr, int *node)
{
	void *page[64];

	for (unsigned long done = 0; done < nr; ) {
		unsigned long i, now = nr - done < 64 ? nr - done : 64;

		for (i = 0; i < now; i++)
			page[i] = page_at(base, done + i);
		if (sys_move_pages(0, now, page, NULL, node + done, 0))
			return false;
		done += now;
	}
	return true;
}

/*
 * The same when other work goes on: a page that was reclaimed, or is being
 * compacted, is on no node for a moment, and there again when it is used.
 */
bool page_nodes_settled(void *base, unsigned long nr, int *node)
{
	for (int tries = 0; tries < 50; tries++) {
		bool settled = true;

		if (!page_nodes(base, nr, node))
			return false;
		for (unsigned long n = 0; n < nr; n++)
			settled &= node[n] != -ENOENT;
		if (settled)
			break;
		usleep(20000);
		for (unsigned long n = 0; n < nr; n++)
			if (node[n] == -ENOENT)
				__atomic_load_n((char *)page_at(base, n), __ATOMIC_RELAXED);
	}
	return true;
}

/* How many of the pages are on @on. */
unsigned long pages_on(void *base, unsigned long nr, int on)
{
	int *node = calloc(nr, sizeof(*node));
	unsigned long count = 0;

	or_die(node && page_nodes(base, nr, node), "where pages are");
	for (unsigned long n = 0; n < nr; n++)
		count += node[n] == on;
	free(node);
	return count;
}

int page_node(void *addr)
{
	int node = -1;

	if (page_nodes(addr, 1, &node))
		return node;
	/* A kernel that cannot migrate has no move_pages(2). */
	if (sys_get_mempolicy(&node, NULL, 0, addr, MPOL_F_NODE | MPOL_F_ADDR))
		return -errno;
	return node;
}

int page_node_settled(void *addr)
{
	int node = -1;

	or_die(page_nodes_settled(addr, 1, &node), "move_pages");
	return node;
}

/* Keeps a page from moving: a pipe refers to it.  Returns what to close to let go. */
int pin_page(void *page)
{
	struct iovec one = { .iov_base = page, .iov_len = page_size() };
	int pipes[2];

	or_die(!pipe(pipes) && vmsplice(pipes[1], &one, 1, 0) == (ssize_t)page_size(), "vmsplice");
	close(pipes[1]);
	return pipes[0];
}

/* Is every page where @pol wants it, if it means the nodes @effective? */
bool placed_on(const struct touched *at, const struct policy *pol, const struct nodes *effective,
	       const struct nodes *now)
{
	for (unsigned long i = 0; i < at->nr; i++) {
		struct nodes want = policy_targets(pol, effective, now, at->cpu_node,
						   at->index + i);
		int node = page_node(page_at(at->base, i * at->stride));

		if (node >= 0 && nodes_has(&want, node))
			continue;
		ksft_print_msg("mode %#x nodes %s: page %lu of %lu is on %d, not on %s\n",
			       pol->mode | pol->flags, nodes_text(effective), i, at->nr, node,
			       nodes_text(&want));
		return false;
	}
	return true;
}

/* Is every page where @pol, asked for with @then allowed, wants it @now? */
bool placed(const struct touched *at, const struct policy *pol, const struct nodes *then,
	    const struct nodes *now)
{
	struct nodes effective = policy_effective(pol, then, now);

	return placed_on(at, pol, &effective, now);
}

/* Anonymous memory counts its pages from address 0. */
struct touched anonymous(void *base, unsigned long nr, int cpu_node)
{
	return (struct touched){
		.base = base, .nr = nr, .stride = 1, .cpu_node = cpu_node,
		.index = (unsigned long)base / page_size(),
	};
}

/* The same in a cpuset that has not changed. */
bool all_right(const struct touched *at, const struct policy *pol)
{
	return placed(at, pol, &machine.usable, &machine.usable);
}
