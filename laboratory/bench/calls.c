// SPDX-License-Identifier: GPL-2.0
/*
 * The system calls.
 */
#include <sys/mman.h>

#include "bench.h"
#include "mempolicy_calls.h"

#define CALLS	100
#define PIECES	1000

static void set_other(void *arg)
{
	int i;

	for (i = 0; i < CALLS; i++)
		set_task(i & 1 ? MPOL_BIND : MPOL_INTERLEAVE);
}

static void set_same(void *arg)
{
	int i;

	for (i = 0; i < CALLS; i++)
		set_task(MPOL_BIND);
}

static void get(void *arg)
{
	struct nodes seen;
	int mode, i;

	for (i = 0; i < CALLS; i++)
		if (sys_get_mempolicy(&mode, &seen, mask_bits, NULL, 0))
			fail("get_mempolicy");
}

/* The middle one of three pages. */
static void bind_middle(void *arg)
{
	set_range((char *)arg + page, page, MPOL_BIND);
}

static void default_middle(void *arg)
{
	set_range((char *)arg + page, page, MPOL_DEFAULT);
}

static void bind_all(void *arg)
{
	set_range(arg, 3 * page, MPOL_BIND);
}

static void interleave_all(void *arg)
{
	set_range(arg, 3 * page, MPOL_INTERLEAVE);
}

static void bind_pieces(void *arg)
{
	set_range(arg, 2 * PIECES * page, MPOL_BIND);
}

static void default_pieces(void *arg)
{
	set_range(arg, 2 * PIECES * page, MPOL_DEFAULT);
}

static void bench_task_calls(void)
{
	measure("call/set_mempolicy/other", &(struct op) {
		.run = set_other, .rounds = 9, .per = CALLS });
	measure("call/set_mempolicy/same", &(struct op) {
		.run = set_same, .rounds = 9, .per = CALLS });
	set_task(MPOL_INTERLEAVE);
	measure("call/get_mempolicy", &(struct op) {
		.run = get, .rounds = 9, .per = CALLS });
	set_task(MPOL_DEFAULT);
}

static void bench_mbind(void)
{
	char *pages = map_private(3 * page);
	char *pieces = map_pieces(PIECES);

	measure("call/mbind/split", &(struct op) {
		.run = bind_middle, .after = default_middle,
		.arg = pages, .rounds = 15, .per = 1 });
	measure("call/mbind/merge", &(struct op) {
		.before = bind_middle, .run = default_middle,
		.arg = pages, .rounds = 15, .per = 1 });
	measure("call/mbind/replace", &(struct op) {
		.before = interleave_all, .run = bind_all,
		.arg = pages, .rounds = 15, .per = 1 });
	measure("call/mbind/same", &(struct op) {
		.before = bind_all, .run = bind_all,
		.arg = pages, .rounds = 15, .per = 1 });
	measure("call/mbind/1000-vmas", &(struct op) {
		.run = bind_pieces, .after = default_pieces,
		.arg = pieces, .rounds = 5, .per = 1 });
	munmap(pages, 3 * page);
	unmap_pieces(pieces, PIECES);
}

void bench_calls(void)
{
	bench_task_calls();
	bench_mbind();
}
