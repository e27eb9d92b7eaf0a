# SPDX-License-Identifier: GPL-2.0
"""What tests say in the end: results, their counting and printing."""

import collections
import sys

PASS, FAIL, SKIP = "pass", "fail", "skip"

# @detail: lines that explain a failure, or the reason of a skip.
Result = collections.namedtuple("Result", "name status detail")


def passed(name):
    return Result(name, PASS, "")


def failed(name, detail):
    return Result(name, FAIL, detail)


def skipped(name, reason):
    return Result(name, SKIP, reason)


def summary(results):
    """The closing line."""
    count = collections.Counter(result.status for result in results)
    return "%d passed, %d failed, %d skipped" % (count[PASS], count[FAIL],
                                                 count[SKIP])


def succeeded(results):
    """Nothing failed, and there was something to pass."""
    statuses = {result.status for result in results}
    return PASS in statuses and FAIL not in statuses


def show(title, results, seconds):
    """One line for a suite, more for what failed, reasons for skips."""
    print("%-38s %s  (%.0f s)" % (title, summary(results) if results
                                  else "ran", seconds))
    for result in results:
        if result.status == FAIL:
            print("  FAILED %s" % result.name)
            for line in result.detail.splitlines():
                print("      " + line)
    reasons = collections.Counter(result.detail for result in results
                                  if result.status == SKIP)
    for reason, number in sorted(reasons.items()):
        print("  skipped %d: %s" % (number, reason or "no reason given"))
    sys.stdout.flush()
