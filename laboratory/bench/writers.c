// SPDX-License-Identifier: GPL-2.0
/*
 * What a write of a weight costs the next fault that uses it.
 */
#include <sys/mman.h>

#include "bench.h"

static void set_weights(int weight)
{
	int nid;

	for (nid = 0; nid < nr_nodes; nid++)
		set_weight(nid, weight);
}

static void touch_one(void *arg)
{
	asm volatile("movb $1, %0" : "=m" (*(char *)arg));
}

static void forget_one(void *arg)
{
	madvise(arg, page, MADV_DONTNEED);
}

/* The fault uses what was there before. */
static void write_same(void *arg)
{
	set_weight(0, 255);
}

static void write_other(void *arg)
{
	static int weight = 254;

	set_weight(0, weight);
	weight = 509 - weight;
}

/* The numbering of nodes has no gaps on the machines of the benchmark. */
void bench_writers(void)
{
	char *addr;

	if (!wanted_kind("weights/"))
		return;
	addr = map_private(page);
	set_range(addr, page, MPOL_WEIGHTED_INTERLEAVE);
	set_weights(255);
	measure("weights/first-fault/no-write", &(struct op) {
		.run = touch_one, .after = forget_one,
		.arg = addr, .rounds = 15, .per = 1 });
	measure("weights/first-fault/same-written", &(struct op) {
		.before = write_same, .run = touch_one, .after = forget_one,
		.arg = addr, .rounds = 15, .per = 1 });
	measure("weights/first-fault/other-written", &(struct op) {
		.before = write_other, .run = touch_one, .after = forget_one,
		.arg = addr, .rounds = 15, .per = 1 });
	set_weights(1);
	munmap(addr, page);
}
