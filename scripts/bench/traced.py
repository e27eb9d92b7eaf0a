# SPDX-License-Identifier: GPL-2.0
"""What the tracer counted, told by functions."""

import bisect
import collections
import glob
import os
import subprocess

Instruction = collections.namedtuple("Instruction", "address count text")


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


def read(path):
    """The instructions that were executed, from the tracer's file."""
    with open(path, encoding="utf-8") as stream:
        for line in stream:
            address, count, text = line.rstrip("\n").split(" ", 2)
            yield Instruction(int(address, 16), int(count), text)


def by_function(instructions, symbols):
    """Executed instructions of every function."""
    counts = collections.Counter()
    for instruction in instructions:
        counts[symbols.name(instruction.address)] += instruction.count
    return counts


def is_locked(text):
    """Whether an instruction locks the bus; xchg with memory always does."""
    return text.startswith("lock") or (text.startswith("xchg")
                                       and "(" in text)


def locked(instructions):
    return (instruction for instruction in instructions
            if is_locked(instruction.text))
