/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a policy is written: <mode>[=<flag>[|<flag>]][:<nodes>]
 */
#ifndef _MM_MEMPOLICY_TEXT_H
#define _MM_MEMPOLICY_TEXT_H

#include "modes.h"

/* Room for the longest mode with the longest flags, and the final NUL. */
#define MPOL_TEXT_MAX	48

size_t mpol_text_mode(char text[MPOL_TEXT_MAX], const struct mpol_spec *spec);
int mpol_text_parse(const char *text, struct mpol_spec *spec,
		    const nodemask_t *memory);

#endif /* _MM_MEMPOLICY_TEXT_H */
