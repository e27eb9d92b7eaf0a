# SPDX-License-Identifier: GPL-2.0
"""What a step of the series has to be: numbered, short, and with its tests."""

import os
import re

import series

# Lines that a patch may add; a reviewer reads no more at once.
MOST = 1200

# What no reviewer reads.
GENERATED = (".svg",)

CODE = re.compile(r"mm/mempolicy/(\w+)\.c$|mm/mempolicy\.c$")
KUNIT = "mm/mempolicy/tests/%s_kunit.c"
KUNITS = re.compile(r"mm/mempolicy/tests/\w+_kunit\.c$")
PROGRAM = "tools/testing/selftests/mm/%s.c"


def numbers(steps):
    """Lines about names that are not 01-slug, 02-slug and so on."""
    return ["%s: this is step %02d" % (step.name, number)
            for number, step in enumerate(steps, 1)
            if not re.fullmatch(r"%02d(-[a-z0-9]+)+" % number, step.name)]


def untested(steps, where, names):
    """Lines about code whose tests are in another step, or nowhere."""
    for step in steps:
        have = where.get(step.name, [])
        code = [CODE.match(name) for name in have if CODE.match(name)]
        for match in code:
            test = KUNIT % match.group(1)
            if test in names and test not in have:
                yield "%s: %s is in another step" % (step.name, test)
        if code and not step.tests and not any(map(KUNITS.match, have)):
            yield ("%s: no test of %s, and no \"%s\" in its paths" % (
                step.name, ", ".join(match.group() for match in code),
                series.TESTED + "NAME"))
        for test in step.tests:
            if PROGRAM % test not in names:
                yield "%s: there is no selftest %s" % (step.name, test)


def added(numstat):
    """The lines that a patch adds, without those that are generated."""
    return sum(int(line.split("\t")[0]) for line in numstat.splitlines()
               if line and line[0].isdigit()
               and not line.endswith(GENERATED))


def long_steps(repo, steps):
    """Lines about steps that add too much."""
    log = series.git(repo, "log", "--reverse", "--numstat", "--format=%x00")
    for step, numstat in zip(steps, log.split("\0")[2:]):
        if added(numstat) > MOST:
            yield "%s: adds %d lines, %d are the most" % (
                step.name, added(numstat), MOST)


def broken(top, repo):
    """All that is wrong, a line each."""
    steps, names = series.load_steps(top), series.overlay.tracked(top)
    where = series.final_paths(steps, names)
    for name in os.listdir(os.path.join(top, "series")):
        if name not in {"base", "cover", "hunks",
                        *(step.name for step in steps)}:
            yield "series/%s: no step has such a name" % name
    yield from numbers(steps)
    yield from untested(steps, where, set(names))
    yield from long_steps(repo, steps)
