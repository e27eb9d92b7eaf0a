/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Modes of memory policies and their flags, with their names.
 */
#ifndef _MEMPOLICY_MODES_H
#define _MEMPOLICY_MODES_H

#include <stdbool.h>
#include <linux/mempolicy.h>

/* Older system headers do not know all of them. */
#define MPOL_PREFERRED_MANY		5
#define MPOL_WEIGHTED_INTERLEAVE	6
#define NR_MODES			7

#ifndef MPOL_F_NUMA_BALANCING
#define MPOL_F_NUMA_BALANCING	0x2000
#endif

#define STATIC		MPOL_F_STATIC_NODES
#define RELATIVE	MPOL_F_RELATIVE_NODES
#define BALANCING	MPOL_F_NUMA_BALANCING
#define FLAGS		(STATIC | RELATIVE | BALANCING)

#define MODE_TEXT_MAX	64

const char *mode_name(int mode);
const char *mode_word(int mode);
bool mode_interleaves(int mode);
int mode_text(char *text, int mode);
int mode_parse(const char *text);

#endif /* _MEMPOLICY_MODES_H */
