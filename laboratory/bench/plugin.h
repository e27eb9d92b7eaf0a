/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What tracer.c uses of QEMU's interface for plugins. Not all packages of QEMU
 * have the header. A plugin's id has 64 bits, as unsigned long has here.
 */
#ifndef MEMPOLICY_BENCH_PLUGIN_H
#define MEMPOLICY_BENCH_PLUGIN_H

#include <stddef.h>

struct qemu_plugin_tb;
struct qemu_plugin_insn;

typedef void (*plugin_translate_fn)(unsigned long id,
				    struct qemu_plugin_tb *tb);
typedef void (*plugin_execute_fn)(unsigned int cpu, void *data);

typedef void (*plugin_access_fn)(unsigned int cpu, unsigned int info,
				 unsigned long vaddr, void *data);

enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };
enum qemu_plugin_mem_rw { QEMU_PLUGIN_MEM_W = 2 };

void qemu_plugin_register_vcpu_tb_trans_cb(unsigned long id,
					   plugin_translate_fn callback);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    plugin_execute_fn callback,
					    enum qemu_plugin_cb_flags flags,
					    void *data);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn,
				      plugin_access_fn callback,
				      enum qemu_plugin_cb_flags flags,
				      enum qemu_plugin_mem_rw rw, void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *
qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
unsigned long qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
char *qemu_plugin_insn_disas(const struct qemu_plugin_insn *insn);

/* QEMU looks these up by name. */
extern int qemu_plugin_version;
int qemu_plugin_install(unsigned long id, const void *info, int argc,
			char **argv);

#endif /* MEMPOLICY_BENCH_PLUGIN_H */
