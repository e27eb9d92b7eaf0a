// SPDX-License-Identifier: GPL-2.0
/*
 * Pages that move, and calls that find none to move.
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"
#include "mempolicy_calls.h"

/* The first of the pages start on the wrong node. */
struct pages {
	char *addr;
	int nr;
	int wrong;
	struct nodes home;
	struct nodes away;
};

static void put_on(struct pages *pages, int first, int nr,
		   const struct nodes *nodes)
{
	char *addr = pages->addr + first * page;

	if (!nr)
		return;
	set_range_nodes(addr, nr * page, MPOL_BIND, nodes, 0);
	memset(addr, 1, nr * page);
}

/*
 * Laying out leaves mappings to be freed after a grace period, which is not to
 * end in the midst of what is counted. The time costs no instructions.
 */
#define GRACE_US	50000

static void lay_out(void *arg)
{
	struct pages *pages = arg;

	madvise(pages->addr, pages->nr * page, MADV_DONTNEED);
	put_on(pages, 0, pages->wrong, &pages->away);
	put_on(pages, pages->wrong, pages->nr - pages->wrong, &pages->home);
	set_range(pages->addr, pages->nr * page, MPOL_DEFAULT);
	usleep(GRACE_US);
}

static void bind(void *arg)
{
	struct pages *pages = arg;

	set_range_nodes(pages->addr, pages->nr * page, MPOL_BIND, &pages->home, 0);
}

static void bind_and_move(void *arg)
{
	struct pages *pages = arg;

	set_range_nodes(pages->addr, pages->nr * page, MPOL_BIND, &pages->home,
			MPOL_MF_MOVE);
}

/* Every page of the process: there are a few of the program itself. */
static void migrate(void *arg)
{
	struct pages *pages = arg;

	if (sys_migrate_pages(0, mask_bits, &pages->away, &pages->home) < 0)
		fail("migrate_pages");
}

static void move(const char *row, void (*run)(void *arg), int nr, int wrong)
{
	struct pages pages = {
		.addr = map_private(nr * page),
		.nr = nr,
		.wrong = wrong,
		.home = node_at(0),
		.away = node_at(1),
	};

	measure(row, &(struct op) {
		.before = lay_out, .run = run, .arg = &pages,
		.rounds = 9, .per = 1 });
	munmap(pages.addr, nr * page);
}

void bench_moves(void)
{
	move("move/bind-one-page", bind, 1, 0);
	move("move/one-page-in-place", bind_and_move, 1, 0);
	move("move/128-pages-in-place", bind_and_move, 128, 0);
	if (nr_nodes < 2)
		return;
	move("move/1-of-128-pages", bind_and_move, 128, 1);
	move("move/128-of-128-pages", bind_and_move, 128, 128);
	move("move/migrate_pages-128", migrate, 128, 128);
}
