/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Other processes, what they tell each other, and other users.
 */
#ifndef _MEMPOLICY_PROCESS_H
#define _MEMPOLICY_PROCESS_H

#include <stdbool.h>

bool child_says_yes(bool (*work)(void *arg), void *arg);
void tell(int fd);
bool hear(int fd);
bool become_user(bool may_nice);

#endif /* _MEMPOLICY_PROCESS_H */
