// SPDX-License-Identifier: GPL-2.0
/*
 * Files of the kernel that show policies, or change what they mean.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "bench.h"

#define PIECES	2000
#define MANY	1000

static void read_maps(void *arg)
{
	static char text[1 << 16];
	int fd = open("/proc/self/numa_maps", O_RDONLY);

	if (fd < 0)
		fail("numa_maps");
	while (read(fd, text, sizeof(text)) > 0)
		;
	close(fd);
}

/* Two weights in turn: one that does not change might cost nothing. */
static void write_weight(void *arg)
{
	static int weight = 2;
	char text[8];

	snprintf(text, sizeof(text), "%d", weight);
	weight = 5 - weight;
	write_file(arg, text);
}

static void bench_numa_maps(void)
{
	char *addr;

	if (!wanted("proc/numa_maps"))
		return;
	addr = map_pieces(PIECES);
	set_pieces(addr, PIECES, MPOL_INTERLEAVE);
	measure("proc/numa_maps", &(struct op) {
		.run = read_maps, .rounds = 5, .per = PIECES });
	unmap_pieces(addr, PIECES);
}

void bench_proc(void)
{
	char path[] = "/sys/kernel/mm/mempolicy/weighted_interleave/node0";
	struct op op = {
		.run = write_weight, .arg = path, .rounds = 9, .per = 1,
	};
	char *addr;
	int i;

	bench_numa_maps();
	measure("proc/weight/no-policy", &op);
	if (wanted("proc/weight/1000-policies")) {
		addr = map_pieces(MANY);
		for (i = 0; i < MANY; i++) {
			struct nodes nodes = nodes_from_bits(i + 1);

			set_range_nodes(addr + 2 * i * page, page, MPOL_WEIGHTED_INTERLEAVE,
					&nodes, 0);
		}
		measure("proc/weight/1000-policies", &op);
		unmap_pieces(addr, MANY);
	}
	write_file(path, "1");
}
