/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What tests ask for: nodes in words that fit every machine, and every mode with
 * every flag.
 */
#ifndef _MEMPOLICY_REQUESTS_H
#define _MEMPOLICY_REQUESTS_H

#include "mempolicy_model.h"

bool nodes_parse(const char *text, const struct nodes *usable, struct nodes *set);
const char *nodes_lack(const char *text);

/* Every mode with every flag, and some sets of nodes for each. */
#define POLICY_REQUEST_MODES	19
#define POLICY_REQUEST_NODES	5
#define POLICY_REQUESTS		(POLICY_REQUEST_MODES * POLICY_REQUEST_NODES)

bool policy_parse(struct policy *pol, int mode, const char *text, const struct nodes *of);
bool policy_request(struct policy *pol, unsigned int n);
bool policy_has_room(const struct policy *pol);
unsigned long policy_pages(const struct policy *pol);
int policy_set_decoy(const struct policy *pol);

#endif /* _MEMPOLICY_REQUESTS_H */
