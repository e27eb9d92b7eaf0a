# SPDX-License-Identifier: GPL-2.0
"""Kernel logs: anything the kernel complains about is a failed test."""

import re

import results

COMPLAINT = re.compile(
    r"WARNING|\bBUG\b|Oops|Kernel panic|general protection|suspicious RCU|"
    r"possible circular locking|possible recursive locking|"
    r"inconsistent lock state|possible irq lock inversion|"
    r"\blockdep\b(?! checking is enabled)|UBSAN|KASAN|KCSAN|soft lockup|"
    r"hard LOCKUP|rcu: INFO|"
    r"INFO: task .* blocked|refcount_t:|corruption|unreferenced object|"
    r"sleeping function called|bad unlock balance")

# No kernel has booted that does not say this first.
BANNER = "Linux version "

# The checker writes this to the log before each program.
MARK = re.compile(r"check: running (\S+)")
CONTEXT = 12


def scan(text, prefix):
    """One result per complaint, with the lines after it, or one pass."""
    lines = text.splitlines()
    found, program = [], "boot"
    for number, line in enumerate(lines):
        mark = MARK.search(line)
        if mark:
            program = mark.group(1)
        elif COMPLAINT.search(line):
            found.append(results.failed(
                "%skernel log during %s" % (prefix, program),
                "\n".join(lines[number:number + CONTEXT])))
    if BANNER not in text:
        found.append(results.failed(prefix + "kernel log",
                                    "it is not there, or not from its start"))
    return found or [results.passed(prefix + "kernel log")]
