// SPDX-License-Identifier: GPL-2.0
/*
 * The system calls: arguments are copied from programs and become a struct
 * mpol_spec. Ranges and flags are checked by what they are passed to.
 */
#include <linux/compat.h>
#include <linux/mm.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#include "internal.h"

/* What programs were compiled with. */
static_assert(MPOL_DEFAULT == 0 && MPOL_PREFERRED == 1 && MPOL_BIND == 2 &&
	      MPOL_INTERLEAVE == 3 && MPOL_LOCAL == 4 &&
	      MPOL_PREFERRED_MANY == 5 && MPOL_WEIGHTED_INTERLEAVE == 6);
static_assert(MPOL_MODE_FLAGS == 0xe000 && MPOL_MF_VALID == 0x7);
static_assert(MPOL_F_STATIC_NODES == 0x8000 &&
	      MPOL_F_RELATIVE_NODES == 0x4000 &&
	      MPOL_F_NUMA_BALANCING == 0x2000);
static_assert(MPOL_F_NODE == 1 && MPOL_F_ADDR == 2 && MPOL_F_MEMS_ALLOWED == 4);

/* Node masks of programs are at most this long. */
#define USER_MASK_BITS	(PAGE_SIZE * BITS_PER_BYTE)

/* @bits bits of a program's mask from the word at @index on. */
static int get_word(unsigned long *word, const unsigned long __user *mask,
		    unsigned long index, unsigned long bits)
{
	if (in_compat_syscall()) {
		const compat_ulong_t __user *half = (const void __user *)
						    (mask + index);

		if (compat_get_bitmap(word, half, bits))
			return -EFAULT;
	} else if (get_user(*word, mask + index)) {
		return -EFAULT;
	}
	if (bits < BITS_PER_LONG)
		*word &= BIT(bits) - 1;
	return 0;
}

/**
 * mpol_get_nodes - copy a mask of nodes from a program
 * @nodes:	empty, set to the nodes
 * @mask:	the program's mask, or NULL for no nodes
 * @maxnode:	one more than its bits; there may be more of them than nodes
 *		can exist, as long as they are clear
 *
 * Context: May sleep.
 * Return: 0, -EINVAL or -EFAULT.
 */
int mpol_get_nodes(nodemask_t *nodes, const unsigned long __user *mask,
		   unsigned long maxnode)
{
	unsigned long nr = maxnode - 1;
	unsigned long index, word;

	if (!nr || !mask)
		return 0;
	if (nr > USER_MASK_BITS)
		return -EINVAL;

	for (index = BITS_TO_LONGS(nr); index--; ) {
		unsigned long first = index * BITS_PER_LONG;
		unsigned long bits = min(nr - first, BITS_PER_LONG);

		if (get_word(&word, mask, index, bits))
			return -EFAULT;
		if (first >= MAX_NUMNODES) {
			if (word)
				return -EINVAL;
			continue;
		}
		if (first + BITS_PER_LONG > MAX_NUMNODES &&
		    word >> (MAX_NUMNODES - first))
			return -EINVAL;
		nodes->bits[index] = word;
	}
	return 0;
}

/* Fills words of so many bytes, and none behind the last bit. */
static __always_inline int put_words(void __user *mask, unsigned long bits,
				     const nodemask_t *nodes, size_t word)
{
	const size_t word_bits = word * BITS_PER_BYTE;
	unsigned long have = DIV_ROUND_UP(nr_node_ids, word_bits) * word;
	unsigned long want = DIV_ROUND_UP(bits, word_bits) * word;

	if (want > have) {
		if (clear_user(mask + have, want - have))
			return -EFAULT;
		want = have;
	}
	if (word < sizeof(long))
		return compat_put_bitmap(mask, (unsigned long *)nodes->bits,
					 want * BITS_PER_BYTE);
	return copy_to_user(mask, nodes->bits, want) ? -EFAULT : 0;
}

/* Fills @maxnode - 1 bits, but one at least. */
static int put_nodes(unsigned long __user *mask, unsigned long maxnode,
		     const nodemask_t *nodes)
{
	unsigned long bits = max(maxnode - 1, 1UL);

	if (bits > USER_MASK_BITS)
		return -EINVAL;
	if (in_compat_syscall())
		return put_words(mask, bits, nodes, sizeof(compat_long_t));
	return put_words(mask, bits, nodes, sizeof(long));
}

/* The mode is looked at before the mask. */
static int get_spec(struct mpol_spec *spec, int mode,
		    const unsigned long __user *mask, unsigned long maxnode)
{
	int err = mpol_spec_set_mode(spec, mode);

	if (err)
		return err;
	return mpol_get_nodes(&spec->nodes, mask, maxnode);
}

SYSCALL_DEFINE3(set_mempolicy, int, mode, const unsigned long __user *, nmask,
		unsigned long, maxnode)
{
	struct mpol_spec spec;
	int err = get_spec(&spec, mode, nmask, maxnode);

	if (err)
		return err;
	err = mpol_spec_check(&spec);
	if (err)
		return err;
	return mpol_set_task_policy(&spec);
}

SYSCALL_DEFINE6(mbind, unsigned long, start, unsigned long, len,
		unsigned long, mode, const unsigned long __user *, nmask,
		unsigned long, maxnode, unsigned int, flags)
{
	struct mpol_spec spec;
	int err = get_spec(&spec, mode, nmask, maxnode);

	if (err)
		return err;
	return mpol_mbind(untagged_addr(start), len, &spec, flags);
}

SYSCALL_DEFINE4(set_mempolicy_home_node, unsigned long, start,
		unsigned long, len, unsigned long, home_node,
		unsigned long, flags)
{
	/* No flag exists so far. */
	if (flags)
		return -EINVAL;
	return mpol_home_node(untagged_addr(start), len, home_node);
}

SYSCALL_DEFINE5(get_mempolicy, int __user *, policy,
		unsigned long __user *, nmask, unsigned long, maxnode,
		unsigned long, addr, unsigned long, flags)
{
	nodemask_t nodes;
	int err, value;

	if (nmask && maxnode < nr_node_ids)
		return -EINVAL;

	err = mpol_query(&value, &nodes, untagged_addr(addr), flags);
	if (err)
		return err;
	if (policy && put_user(value, policy))
		return -EFAULT;
	return nmask ? put_nodes(nmask, maxnode, &nodes) : 0;
}
