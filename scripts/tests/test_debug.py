# SPDX-License-Identifier: GPL-2.0
"""What the suite of the debug kernel makes of what is left in the end."""

import unittest

import debug
import results

LEFT = """\
=== begin left
%s debug_locks:                       %d

=== end left 0 1.5 9.5
"""


def verdicts(output):
    return {result.name: result.status for result in debug.judge_left(output)}


class Left(unittest.TestCase):
    def test_nothing(self):
        self.assertEqual(set(verdicts(LEFT % ("", 1)).values()),
                         {results.PASS})

    def test_a_leak(self):
        text = "unreferenced object 0xffff8880 (size 64):\n"
        self.assertEqual(verdicts(LEFT % (text, 1))["debug/kmemleak"],
                         results.FAIL)

    def test_lockdep_that_gave_up(self):
        found = verdicts(LEFT % ("", 0))
        self.assertEqual(found["debug/lockdep"], results.FAIL)
        self.assertEqual(found["debug/kmemleak"], results.PASS)

    def test_a_guest_that_died(self):
        self.assertEqual(set(verdicts("=== begin left\n").values()),
                         {results.FAIL})
