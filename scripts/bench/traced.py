# SPDX-License-Identifier: GPL-2.0
"""What the tracer counted, told by functions."""

import bisect
import collections
import glob
import os
import subprocess


def nm(options, name):
    return subprocess.run(["nm"] + options + [name], check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          universal_newlines=True).stdout.splitlines()


class Symbols:
    """The functions of a kernel by address."""

    def __init__(self, vmlinux):
        found = [line.split() for line in nm(["-n"], vmlinux)]
        functions = [(int(fields[0], 16), fields[2]) for fields in found
                     if len(fields) == 3 and fields[1] in "tTwW"]
        self.starts = [address for address, _ in functions]
        self.names = [name for _, name in functions]

    def name(self, address):
        index = bisect.bisect_right(self.starts, address) - 1
        return self.names[index] if index >= 0 else "?"


def policy_objects(build):
    """Object files of the memory policy of a built kernel."""
    return [name for name in
            [os.path.join(build, "mm/mempolicy.o")]
            + sorted(glob.glob(os.path.join(build, "mm/mempolicy/*.o")))
            if os.path.exists(name)]


def policy_functions(build):
    return {line.split()[-1] for name in policy_objects(build)
            for line in nm(["--defined-only"], name)
            if line.split()[-2] in "tTwW"}


def locked(path, symbols):
    """The instructions of a trace that lock the bus, by function; xchg with
    memory always does.
    """
    counts = collections.Counter()
    with open(path, encoding="utf-8") as stream:
        for line in stream:
            address, count, text = line.split(" ", 2)
            if text.startswith("lock") or (text.startswith("xchg")
                                           and "(" in text):
                counts[symbols.name(int(address, 16))] += int(count)
    return counts
