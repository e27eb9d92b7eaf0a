# SPDX-License-Identifier: GPL-2.0
"""What becomes of a test's outcome."""

import unittest

import results
import tools


class Parts(unittest.TestCase):
    """Not found by itself: it has no name that a loader looks for."""

    def one_of_three_is_wrong(self):
        for number in range(3):
            with self.subTest(number=number):
                self.assertNotEqual(number, 1)

    def all_are_right(self):
        for number in range(3):
            with self.subTest(number=number):
                self.assertLess(number, 3)


class Collected(unittest.TestCase):
    def outcome(self, name):
        collector = tools.Collector()
        Parts(name).run(collector)
        return [found.status for found in collector.found]

    def test_part_that_fails(self):
        self.assertEqual(self.outcome("one_of_three_is_wrong"), [results.FAIL])

    def test_parts_that_pass(self):
        self.assertEqual(self.outcome("all_are_right"), [results.PASS])
