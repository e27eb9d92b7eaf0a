# SPDX-License-Identifier: GPL-2.0
"""Tests of the report on coverage."""

import os
import sys
import tempfile
import unittest

SCRIPTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(SCRIPTS, "coverage"))

import counts  # noqa: E402
import source  # noqa: E402

FILE = "mm/mempolicy/a.c"
SOURCE = "int a(void)\n{\n\tb();\n\tc();\n\treturn d();\n}\n"
KEY = FILE, "a"


def line(number, count, *branches):
    return {"line_number": number, "count": count, "function_name": "f",
            "branches": [{"count": branch} for branch in branches]}


def total(*lines):
    found = counts.Counts()
    found.add_file(FILE, lines)
    return found


class Counting(unittest.TestCase):
    def test_runs_add_up(self):
        found = total(line(1, 2, 1, 0), line(2, 0))
        found.add_file(FILE, [line(1, 0, 0, 1), line(2, 0)])
        rows, share = found.table()
        self.assertEqual(share, 1 / 2)
        self.assertEqual([row.split() for row in rows[1:]], [
            [name, "1", "of", "2", "50.0", "%", "2", "of", "2", "100.0", "%"]
            for name in (FILE, "all")])

    def test_only_ours(self):
        for name in "src/mm/mempolicy.c", "src/mm/mempolicy/modes.h":
            self.assertTrue(counts.OURS.search(name))
        for name in "src/mm/mempool.c", "src/mm/mempolicy/tests/k.c":
            self.assertFalse(counts.OURS.search(name))


class Reasons(unittest.TestCase):
    def explain(self, known, *lines):
        with tempfile.TemporaryDirectory() as top:
            name = os.path.join(top, FILE)
            os.makedirs(os.path.dirname(name))
            with open(name, "w", encoding="utf-8") as stream:
                stream.write(SOURCE)
            found = total(line(1, 1), *lines)
            self.assertEqual(found.table()[1], 1 / (1 + len(lines)))
            return found.explain(top, known)

    def test_known(self):
        never, wrong = self.explain({KEY: (2, "because")}, line(4, 0),
                                    line(5, 0))
        self.assertEqual(never[:2], [FILE + ":4: \tc();", "    because"])
        self.assertEqual(wrong, [])

    def test_unknown(self):
        for known in {}, {(FILE, "b"): (2, "at times: because")}:
            self.assertEqual(len(self.explain(known, line(4, 0))[1]), 1)

    def test_more_than_known(self):
        for why in "because", "at times: because":
            self.assertEqual(len(self.explain(
                {KEY: (1, why)}, line(4, 0), line(5, 0))[1]), 1)

    def test_run_now(self):
        self.assertEqual(len(self.explain({KEY: (1, "because")})[1]), 1)

    def test_at_times(self):
        self.assertEqual(self.explain({KEY: (1, "at times: never")})[1], [])


class List(unittest.TestCase):
    def test_fits_the_sources(self):
        for name, function in counts.load():
            with self.subTest(name):
                with open(os.path.join(os.path.dirname(SCRIPTS), name),
                          encoding="utf-8") as stream:
                    self.assertIn(function, source.functions(stream.read()))


if __name__ == "__main__":
    unittest.main()
