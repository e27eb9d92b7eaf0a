# SPDX-License-Identifier: GPL-2.0
"""Tests of the list of mutants."""

import os
import sys
import unittest

SCRIPTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(SCRIPTS, "mutate"))

import mutants  # noqa: E402

TEXT = """\
# a comment

one mm/file.c host place@ring
- 	if (a
- 	    b)
+ 	if (b)

two mm/other.c host
- return 1;
"""


class Parse(unittest.TestCase):
    def test_paragraphs(self):
        one, two = mutants.parse(TEXT)
        self.assertEqual(one.name, "one")
        self.assertEqual(one.killers, ["host", "place@ring"])
        self.assertEqual(one.old, "\tif (a\n\t    b)")
        self.assertEqual(one.new, "\tif (b)")
        self.assertEqual(two.new, "")

    def test_same_name_twice(self):
        with self.assertRaises(ValueError):
            mutants.parse(TEXT + "\n" + TEXT)

    def test_nothing_taken_out(self):
        with self.assertRaises(ValueError):
            mutants.parse("one mm/file.c host\n+ return 1;\n")


class Mutate(unittest.TestCase):
    def test_replaces(self):
        two = mutants.parse(TEXT)[1]
        self.assertEqual(mutants.mutate(two, "{ return 1; }"), "{  }")

    def test_must_be_there_once(self):
        two = mutants.parse(TEXT)[1]
        for text in "return 2;", "return 1; return 1;":
            with self.assertRaises(ValueError):
                mutants.mutate(two, text)


class List(unittest.TestCase):
    def test_fits_the_sources(self):
        """A source that changes takes its mutants along."""
        top = os.path.dirname(SCRIPTS)
        for mutant in mutants.load():
            with self.subTest(mutant.name):
                with open(os.path.join(top, mutant.file),
                          encoding="utf-8") as stream:
                    text = stream.read()
                self.assertNotEqual(mutants.mutate(mutant, text), text)

    def test_is_long_enough(self):
        self.assertGreaterEqual(len(mutants.load()), 40)


if __name__ == "__main__":
    unittest.main()
