// SPDX-License-Identifier: GPL-2.0
/*
 * Node masks of programs, 32-bit ones as well, with every maxnode: what is read
 * of them, what is written to them, and nothing beside that.
 */
#include "input.h"

#include "user.h"

#define MASK_LIMIT	(4096 * 8UL)	/* bits that a mask may have */
#define ROOM		(4096 + 64)	/* more than the longest one */

struct user user;

/* What came through, or is to be told. */
static nodemask_t passed, told;

int mpol_set_task_policy(const struct mpol_spec *spec)
{
	passed = spec->nodes;
	return 0;
}

int mpol_mbind(unsigned long start, unsigned long len,
	       const struct mpol_spec *spec, unsigned long flags)
{
	return -EPERM;
}

int mpol_home_node(unsigned long start, unsigned long len,
		   unsigned long home_node)
{
	return -EPERM;
}

int mpol_query(int *policy, nodemask_t *nodes, unsigned long addr,
	       unsigned long flags)
{
	*policy = 7;
	*nodes = told;
	return 0;
}

static bool user_bit(const u8 *mask, unsigned long nr)
{
	return mask[nr / 8] >> (nr % 8) & 1;
}

/*
 * Read from its end in words of 64 bits, of which a 32-bit program need not
 * have the upper half if there is no bit in it.
 */
static int expected_read(const u8 *mask, unsigned long maxnode,
			 nodemask_t *want)
{
	unsigned long nr = maxnode - 1, bit, width = user.compat ? 32 : 64;
	unsigned long word;

	nodes_clear(*want);
	if (!nr || !mask)
		return 0;
	if (nr > MASK_LIMIT)
		return -EINVAL;
	for (word = (nr - 1) / 64 + 1; word--; ) {
		unsigned long end = min(nr, word * 64 + 64);

		if (!user_has(mask + word * 8,
			      (end - word * 64 + width - 1) / width * width / 8))
			return -EFAULT;
		for (bit = word * 64; bit < end; bit++) {
			if (!user_bit(mask, bit))
				continue;
			if (bit >= MAX_NUMNODES)
				return -EINVAL;
			node_set(bit, *want);
		}
	}
	return 0;
}

static void check_read(const u8 *mask, unsigned long maxnode)
{
	nodemask_t want, got;
	int err = expected_read(mask, maxnode, &want);

	nodes_clear(got);
	must(mpol_get_nodes(&got, (const void *)mask, maxnode) == err);
	must(err || nodes_equal(got, want));

	err = err ?: nodes_empty(want) ? -EINVAL : 0;
	must(sys_set_mempolicy(MPOL_BIND, (const void *)mask, maxnode) == err);
	must(err || nodes_equal(passed, want));
}

/* Bytes that are written, and those of them that can have a node. */
static int expected_written(const u8 *mask, unsigned long maxnode,
			    size_t *size, size_t *have)
{
	unsigned long width = user.compat ? 32 : 64;
	unsigned long nr = maxnode - 1;

	*size = 0;
	*have = (user.nr_ids + width - 1) / width * width / 8;
	if (!mask)
		return 0;
	if (maxnode < user.nr_ids || nr > MASK_LIMIT)
		return -EINVAL;
	/* One node can be told with maxnode 1 as well. */
	*size = (max(nr, 1UL) + width - 1) / width * width / 8;
	return 0;
}

static void check_bytes(const u8 *mask, const u8 *before, size_t size,
			size_t have)
{
	size_t offset = mask ? mask - user.memory : 0, i;

	for (i = 0; i < user.size; i++) {
		size_t at = i - offset;
		u8 want = 0;
		int bit;

		if (i < offset || at >= size) {
			must(user.memory[i] == before[i]);
			continue;
		}
		for (bit = 0; bit < 8 && at < have; bit++)
			if (at * 8 + bit < MAX_NUMNODES &&
			    node_isset(at * 8 + bit, told))
				want |= 1 << bit;
		must(user.memory[i] == want);
	}
}

static void check_write(u8 *mask, unsigned long maxnode)
{
	u8 *before = memcpy(test_alloc(user.size), user.memory, user.size);
	size_t size, have;
	int err = expected_written(mask, maxnode, &size, &have);
	bool all = !mask || user_has(mask, size);
	long ret;

	ret = sys_get_mempolicy(NULL, (void *)mask, maxnode, 0, 0);
	must(ret == (err ?: all ? 0 : -EFAULT));
	if (!ret)
		check_bytes(mask, before, size, have);
	free(before);
}

/* Numbers near those where something changes, or any. */
static unsigned long input_maxnode(struct input *in)
{
	static const unsigned long edges[] = {
		0, 1, 32, 64, 65, 128, MAX_NUMNODES, MASK_LIMIT, 1UL << 32,
		1UL << 63,
	};
	u32 choice = input_byte(in);
	unsigned long number = 0;

	if (choice < 128)
		return edges[choice % ARRAY_SIZE(edges)] +
		       (signed char)input_byte(in) / 8;
	input_bytes(in, &number, choice < 250 ? 2 : sizeof(number));
	return number;
}

int fuzz_one(const u8 *data, size_t size)
{
	struct input in = { .at = data, .left = size };
	u8 how = input_byte(&in);
	unsigned long maxnode = input_maxnode(&in);
	nodemask_t nodes;
	u8 *mask;
	int nid;

	user.compat = how & 1;
	user.nr_ids = input_number(&in, MAX_NUMNODES) + 1;
	user.size = how & 2 ? ROOM : input_number(&in, ROOM) + 1;
	nodes_clear(told);
	nodes = input_nodes(&in);
	for (nid = 0; nid < user.nr_ids; nid++)
		if (node_isset(nid, nodes))
			node_set(nid, told);

	user.memory = test_alloc(user.size);
	memset(user.memory, 0, user.size);
	mask = how & 4 ? user.memory : user.memory + user.size / 2;
	if (how & 8)
		mask = NULL;
	/* Bits where there are some, and one far away. */
	input_bytes(&in, user.memory, min(in.left, user.size));
	if (how & 16)
		user.memory[input_number(&in, user.size)] |= how;

	check_read(mask, maxnode);
	check_write(mask, maxnode);
	free(user.memory);
	return 0;
}
