/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a memory policy asks for, and what each mode is.
 */
#ifndef _MM_MEMPOLICY_MODES_H
#define _MM_MEMPOLICY_MODES_H

#include "pure.h"

/**
 * struct mpol_spec - what a caller asked for, a plain value
 * @mode:	MPOL_DEFAULT .. MPOL_WEIGHTED_INTERLEAVE
 * @flags:	of MPOL_MODE_FLAGS
 * @home_node:	node to try first within @nodes, or NUMA_NO_NODE
 * @nodes:	as passed, before any cpuset had its say
 */
struct mpol_spec {
	unsigned short mode;
	unsigned short flags;
	int home_node;
	nodemask_t nodes;
};

/* How many nodes a mode may be asked with. */
enum mpol_arity {
	MPOL_NODES_NONE,	/* never any */
	MPOL_NODES_SOME,	/* at least one */
	MPOL_NODES_OR_LOCAL,	/* none means the local node */
};

/* Whether the text of a mode has a list of nodes. */
enum mpol_listing {
	MPOL_LIST_NEVER,
	MPOL_LIST_ONE,		/* one node, or no list */
	MPOL_LIST_ALL,		/* no list means all nodes */
	MPOL_LIST_MUST,
};

/* How the nodes of a mode decide where a page comes from. */
enum mpol_kind {
	MPOL_KIND_LOCAL,	/* there are none: the node of the CPU */
	MPOL_KIND_FIRST,	/* the lowest one first, then any */
	MPOL_KIND_PREFERRED,	/* these, then any */
	MPOL_KIND_ONLY,		/* these and no others */
	MPOL_KIND_INTERLEAVE,	/* each in turn, then any */
};

/**
 * struct mpol_traits - one mode's behaviour
 * @kind:	enum mpol_kind
 * @nodes:	has nodes; not in the table, as it follows from the arity
 * @weighted:	nodes have slots of an interleave by their weights
 * @follows:	nodes asked without a flag follow the cpuset
 * @home:	may have a home node
 * @balances:	takes MPOL_F_NUMA_BALANCING
 * @confines:	an OOM on other nodes does not concern its tasks
 */
struct mpol_traits {
	unsigned char kind;
	unsigned char nodes	: 1;
	unsigned char weighted	: 1;
	unsigned char follows	: 1;
	unsigned char home	: 1;
	unsigned char balances	: 1;
	unsigned char confines	: 1;
};

/**
 * struct mpol_mode - one row of the table of modes
 * @name:	spelling in numa_maps
 * @alias:	spelling that needs no quoting, if @name does
 * @arity:	enum mpol_arity
 * @listing:	enum mpol_listing
 * @traits:	behaviour
 */
struct mpol_mode {
	const char *name;
	const char *alias;
	enum mpol_arity arity;
	enum mpol_listing listing;
	struct mpol_traits traits;
};

extern const struct mpol_mode mpol_modes[MPOL_MAX];

/* With one of these the nodes keep the meaning that they were asked with. */
#define MPOL_F_KEEPS_NODES	(MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES)

int mpol_spec_set_mode(struct mpol_spec *spec, int mode);
int mpol_spec_check(struct mpol_spec *spec);

#endif /* _MM_MEMPOLICY_MODES_H */
