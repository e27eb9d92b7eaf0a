/* SPDX-License-Identifier: GPL-2.0 */
/* Nothing: user.h has all that syscalls.c takes from here. */
