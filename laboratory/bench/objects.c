// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that policies take, in bytes: all of the kernel's, and what of it is
 * charged to the memory cgroup.
 */
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define GROUP	"/sys/fs/cgroup/bench"
#define PIECES	4096

struct use {
	double system;
	double charged;
};

/* The kernel adds up what its CPUs counted every two seconds. */
static struct use use_now(void)
{
	sleep(3);
	return (struct use) {
		.system = figure_of("/proc/meminfo", "SUnreclaim:") * 1024,
		.charged = figure_of(GROUP "/memory.stat",
				     "slab_unreclaimable "),
	};
}

static struct use use_since(const struct use *from)
{
	struct use to = use_now();

	return (struct use) {
		.system = to.system - from->system,
		.charged = to.charged - from->charged,
	};
}

static void tell(const char *row, const struct use *use)
{
	char name[64];

	snprintf(name, sizeof(name), "bytes/%s/system", row);
	if (wanted(name))
		report(name, use->system);
	snprintf(name, sizeof(name), "bytes/%s/charged", row);
	if (wanted(name))
		report(name, use->charged);
}

static struct use use_of_one_policy(char *addr, int mode)
{
	struct use from = use_now(), use;

	set_pieces(addr, PIECES, mode);
	use = use_since(&from);
	set_pieces(addr, PIECES, MPOL_DEFAULT);
	return use;
}

/*
 * The VMAs are there before: only policies come.  Others of the kernel may take
 * a page meanwhile, so that the least of three counts, each a new policy.
 */
static void tell_all(void)
{
	char *addr = map_pieces(PIECES);
	static const int others[] = { MPOL_INTERLEAVE, MPOL_PREFERRED_MANY };
	struct use use = use_of_one_policy(addr, MPOL_BIND), again, from;
	struct nodes nodes;
	int i;

	for (i = 0; i < 2; i++) {
		again = use_of_one_policy(addr, others[i]);
		if (again.system < use.system)
			use = again;
	}
	tell("4096-mbinds-of-one-policy", &use);

	from = use_now();
	for (i = 0; i < PIECES; i++) {
		nodes = nodes_from_bits(i + 1);
		set_range_nodes(addr + 2 * i * page, page, MPOL_BIND, &nodes, 0);
	}
	use = use_since(&from);
	tell("4096-mbinds-of-policies", &use);
}

/* In a child, as a cgroup cannot be left without a trace. */
void bench_objects(void)
{
	pid_t pid;

	if (!wanted("bytes/4096-mbinds-of-one-policy/system"))
		return;
	fflush(stdout);
	pid = fork();
	if (!pid) {
		write_file("/sys/fs/cgroup/cgroup.subtree_control", "+memory");
		mkdir(GROUP, 0700);
		write_file(GROUP "/cgroup.procs", "0");
		tell_all();
		fflush(stdout);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		fail("fork");
	rmdir(GROUP);
}
