// SPDX-License-Identifier: GPL-2.0
/*
 * Policies that are written on a command line, or read in numa_maps.
 */
#include <string.h>

#include "mempolicy_calls.h"
#include "mempolicy_modes.h"
#include "policy.h"

#define DELIMITERS	"\n "

/* MODE[=FLAG][:NODES]; 0, or -1 when it makes no sense */
int policy_parse(const char *text, struct policy *policy)
{
	char mode[MODE_TEXT_MAX];
	size_t len = strcspn(text, ":");

	if (len >= sizeof(mode))
		return -1;
	memcpy(mode, text, len);
	mode[len] = '\0';
	policy->mode = mode_parse(mode);
	if (policy->mode < 0 ||
	    !nodes_from_list(text + len + !!text[len], &policy->nodes))
		return -1;
	return text[len] && nodes_empty(&policy->nodes) ? -1 : 0;
}

/*
 * How long the policy is that a line of numa_maps goes on with. It can contain a
 * blank, "prefer (many):1-2"; attributes that follow it contain none.
 */
size_t policy_length(const char *shown)
{
	size_t len = strcspn(shown, DELIMITERS);

	for (int mode = 0; mode < NR_MODES; mode++) {
		const char *name = mode_name(mode);

		if (strchr(name, ' ') && !strncmp(shown, name, strlen(name)))
			len = strlen(name) +
			      strcspn(shown + strlen(name), DELIMITERS);
	}
	return len;
}

int policy_set_task(const struct policy *policy)
{
	unsigned long mask[MASK_WORDS];

	nodes_to_mask(&policy->nodes, mask);
	return sys_set_mempolicy(policy->mode, mask, NODE_BITS + 1);
}

/* @flags: MPOL_MF_* */
int policy_set_range(const struct policy *policy, void *addr, size_t len,
		     int flags)
{
	unsigned long mask[MASK_WORDS];

	nodes_to_mask(&policy->nodes, mask);
	return sys_mbind(addr, len, policy->mode, mask, NODE_BITS + 1, flags);
}
