/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parts of mempolicy_fuzz: what a process has by the rules (the model), the
 * calls that are made at random, and what they are compared with.
 *
 * The model can also be told to be wrong in the way that Linux 6.12 is: a
 * mismatch that goes away with such a quirk is that defect, found.
 */
#ifndef _MEMPOLICY_FUZZ_H
#define _MEMPOLICY_FUZZ_H

#include "kselftest.h"
#include "mempolicy_pages.h"

#define AREAS		5
#define ANONYMOUS	2	/* the first of them; the others are objects */
#define OBJECTS		2
#define PAGES		12	/* of an area */
#define GAP		4	/* pages that are never mapped, behind an area */
#define HELD_MAX	1024	/* policies of one sequence */
#define TRACE		12	/* calls that are shown with a mismatch */

/* Defects of Linux 6.12; see quirk_names[]. */
enum quirk {
	B2 = 1, B3 = 2, B4 = 4, B6 = 8, B7 = 16, B8 = 32, B9 = 64, B13 = 128,
};

#define NR_QUIRKS	8

enum op {
	OP_SET, OP_MBIND, OP_HOME, OP_OBJECT_HOME, OP_GET, OP_TOUCH, OP_DISCARD, OP_MAP, OP_CPUSET,
	OP_FORK, NR_OPS
};

/**
 * struct held - a policy that something has
 * @pol:      as asked for
 * @object:   of a shared object
 * @then:     nodes that were allowed then
 * @changed:  the allowed nodes have changed since
 * @drift:    B3: what is left of the nodes, carried from one change to the next
 * @copy:     B3: the same of a mapping's copy of an object's policy
 * @taken:    B4: what an object has taken over from such a copy, or none
 * @allowed:  nodes allowed at the last change
 */
struct held {
	struct policy pol;
	bool object;
	struct nodes then;
	bool changed;
	struct nodes drift;
	struct nodes copy;
	struct nodes taken;
	struct nodes allowed;
};

/**
 * struct object - a shared object
 * @now:    policy of each page
 * @stale:  B2: the policy of each page when mappings keep copies
 */
struct object {
	int now[PAGES];
	int stale[PAGES];
	int fd;
};

/**
 * struct area - a mapping, or where one can be
 * @base:    its first page
 * @index:   of its first page, for interleaving
 * @object:  what is mapped, or NULL for anonymous memory
 * @mapped:  pages that are mapped
 * @held:    policy of each page; with an object: B2, the mapping's copy
 */
struct area {
	char *base;
	unsigned long index;
	struct object *object;
	bool mapped[PAGES];
	int held[PAGES];
};

/**
 * struct outcome - what the process that started a sequence gets to know
 * @quirks:      defects that were found
 * @unexplained: a mismatch that is none of them
 * @done:        ran to its end, or to a mismatch
 * @succeeded:   calls that did what they were to do
 * @text:        what did not match
 */
struct outcome {
	unsigned int quirks;
	bool unexplained;
	bool done;
	unsigned long succeeded[NR_OPS];
	char text[4096];
};

/**
 * struct fuzz - a sequence of calls, and what must hold at each moment
 * @random:   state of the random numbers
 * @odd:      arguments that make no sense are wanted as well
 * @ops:      calls that are made, a bit each
 * @forks:    how many times it may still fork
 * @cpu_node: node of the CPU that all of it runs on
 * @allowed:  nodes that the cpuset allows
 * @held:     policies; number 0 is none
 * @nr_held:  how many of them there are
 * @task:     policy of the task
 */
struct fuzz {
	__u64 random;
	bool odd;
	unsigned int ops;
	unsigned int forks;
	int cpu_node;
	struct nodes allowed;
	struct held held[HELD_MAX];
	int nr_held;
	int task;
	struct area area[AREAS];
	struct object object[OBJECTS];
	char trace[TRACE][160];
	unsigned int nr_traced;
	struct outcome *outcome;
};

/**
 * struct pages - where the pages of an area are
 * @node:      by page; negative where there is none
 * @exclusive: nobody else has it mapped
 */
struct pages {
	int node[PAGES];
	bool exclusive[PAGES];
};

/* Does what was seen match, if the kernel has these quirks? */
typedef bool (*matches_fn)(const struct fuzz *f, const void *call, const void *seen,
			   unsigned int quirks);

/* mempolicy_fuzz.c */
__u32 roll(struct fuzz *f, __u32 limit);
bool chance(struct fuzz *f, __u32 percent);
void trace(struct fuzz *f, const char *format, ...) __printf(2, 3);
bool must_match(struct fuzz *f, matches_fn matches, const void *call, const void *seen,
		const char *what);

/* mempolicy_fuzz_model.c */
int hold(struct fuzz *f, const struct policy *pol, bool object);
int held_at(const struct area *area, int page, unsigned int quirks);
struct nodes meant(const struct fuzz *f, const struct held *held);
struct nodes told(const struct fuzz *f, const struct held *held, unsigned int quirks);
struct nodes targets(const struct fuzz *f, const struct held *held, unsigned long index);
struct nodes kept_targets(const struct fuzz *f, const struct held *held, unsigned long index);
void model_cpuset(struct fuzz *f, const struct nodes *mems);
void model_bind(struct fuzz *f, struct area *area, int first, int end, const struct policy *pol);
void model_home(struct fuzz *f, struct area *area, int first, int end, int home);

/* A step, as a call with random arguments; false when something did not match. */
typedef bool (*op_fn)(struct fuzz *f);

/* mempolicy_fuzz_calls.c */
bool op_set(struct fuzz *f);
bool op_mbind(struct fuzz *f);
bool op_home(struct fuzz *f);
bool op_object_home(struct fuzz *f);

/* mempolicy_fuzz_get.c */
bool op_get(struct fuzz *f);
bool check_told(struct fuzz *f);

/* mempolicy_fuzz_pages.c */
bool op_touch(struct fuzz *f);
bool op_discard(struct fuzz *f);
bool op_map(struct fuzz *f);
bool op_cpuset(struct fuzz *f);
bool op_fork(struct fuzz *f);
bool touch_anew(struct fuzz *f, struct area *area, int first, int end);
void look(const struct area *area, struct pages *pages);
void map_area(struct area *area, int first, int end);

#endif /* _MEMPOLICY_FUZZ_H */
