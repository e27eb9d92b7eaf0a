# SPDX-License-Identifier: GPL-2.0
"""Reading test output: nothing that is missing may look like success."""

import unittest

import klog
import ktap
import results


def statuses(text, status=0):
    return [(result.name, result.status)
            for result in ktap.parse(text, "p/", status)]


class Ktap(unittest.TestCase):
    HEAD = "TAP version 13\n"
    SUBTESTS = "KTAP version 1\n1..1\n  KTAP version 1\n%s  ok 1 a\n"

    def test_flat(self):
        self.assertEqual(
            statuses("noise\nTAP version 13\n1..3\nok 1 a\nnot ok 2 b\n"
                     "ok 3 c # SKIP no nodes\n", 1),
            [("p/a", "pass"), ("p/b", "fail"), ("p/c", "skip")])

    def test_reason_of_skip_is_kept(self):
        found = ktap.parse(self.HEAD + "1..1\n# a note\n"
                           "ok 1 c # SKIP no nodes\n", "p/")
        self.assertEqual(found, [results.skipped("p/c", "no nodes")])

    def test_diagnostics_belong_to_the_failure(self):
        found = ktap.parse(self.HEAD + "1..2\n# fine\nok 1 a\n# why\n"
                           "not ok 2 b\n", "p/")
        self.assertEqual(found[1].detail, "# why")

    def test_subtests_carry_their_parents_name(self):
        self.assertEqual(
            statuses("KTAP version 1\n1..2\n  KTAP version 1\n  1..1\n"
                     "  ok 1 a\nok 1 x\n"
                     "  KTAP version 1\n    # Subtest: y\n  1..1\n"
                     "  ok 1 a # SKIP b\nok 2 y\n"),
            [("p/x/a", "pass"), ("p/y/a", "skip")])

    def test_parent_may_fail_alone(self):
        self.assertEqual(
            statuses(self.SUBTESTS % "  1..1\n" + "not ok 1 x\n"),
            [("p/x/a", "pass"), ("p/x", "fail")])

    def failed(self, text, status=0):
        self.assertIn("fail", [found for _, found in statuses(text, status)])

    def test_short_of_plan(self):
        self.assertIn(("p/plan", "fail"),
                      statuses(self.HEAD + "1..3\nok 1 a\n"))
        self.failed(self.SUBTESTS % "  1..2\n" + "ok 1 x\n")

    def test_end_in_a_subtest(self):
        self.failed(self.SUBTESTS % "  1..1\n")
        self.failed(self.SUBTESTS % "  # Subtest: x\n  1..2\n")

    def test_beyond_the_plan(self):
        for more in ("ok 2 b\n", "not ok 2 b\n"):
            self.assertEqual(statuses(self.HEAD + "1..1\nok 1 a\n" + more),
                             [("p/a", "pass"), ("p/plan", "fail")])

    def test_numbers_out_of_order(self):
        self.failed(self.HEAD + "1..2\nok 1 a\nok 3 b\n")

    def test_no_plan(self):
        for text in ("Segmentation fault\n", "ok 1 a\n", self.HEAD,
                     self.HEAD + "ok 1 a\n1..1\n", "1..1\nok 1 a\n",
                     self.HEAD + "ok 1 a\n" + self.HEAD + "1..1\nok 1 a\n"):
            self.assertEqual(statuses(text), [("p/plan", "fail")])

    def test_bad_exit_with_good_results(self):
        self.assertEqual(statuses(self.HEAD + "1..1\nok 1 a\n", 139),
                         [("p/a", "pass"), ("p/exit", "fail")])

    def test_all_skipped(self):
        self.assertEqual(statuses("1..0 # SKIP one node only\n", 4),
                         [("p/all", "skip")])


class Counting(unittest.TestCase):
    def test_summary(self):
        found = [results.passed("a"), results.failed("b", ""),
                 results.skipped("c", "")]
        self.assertEqual(results.summary(found),
                         "1 passed, 1 failed, 1 skipped")

    def test_success_needs_a_pass(self):
        self.assertFalse(results.succeeded([]))
        self.assertFalse(results.succeeded([results.skipped("c", "")]))
        self.assertTrue(results.succeeded([results.passed("a")]))
        self.assertFalse(results.succeeded([results.passed("a"),
                                            results.failed("b", "")]))


class KernelLog(unittest.TestCase):
    def test_quiet_log_passes(self):
        found = klog.scan("Linux version 6.12.117\nRun /init as init process\nuse pci=nocrs and "
                          "report a bug\n", "g/")
        self.assertEqual([result.status for result in found], ["pass"])

    def test_each_complaint_fails_and_names_the_program(self):
        for line in ("WARNING: CPU: 0 PID: 1 at mm/mempolicy.c:1 f+0x1/0x2",
                     "BUG: kernel NULL pointer dereference",
                     "WARNING: suspicious RCU usage",
                     "UBSAN: array-index-out-of-bounds in mm/mempolicy.c",
                     "Kernel panic - not syncing: Attempted to kill init!",
                     "INFO: task sh:1 blocked for more than 120 seconds."):
            found = klog.scan("Linux version 6.12.117\n"
                              "check: running prog\n%s\n" % line, "g/")
            self.assertEqual([(result.name, result.status)
                              for result in found],
                             [("g/kernel log during prog", "fail")], line)
