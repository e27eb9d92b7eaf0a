// SPDX-License-Identifier: GPL-2.0
/*
 * The modes of memory policy, one row each. All code outside of this file
 * asks for a trait, never for a mode.
 */
#include "modes.h"

const struct mpol_mode mpol_modes[MPOL_MAX] = {
	[MPOL_DEFAULT] = {
		.name	= "default",
		.arity	= MPOL_NODES_NONE,
	},
	[MPOL_PREFERRED] = {
		.name	= "prefer",
		.arity	= MPOL_NODES_OR_LOCAL,
		.listing = MPOL_LIST_ONE,
		.traits	= { .kind = MPOL_KIND_FIRST },
	},
	[MPOL_BIND] = {
		.name	= "bind",
		.arity	= MPOL_NODES_SOME,
		.listing = MPOL_LIST_MUST,
		.traits	= {
			.kind = MPOL_KIND_ONLY, .follows = 1, .home = 1,
			.balances = 1, .confines = 1,
		},
	},
	[MPOL_INTERLEAVE] = {
		.name	= "interleave",
		.arity	= MPOL_NODES_SOME,
		.listing = MPOL_LIST_ALL,
		.traits	= {
			.kind = MPOL_KIND_INTERLEAVE, .follows = 1,
		},
	},
	[MPOL_LOCAL] = {
		.name	= "local",
		.arity	= MPOL_NODES_NONE,
	},
	[MPOL_PREFERRED_MANY] = {
		.name	= "prefer (many)",
		.alias	= "prefer-many",
		.arity	= MPOL_NODES_SOME,
		.listing = MPOL_LIST_MUST,
		.traits	= {
			.kind = MPOL_KIND_PREFERRED, .home = 1, .balances = 1,
		},
	},
	[MPOL_WEIGHTED_INTERLEAVE] = {
		.name	= "weighted interleave",
		.alias	= "weighted-interleave",
		.arity	= MPOL_NODES_SOME,
		.listing = MPOL_LIST_ALL,
		.traits	= {
			.kind = MPOL_KIND_INTERLEAVE, .weighted = 1,
			.follows = 1,
		},
	},
};

static_assert(ARRAY_SIZE(mpol_modes) == MPOL_MAX);

/**
 * mpol_spec_set_mode - start a spec from a mode argument
 * @spec:	set up with the mode, its flags, no nodes and no home node
 * @mode:	a mode or-ed with flags of MPOL_MODE_FLAGS
 *
 * Context: Any.
 * Return: 0, or -EINVAL for an unknown mode or flags that do not fit.
 */
int mpol_spec_set_mode(struct mpol_spec *spec, int mode)
{
	spec->flags = mode & MPOL_MODE_FLAGS;
	spec->mode = mode & ~MPOL_MODE_FLAGS;
	spec->home_node = NUMA_NO_NODE;
	nodes_clear(spec->nodes);

	if ((mode & ~MPOL_MODE_FLAGS) < 0 ||
	    (mode & ~MPOL_MODE_FLAGS) >= MPOL_MAX)
		return -EINVAL;
	if ((mode & MPOL_F_KEEPS_NODES) == MPOL_F_KEEPS_NODES)
		return -EINVAL;
	if ((mode & MPOL_F_NUMA_BALANCING) &&
	    !mpol_modes[spec->mode].traits.balances)
		return -EINVAL;
	return 0;
}

/**
 * mpol_spec_check - do mode, flags and nodes go together?
 * @spec:	after mpol_spec_set_mode(), with its nodes; PREFERRED without
 *		nodes becomes LOCAL
 *
 * Context: Any.
 * Return: 0, or -EINVAL.
 */
int mpol_spec_check(struct mpol_spec *spec)
{
	enum mpol_arity arity = mpol_modes[spec->mode].arity;
	bool empty = nodes_empty(spec->nodes);

	if (arity == MPOL_NODES_SOME)
		return empty ? -EINVAL : 0;
	if (arity == MPOL_NODES_NONE && !empty)
		return -EINVAL;
	if (!empty || spec->mode == MPOL_DEFAULT)
		return 0;

	/* Flags say how nodes are meant; there are none. */
	if (spec->flags)
		return -EINVAL;
	spec->mode = MPOL_LOCAL;
	return 0;
}
