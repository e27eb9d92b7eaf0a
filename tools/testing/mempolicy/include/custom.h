/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is made to measure for the tests: node masks for any MAX_NUMNODES, read
 * bit by bit, where touching a node that cannot exist ends the test, and lists
 * of nodes as text.
 */
#ifndef _MEMPOLICY_CUSTOM_H
#define _MEMPOLICY_CUSTOM_H

#define NODE_WORD_BITS	((int)(sizeof(unsigned long) * CHAR_BIT))
#define NODE_WORDS	((MAX_NUMNODES + NODE_WORD_BITS - 1) / NODE_WORD_BITS)

struct host_nodes {
	unsigned long bits[NODE_WORDS];
};

#define nodemask_t	struct host_nodes

static inline bool host_node_isset(int nid, const nodemask_t *mask)
{
	assert(nid >= 0 && nid < MAX_NUMNODES);
	return mask->bits[nid / NODE_WORD_BITS] >> (nid % NODE_WORD_BITS) & 1;
}

static inline void host_node_set(int nid, nodemask_t *mask)
{
	assert(nid >= 0 && nid < MAX_NUMNODES);
	mask->bits[nid / NODE_WORD_BITS] |= 1UL << (nid % NODE_WORD_BITS);
}

/* The lowest node of @mask from @nid on, or MAX_NUMNODES. */
static inline unsigned int host_node_from(int nid, const nodemask_t *mask)
{
	while (nid < MAX_NUMNODES && !host_node_isset(nid, mask))
		nid++;
	return nid;
}

static inline unsigned int host_next_node_in(int nid, const nodemask_t *mask)
{
	unsigned int next = host_node_from(nid + 1, mask);

	return next < MAX_NUMNODES ? next : host_node_from(0, mask);
}

static inline void host_nodes_and(nodemask_t *dst, const nodemask_t *a,
				  const nodemask_t *b)
{
	int i;

	for (i = 0; i < NODE_WORDS; i++)
		dst->bits[i] = a->bits[i] & b->bits[i];
}

static inline bool host_nodes_subset(const nodemask_t *part,
				     const nodemask_t *whole)
{
	int i;

	for (i = 0; i < NODE_WORDS; i++)
		if (part->bits[i] & ~whole->bits[i])
			return false;
	return true;
}

static inline int host_nodes_weight(const nodemask_t *mask)
{
	int nid, weight = 0;

	for (nid = 0; nid < MAX_NUMNODES; nid++)
		weight += host_node_isset(nid, mask);
	return weight;
}

/* A walk over @mask; as in the kernel @nid is MAX_NUMNODES at its end. */
struct host_walk {
	int *nid;
	const nodemask_t *mask;
};

static inline struct host_walk host_walk_start(int *nid, const nodemask_t *mask)
{
	*nid = host_node_from(0, mask);
	return (struct host_walk) { .nid = nid, .mask = mask };
}

static inline void host_walk_next(struct host_walk *walk)
{
	*walk->nid = host_node_from(*walk->nid + 1, walk->mask);
}

/* A number of up to seven digits, or any that cannot be a node. */
static inline const char *host_list_number(const char *at, unsigned int *nid)
{
	const char *start = at;

	for (*nid = 0; *at >= '0' && *at <= '9'; at++)
		if (*nid < 1000000)
			*nid = *nid * 10 + (*at - '0');
	return at == start ? NULL : at;
}

static inline bool host_list_gap(char c)
{
	return c == ',' || isspace((unsigned char)c);
}

/* Moves @list over N or N-M. */
static inline int host_list_range(const char **list, nodemask_t *mask)
{
	unsigned int nid, end;
	const char *at = host_list_number(*list, &nid);

	end = nid;
	if (at && *at == '-')
		at = host_list_number(at + 1, &end);
	if (!at || (*at && !host_list_gap(*at)) || nid > end)
		return -EINVAL;
	if (end >= MAX_NUMNODES)
		return -ERANGE;
	for (; nid <= end; nid++)
		host_node_set(nid, mask);
	*list = at;
	return 0;
}

/*
 * As in the kernel a newline ends the list only right behind a node. Without
 * its all, N and N-M:used/group, which no policy is written with.
 */
static inline int host_nodelist_parse(const char *list, nodemask_t *mask)
{
	int err;

	memset(mask, 0, sizeof(*mask));
	do {
		while (host_list_gap(*list))
			list++;
		if (!*list)
			return 0;
		err = host_list_range(&list, mask);
	} while (!err && *list && *list != '\n');
	return err;
}

#define node_isset(nid, mask)	host_node_isset(nid, &(mask))
#define node_set(nid, mask)	host_node_set(nid, &(mask))
#define first_node(mask)	host_node_from(0, &(mask))
#define next_node_in(nid, mask)	host_next_node_in(nid, &(mask))
#define nodes_and(dst, a, b)	host_nodes_and(&(dst), &(a), &(b))
#define nodes_clear(mask)	memset(&(mask), 0, sizeof(nodemask_t))
#define nodes_equal(a, b)	(!memcmp(&(a), &(b), sizeof(nodemask_t)))
#define nodes_subset(a, b)	host_nodes_subset(&(a), &(b))
#define nodes_empty(mask)	(first_node(mask) == MAX_NUMNODES)
#define nodes_weight(mask)	host_nodes_weight(&(mask))
#define nodelist_parse(list, mask)	host_nodelist_parse(list, &(mask))

#define for_each_node_mask(node, nodes)					\
	for (struct host_walk walk = host_walk_start(&(node), &(nodes)); \
	     *walk.nid < MAX_NUMNODES; host_walk_next(&walk))

#endif /* _MEMPOLICY_CUSTOM_H */
