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
#define GOLDEN_RATIO_32		0x61C88647
#define fls(word)	((word) ? 32 - __builtin_clz(word) : 0)

static inline u64 div_u64_rem(u64 dividend, u32 divisor, u32 *rest)
{
	*rest = dividend % divisor;
	return dividend / divisor;
}

static inline u64 div_u64(u64 dividend, u32 divisor)
{
	return dividend / divisor;
}

static inline u64 DIV_ROUND_UP_ULL(u64 dividend, u32 divisor)
{
	return (dividend + divisor - 1) / divisor;
}

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
