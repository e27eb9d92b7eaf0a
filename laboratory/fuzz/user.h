/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A program's memory, and the little of the kernel that syscalls.c needs: put
 * in front of it this stands in for mm/mempolicy/internal.h, whose guard it
 * has. The headers of the kernel that it includes are empty in include/.
 *
 * System calls become functions. What lies behind them, mpol_query() and the
 * like, is the target's.
 */
#ifndef _MM_MEMPOLICY_INTERNAL_H
#define _MM_MEMPOLICY_INTERNAL_H

#include "modes.h"

#define __user
#define untagged_addr(addr)	(addr)
#define PAGE_SIZE		4096UL
#define BITS_PER_BYTE		8
#define BITS_PER_LONG		64UL
#define BIT(nr)			(1UL << (nr))
#define round_up(x, to)		({ unsigned long a = (to) - 1; ((x) + a) & ~a; })
#define BITS_TO_BYTES(nr)	(((nr) + 7UL) / 8)
#define BITS_TO_LONGS(nr)	(((nr) + 63UL) / 64)
#define BITS_TO_COMPAT_LONGS(nr) (((nr) + 31UL) / 32)

typedef u32 compat_ulong_t;
typedef u32 compat_long_t;

/**
 * struct user - the program that calls
 * @memory:	what it has mapped, from address @memory on
 * @size:	bytes of it
 * @compat:	it is a 32-bit program
 * @nr_ids:	one more than the highest node of its machine
 */
struct user {
	u8 *memory;
	size_t size;
	bool compat;
	unsigned int nr_ids;
};

extern struct user user;

#define nr_node_ids		user.nr_ids
#define in_compat_syscall()	user.compat

/* Can the program's @size bytes at @at be reached? */
static inline bool user_has(const void *at, size_t size)
{
	size_t offset = (uintptr_t)at - (uintptr_t)user.memory;

	return offset <= user.size && size <= user.size - offset;
}

static inline unsigned long clear_user(void *to, unsigned long size)
{
	if (!user_has(to, size))
		return size;
	memset(to, 0, size);
	return 0;
}

static inline unsigned long copy_to_user(void *to, const void *from,
					 unsigned long size)
{
	if (!user_has(to, size))
		return size;
	memcpy(to, from, size);
	return 0;
}

#define get_user(value, from)						\
	({								\
		const void *get_from = (from);				\
		int get_err = -EFAULT;					\
									\
		if (user_has(get_from, sizeof(value))) {		\
			memcpy(&(value), get_from, sizeof(value));	\
			get_err = 0;					\
		}							\
		get_err;						\
	})

#define put_user(value, to)						\
	(copy_to_user(to, &(value), sizeof(value)) ? -EFAULT : 0)

/*
 * Words of 32 bits, the lower one of two first; all of the last one. A user may
 * pass any address.
 */
static inline long compat_get_bitmap(unsigned long *mask,
				     const compat_ulong_t *from,
				     unsigned long bits)
{
	const char *words = (const char *)from;
	unsigned long i;

	if (!user_has(from, BITS_TO_COMPAT_LONGS(bits) * 4))
		return -EFAULT;
	for (i = 0; i < BITS_TO_COMPAT_LONGS(bits); i++) {
		u32 half;

		memcpy(&half, words + i * sizeof(half), sizeof(half));
		if (i % 2)
			mask[i / 2] |= (unsigned long)half << 32;
		else
			mask[i / 2] = half;
	}
	return 0;
}

static inline long compat_put_bitmap(compat_ulong_t *to, unsigned long *mask,
				     unsigned long bits)
{
	char *words = (char *)to;
	unsigned long i;

	if (!user_has(to, BITS_TO_COMPAT_LONGS(bits) * 4))
		return -EFAULT;
	for (i = 0; i < BITS_TO_COMPAT_LONGS(bits); i++) {
		u32 half = mask[i / 2] >> (i % 2 * 32);

		memcpy(words + i * sizeof(half), &half, sizeof(half));
	}
	return 0;
}

#define SYSCALL_DEFINE3(name, t1, a1, t2, a2, t3, a3)			\
	long sys_##name(t1 a1, t2 a2, t3 a3)
#define SYSCALL_DEFINE4(name, t1, a1, t2, a2, t3, a3, t4, a4)		\
	long sys_##name(t1 a1, t2 a2, t3 a3, t4 a4)
#define SYSCALL_DEFINE5(name, t1, a1, t2, a2, t3, a3, t4, a4, t5, a5)	\
	long sys_##name(t1 a1, t2 a2, t3 a3, t4 a4, t5 a5)
#define SYSCALL_DEFINE6(name, t1, a1, t2, a2, t3, a3, t4, a4, t5, a5,	\
			t6, a6)						\
	long sys_##name(t1 a1, t2 a2, t3 a3, t4 a4, t5 a5, t6 a6)

long sys_set_mempolicy(int mode, const unsigned long *nmask,
		       unsigned long maxnode);
long sys_get_mempolicy(int *policy, unsigned long *nmask,
		       unsigned long maxnode, unsigned long addr,
		       unsigned long flags);
long sys_mbind(unsigned long start, unsigned long len, unsigned long mode,
	       const unsigned long *nmask, unsigned long maxnode,
	       unsigned int flags);
long sys_set_mempolicy_home_node(unsigned long start, unsigned long len,
				 unsigned long home_node, unsigned long flags);

/* As in internal.h. */
int mpol_get_nodes(nodemask_t *nodes, const unsigned long *mask,
		   unsigned long maxnode);
int mpol_set_task_policy(const struct mpol_spec *spec);
int mpol_mbind(unsigned long start, unsigned long len,
	       const struct mpol_spec *spec, unsigned long flags);
int mpol_home_node(unsigned long start, unsigned long len,
		   unsigned long home_node);
int mpol_query(int *policy, nodemask_t *nodes, unsigned long addr,
	       unsigned long flags);

#endif /* _MM_MEMPOLICY_INTERNAL_H */
