# SPDX-License-Identifier: GPL-2.0
"""The list of tests that the stock kernel may fail: who, where, and why."""

import collections
import fnmatch
import os

import context

PATH = "tools/testing/mempolicy/stock-differences"

# @machine: topology where it shows, "*" if on any.
# @program, @pattern: globs.  @what: what stock does.  @sure: each time.
Line = collections.namedtuple("Line", "row machine program pattern what sure")


def parse_line(text, number):
    words = text.split(None, 3)
    if len(words) != 4:
        raise ValueError("%s:%d: not 'row program pattern what-stock-does': %s"
                         % (PATH, number, text))
    machine, _, program = words[1].rpartition("/")
    return Line(words[0].rstrip("?"), machine or "*", program, words[2],
                words[3], not words[0].endswith("?"))


def parse(text):
    return [parse_line(line.strip(), number)
            for number, line in enumerate(text.splitlines(), 1)
            if line.strip() and not line.lstrip().startswith("#")]


def load():
    return parse(context.read(os.path.join(context.path("top"), PATH)))


def concerns(line, topology, program):
    return (line.machine in ("*", topology)
            and fnmatch.fnmatchcase(program, line.program))


def explains(line, topology, program, test):
    return (concerns(line, topology, program)
            and fnmatch.fnmatchcase(test, line.pattern))


def title(line):
    """The name of the test that proves a line."""
    machine = "" if line.machine == "*" else line.machine + "/"
    return "%s/%s%s/%s" % (line.row, machine, line.program, line.pattern)
