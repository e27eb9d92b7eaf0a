// SPDX-License-Identifier: GPL-2.0
/*
 * What tests ask for; see mempolicy_requests.h.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mempolicy_machine.h"
#include "mempolicy_policy.h"
#include "mempolicy_requests.h"

static bool parse_token(const char *tok, const struct nodes *usable, struct nodes *set)
{
	int node = 0;

	if (!strcmp(tok, "mL"))
		node = nodes_highest(usable);
	else if (tok[0] == 'm')
		node = nodes_nth(usable, atoi(tok + 1));
	else if (tok[0] == 'b')
		node = atoi(tok + 1);
	else if (tok[0] == 'M')
		node = machine.max + atoi(tok + 1);
	else if (tok[0] == 'R')
		node = nodes_count(usable) + atoi(tok + 1);
	else
		while (nodes_has(&machine.memory, node))
			node++;
	if (node < 0 || (strchr("xR", tok[0]) && node >= (int)machine.max))
		return false;
	nodes_add(set, node);
	return true;
}

/*
 * Reads a set as the tests write it, words with a blank between:
 *   m1   the second of the @usable nodes     mL   the last of them
 *   all  all of them                         x    the first number that is
 *   b5   bit 5                                    no node with memory
 *   M+7  bit MAX_NUMNODES + 7                R+7  bit 7 + how many are usable
 * Returns false when this machine has no such node.
 */
bool nodes_parse(const char *text, const struct nodes *usable, struct nodes *set)
{
	char copy[128], *tok, *rest = copy;

	memset(set, 0, sizeof(*set));
	snprintf(copy, sizeof(copy), "%s", text);
	while ((tok = strsep(&rest, " "))) {
		if (!strcmp(tok, "all"))
			*set = *usable;
		else if (*tok && !parse_token(tok, usable, set))
			return false;
	}
	return true;
}

/* Why nodes_parse() refused @text. */
const char *nodes_lack(const char *text)
{
	static char why[256];

	snprintf(why, sizeof(why), "needs nodes \"%s\", there are %u with memory: %.128s", text,
		 nodes_count(&machine.usable), nodes_text(&machine.usable));
	return why;
}

static const int request_modes[POLICY_REQUEST_MODES] = {
	MPOL_DEFAULT, MPOL_LOCAL,
	MPOL_PREFERRED, MPOL_PREFERRED | STATIC, MPOL_PREFERRED | RELATIVE,
	MPOL_BIND, MPOL_BIND | STATIC, MPOL_BIND | RELATIVE, MPOL_BIND | BALANCING,
	MPOL_INTERLEAVE, MPOL_INTERLEAVE | STATIC, MPOL_INTERLEAVE | RELATIVE,
	MPOL_WEIGHTED_INTERLEAVE, MPOL_WEIGHTED_INTERLEAVE | STATIC,
	MPOL_WEIGHTED_INTERLEAVE | RELATIVE,
	MPOL_PREFERRED_MANY, MPOL_PREFERRED_MANY | STATIC, MPOL_PREFERRED_MANY | RELATIVE,
	MPOL_PREFERRED_MANY | BALANCING,
};

/* What each mode is asked for; relative numbers are bits, the others nodes. */
static const char * const request_nodes[POLICY_REQUEST_NODES] = {
	"", "m1", "m0 mL", "m1 m2", "all",
};

static const char * const relative_nodes[POLICY_REQUEST_NODES] = {
	"", "b1", "b0 R+1", "R+1 b2", "all",
};

/* A mode with flags, and nodes in words; false when it is not legal, or not for this machine. */
bool policy_parse(struct policy *pol, int mode, const char *text, const struct nodes *of)
{
	struct nodes ask;

	if (!nodes_parse(text, of, &ask))
		return false;
	*pol = policy_for(mode, ask);
	return policy_is_legal(pol->mode, pol->flags, nodes_empty(&ask));
}

/* Have all nodes that @pol comes to mean enough memory free? */
bool policy_has_room(const struct policy *pol)
{
	struct nodes all = policy_effective(pol, &machine.usable, &machine.usable);
	struct nodes roomy = nodes_and(&all, &machine.roomy);

	return nodes_same(&all, &roomy);
}

/* The n-th of POLICY_REQUESTS; false when it is not legal, or not for this machine. */
bool policy_request(struct policy *pol, unsigned int n)
{
	const char *ask = request_nodes[n % POLICY_REQUEST_NODES];
	int mode = request_modes[n / POLICY_REQUEST_NODES];

	if (mode & RELATIVE)
		ask = relative_nodes[n % POLICY_REQUEST_NODES];
	return policy_parse(pol, mode, ask, &machine.roomy) && policy_has_room(pol);
}

/* Pages enough to go round the nodes twice, and not to end with a round. */
unsigned long policy_pages(const struct policy *pol)
{
	unsigned long nr = 2 * nodes_count(&pol->ask) + 3;

	return nr < 8 ? 8 : nr;
}

/* Gives the task some other policy, which must not count beside @pol. */
int policy_set_decoy(const struct policy *pol)
{
	struct policy decoy = policy_for(MPOL_BIND, nodes_of(nodes_nth(&machine.roomy, 0)));

	if (nodes_same(&pol->ask, &decoy.ask))
		decoy.ask = nodes_of(nodes_highest(&machine.roomy));
	return policy_set_task(&decoy);
}
