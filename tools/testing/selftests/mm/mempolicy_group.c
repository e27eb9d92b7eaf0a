// SPDX-License-Identifier: GPL-2.0
/*
 * A cpuset; see mempolicy_group.h.
 */
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mempolicy_files.h"
#include "mempolicy_group.h"
#include "mempolicy_machine.h"

#define CGROUP		"/sys/fs/cgroup"
#define CPUSET		CGROUP "/mempolicy_test"

/* Why there is no cpuset to test with, or NULL when there is one. */
const char *cpuset_missing(void)
{
	char buf[4096];

	if (access(CGROUP "/cgroup.controllers", R_OK) &&
	    mount("cgroup2", CGROUP, "cgroup2", 0, NULL))
		return "needs cgroup v2 at " CGROUP;
	if (!file_read(CGROUP "/cgroup.controllers", buf, sizeof(buf)) || !strstr(buf, "cpuset"))
		return "needs the cpuset controller in cgroup v2";
	if (geteuid())
		return "needs root, to make a cpuset";
	return NULL;
}

bool cpuset_set_mems(const struct nodes *mems)
{
	struct nodes seen;

	return file_write(CPUSET "/cpuset.mems", nodes_text(mems)) &&
	       machine_allowed_now(&seen) && nodes_same(mems, &seen);
}

/* Moves the caller into a new cpuset with @mems. */
bool cpuset_enter(const struct nodes *mems)
{
	rmdir(CPUSET);
	if (!file_write(CGROUP "/cgroup.subtree_control", "+cpuset") || mkdir(CPUSET, 0755))
		return false;
	return file_write(CPUSET "/cgroup.procs", "0") && cpuset_set_mems(mems);
}

/* The same for others: the caller has left it. */
bool cpuset_change(const struct nodes *mems)
{
	return file_write(CPUSET "/cpuset.mems", nodes_text(mems));
}

void cpuset_leave(void)
{
	file_write(CGROUP "/cgroup.procs", "0");
	rmdir(CPUSET);
}
