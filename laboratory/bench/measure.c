// SPDX-License-Identifier: GPL-2.0
/*
 * Counting instructions, and telling the result.
 */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "marks.h"

long page;
const char *const *wanted_rows;

void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* The patterns of the command line; none means every row. */
bool wanted(const char *row)
{
	const char *const *pattern = wanted_rows;

	if (!*pattern)
		return true;
	for (; *pattern; pattern++)
		if (!fnmatch(*pattern, row, 0))
			return true;
	return false;
}

/* Whether a row that begins so may be wanted. */
bool wanted_kind(const char *kind)
{
	const char *const *pattern = wanted_rows;
	size_t len;

	if (!*pattern)
		return true;
	for (; *pattern; pattern++) {
		len = strcspn(*pattern, "*?[");
		if (len > strlen(kind))
			len = strlen(kind);
		if (!strncmp(*pattern, kind, len))
			return true;
	}
	return false;
}

/* For rows that take too long to be measured without being asked for. */
bool named(const char *row)
{
	return *wanted_rows && wanted(row);
}

void report(const char *row, double value)
{
	printf("%s %.2f\n", row, value);
}

long now(void)
{
	unsigned int low, high;

	asm volatile("rdtsc" : "=a" (low), "=d" (high) : : "memory");
	return (long)high << 32 | low;
}

static long one_round(const struct op *op)
{
	long start, end;

	if (op->before)
		op->before(op->arg);
	mark_begin();
	start = now();
	op->run(op->arg);
	end = now();
	mark_end();
	if (op->after)
		op->after(op->arg);
	return end - start;
}

static void nothing(void *arg)
{
}

static long least(const struct op *op)
{
	long spent, min = one_round(op);
	int i;

	for (i = 1; i < op->rounds; i++) {
		spent = one_round(op);
		if (spent < min)
			min = spent;
	}
	return min;
}

/* The first round fills caches and page tables, and does not count. */
double cost_of(const struct op *op)
{
	static const struct op empty = { .run = nothing, .rounds = 9 };

	one_round(op);
	return (least(op) - least(&empty)) / op->per;
}

void measure(const char *row, const struct op *op)
{
	if (!wanted(row))
		return;
	report(row, cost_of(op));
	mark_row();
}

/* What cannot be repeated. Its effect is needed even if the row is not. */
void measure_once(const char *row, const struct op *op)
{
	static const struct op empty = { .run = nothing, .rounds = 9 };
	long spent = one_round(op);

	if (!wanted(row))
		return;
	report(row, (spent - least(&empty)) / op->per);
	mark_row();
}
