/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Instructions that do nothing, which tracer.c recognises: between the first
 * two it counts, and the last one ends a row.
 */
#ifndef MEMPOLICY_BENCH_MARKS_H
#define MEMPOLICY_BENCH_MARKS_H

#define MARK_BEGIN	0x6d706f31
#define MARK_END	0x6d706f32
#define MARK_ROW	0x6d706f33

static inline void mark_begin(void)
{
	asm volatile("nopl %c0(%%rax)" : : "i" (MARK_BEGIN) : "memory");
}

static inline void mark_end(void)
{
	asm volatile("nopl %c0(%%rax)" : : "i" (MARK_END) : "memory");
}

static inline void mark_row(void)
{
	asm volatile("nopl %c0(%%rax)" : : "i" (MARK_ROW) : "memory");
}

#endif /* MEMPOLICY_BENCH_MARKS_H */
