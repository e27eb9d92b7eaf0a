/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From the nodes that were asked for to the nodes that count now.
 */
#ifndef _MM_MEMPOLICY_REMAP_H
#define _MM_MEMPOLICY_REMAP_H

#include "modes.h"

void mpol_remap(nodemask_t *dst, const nodemask_t *src,
		const nodemask_t *old, const nodemask_t *new);
void mpol_relative(nodemask_t *dst, const nodemask_t *ordinals,
		   const nodemask_t *allowed);
void mpol_asked_nodes(nodemask_t *dst, const struct mpol_spec *spec,
		      const nodemask_t *allowed);
void mpol_effective_nodes(nodemask_t *dst, const struct mpol_spec *spec,
			  const nodemask_t *mems_asked,
			  const nodemask_t *allowed);

#endif /* _MM_MEMPOLICY_REMAP_H */
