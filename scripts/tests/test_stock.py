# SPDX-License-Identifier: GPL-2.0
"""Comparing with stock: a difference that is not told, and one that is told
but not there, must both be seen."""

import unittest
from unittest import mock

import results
import stock

LINES = """\
# a comment
B1 prog a.* fails
B2 far/prog b fails on a far machine
"""


def outcome(key, status):
    detail = "" if status == "pass" else "why"
    return results.Result("/".join(key), status, detail)


def compare(on_stock, on_ours, lines=LINES, machines=("near", "far"),
            complete=True):
    """Names and statuses; both sides are {"machine/prog/test": status}."""
    sides = [[outcome(name.split("/"), status)
              for name, status in side.items()]
             for side in (on_stock, on_ours)]
    comparison = stock.Comparison({machine: ["prog"] for machine in machines},
                                  stock.parse(lines), complete)
    comparison.stock = stock.by_test(sides[0])
    with mock.patch("context.save"):
        found = comparison.results(sides[1])
    return {result.name: result.status for result in found}


RIGHT = {"near/prog/a.x": "pass", "near/prog/c": "pass",
         "far/prog/a.x": "pass", "far/prog/b": "pass"}


def stock_with(**changes):
    """RIGHT, with keys like near_a for what is otherwise."""
    names = {"near_a": "near/prog/a.x", "near_c": "near/prog/c",
             "far_a": "far/prog/a.x", "far_b": "far/prog/b"}
    found = dict(RIGHT)
    for key, status in changes.items():
        found[names[key]] = status
    return {name: status for name, status in found.items() if status}


AS_TOLD = {"stock/near/prog": "pass", "stock/far/prog": "pass",
           "differs/B1/prog/a.*": "pass", "differs/B2/far/prog/b": "pass"}


class Stock(unittest.TestCase):
    def differs(self, changes, ours=RIGHT, **options):
        """What is not as in AS_TOLD."""
        found = compare(stock_with(**changes), ours, **options)
        return {name: found.get(name) for name in {**AS_TOLD, **found}
                if found.get(name) != AS_TOLD.get(name)}

    def test_as_told(self):
        self.assertEqual(self.differs({"near_a": "fail", "far_b": "fail"}),
                         {})

    def test_untold_failure(self):
        self.assertEqual(
            self.differs({"near_a": "fail", "far_b": "fail",
                          "near_c": "fail"}), {"stock/near/prog": "fail"})

    def test_told_for_another_machine(self):
        ours = dict(RIGHT, **{"near/prog/b": "pass"})
        found = compare(dict(stock_with(near_a="fail", far_b="fail"),
                             **{"near/prog/b": "fail"}), ours)
        self.assertEqual(found["stock/near/prog"], "fail")

    def test_told_but_not_there(self):
        self.assertEqual(self.differs({"far_b": "fail"}),
                         {"differs/B1/prog/a.*": "fail"})

    def test_left_to_chance(self):
        found = compare(stock_with(near_a="fail"), RIGHT,
                        LINES.replace("B2 far", "B2? far"))
        self.assertNotIn("fail", found.values())
        found = compare(stock_with(near_a="fail", far_b="fail"), RIGHT,
                        LINES.replace("B2 far", "B2? far"))
        self.assertEqual(found["differs/B2/far/prog/b"], "pass")

    def test_ours_fails_too(self):
        self.assertEqual(
            self.differs({"near_a": "fail", "far_b": "fail"},
                         dict(RIGHT, **{"near/prog/a.x": "fail"})),
            {"differs/B1/prog/a.*": "fail"})

    def test_skipped_on_stock_only(self):
        self.assertEqual(
            self.differs({"near_a": "fail", "far_b": "fail",
                          "near_c": "skip"}), {"stock/near/prog": "fail"})

    def test_skipped_on_ours_only(self):
        self.assertEqual(
            self.differs({"near_a": "fail", "far_b": "fail"},
                         dict(RIGHT, **{"near/prog/c": "skip"})),
            {"stock/near/prog": "fail"})

    def test_not_run_on_stock(self):
        self.assertEqual(
            self.differs({"near_a": "fail", "far_b": "fail",
                          "near_c": None}), {"stock/near/prog": "fail"})

    def test_star_stands_for_what_was_not_run(self):
        died = {"far/prog/a.x": "fail", "far/prog/b": "fail",
                "near/prog/run": "fail"}
        found = compare(died, RIGHT, LINES + "B3 near/prog * dies\n")
        self.assertNotIn("fail", found.values())

    def test_one_machine_leaves_out_others(self):
        near = {name: status for name, status in RIGHT.items()
                if name.startswith("near")}
        self.assertEqual(compare(dict(near, **{"near/prog/a.x": "fail"}),
                                 near, machines=["near"], complete=False),
                         {"stock/near/prog": "pass",
                          "differs/B1/prog/a.*": "pass"})

    def test_one_machine_need_not_show(self):
        near = {"near/prog/c": "pass"}
        self.assertEqual(compare(near, near, machines=["near"],
                                 complete=False), {"stock/near/prog": "pass"})

    def test_machines_that_lines_name(self):
        wanted = {"four-node": ["prog", "other"], "ring": ["prog"],
                  "far": ["prog", "other"]}
        lines = stock.parse(LINES)
        self.assertEqual(stock.plan(wanted, None, lines),
                         {"four-node": ["prog", "other"], "far": ["prog"]})
        self.assertEqual(stock.plan({"ring": ["prog"]}, "ring", lines),
                         {"ring": ["prog"]})

    def test_broken_line(self):
        self.assertRaises(ValueError, stock.parse, "B1 prog a\n")
