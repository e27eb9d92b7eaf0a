// SPDX-License-Identifier: GPL-2.0
/*
 * Random sequences of policy calls, with arguments that make sense and with
 * some that do not, against a model of what must hold after each of them: the
 * errno, the policy of the task and of every page, the node of every new page
 * and of every page that was to be moved.
 *
 * The model knows the defects of Linux 6.12 as quirks. A mismatch that a quirk
 * explains fails the test of that name, any other one the test "sequences"; a
 * sequence ends with its first mismatch. So this program run on Linux 6.12 shows
 * what it is able to find.
 *
 * Each sequence depends on its seed alone:
 *
 *	mempolicy_fuzz -s 17 -n 1 -v	runs one, and shows its calls
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "mempolicy_fuzz.h"
#include "mempolicy_group.h"
#include "mempolicy_machine.h"
#include "mempolicy_maps.h"
#include "mempolicy_run.h"

#define AREAS_AT	((char *)0x200000000000)
#define STEPS		40
#define SEQUENCES	60

static const struct {
	const char *name;
	const char *what;
} quirk_names[NR_QUIRKS] = {
	{ "B2", "a mapping has a stale copy of its object's policy" },
	{ "B3", "nodes are lost when a cpuset shrinks" },
	{ "B4", "preferred nodes with a flag, or balancing, are overwritten" },
	{ "B6", "mbind() judges pages by the nodes as they were passed" },
	{ "B7", "interleaved pages are left on any node" },
	{ "B8", "pages that stay are not told" },
	{ "B9", "a home node without memory" },
	{ "B13", "bits beyond maxnode, lengths and masks that overflow" },
};

/* Calls, and how often each is made. */
static const struct {
	const char *name;
	op_fn run;
	__u32 weight;
} steps[NR_OPS] = {
	[OP_SET] = { "set_mempolicy", op_set, 3 },
	[OP_MBIND] = { "mbind", op_mbind, 8 },
	[OP_HOME] = { "set_mempolicy_home_node", op_home, 3 },
	[OP_OBJECT_HOME] = { "set_mempolicy_home_node, of an object", op_object_home, 3 },
	[OP_GET] = { "get_mempolicy", op_get, 3 },
	[OP_TOUCH] = { "touch", op_touch, 6 },
	[OP_DISCARD] = { "discard", op_discard, 2 },
	[OP_MAP] = { "map", op_map, 2 },
	[OP_CPUSET] = { "cpuset", op_cpuset, 2 },
	[OP_FORK] = { "fork", op_fork, 1 },
};

static struct {
	unsigned long seed;
	unsigned long sequences;
	unsigned long seconds;
	bool verbose;
	bool cpuset;
} options = { .seed = 1, .sequences = SEQUENCES, .seconds = 100 };

/* --- random numbers, and what was done with them --- */

/* splitmix64; a number below @limit */
__u32 roll(struct fuzz *f, __u32 limit)
{
	__u64 z = f->random += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return (__u32)(z ^ z >> 31) % limit;
}

bool chance(struct fuzz *f, __u32 percent)
{
	return roll(f, 100) < percent;
}

void trace(struct fuzz *f, const char *format, ...)
{
	char *line = f->trace[f->nr_traced++ % TRACE];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(f->trace[0]), format, args);
	va_end(args);
	if (options.verbose)
		fprintf(stderr, "# %s\n", line);
}

/* The last calls, for the one who started this. */
static void keep_trace(struct fuzz *f, const char *what)
{
	unsigned int first = f->nr_traced > TRACE ? f->nr_traced - TRACE : 0;
	char *text = f->outcome->text;
	size_t size = sizeof(f->outcome->text), len;

	len = snprintf(text, size, "%s\n", what);
	for (unsigned int i = first; i < f->nr_traced && len < size; i++)
		len += snprintf(text + len, size - len, "  %s\n", f->trace[i % TRACE]);
}

/* The quirk that explains what was seen, or two that do so together, or 0. */
static unsigned int explain(struct fuzz *f, matches_fn matches, const void *call,
			    const void *seen)
{
	for (unsigned int a = 1; a < 1 << NR_QUIRKS; a <<= 1)
		if (matches(f, call, seen, a))
			return a;
	for (unsigned int a = 1; a < 1 << NR_QUIRKS; a <<= 1)
		for (unsigned int b = 1; b < a; b <<= 1)
			if (matches(f, call, seen, a | b))
				return a | b;
	return 0;
}

bool must_match(struct fuzz *f, matches_fn matches, const void *call, const void *seen,
		const char *what)
{
	if (matches(f, call, seen, 0))
		return true;
	f->outcome->quirks = explain(f, matches, call, seen);
	f->outcome->unexplained = !f->outcome->quirks;
	keep_trace(f, what);
	return false;
}

/* --- one sequence --- */

static void make_areas(struct fuzz *f)
{
	for (int i = 0; i < OBJECTS; i++) {
		f->object[i].fd = memfd_create("object", 0);
		or_die(f->object[i].fd >= 0 &&
		       !ftruncate(f->object[i].fd, PAGES * page_size()), "making a memfd");
	}
	/* Behind anonymous memory two of one object, one of another. */
	for (int i = 0; i < AREAS; i++) {
		struct area *area = &f->area[i];

		area->base = page_at(AREAS_AT, i * (PAGES + GAP));
		if (i >= ANONYMOUS)
			area->object = &f->object[(i - ANONYMOUS) / 2];
		map_area(area, 0, PAGES);
		area->index = area->object ? vma_inode(area->base) :
					     (unsigned long)area->base / page_size();
	}
}

/* A choice of calls for each sequence: some are only found without others. */
static void choose(struct fuzz *f)
{
	for (int op = 0; op < NR_OPS; op++)
		if (chance(f, 65))
			f->ops |= 1 << op;
	f->ops |= 1 << OP_MBIND | 1 << OP_TOUCH;
	if (!options.cpuset)
		f->ops &= ~(1 << OP_CPUSET);
	f->odd = chance(f, 30);
	f->forks = 2;
}

static enum op next_op(struct fuzz *f)
{
	for (;;) {
		enum op op = roll(f, NR_OPS);

		if ((f->ops >> op & 1) && roll(f, 8) < steps[op].weight)
			return op;
	}
}

static void run_sequence(struct outcome *outcome, unsigned long seed, int cpu_node)
{
	static struct fuzz fuzz;
	struct fuzz *f = &fuzz;

	f->random = seed;
	f->outcome = outcome;
	f->cpu_node = cpu_node;
	f->allowed = options.cpuset ? machine.roomy : machine.usable;
	f->nr_held = 1;
	choose(f);
	make_areas(f);
	for (int step = 0; step < STEPS; step++)
		if (!steps[next_op(f)].run(f) || !check_told(f))
			break;
	outcome->done = true;
}

/* --- all of them --- */

static struct outcome *new_outcome(void)
{
	struct outcome *outcome = mmap(NULL, sizeof(*outcome), PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	or_die(outcome != MAP_FAILED, "mmap");
	return outcome;
}

static void show(const struct outcome *outcome, unsigned long seed)
{
	char text[sizeof(outcome->text)], *line, *rest = text;

	memcpy(text, outcome->text, sizeof(text));
	ksft_print_msg("seed %lu:%s", seed, outcome->unexplained ? " no known defect" : "");
	for (int i = 0; i < NR_QUIRKS; i++)
		if (outcome->quirks >> i & 1)
			printf(" %s (%s)", quirk_names[i].name, quirk_names[i].what);
	printf("\n");
	while ((line = strsep(&rest, "\n")) && *line)
		ksft_print_msg("%s\n", line);
	ksft_print_msg("to see it again: mempolicy_fuzz -s %lu -n 1 -v\n", seed);
}

/* Runs one sequence in a process of its own. */
static void start_sequence(struct outcome *outcome, unsigned long seed, int cpu_node)
{
	int status;
	pid_t child;

	memset(outcome, 0, sizeof(*outcome));
	if (options.cpuset)
		or_die(cpuset_set_mems(&machine.roomy), "setting the cpuset back");
	child = fork();
	or_die(child >= 0, "fork");
	if (!child) {
		run_sequence(outcome, seed, cpu_node);
		_exit(EXIT_SUCCESS);
	}
	or_die(waitpid(child, &status, 0) == child, "waitpid");
	if (outcome->done && WIFEXITED(status) && !WEXITSTATUS(status))
		return;
	outcome->unexplained = true;
	snprintf(outcome->text, sizeof(outcome->text), "ended early, wait status %#x\n", status);
}

/* What all sequences together came to. */
struct total {
	unsigned long run;
	unsigned long unexplained;
	unsigned long quirk[NR_QUIRKS];
	unsigned long succeeded[NR_OPS];
};

static void add(struct total *total, const struct outcome *outcome)
{
	total->run++;
	total->unexplained += outcome->unexplained;
	for (int i = 0; i < NR_QUIRKS; i++)
		total->quirk[i] += outcome->quirks >> i & 1;
	for (int op = 0; op < NR_OPS; op++)
		total->succeeded[op] += outcome->succeeded[op];
}

/* Shows the first mismatch of each kind. */
static bool is_news(const struct total *total, const struct outcome *outcome)
{
	if (outcome->unexplained)
		return total->unexplained < 4;
	for (int i = 0; i < NR_QUIRKS; i++)
		if ((outcome->quirks >> i & 1) && !total->quirk[i])
			return true;
	return false;
}

static void run_all(struct total *total, int cpu_node)
{
	struct outcome *outcome = new_outcome();
	time_t end = time(NULL) + options.seconds;

	for (unsigned long i = 0; i < options.sequences && time(NULL) < end; i++) {
		start_sequence(outcome, options.seed + i, cpu_node);
		if (is_news(total, outcome))
			show(outcome, options.seed + i);
		add(total, outcome);
	}
	ksft_print_msg("%lu sequences of up to %d calls, seeds from %lu\n", total->run, STEPS,
		       options.seed);
}

/* It would be no test if the calls did nothing. */
static bool all_succeeded(const struct total *total)
{
	bool all = true;

	for (int op = 0; op < NR_OPS; op++) {
		ksft_print_msg("%s: %lu\n", steps[op].name, total->succeeded[op]);
		if (!total->succeeded[op] && (op != OP_CPUSET || options.cpuset))
			all = false;
	}
	return all;
}

static void report(const struct total *total)
{
	char name[40];

	ksft_test_result(total->run && !total->unexplained, "sequences\n");
	for (int i = 0; i < NR_QUIRKS; i++) {
		snprintf(name, sizeof(name), "without.%s\n", quirk_names[i].name);
		ksft_test_result(!total->quirk[i], "%s", name);
	}
	/* A chosen sequence need not have all calls. */
	if (options.sequences < SEQUENCES)
		ksft_test_result_skip("every_call_succeeds # needs more sequences\n");
	else
		ksft_test_result(all_succeeded(total), "every_call_succeeds\n");
}

static bool parse(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "s:n:t:v")) != -1) {
		if (option == 's')
			options.seed = strtoul(optarg, NULL, 0);
		else if (option == 'n')
			options.sequences = strtoul(optarg, NULL, 0);
		else if (option == 't')
			options.seconds = strtoul(optarg, NULL, 0);
		else if (option == 'v')
			options.verbose = true;
		else
			return false;
	}
	return optind == argc;
}

int main(int argc, char **argv)
{
	struct total total = { 0 };
	int cpu_node;

	if (!parse(argc, argv)) {
		fprintf(stderr, "usage: %s [-s SEED] [-n SEQUENCES] [-t SECONDS] [-v]\n", argv[0]);
		return KSFT_FAIL;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	machine_require();
	ksft_print_header();
	cpu_node = machine_settle();
	if (cpu_node < 0)
		ksft_exit_skip("needs a CPU whose memory has room\n");
	ksft_set_plan(NR_QUIRKS + 2);
	options.cpuset = !cpuset_missing();
	if (!options.cpuset)
		ksft_print_msg("the cpuset does not change: %s\n", cpuset_missing());
	else
		or_die(cpuset_enter(&machine.roomy), "entering a cpuset");
	run_all(&total, cpu_node);
	if (options.cpuset)
		cpuset_leave();
	report(&total);
	ksft_finished();
}
