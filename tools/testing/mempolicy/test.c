// SPDX-License-Identifier: GPL-2.0
/* Expectations, random numbers and memory for the properties. */
#include <stdio.h>
#include <stdlib.h>

#include "test.h"

unsigned int test_rounds(void)
{
	return MAX_NUMNODES > 64 ? 150 : 3000;
}

/* splitmix64: every seed, 0 as well, gives a good sequence. */
u32 test_random(struct test *t, u32 limit)
{
	u64 z = t->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return (u32)(z ^ z >> 31) % limit;
}

static void fail(struct test *t, const char *file, int line, const char *what)
{
	t->failures++;
	printf("# %s:%d: %s, seed %#llx: %s\n", file, line, t->name,
	       (unsigned long long)t->seed, what);
}

void test_list(char text[TEST_LIST_MAX], const nodemask_t *nodes)
{
	const char *sep = "";
	int nid, end;

	*text = '\0';
	for (nid = 0; nid < MAX_NUMNODES; nid = end + 1) {
		for (end = nid; end < MAX_NUMNODES; end++)
			if (!node_isset(end, *nodes))
				break;
		if (end == nid)
			continue;
		text += sprintf(text, "%s%d", sep, nid);
		if (end - nid > 1)
			text += sprintf(text, "-%d", end - 1);
		sep = ",";
	}
}

void show_number(const char *name, long long value)
{
	printf("#   %-8s %lld\n", name, value);
}

void show_nodes(const char *name, const nodemask_t *nodes)
{
	char list[TEST_LIST_MAX];

	test_list(list, nodes);
	printf("#   %-8s %s\n", name, *list ? list : "none");
}

/* In one line whatever it is made of. */
void show_text(const char *name, const char *text)
{
	printf("#   %-8s \"", name);
	for (; *text; text++)
		printf(*text < ' ' || *text > '~' ? "\\%03o" : "%c",
		       (unsigned char)*text);
	printf("\"\n");
}

bool expect_eq_at(struct test *t, const char *file, int line,
		  const char *what, long long want, long long got)
{
	if (want == got)
		return true;
	fail(t, file, line, what);
	show_number("want", want);
	show_number("got", got);
	return false;
}

bool expect_nodes_at(struct test *t, const char *file, int line,
		     const char *what, const nodemask_t *want,
		     const nodemask_t *got)
{
	if (nodes_equal(*want, *got))
		return true;
	fail(t, file, line, what);
	show_nodes("want", want);
	show_nodes("got", got);
	return false;
}

bool expect_text_at(struct test *t, const char *file, int line,
		    const char *what, const char *want, const char *got)
{
	if (!strcmp(want, got))
		return true;
	fail(t, file, line, what);
	show_text("want", want);
	show_text("got", got);
	return false;
}

void *test_alloc(size_t size)
{
	void *memory = malloc(size);

	if (!memory) {
		fprintf(stderr, "no memory for %zu bytes\n", size);
		exit(2);
	}
	/* Nothing may be taken for zero that was not written. */
	memset(memory, 0xa5, size);
	return memory;
}
