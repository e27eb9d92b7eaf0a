# SPDX-License-Identifier: GPL-2.0
"""Goals of the benchmark, and lines that strangers share."""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))), "bench"))

import goals  # noqa: E402
import pairs  # noqa: E402
import report  # noqa: E402


def kept(row, stock, ours):
    goal = goals.judge(row, stock, ours)
    return goal and goal[1]


class Goals(unittest.TestCase):
    def test_growth_is_flat_and_not_above_stock(self):
        stock = {"growth/mappings/500": 3000, "growth/mappings/8000": 2500}
        self.assertTrue(kept("growth/mappings/8000", stock,
                             {"growth/mappings/500": 2400,
                              "growth/mappings/8000": 2500}))
        self.assertFalse(kept("growth/mappings/8000", stock,
                              {"growth/mappings/500": 2000,
                               "growth/mappings/8000": 2500}))
        self.assertFalse(kept("growth/mappings/8000", stock,
                              {"growth/mappings/500": 2600,
                               "growth/mappings/8000": 2600}))

    def test_smallest_row_is_only_compared_with_stock(self):
        self.assertTrue(kept("growth/objects/2000",
                             {"growth/objects/2000": 10},
                             {"growth/objects/2000": 10}))

    def test_no_goal_without_the_row_it_refers_to(self):
        self.assertIsNone(goals.judge("strangers/new-policy/1000", {},
                                      {"strangers/new-policy/1000": 1}))

    def test_views_cost_ten_more_at_most(self):
        ours = {"views/interleave/1": 100, "views/weights-255/64": 110,
                "views/weights-255/5": 111}
        self.assertTrue(kept("views/weights-255/64", {}, ours))
        self.assertFalse(kept("views/weights-255/5", {}, ours))

    def test_long_rounds_cost_ten_more_than_interleave_at_most(self):
        ours = {"views/interleave/1": 100, "views/interleave/5": 105,
                "views/weights-prime/1": 111, "views/weights-prime/5": 115}
        self.assertFalse(kept("views/weights-prime/1", {}, ours))
        self.assertTrue(kept("views/weights-prime/5", {}, ours))

    def test_locked_lines_are_those_of_a_task_without_policies(self):
        ours = {"lines/fault/no-policy/all": 0.7}
        for value, met in ((0.74, True), (1.7, False)):
            ours["lines/fault/policy/all"] = value
            self.assertEqual(met, kept("lines/fault/policy/all", {}, ours))


class Lines(unittest.TestCase):
    def test_functions_are_told_of_both_kernels(self):
        found = {"stock": {"fault": {"lock": 0.5, "rare": 0.01}},
                 "ours": {"fault": {"mpol_get": 1.0}}}
        self.assertEqual(
            [["fault:", "lock", "0.50", "0.00"],
             ["fault:", "mpol_get", "0.00", "1.00"]],
            [line.split() for line in pairs.functions_text(found)])

    def test_only_lines_of_both_count(self):
        first = [pairs.Touch(1, 10, 5), pairs.Touch(2, 11, 1)]
        second = [pairs.Touch(3, 10, 7), pairs.Touch(1, 12, 9)]
        self.assertEqual([pairs.Touch(3, 10, 7)],
                         pairs.shared(first, second))


class Table(unittest.TestCase):
    def test_counts_goals_that_are_missed(self):
        machine = {"stock": {"wait/mbind/x": [100.0], "other": [1.0]},
                   "ours": {"wait/mbind/x": [201.0], "other": [2.0]}}
        text, missed = report.table("percent", machine)
        self.assertEqual(1, missed)
        self.assertIn("NOT MET", text[3])
        self.assertIn("+101", text[3])

    def test_runs_that_differ_are_marked(self):
        machine = {"stock": {"row": [1.0, 2.0]}, "ours": {"row": [1.0, 1.0]}}
        self.assertTrue(report.table("x", machine)[0][3].endswith("~"))


if __name__ == "__main__":
    unittest.main()
