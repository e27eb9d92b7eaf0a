# SPDX-License-Identifier: GPL-2.0
"""A strict reader of (K)TAP: a plan that is not fulfilled is a failure."""

import re

import results

PLAN = re.compile(r"^( *)1\.\.(\d+)(?: *# *SKIP *(.*))?$")
RESULT = re.compile(r"^( *)(not )?ok (\d+)(?: *-)? *(.*?)"
                    r"(?: *# *(SKIP|XFAIL)\b:? *(.*))?$")


class Level:
    """Results at one depth of indentation, from plan to end."""

    def __init__(self, depth, first, planned=None):
        self.depth = depth
        self.first = first      # index of its first result
        self.planned = planned
        self.seen = 0
        self.failures = 0


class Reader:
    """Turns lines into results; names get @prefix."""

    def __init__(self, prefix):
        self.prefix = prefix
        self.levels = []
        self.results = []
        self.diagnostics = []
        self.plans = 0

    def read(self, lines):
        for line in lines:
            plan, result = PLAN.match(line), RESULT.match(line)
            if plan:
                self._plan(plan)
            elif result:
                self._result(result)
            elif line.strip():
                self.diagnostics.append(line.strip())
        self._close(-1)
        if not self.plans:
            self._fail("plan", "no test plan (1..N) in its output")
        return self.results

    def _plan(self, match):
        depth = len(match.group(1))
        self._close(depth - 1)
        self.plans += 1
        self.levels.append(Level(depth, len(self.results),
                                 int(match.group(2))))
        if match.group(3) is not None:
            self.results.append(results.skipped(self.prefix + "all",
                                                match.group(3)))

    def _close(self, depth):
        """End levels deeper than @depth; their failures, first result."""
        failures, first = 0, None
        while self.levels and self.levels[-1].depth > depth:
            level = self.levels.pop()
            first = level.first
            failures += level.failures
            if level.planned is not None and level.seen != level.planned:
                failures += 1
                self._fail("plan", "%d results, but the plan was 1..%d"
                           % (level.seen, level.planned))
        return failures, first

    def _rename(self, first, parent):
        """Subtests carry their parent's name, which comes after them."""
        start = len(self.prefix)
        for i in range(first, len(self.results)):
            name = self.results[i].name[start:]
            self.results[i] = self.results[i]._replace(
                name="%s%s/%s" % (self.prefix, parent, name))

    def _result(self, match):
        depth, name = len(match.group(1)), match.group(4) or match.group(3)
        below, first = self._close(depth)
        if first is not None:
            self._rename(first, name)
        if not self.levels or self.levels[-1].depth < depth:
            self.levels.append(Level(depth, len(self.results)))
        level = self.levels[-1]
        level.seen += 1
        level.failures += below
        if match.group(2) and not below:
            # The failure of a parent whose subtests all passed is its own.
            level.failures += 1
            self._fail(name, "")
        elif first is None:
            self._leaf(name, match)
        self.diagnostics = []

    def _leaf(self, name, match):
        if match.group(5):
            reason = match.group(6) or match.group(5)
            self.results.append(results.skipped(self.prefix + name, reason))
        else:
            self.results.append(results.passed(self.prefix + name))

    def _fail(self, name, why):
        detail = "\n".join(self.diagnostics[-30:] + ([why] if why else []))
        self.results.append(results.failed(self.prefix + name, detail))


def parse(text, prefix, status=0):
    """Results of a program's output and exit status."""
    found = Reader(prefix).read(text.splitlines())
    if not found:
        found = [results.failed(prefix + "plan", "it has no tests")]
    fine = not any(result.status == results.FAIL for result in found)
    # 4 is how a kselftest says that it skipped everything.
    if status not in (0, 4) and fine:
        tail = "\n".join(text.splitlines()[-15:])
        found.append(results.failed(prefix + "exit", tail
                                    + "\nended with status %d" % status))
    return found
