// SPDX-License-Identifier: GPL-2.0
/*
 * Files of the kernel; see mempolicy_files.h.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mempolicy_files.h"

bool file_read(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got, len = 0;

	if (fd < 0)
		return false;
	while ((got = read(fd, buf + len, size - 1 - len)) > 0)
		len += got;
	close(fd);
	buf[len] = '\0';
	return got == 0;
}

bool file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t put;

	if (fd < 0)
		return false;
	put = write(fd, text, strlen(text));
	close(fd);
	return put == (ssize_t)strlen(text);
}

/* What a file begins with, or -1. */
long file_number(const char *path)
{
	char text[64];

	return file_read(path, text, sizeof(text)) ? atol(text) : -1;
}

bool file_set_number(const char *path, long nr)
{
	char text[32];

	snprintf(text, sizeof(text), "%ld", nr);
	return file_write(path, text);
}

/* A setting that is one of some words; @was gets the one that was in force, in brackets. */
bool choice_set(const char *path, const char *word, char *was, size_t size)
{
	char buf[128], *old;

	if (!file_read(path, buf, sizeof(buf)))
		return false;
	old = strchr(buf, '[');
	if (!old)
		return false;
	snprintf(was, size, "%.*s", (int)strcspn(old + 1, "]"), old + 1);
	return !strcmp(was, word) || file_write(path, word);
}

/* The number behind a name in a file, or -1. */
long file_figure(const char *path, const char *name)
{
	char buf[4096], *at;

	if (!file_read(path, buf, sizeof(buf)))
		return -1;
	at = strstr(buf, name);
	return at ? atol(at + strlen(name)) : -1;
}

/* How often something has happened, by its name in /proc/vmstat; -1 for an unknown one. */
long vm_events(const char *name)
{
	static char buf[32768];
	char line[64], *at;

	snprintf(line, sizeof(line), "\n%s ", name);
	if (!file_read("/proc/vmstat", buf, sizeof(buf)))
		return -1;
	at = strstr(buf, line);
	return at ? atol(at + strlen(line)) : -1;
}

/* How often a task had to reclaim memory itself; -1 when that cannot be read. */
long vm_stalls(void)
{
	static char text[32768];
	char *at = text;
	long sum = 0, nr;

	if (!file_read("/proc/vmstat", text, sizeof(text)))
		return -1;
	while ((at = strstr(at, "allocstall_"))) {
		if (sscanf(at, "%*s %ld", &nr) == 1)
			sum += nr;
		at++;
	}
	return sum;
}
