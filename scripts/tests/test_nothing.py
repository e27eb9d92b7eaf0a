# SPDX-License-Identifier: GPL-2.0
"""Checks that find nothing to check fail."""

import importlib.machinery
import importlib.util
import os
import re
import unittest
from unittest import mock

import context
import docs
import explain
import guests
import klog
import ktap
import results
import stock
import tools

BOOTED = "[    0.000000] Linux version 6.12\n"


def program():
    """scripts/check/check as a module."""
    loader = importlib.machinery.SourceFileLoader(
        "check", os.path.join(context.HERE, "check"))
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_loader("check", loader))
    loader.exec_module(module)
    return module


class Nothing(unittest.TestCase):
    def failed(self, found):
        self.assertIn(results.FAIL, {result.status for result in found})

    def passed(self, found):
        self.assertEqual({result.status for result in found}, {results.PASS})

    def test_suite_without_results(self):
        timed = program().timed
        self.failed(timed("style", lambda: [])[0])
        self.passed(timed("style", lambda: [results.passed("a")])[0])
        self.assertEqual(timed("stock/uma", lambda: [])[0], [])

    def test_plan_of_no_tests(self):
        self.failed(ktap.parse("TAP version 13\n1..0\n", "a/"))
        self.failed(ktap.parse("", "a/"))

    def test_log_that_is_not_there(self):
        self.failed(klog.scan("", "a/"))
        self.failed(klog.scan("check: running a\n", "a/"))
        self.passed(klog.scan(BOOTED, "a/"))

    def test_no_programs(self):
        with mock.patch("glob.glob", return_value=[]):
            self.assertRaises(ValueError, guests.programs)

    def test_demonstration_without_rows(self):
        self.assertFalse(guests.VERDICT.search(
            "0 of 0 placements are what was asked for.\n"))
        self.assertFalse(guests.VERDICT.search(
            "1 of 3 placements are what was asked for.\n"))
        self.assertTrue(guests.VERDICT.search(
            "12 of 12 shares are what was asked for.\n"))

    def test_demonstration_that_does_not_fit(self):
        good = "\u2588" + "x" * 100 + "\n"
        self.assertEqual(guests.unfit("a\n===\n" + good), "")
        for text in ("a\n", "a" * 81 + "\n===\n" + good,
                     "\u00b7\n===\n" + good, "a\n===\nb\n",
                     "a\r\n===\n" + good, "a\n===\n" + good * 2 + "x" * 121):
            self.assertNotEqual(guests.unfit(text), "", text)

    def test_pattern_that_matches_no_test(self):
        self.failed(tools.run("test_none_at_all.py"))

    def test_question_without_a_machine(self):
        with mock.patch("context.read", return_value="# Question: 1\n"):
            self.assertRaises(ValueError, explain.boots)


class Documents(unittest.TestCase):
    KNOWN = {"mempolicy_abi": {"get.answer"}}
    HEAD = "   * - Name\n     - Before\n     - Now\n     - Test\n"

    def test_examples_by_blanks_or_tabs(self):
        for indent in ("    ", "\t"):
            text = ("A::\n\n.. code-block:: c\n\n%sint a;\n\n%s%sb();\n\n"
                    "End\n" % ((indent,) * 3))
            source, = docs.examples(text)
            self.assertIn("int a;\n\n", source)
            self.assertNotIn("End", source)

    def test_every_code_block_is_found(self):
        for name in docs.DOCUMENTS:
            text = context.text(name)
            self.assertEqual(len(docs.examples(text)), len(re.findall(
                r"code-block:: c$", text, re.M)))

    def test_broken_example(self):
        self.assertEqual(docs.compiles("\tint a;\n"), "")
        self.assertIn("error", docs.compiles("\tint a\n"))

    def test_programs_of_a_table(self):
        self.assertEqual(docs.missing("     - mempolicy_abi, KUnit\n",
                                      self.KNOWN), [])
        self.assertEqual(docs.missing("     - mempolicy_none\n", self.KNOWN),
                         ["mempolicy_none"])

    def test_names_of_differences(self):
        text = (self.HEAD + "   * - B1, B2\n     - a\n     - b\n     - c\n"
                "   * - B2\n     - a\n     - b\n     - c\n")
        lines = "B1 prog a fails\nB2? far/prog b fails\n"
        for table, told, said in (
                (text, lines, []),
                (text, lines + "N3 prog c fails\n",
                 ["N3: no row explains it"]),
                (text, "B1 prog a fails\n",
                 ["B2: no line of %s has it" % stock.LIST]),
                (text.replace("B1, ", ""), lines,
                 ["B1: no row explains it"]),
                ("No table.", "B1 prog a fails\n",
                 ["B1: no row explains it"]),
                (self.HEAD + "   * - It fails.\n     - b\n     - c\n", "",
                 ["It fails.: no line of %s has it" % stock.LIST])):
            with self.subTest(told=told, table=table):
                self.assertEqual(
                    docs.unpaired(table, stock.parse(told)), said)

    def test_text_that_names_no_test(self):
        self.assertFalse(docs.names_any("No test at all.", self.KNOWN))
        self.assertEqual(docs.untested("No table."), ["no row is found"])
        self.assertEqual(docs.untested(
            self.HEAD + "   * - B1\n     - a\n       b\n     - c\n"
            "     - mempolicy_abi\n"), [])
        self.assertEqual(docs.untested(
            self.HEAD + "   * - B1\n     - a\n     - mempolicy_abi does it\n"
            "     - none\n"), ["B1      - a"])
        self.assertTrue(docs.names_any("(mempolicy_abi: get.answer)",
                                       self.KNOWN))
