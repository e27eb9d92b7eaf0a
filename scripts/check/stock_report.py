# SPDX-License-Identifier: GPL-2.0
"""What stock did and what ours did, for people.

@lines here are pairs: a line of the list of differences, and the tests that
match it and failed on stock.
"""

import collections
import re

import results

EXPLAINED = "Documentation/mm/mempolicy/differences.rst"
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


def passed(failures):
    """How many of what failed on stock ours passed."""
    return sum(failure.ours is not None
               and failure.ours.status == results.PASS
               for failure in failures)


def places(matching):
    """Where tests failed, as in "four-node 4, memoryless 2"."""
    count = collections.Counter(failure.topology for failure in matching)
    return ", ".join("%s %d" % item for item in count.items())


def example(matching):
    """What stock did, in the words of one of the tests."""
    if not matching:
        return "none"
    told = [line.lstrip("# ")
            for line in matching[0].stock.detail.splitlines()
            if not re.match(r"# +(RUN|FAIL) ", line)]
    return "%s: %s" % (matching[0].test, told[0] if told else "failed")


def full(lines):
    """Every line with its numbers."""
    return HEAD + "\n".join(
        PARAGRAPH.format(row=line.row, program=line.program,
                         pattern=line.pattern, what=line.what,
                         failed=len(matching), places=places(matching),
                         passed=passed(matching), example=example(matching))
        for line, matching in lines)


def natural(row):
    """Sorts B2 before B11."""
    letters, digits = re.match(r"(\D*)(\d*)", row).groups()
    return letters, int(digits or 0)


def short(lines):
    """One line of text per row, and where the rows are explained."""
    rows = {}
    for line, matching in lines:
        rows.setdefault(line.row, set()).update(matching)
    told = ["  %-4s stock fails %3d tests, ours passes %3d of them"
            % (row, len(rows[row]), passed(rows[row]))
            for row in sorted(rows, key=natural)]
    return "\n".join(told + ["  (what these names stand for: %s)" % EXPLAINED]
                     if told else [])
