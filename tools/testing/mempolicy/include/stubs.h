/* SPDX-License-Identifier: GPL-2.0 */
/* What the compiler of the host does not care about. */
#ifndef _MEMPOLICY_STUBS_H
#define _MEMPOLICY_STUBS_H

#define likely(x)	(x)

#endif /* _MEMPOLICY_STUBS_H */
