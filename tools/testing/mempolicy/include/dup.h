/* SPDX-License-Identifier: GPL-2.0 */
/* What means the same here as in the kernel. */
#ifndef _MEMPOLICY_DUP_H
#define _MEMPOLICY_DUP_H

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;

#define NUMA_NO_NODE	(-1)

#define U8_MAX		UINT8_MAX
#define U16_MAX		UINT16_MAX
#define U32_MAX		UINT32_MAX

#define DIV_ROUND_UP(dividend, divisor)					\
	({								\
		__auto_type by = (divisor);				\
		((dividend) + by - 1) / by;				\
	})

#define div64_u64(dividend, divisor)	((u64)(dividend) / (u64)(divisor))
#define fls(word)	((word) ? 32 - __builtin_clz(word) : 0)

#define __ffs(word)	__builtin_ctzl(word)
#define __ffs64(word)	__builtin_ctzll(word)
#define hweight8(word)	__builtin_popcount((u8)(word))
#define hweight16(word)	__builtin_popcount((u16)(word))
#define hweight32(word)	__builtin_popcount((u32)(word))
#define hweight64(word)	__builtin_popcountll(word)

static inline unsigned long gcd(unsigned long a, unsigned long b)
{
	while (b) {
		unsigned long rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

#define min(a, b)							\
	({								\
		__auto_type min_a = (a);				\
		__auto_type min_b = (b);				\
		min_a < min_b ? min_a : min_b;				\
	})

#define max(a, b)							\
	({								\
		__auto_type max_a = (a);				\
		__auto_type max_b = (b);				\
		max_a > max_b ? max_a : max_b;				\
	})

/* A flexible array may stand in a union only inside of a struct. */
#define DECLARE_FLEX_ARRAY(type, name)					\
	struct {							\
		struct { } empty_##name;				\
		type name[];						\
	}

#define container_of(ptr, type, member)					\
	((type *)((char *)(ptr) - offsetof(type, member)))

#define struct_size(ptr, member, count)					\
	offsetof(__typeof__(*(ptr)), member[count])

#endif /* _MEMPOLICY_DUP_H */
