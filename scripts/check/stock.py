# SPDX-License-Identifier: GPL-2.0
"""The same test programs on the stock kernel.

What stock does not pass must stand in the list of differences: who, where, and
why.  And what stands there must fail on stock: otherwise its tests show nothing.
"""

import collections
import fnmatch
import re

import context
import guests
import results

LIST = "laboratory/stock-differences"
EXPLAINED = "Documentation/mm/mempolicy/differences.rst"
REPORT = "stock.txt"
TOPOLOGIES = ("four-node", "memoryless", "sixty-four")

# Whose tests are for luck to decide on another kernel.
LEFT_OUT = ("mempolicy_stress",)

# As many differences of a kind are shown at most.
SHOWN = 8

# Results with these names are no tests: a program ended too early.
ENDS = ("run", "plan", "exit")

HEAD = """\
Tests that fail on the stock kernel, and what ours did with them in this run.
The kernel that stands in an example is stock.  What B1 and the other names
stand for is in """ + EXPLAINED + """.

"""
PARAGRAPH = """\
{row:4} {program}  {pattern}
     what stock does   {what}
     stock, this run   {failed} failed: {places}
     ours, this run    {passed} of these passed
     example on stock  {example}
"""

# A test that stock did not pass as ours did; @ours is a result, or None.
Failure = collections.namedtuple("Failure", "topology program test stock ours")


class Line(collections.namedtuple("Line", "row machine program pattern what "
                                  "sure")):
    """@machine: topology where it shows, "*" if on any; @program, @pattern:
    globs; @what: what stock does; @sure: each time.
    """

    def concerns(self, topology, program):
        return (self.machine in ("*", topology)
                and fnmatch.fnmatchcase(program, self.program))

    def explains(self, failure):
        return (self.concerns(failure.topology, failure.program)
                and fnmatch.fnmatchcase(failure.test, self.pattern))

    def title(self):
        """The name of the test that proves it."""
        machine = "" if self.machine == "*" else self.machine + "/"
        return "differs/%s/%s%s/%s" % (self.row, machine, self.program,
                                       self.pattern)


def parse(text):
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split(None, 3)
        if not words or words[0].startswith("#"):
            continue
        if len(words) != 4:
            raise ValueError("%s:%d: not 'row program pattern what-stock-does'"
                             ": %s" % (LIST, number, line))
        machine, _, program = words[1].rpartition("/")
        found.append(Line(words[0].rstrip("?"), machine or "*", program,
                          words[2], words[3], not words[0].endswith("?")))
    return found


def load():
    return parse(context.text(LIST))


def plan(wanted, topology, lines):
    """The part of @wanted, {topology: [program, ...]}, to compare.

    Without a choice these are some machines, and those that lines name.
    """
    def compared(place, program):
        return program not in LEFT_OUT and (
            topology or place in TOPOLOGIES
            or any(line.machine == place and line.concerns(place, program)
                   for line in lines))
    parts = {place: [name for name in names if compared(place, name)]
             for place, names in wanted.items()}
    return {place: names for place, names in parts.items() if names}


def by_test(found):
    """Results by (topology, program, test), which make their names."""
    named = [(tuple(result.name.split("/", 2)), result) for result in found]
    return {name: result for name, result in named if len(name) == 3}


def differ(stock, ours):
    """Whether stock failed, or only one of them skipped."""
    return stock.status == results.FAIL or ours is not None and (
        (stock.status == results.SKIP) != (ours.status == results.SKIP))


def passed(failures):
    """How many of what failed on stock ours passed."""
    return sum(failure.ours is not None
               and failure.ours.status == results.PASS
               for failure in failures)


def some(texts):
    """The first ones, and how many more there are."""
    rest = len(texts) - SHOWN
    return "\n".join(texts[:SHOWN]
                     + (["and %d more" % rest] if rest > 0 else []))


class Comparison:
    """Runs programs on stock and compares what they say with ours.

    @complete: all that the list of differences is about is run, so that
    every line must show.
    """

    def __init__(self, wanted, lines, complete):
        self.plan = wanted
        self.lines = lines
        self.complete = complete
        self.due = []
        self.stock = {}

    def guest(self, topology):
        """One guest; may run beside others.  Its results come later."""
        found, _ = guests.boot("stock/" + topology, topology,
                               self.plan[topology],
                               kernel=context.path("stock"))
        self.stock.update(by_test(
            result._replace(name=result.name.partition("/")[2])
            for result in found))
        return []

    def results(self, everything):
        """All results, given those of our kernel; the report is kept."""
        failures = self._failures(by_test(everything))
        found = [(line, list(filter(line.explains, failures)))
                 for line in self.lines]
        self.due = [pair for pair in found if self._is_due(*pair)]
        context.save(REPORT, HEAD + "\n".join(map(told, self.due)))
        return ([self._judge(topology, program, failures)
                 for topology, names in self.plan.items()
                 for program in names]
                + [prove(*pair) for pair in self.due])

    def short(self):
        """One line of text per row, B2 before B11, and where they are
        explained.
        """
        rows = collections.defaultdict(set)
        for line, matching in self.due:
            rows[line.row].update(matching)
        lines = ["  %-4s stock fails %3d tests, ours passes %3d of them"
                 % (row, len(rows[row]), passed(rows[row]))
                 for row in sorted(rows, key=lambda row: (
                     row.rstrip("0123456789"), len(row), row))]
        return "\n".join(lines + ["  (what these names stand for: %s)"
                                  % EXPLAINED] if lines else [])

    def _failures(self, ours):
        """What stock did not pass as ours did: failed, skipped, not run."""
        failures = [Failure(*key, result, ours.get(key))
                    for key, result in self.stock.items()
                    if differ(result, ours.get(key))]
        missing = [Failure(*key, results.failed("", "stock did not run it"),
                           result) for key, result in ours.items()
                   if key[1] in self.plan.get(key[0], ())
                   and key not in self.stock and key[2] not in ENDS]
        return failures + missing

    def _judge(self, topology, program, failures):
        """Each difference of one program must have its line."""
        name = "stock/%s/%s" % (topology, program)
        unknown = [failure for failure in failures
                   if failure[:2] == (topology, program)
                   and not any(line.explains(failure) for line in self.lines)]
        return results.failed(
            name, "stock differs, and no line of %s says so:\n%s" % (
                LIST, some(list(map(describe, unknown))))
        ) if unknown else results.passed(name)

    def _is_due(self, line, matching):
        """Whether the programs and machines that a line is about were run.

        One chosen machine may not show what a line says, unless it names it,
        and what depends on chance need not show at all.
        """
        return any(line.concerns(topology, program)
                   for topology, names in self.plan.items()
                   for program in names) and bool(
                       line.sure and (self.complete or line.machine != "*")
                       or matching)


def describe(failure):
    tail = failure.stock.detail.splitlines()[-8:]
    return "\n    ".join(["%s (stock: %s)" % (failure.test,
                                             failure.stock.status)] + tail)


def told(pair):
    """The paragraph of a line, and of the tests that match it."""
    line, matching = pair
    count = collections.Counter(failure.topology for failure in matching)
    example = "none"
    if matching:
        said = [text.lstrip("# ")
                for text in matching[0].stock.detail.splitlines()
                if not re.match(r"# +(RUN|FAIL) ", text)] or ["failed"]
        example = "%s: %s" % (matching[0].test, said[0])
    return PARAGRAPH.format(
        **line._asdict(), failed=len(matching), passed=passed(matching),
        places=", ".join("%s %d" % item for item in count.items()),
        example=example)


def prove(line, matching):
    """Some test fails on stock, and those that do pass on ours."""
    if not matching:
        return results.failed(line.title(), "stock fails no such test; the "
                              "line in %s or the test is wrong" % LIST)
    wrong = ["/".join(failure[:3]) for failure in matching
             if failure.test not in ENDS and not passed([failure])]
    return results.failed(
        line.title(), "ours does not pass these, either:\n" + some(wrong)
    ) if wrong else results.passed(line.title())
