# SPDX-License-Identifier: GPL-2.0
"""The same test programs on the stock kernel.

What stock does not pass must stand in the list of differences.  And what
stands there must fail on stock: otherwise its tests show nothing.
"""

import collections

import context
import differences
import guests
import results
import stock_report

TOPOLOGIES = ("four-node", "memoryless", "sixty-four")
REPORT = "stock.txt"

# Whose tests are for luck to decide on another kernel.
LEFT_OUT = ("mempolicy_stress",)

# As many differences of a kind are shown at most.
SHOWN = 8

# Results with these names are no tests: a program ended too early.
ENDS = ("run", "plan", "exit")

# A test that stock did not pass as ours did; @ours is a result, or None.
Failure = collections.namedtuple("Failure", "topology program test stock ours")


def plan(wanted, topology, lines):
    """The part of @wanted, {topology: [program, ...]}, to compare.

    Without a choice these are some machines, and those that lines name.
    """
    def compared(place, program):
        return program not in LEFT_OUT and (
                topology or place in TOPOLOGIES
                or any(line.machine == place
                       and differences.concerns(line, place, program)
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
        found, _, _ = guests.boot("stock/" + topology, topology,
                                  self.plan[topology], context.path("stock"))
        self.stock.update(by_test(
            result._replace(name=result.name.partition("/")[2])
            for result in found))
        return []

    def results(self, everything):
        """All results, given those of our kernel; the report is kept."""
        failures = self._failures(by_test(everything))
        self.due = [(line, matching(line, failures)) for line in self.lines
                    if self._is_due(line, failures)]
        context.save(REPORT, stock_report.full(self.due))
        return ([self._judge(topology, program, failures)
                 for topology, names in self.plan.items()
                 for program in names]
                + [prove(*pair) for pair in self.due])

    def short(self):
        return stock_report.short(self.due)

    def _was_run(self, key):
        return key[1] in self.plan.get(key[0], ())

    def _failures(self, ours):
        """What stock did not pass as ours did: failed, skipped, not run."""
        failures = [Failure(*key, result, ours.get(key))
                    for key, result in self.stock.items()
                    if differ(result, ours.get(key))]
        missing = [Failure(*key, results.failed("", "stock did not run it"),
                           result) for key, result in ours.items()
                   if self._was_run(key) and key not in self.stock
                   and key[2] not in ENDS]
        return failures + missing

    def _judge(self, topology, program, failures):
        """Each difference of one program must have its line."""
        name = "stock/%s/%s" % (topology, program)
        unknown = [failure for failure in failures
                   if failure[:2] == (topology, program)
                   and not any(differences.explains(line, *failure[:3])
                               for line in self.lines)]
        if unknown:
            return results.failed(name, "stock differs, and no line of %s "
                                  "says so:\n%s" % (differences.PATH,
                                                    some(unknown, describe)))
        return results.passed(name)

    def _is_due(self, line, failures):
        """Whether the programs and machines that a line is about were run.

        One chosen machine may not show what a line says, unless it names it,
        and what depends on chance need not show at all.
        """
        if not any(differences.concerns(line, topology, program)
                   for topology, names in self.plan.items()
                   for program in names):
            return False
        return bool(line.sure and (self.complete or line.machine != "*")
                    or matching(line, failures))


def matching(line, failures):
    return [failure for failure in failures
            if differences.explains(line, *failure[:3])]


def some(failures, tell):
    """What @tell makes of the first ones, and how many more there are."""
    rest = len(failures) - SHOWN
    return "\n".join([tell(failure) for failure in failures[:SHOWN]]
                     + (["and %d more" % rest] if rest > 0 else []))


def describe(failure):
    tail = failure.stock.detail.splitlines()[-8:]
    return "\n    ".join(["%s (stock: %s)" % (failure.test,
                                             failure.stock.status)] + tail)


def prove(line, failures):
    """Some test fails on stock, and those that do pass on ours."""
    name = "differs/" + differences.title(line)
    if not failures:
        return results.failed(name, "stock fails no such test; the line in %s "
                              "or the test is wrong" % differences.PATH)
    wrong = [failure for failure in failures if failure.test not in ENDS
             and not stock_report.passed([failure])]
    if wrong:
        return results.failed(name, "ours does not pass these, either:\n"
                              + some(wrong, lambda test: "/".join(test[:3])))
    return results.passed(name)
