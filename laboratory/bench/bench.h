/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What memory policy costs: a benchmark that counts instructions.
 *
 * In a guest of one CPU that QEMU runs with -icount shift=0 the time stamp
 * counter is the number of executed instructions. A row is measured in several
 * rounds, of which the least counts: nothing came in between.
 */
#ifndef MEMPOLICY_BENCH_H
#define MEMPOLICY_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdnoreturn.h>

#include "mempolicy_modes.h"
#include "mempolicy_nodes.h"

/**
 * struct op - an operation to be measured
 * @before:	makes ready for a round, or NULL
 * @run:	what counts
 * @after:	cleans up, or NULL
 * @arg:	for all of them
 * @rounds:	how often
 * @per:	how many units @run does
 */
struct op {
	void (*before)(void *arg);
	void (*run)(void *arg);
	void (*after)(void *arg);
	void *arg;
	int rounds;
	double per;
};

/* measure.c */
extern long page;
extern const char *const *wanted_rows;
bool wanted(const char *row);
bool wanted_kind(const char *kind);
bool named(const char *row);
long now(void);
void report(const char *row, double value);
void measure(const char *row, const struct op *op);
void measure_once(const char *row, const struct op *op);
double cost_of(const struct op *op);
noreturn void fail(const char *what);

/* policy.c */
extern struct nodes every_node;
extern int nr_nodes;
extern unsigned long mask_bits;
void find_nodes(void);
struct nodes node_at(int index);
struct nodes nodes_from_bits(unsigned int bits);
void set_task(int mode);
void set_task_nodes(int mode, const struct nodes *nodes);
void set_range(void *addr, size_t len, int mode);
void set_range_nodes(void *addr, size_t len, int mode,
		     const struct nodes *nodes, unsigned int flags);

/* memory.c */
char *map_private(size_t len);
char *map_pieces(int nr);
void unmap_pieces(char *addr, int nr);
void set_pieces(char *addr, int nr, int mode);
int make_object(size_t pages);
void map_windows(char *addr, int nr, int fd, size_t first, size_t step);
void make_ranges(int fd, int nr, size_t step, size_t len);
void write_file(const char *path, const char *text);
double figure_of(const char *path, const char *name);
void set_weight(int nid, int weight);

/* The rows, a file for each kind. */
void bench_faults(void);
void bench_calls(void);
void bench_moves(void);
void bench_tasks(void);
void bench_kernel(void);
void bench_proc(void);
void bench_cpusets(void);
void bench_objects(void);
void bench_growth(void);
void bench_strangers(void);
void bench_views(void);
void bench_limit(void);
void bench_writers(void);
void bench_waits(void);
void fault_in_threads(int threads);
void lock_lines(void);

#endif /* MEMPOLICY_BENCH_H */
