# SPDX-License-Identifier: GPL-2.0
"""Tests of the report on coverage."""

import os
import sys
import tempfile
import unittest

SCRIPTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(SCRIPTS, "coverage"))

import counts  # noqa: E402
import reasons  # noqa: E402

FILE = "mm/mempolicy/a.c"
SOURCE = "a();\nb();\n\tc();\n"


def line(number, count, *branches):
    return {"line_number": number, "count": count, "function_name": "f",
            "branches": [{"count": branch} for branch in branches]}


def total(*lines):
    found = counts.Counts()
    found._add_file(FILE, lines)
    return found


class Counting(unittest.TestCase):
    def test_runs_add_up(self):
        found = total(line(1, 2, 1, 0), line(2, 0))
        found._add_file(FILE, [line(1, 0, 0, 1), line(2, 0)])
        self.assertEqual(found.never(FILE), [2])
        self.assertEqual(counts.run_of(found.lines[FILE]), (1, 2))
        self.assertEqual(counts.run_of(found.branches[FILE]), (2, 2))

    def test_only_ours(self):
        for name in "src/mm/mempolicy.c", "src/mm/mempolicy/modes.h":
            self.assertTrue(counts.OURS.search(name))
        for name in "src/mm/mempool.c", "src/mm/mempolicy/tests/k.c":
            self.assertFalse(counts.OURS.search(name))


class Reasons(unittest.TestCase):
    def explain(self, known):
        with tempfile.TemporaryDirectory() as top:
            name = os.path.join(top, FILE)
            os.makedirs(os.path.dirname(name))
            with open(name, "w", encoding="utf-8") as stream:
                stream.write(SOURCE)
            return reasons.explain(total(line(1, 1), line(3, 0)), top, known)

    def test_known(self):
        text, fine = self.explain([reasons.Reason(FILE, "c();", "because")])
        self.assertTrue(fine)
        self.assertIn("because", text[0])

    def test_unknown(self):
        self.assertFalse(self.explain([])[1])

    def test_out_of_date(self):
        known = [reasons.Reason(FILE, "c();", "because"),
                 reasons.Reason(FILE, "a();", "because")]
        self.assertFalse(self.explain(known)[1])

    def test_at_times(self):
        known = [reasons.Reason(FILE, "c();", "because"),
                 reasons.Reason(FILE, "a();", "at times: because")]
        self.assertTrue(self.explain(known)[1])


if __name__ == "__main__":
    unittest.main()
