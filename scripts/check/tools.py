# SPDX-License-Identifier: GPL-2.0
"""Tests of these scripts themselves, the runner included."""

import os
import sys
import unittest

import context
import interrupt
import results

sys.path += [context.SCRIPTS, os.path.join(context.SCRIPTS, "qemu-numa")]


class Collector(unittest.TestResult):
    """Every test with its outcome, in the form of the other suites."""

    def __init__(self):
        super().__init__()
        self.found = []

    @staticmethod
    def name(test):
        return "tools/" + test.id()

    def startTest(self, test):
        super().startTest(test)
        if interrupt.ending():
            self.stop()

    def addSuccess(self, test):
        self.found.append(results.passed(self.name(test)))

    def addFailure(self, test, err):
        self.found.append(results.failed(
            self.name(test), self._exc_info_to_string(err, test)))

    def addError(self, test, err):
        self.addFailure(test, err)

    def addSubTest(self, test, subtest, err):
        """A test with a part that failed is told of by its parts alone."""
        if err is not None:
            self.addFailure(subtest, err)

    def addSkip(self, test, reason):
        self.found.append(results.skipped(self.name(test), reason))


TESTS = os.path.join(context.SCRIPTS, "tests")
RUNNER = "test_runner.py"


def run(pattern):
    collector = Collector()
    unittest.TestLoader().discover(TESTS, pattern).run(collector)
    return collector.found or [
        results.failed("tools/" + pattern, "it has no tests")]


def host_suite():
    """All but the ones that boot guests."""
    return [result for name in sorted(set(os.listdir(TESTS)) - {RUNNER})
            if name.startswith("test_") and name.endswith(".py")
            for result in run(name)]


def runner_suite():
    return run(RUNNER)
