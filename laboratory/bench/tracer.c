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
 *
 * FILE.0.lines and so on tell which cache lines the locked instructions of the
 * CPU that set the mark wrote: address of the instruction, of the line, count.
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
static unsigned int marker;	/* the CPU that set the mark */
static const char *out;
static int rows;

/* CPUs translate side by side. */
static pthread_mutex_t translating = PTHREAD_MUTEX_INITIALIZER;

/* A cache line that an instruction locked. */
struct touch {
	unsigned long addr;
	unsigned long line;
	unsigned long count;
};

#define LINE_SHIFT	6

static struct touch touches[SLOTS];

/* Only the CPU that set the mark gets here. */
static void count_line(unsigned int cpu, unsigned int info, unsigned long vaddr,
		       void *data)
{
	unsigned long addr = ((struct record *)data)->addr;
	unsigned long line = vaddr >> LINE_SHIFT;
	unsigned int slot;

	if (!__atomic_load_n(&counting, __ATOMIC_RELAXED) || cpu != marker)
		return;
	slot = (addr * 31 + line) * 0x9e3779b97f4a7c15UL >> SLOT_SHIFT;
	while (touches[slot].count && (touches[slot].addr != addr ||
				       touches[slot].line != line))
		slot = (slot + 1) % SLOTS;
	touches[slot].addr = addr;
	touches[slot].line = line;
	touches[slot].count++;
}

/* xchg with memory locks without a prefix. */
static bool is_locked(const char *text)
{
	return !strncmp(text, "lock", 4) ||
	       (!strncmp(text, "xchg", 4) && strchr(text, '('));
}

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
	marker = cpu;
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

static void write_touches(FILE *file)
{
	struct touch *touch;

	for (touch = touches; touch < touches + SLOTS; touch++) {
		if (touch->count)
			fprintf(file, "%lx %lx %lu\n", touch->addr,
				touch->line, touch->count);
		touch->count = 0;
	}
}

static void write_file(const char *suffix, void (*write)(FILE *file))
{
	char name[4096];
	FILE *file;

	snprintf(name, sizeof(name), "%s.%d%s", out, rows, suffix);
	file = fopen(name, "w");
	if (!file) {
		perror(name);
		exit(1);
	}
	write(file);
	fclose(file);
}

static void end_row(unsigned int cpu, void *data)
{
	write_file("", write_records);
	write_file(".lines", write_touches);
	rows++;
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
	if (is_locked(record->text))
		qemu_plugin_register_vcpu_mem_cb(insn, count_line,
						 QEMU_PLUGIN_CB_NO_REGS,
						 QEMU_PLUGIN_MEM_W, record);
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
