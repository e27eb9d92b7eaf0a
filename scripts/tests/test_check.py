# SPDX-License-Identifier: GPL-2.0
"""What runs where, and how results are written down."""

import unittest
import xml.etree.ElementTree as xml

import guests
import debug
import junit
import machines
import results
import topology

PROGRAMS = ["mempolicy_abi", "mempolicy_abi_32", "mempolicy_place"]


class Machines(unittest.TestCase):
    def test_all_machines_exist(self):
        self.assertLessEqual(set(machines.MACHINES), set(topology.names()))

    def test_every_machine_of_the_runner_is_used(self):
        self.assertLessEqual(set(topology.names()),
                             set(machines.MACHINES) | {debug.TOPOLOGY})

    def test_globs(self):
        self.assertTrue(machines.runs("mempolicy_new", "*"))
        self.assertTrue(machines.runs("mempolicy_abi_32", "place abi"))
        self.assertFalse(machines.runs("mempolicy_abi", "place"))
        self.assertFalse(machines.runs("mempolicy_abi", "* !a*"))

    def test_one_program_where_it_belongs(self):
        found = machines.plan(PROGRAMS, "mempolicy_place")
        self.assertIn("ring", found)
        self.assertNotIn("uma", found)
        self.assertEqual(set(map(tuple, found.values())),
                         {("mempolicy_place",)})

    def test_one_program_with_its_compat_twin(self):
        self.assertEqual(machines.plan(PROGRAMS, "mempolicy_abi", "uma"),
                         {"uma": ["mempolicy_abi", "mempolicy_abi_32"]})

    def test_any_program_on_a_machine_that_is_named(self):
        self.assertEqual(machines.plan(PROGRAMS, "mempolicy_place", "uma"),
                         {"uma": ["mempolicy_place"]})

    def test_no_such_program(self):
        self.assertEqual(machines.plan(PROGRAMS, "mempolicy_none"), {})
        self.assertEqual(machines.plan(PROGRAMS, "none", "uma"), {})


class Sections(unittest.TestCase):
    OUTPUT = ("=== begin one\nok 1 a\n\n=== end one 1 10.50 12.75\n"
              "=== begin two\nok 1 b\n")

    def test_text_status_and_seconds(self):
        self.assertEqual(guests.section(self.OUTPUT, "one"),
                         ("ok 1 a\n", 1, 2.25))

    def test_no_end_or_no_beginning(self):
        self.assertEqual(guests.section(self.OUTPUT, "two"),
                         ("ok 1 b\n", None, 0))
        self.assertEqual(guests.section(self.OUTPUT, "three"),
                         (None, None, 0))


class Junit(unittest.TestCase):
    def test_counts_and_texts(self):
        found = [results.passed("a/b/c"), results.skipped("a/d", "no <node>"),
                 results.failed("a/e", "first\x00\x1b\nlast & least")]
        top = xml.fromstring(junit.document([("a", found, 1.25)]))
        suite, = top
        self.assertEqual((suite.get("tests"), suite.get("failures"),
                          suite.get("skipped")), ("3", "1", "1"))
        good, skipped, bad = suite
        self.assertEqual((good.get("classname"), good.get("name")),
                         ("a/b", "c"))
        self.assertEqual(len(good), 0)
        self.assertEqual(skipped[0].get("message"), "no <node>")
        self.assertEqual(bad[0].get("message"), "last & least")
        self.assertEqual(bad[0].text, "first??\nlast & least")
