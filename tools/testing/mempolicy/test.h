/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Properties, expectations and random numbers.
 *
 * A property is a function that checks one thing in as many cases as it likes.
 * Its random numbers depend on the seed and on its name alone, so a failure
 * comes back when the property runs by itself with the seed that it printed.
 */
#ifndef _MEMPOLICY_TEST_H
#define _MEMPOLICY_TEST_H

#include "pure.h"

/**
 * struct test - one property being checked
 * @name:	of the property
 * @seed:	as given on the command line
 * @state:	of the random numbers
 * @failures:	expectations that did not hold
 */
struct test {
	const char *name;
	u64 seed;
	u64 state;
	unsigned int failures;
};

struct property {
	const char *name;
	void (*check)(struct test *t);
};

#define PROPERTY(function)	{ #function, function }

/* Properties by file; each list ends with a row of zeroes. NULL: no such file. */
#pragma weak modes_properties
extern const struct property modes_properties[];
#pragma weak remap_properties
extern const struct property remap_properties[];
#pragma weak effective_properties
extern const struct property effective_properties[];
#pragma weak interleave_properties
extern const struct property interleave_properties[];
#pragma weak bandwidth_properties
extern const struct property bandwidth_properties[];
#pragma weak ranges_properties
extern const struct property ranges_properties[];
#pragma weak text_properties
extern const struct property text_properties[];
#pragma weak names_properties
extern const struct property names_properties[];

/* How often to repeat what takes time with the square of the nodes. */
unsigned int test_rounds(void);

/* A number below @limit. */
u32 test_random(struct test *t, u32 limit);

/*
 * If the values differ, count a failure and print both, the place and the
 * seed. True if they are equal.
 */
#define expect_eq(t, want, got)						\
	expect_eq_at(t, __FILE__, __LINE__, #got, want, got)
#define expect_nodes(t, want, got)					\
	expect_nodes_at(t, __FILE__, __LINE__, #got, want, got)
#define expect_text(t, want, got)					\
	expect_text_at(t, __FILE__, __LINE__, #got, want, got)

bool expect_eq_at(struct test *t, const char *file, int line,
		  const char *what, long long want, long long got);
bool expect_nodes_at(struct test *t, const char *file, int line,
		     const char *what, const nodemask_t *want,
		     const nodemask_t *got);
bool expect_text_at(struct test *t, const char *file, int line,
		    const char *what, const char *want, const char *got);

/* After a failure: the arguments that led to it. */
void show_number(const char *name, long long value);
void show_nodes(const char *name, const nodemask_t *nodes);
void show_text(const char *name, const char *text);

/* Room for any list: four digits and a comma for each node, and the NUL. */
#define TEST_LIST_MAX	(MAX_NUMNODES * 5 + 1)

/* Writes @nodes as in 0-3,7; nothing for none. */
void test_list(char text[TEST_LIST_MAX], const nodemask_t *nodes);

/* Memory of exactly @size bytes, which the sanitizer guards; never NULL. */
void *test_alloc(size_t size);

#endif /* _MEMPOLICY_TEST_H */
