// SPDX-License-Identifier: GPL-2.0
/*
 * A plugin for QEMU: how often is each instruction of the kernel executed
 * between the marks that the benchmark sets?
 *
 *	-plugin tracer.so,out=FILE
 *
 * FILE.0 is for the first row, FILE.1 for the second. They get a line for each
 * instruction: address, count, and the instruction as QEMU disassembles it.
 * All CPUs count, if one of them has set the mark.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "marks.h"
#include "plugin.h"

int qemu_plugin_version = API_VERSION;

/* 0x6d706f31 as it is written above and as it is disassembled. */
#define MARK_TEXT(mark)		MARK_QUOTE(mark)
#define MARK_QUOTE(mark)	#mark

#define KERNEL		0xffff800000000000UL
#define SLOTS		1048576U
#define SLOT_SHIFT	(64 - 20)

/* The kernel patches its code, so that the last text counts. */
struct record {
	unsigned long addr;
	unsigned long count;
	char *text;
};

static struct record records[SLOTS];
static bool counting;
static const char *out;
static int rows;

/* CPUs translate side by side. */
static pthread_mutex_t translating = PTHREAD_MUTEX_INITIALIZER;

static struct record *record_of(unsigned long addr)
{
	unsigned int slot = addr * 0x9e3779b97f4a7c15UL >> SLOT_SHIFT;

	while (records[slot].addr && records[slot].addr != addr)
		slot = (slot + 1) % SLOTS;
	records[slot].addr = addr;
	return &records[slot];
}

static void count(unsigned int cpu, void *data)
{
	struct record *record = data;

	if (__atomic_load_n(&counting, __ATOMIC_RELAXED))
		__atomic_fetch_add(&record->count, 1, __ATOMIC_RELAXED);
}

static void begin(unsigned int cpu, void *data)
{
	__atomic_store_n(&counting, true, __ATOMIC_RELAXED);
}

static void end(unsigned int cpu, void *data)
{
	__atomic_store_n(&counting, false, __ATOMIC_RELAXED);
}

static void write_records(FILE *file)
{
	struct record *record;

	for (record = records; record < records + SLOTS; record++) {
		if (record->count)
			fprintf(file, "%lx %lu %s\n", record->addr,
				record->count, record->text);
		record->count = 0;
	}
}

static void end_row(unsigned int cpu, void *data)
{
	char name[4096];
	FILE *file;

	snprintf(name, sizeof(name), "%s.%d", out, rows++);
	file = fopen(name, "w");
	if (!file) {
		perror(name);
		exit(1);
	}
	write_records(file);
	fclose(file);
}

/* What to do at which mark. */
static const struct {
	const char *text;
	plugin_execute_fn act;
} marks[] = {
	{ MARK_TEXT(MARK_BEGIN), begin },
	{ MARK_TEXT(MARK_END), end },
	{ MARK_TEXT(MARK_ROW), end_row },
};

static void call_when_executed(struct qemu_plugin_insn *insn,
			       plugin_execute_fn act, void *data)
{
	qemu_plugin_register_vcpu_insn_exec_cb(insn, act,
					       QEMU_PLUGIN_CB_NO_REGS, data);
}

static void watch_kernel(struct qemu_plugin_insn *insn)
{
	struct record *record = record_of(qemu_plugin_insn_vaddr(insn));

	free(record->text);
	record->text = qemu_plugin_insn_disas(insn);
	call_when_executed(insn, count, record);
}

static void watch_marks(struct qemu_plugin_insn *insn)
{
	char *text = qemu_plugin_insn_disas(insn);
	size_t i;

	for (i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (strstr(text, marks[i].text))
			call_when_executed(insn, marks[i].act, NULL);
	free(text);
}

static void translate(unsigned long id, struct qemu_plugin_tb *tb)
{
	size_t i, nr = qemu_plugin_tb_n_insns(tb);

	pthread_mutex_lock(&translating);
	for (i = 0; i < nr; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		if (qemu_plugin_insn_vaddr(insn) >= KERNEL)
			watch_kernel(insn);
		else
			watch_marks(insn);
	}
	pthread_mutex_unlock(&translating);
}

int qemu_plugin_install(unsigned long id, const void *info, int argc,
			char **argv)
{
	if (argc != 1 || strncmp(argv[0], "out=", 4)) {
		fprintf(stderr, "tracer: out=FILE is needed\n");
		return -1;
	}
	out = strdup(argv[0] + 4);
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	return 0;
}
