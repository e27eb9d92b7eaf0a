// SPDX-License-Identifier: GPL-2.0
/*
 * Weights of the nodes for weighted interleave.
 */
#include "internal.h"

/**
 * mpol_weights - the weights of all nodes
 *
 * Context: Under rcu_read_lock().
 * Return: a table by node, 1..255 each, or NULL when every weight is 1.
 */
const u8 *mpol_weights(void)
{
	return NULL;
}
