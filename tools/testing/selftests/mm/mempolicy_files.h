/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files of the kernel that have a text, a number, or numbers with names.
 */
#ifndef _MEMPOLICY_FILES_H
#define _MEMPOLICY_FILES_H

#include <stdbool.h>
#include <stddef.h>

bool file_read(const char *path, char *buf, size_t size);
bool file_write(const char *path, const char *text);
long file_number(const char *path);
bool file_set_number(const char *path, long nr);
long file_figure(const char *path, const char *name);
bool choice_set(const char *path, const char *word, char *was, size_t size);
long vm_events(const char *name);
long vm_stalls(void);

#endif /* _MEMPOLICY_FILES_H */
