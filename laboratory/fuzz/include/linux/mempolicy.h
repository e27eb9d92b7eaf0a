/* SPDX-License-Identifier: GPL-2.0 */
/* The numbers of the modes are those of pure.h. */
