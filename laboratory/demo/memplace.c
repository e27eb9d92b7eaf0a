// SPDX-License-Identifier: GPL-2.0
/*
 * memplace - put pages somewhere by policy, and show where they went.
 *
 * Either sets a policy itself, touches pages and shows them, or shows the
 * largest mapping of another process.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../lib/policy.h"
#include "mempolicy_calls.h"
#include "mempolicy_modes.h"
#include "row.h"
#include "where.h"

struct request {
	const char *title;		/* -T: print a table's head, no more */
	const char *figures;		/* -v: print these, no more */
	const char *asked;		/* -a: first column */
	const char *task, *range;	/* -t, -m: policies */
	int home;			/* -H: home node, or -1 */
	pid_t pid;			/* -P: look at this process instead */
	unsigned long pages;		/* -n */
	unsigned long first, count;	/* -r: the range within the pages */
	struct promise promise;		/* -s, -e */
};

static void fail(const char *what)
{
	fprintf(stderr, "memplace: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void usage(void)
{
	fputs("memplace -T TITLE\n"
	      "memplace -a TITLE -v FIGURE,FIGURE,...\n"
	      "memplace -a ASKED -e REPORT -s SHARES [-n PAGES] [-P PID]\n"
	      "         [-t POLICY] [-m POLICY] [-r FIRST+COUNT] [-H NODE]\n"
	      "Print a table's head, a row of figures for the nodes, or a row of\n"
	      "what is placed; exit status 1 when that is not as promised.\n"
	      "  -a ASKED    text of the first column\n"
	      "  -e REPORT   the policy that numa_maps must show\n"
	      "  -s SHARES   share of the pages on nodes 0-3, as in 1,1,0,*\n"
	      "  -n PAGES    how many pages to touch, or to wait for (64)\n"
	      "  -P PID      show the largest mapping of that process\n"
	      "  -t POLICY   set the task's policy\n"
	      "  -m POLICY   set the range's policy\n"
	      "  -r F+N      the range: N pages from page F (all pages)\n"
	      "  -H NODE     set the range's home node\n"
	      "POLICY is MODE[=FLAG][:NODES], as in interleave=static:0-3.\n",
	      stderr);
	exit(2);
}

static void parse_policy(const char *text, struct policy *policy)
{
	if (policy_parse(text, policy)) {
		fprintf(stderr, "memplace: no such policy: %s\n", text);
		exit(2);
	}
}

/* The values of all options by letter; NULL for those not given */
static void collect(int argc, char **argv, char *value[])
{
	int option;

	while ((option = getopt(argc, argv, "T:a:e:t:m:H:P:n:r:s:v:")) != -1) {
		if (option == '?')
			usage();
		value[option] = optarg;
	}
	if (optind != argc)
		usage();
}

static void parse_range(const char *text, struct request *request)
{
	request->count = request->pages;
	if (text && sscanf(text, "%lu+%lu", &request->first,
			   &request->count) != 2)
		usage();
	if (!request->count ||
	    request->first + request->count > request->pages)
		usage();
}

static void parse(int argc, char **argv, struct request *request)
{
	char *value[128] = { 0 };

	collect(argc, argv, value);
	request->title = value['T'];
	if (request->title)
		return;
	request->asked = value['a'];
	request->figures = value['v'];
	if (request->asked && request->figures)
		return;
	request->promise.report = value['e'];
	if (!request->asked || !request->promise.report || !value['s'] ||
	    promise_parse(value['s'], &request->promise))
		usage();
	request->task = value['t'];
	request->range = value['m'];
	request->home = value['H'] ? atoi(value['H']) : -1;
	request->pid = value['P'] ? atoi(value['P']) : 0;
	request->pages = value['n'] ? strtoul(value['n'], NULL, 10) : 64;
	parse_range(value['r'], request);
}

/* Policy first, then the touch: placement happens at the fault. */
static void apply(const struct request *request, char *range, size_t len)
{
	struct policy policy;

	if (request->task) {
		parse_policy(request->task, &policy);
		if (policy_set_task(&policy))
			fail("set_mempolicy");
	}
	if (request->range) {
		parse_policy(request->range, &policy);
		if (policy_set_range(&policy, range, len, 0))
			fail("mbind");
	}
	if (request->home >= 0 && sys_home_node(range, len, request->home, 0))
		fail("set_mempolicy_home_node");
}

/* get_mempolicy() must name the mode that was asked for, flags included. */
static int mode_told(const struct request *request, void *addr)
{
	const char *text = request->range ?: request->task;
	struct policy policy;
	int mode;

	if (!text)
		return 1;
	parse_policy(text, &policy);
	if (sys_get_mempolicy(&mode, NULL, 0, request->range ? addr : NULL,
			      request->range ? MPOL_F_ADDR : 0))
		fail("get_mempolicy");
	if (mode == policy.mode)
		return 1;
	printf("WRONG: get_mempolicy() says mode 0x%x, asked was 0x%x\n", mode,
	       policy.mode);
	return 0;
}

static int show_own(const struct request *request)
{
	size_t size = sysconf(_SC_PAGESIZE);
	size_t len = request->count * size;
	struct where where;
	char *memory, *range;
	int right;

	memory = mmap(NULL, request->pages * size, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		fail("mmap");
	range = memory + request->first * size;
	apply(request, range, len);
	memset(memory, 1, request->pages * size);
	if (where_own(range, len, &where))
		fail("move_pages or numa_maps");
	right = row_print(request->asked, &where, &request->promise);
	return mode_told(request, range) && right;
}

static int show_other(const struct request *request)
{
	struct where where;

	if (where_other(request->pid, request->pages, &where))
		fail("numa_maps of the process");
	return row_print(request->asked, &where, &request->promise);
}

int main(int argc, char **argv)
{
	struct request request = { 0 };

	parse(argc, argv, &request);
	if (request.title) {
		row_head(request.title);
		return 0;
	}
	if (request.figures) {
		row_figures(request.asked, request.figures);
		return 0;
	}
	if (request.pid)
		return !show_other(&request);
	return !show_own(&request);
}
