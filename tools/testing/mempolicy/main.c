// SPDX-License-Identifier: GPL-2.0
/* Checks the properties of the pure parts of memory policy; prints KTAP. */
#include <stdio.h>
#include <stdlib.h>

#include "test.h"

static const struct property *const all[] = {
	modes_properties,
	remap_properties,
	effective_properties,
	interleave_properties,
	bandwidth_properties,
	ranges_properties,
	text_properties,
	names_properties,
};

static const char usage[] =
	"usage: %s [-s SEED] [-l] [PROPERTY]\n"
	"  -s SEED   start of the random numbers (default 1)\n"
	"  -l        list the properties\n";

/* FNV-1a: the random numbers of a property do not depend on the others. */
static u64 hash(const char *name)
{
	u64 h = 0xcbf29ce484222325ULL;

	while (*name)
		h = (h ^ (unsigned char)*name++) * 0x100000001b3ULL;
	return h;
}

static bool check(const struct property *property, unsigned int number,
		  u64 seed)
{
	struct test t = {
		.name = property->name,
		.seed = seed,
		.state = seed ^ hash(property->name),
	};

	property->check(&t);
	printf("%s %u %s\n", t.failures ? "not ok" : "ok", number, t.name);
	return !t.failures;
}

/* Collects the properties called @name, or all of them; returns how many. */
static unsigned int collect(const struct property **chosen, const char *name)
{
	unsigned int i, count = 0;
	const struct property *p;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		for (p = all[i]; p && p->name; p++) {
			if (name && strcmp(name, p->name))
				continue;
			if (chosen)
				chosen[count] = p;
			count++;
		}
	}
	return count;
}

static int run(const struct property **chosen, unsigned int count, u64 seed)
{
	unsigned int i, failed = 0;

	printf("KTAP version 1\n1..%u\n", count);
	for (i = 0; i < count; i++)
		failed += !check(chosen[i], i + 1, seed);
	return failed ? 1 : 0;
}

struct options {
	u64 seed;
	bool list;
	const char *name;
};

static bool parse(struct options *options, int argc, char **argv)
{
	char *end = "";
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "-l"))
			options->list = true;
		else if (!strcmp(argv[i], "-s") && i + 1 < argc)
			options->seed = strtoull(argv[++i], &end, 0);
		else if (argv[i][0] != '-' && !options->name)
			options->name = argv[i];
		else
			return false;
	}
	return !*end;
}

int main(int argc, char **argv)
{
	struct options options = { .seed = 1 };
	const struct property **chosen;
	unsigned int i, count;
	int status = 0;

	/* What was found must be seen even if a sanitizer ends the run. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!parse(&options, argc, argv)) {
		fprintf(stderr, usage, argv[0]);
		return 2;
	}
	count = collect(NULL, options.name);
	if (!count) {
		fprintf(stderr, "%s: no property '%s'; -l lists them\n",
			argv[0], options.name);
		return 2;
	}

	chosen = test_alloc(count * sizeof(*chosen));
	collect(chosen, options.name);
	if (options.list)
		for (i = 0; i < count; i++)
			printf("%s\n", chosen[i]->name);
	else
		status = run(chosen, count, options.seed);
	free(chosen);
	return status;
}
