// SPDX-License-Identifier: GPL-2.0
/*
 * Policies by raw system calls: what libnuma has no function for, it cannot
 * hide either.
 */
#include <linux/mempolicy.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "policy.h"

/* Newer than the headers of some systems this is built on. */
#define MODE_PREFERRED_MANY		5
#define MODE_WEIGHTED_INTERLEAVE	6
#define FLAG_NUMA_BALANCING		0x2000
#ifndef __NR_set_mempolicy_home_node
#define __NR_set_mempolicy_home_node	450
#endif

struct name {
	const char *text;
	int value;
};

static const struct name modes[] = {
	{ "default", MPOL_DEFAULT },
	{ "prefer", MPOL_PREFERRED },
	{ "bind", MPOL_BIND },
	{ "interleave", MPOL_INTERLEAVE },
	{ "local", MPOL_LOCAL },
	{ "prefer-many", MODE_PREFERRED_MANY },
	{ "weighted-interleave", MODE_WEIGHTED_INTERLEAVE },
	{ NULL, 0 }
};

static const struct name flags[] = {
	{ "static", MPOL_F_STATIC_NODES },
	{ "relative", MPOL_F_RELATIVE_NODES },
	{ "balancing", FLAG_NUMA_BALANCING },
	{ NULL, 0 }
};

static int lookup(const struct name *names, const char *text, int *value)
{
	for (; names->text; names++) {
		if (!strcmp(names->text, text)) {
			*value = names->value;
			return 0;
		}
	}
	return -1;
}

/* "0-2,5" */
static int parse_nodes(const char *text, unsigned long *nodes)
{
	unsigned long first, last;
	char *end;

	*nodes = 0;
	do {
		first = strtoul(text, &end, 10);
		last = first;
		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		if (end == text || first > last || last >= MAX_NODES)
			return -1;
		for (; first <= last; first++)
			*nodes |= 1UL << first;
		text = end + 1;
	} while (*end == ',');
	return *end ? -1 : 0;
}

/* MODE[=FLAG][:NODES]; 0, or -1 when it makes no sense */
int policy_parse(const char *text, struct policy *policy)
{
	char copy[64], *nodes, *flag;
	int value = 0;

	if (strlen(text) >= sizeof(copy))
		return -1;
	memcpy(copy, text, strlen(text) + 1);
	nodes = strchr(copy, ':');
	if (nodes)
		*nodes++ = '\0';
	flag = strchr(copy, '=');
	if (flag)
		*flag++ = '\0';
	if (flag && lookup(flags, flag, &value))
		return -1;
	if (lookup(modes, copy, &policy->mode))
		return -1;
	policy->mode |= value;
	policy->nodes = 0;
	return nodes ? parse_nodes(nodes, &policy->nodes) : 0;
}

int policy_set_task(const struct policy *policy)
{
	return syscall(__NR_set_mempolicy, policy->mode, &policy->nodes,
		       MAX_NODES + 1);
}

int policy_set_range(const struct policy *policy, void *addr, size_t len)
{
	return syscall(__NR_mbind, addr, len, policy->mode, &policy->nodes,
		       MAX_NODES + 1, 0);
}

int policy_set_home(int node, void *addr, size_t len)
{
	return syscall(__NR_set_mempolicy_home_node, addr, len, node, 0);
}

/* What get_mempolicy() says of the range at @addr, or if NULL of the task */
int policy_get_mode(void *addr, int *mode)
{
	return syscall(__NR_get_mempolicy, mode, NULL, 0, addr,
		       addr ? MPOL_F_ADDR : 0);
}

/* The node of each page, by asking move_pages() to move nothing */
long policy_page_nodes(unsigned long count, void **pages, int *nodes)
{
	return syscall(__NR_move_pages, 0, count, pages, NULL, nodes, 0);
}
