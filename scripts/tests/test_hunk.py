# SPDX-License-Identifier: GPL-2.0
"""What is edited in the work tree: make keeps it, make hunk records it."""

import argparse
import os
import sys
import time
from unittest import mock

import context
import edits
import overlay
from test_overlay import Trees

sys.path.append(os.path.join(context.SCRIPTS, "series"))
import hunk  # noqa: E402

LINES = "".join("(%d)\n" % number for number in range(20))
PATCH = """\
Why this is so.

--- a/mm/long.c
+++ b/mm/long.c
@@ -1,4 +1,4 @@
-(0)
+(0!)
 (1)
 (2)
 (3)
"""
SECOND = """\
--- a/mm/long.c
+++ b/mm/long.c
@@ -17,4 +17,4 @@
 (16)
 (17)
 (18)
-(19)
+(19!)
"""


class Edits(Trees):
    def setUp(self):
        super().setUp()
        os.remove(os.path.join(self.top, "series/hunks/10-other.diff"))
        self.put(self.base, "mm/long.c", LINES)
        self.put(self.base, "fs/plain.c", "plain\n")
        for name in ("mm/long.c", "fs/plain.c"):
            path = os.path.join(self.src, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            os.link(os.path.join(self.base, name), path)
        self.put(self.top, "series/hunks/20-first.diff", PATCH)
        self.put(self.top, "series/hunks/30-second.diff", SECOND)
        now = time.time()
        for name in ("mm/policy.c", "mm/other.c", "mm/long.c", "fs/plain.c"):
            os.utime(os.path.join(self.base, name), (now - 60, now - 60))
        os.utime(self.stamp, (now - 30, now - 30))
        self.lay()

    def edit(self, name, old, new):
        self.put(self.src, name, self.text(self.src, name).replace(old, new))

    def refused(self, *words):
        """What make says; the edits are still there after it."""
        before = {name: self.text(self.src, name) for name in (
            "mm/policy.c", "mm/new.c", "mm/long.c", "mm/other.c",
            "fs/plain.c")}
        with self.assertRaises(edits.EditsError) as caught:
            self.lay()
        for name, text in before.items():
            self.assertEqual(self.text(self.src, name), text)
        for word in words:
            self.assertIn(word, str(caught.exception))
        self.assertEqual(len(str(caught.exception).splitlines()), 1)

    def options(self, name):
        return argparse.Namespace(top=self.top, base=self.base, src=self.src,
                                  manifest=self.manifest, stamp=self.stamp,
                                  name=name)

    def record(self, name):
        return "\n".join(hunk.record(self.options(name)))

    def diff(self, name):
        return self.text(self.top, "series/hunks/%s.diff" % name)


class Refused(Edits):
    def test_nothing_is_edited(self):
        self.assertEqual(self.lay(), [])

    def test_file_of_hunks(self):
        self.edit("mm/long.c", "(9)\n", "nine\n")
        self.refused("mm/long.c", "make hunk NAME=30-second",
                     "or NAME=20-first", "rm " + self.src)
        os.remove(os.path.join(self.src, "mm/long.c"))
        self.assertEqual(self.lay(), ["mm/long.c"])

    def test_edit_of_a_hunk_that_has_changed_as_well(self):
        self.edit("mm/long.c", "(9)\n", "nine\n")
        self.put(self.top, "series/hunks/20-first.diff",
                 PATCH.replace("!", "?"))
        self.refused("mm/long.c")

    def test_file_that_no_hunk_has(self):
        self.edit("fs/plain.c", "plain", "fancy")
        self.refused("fs/plain.c", "no hunk", "make hunk NAME=", "cp ")
        self.put(self.src, "fs/plain.c", "plain\n")
        self.assertEqual(self.lay(), [])

    def test_file_of_the_repository(self):
        for name in ("mm/policy.c", "mm/new.c"):
            text = self.text(self.src, name)
            self.put(self.src, name, "edited\n")
            self.refused(name, "rm " + os.path.join(self.src, name))
            self.put(self.src, name, text)

    def test_edit_that_the_repository_has_by_now(self):
        for root in (self.src, self.top):
            self.put(root, "mm/policy.c", "edited\n")
        self.assertEqual(self.lay(), [])

    def test_edit_that_a_new_file_would_overwrite(self):
        self.edit("fs/plain.c", "plain", "fancy")
        self.put(self.top, "fs/plain.c", "ours\n")
        self.refused("fs/plain.c")

    def test_edit_of_a_file_that_goes_back_to_the_base(self):
        self.put(self.src, "mm/policy.c", "edited\n")
        os.remove(os.path.join(self.top, "mm/policy.c"))
        self.refused("mm/policy.c")

    def test_edit_through_a_link(self):
        with open(os.path.join(self.src, "fs/plain.c"), "a",
                  encoding="ascii") as stream:
            stream.write("fancy\n")
        self.refused("fs/plain.c", "rm -r " + self.base)
        with self.assertRaisesRegex(overlay.OverlayError, "rm -r"):
            self.record("20-first")
        os.remove(os.path.join(self.base, "fs/plain.c"))
        self.put(self.base, "fs/plain.c", "plain\n")
        self.refused("fs/plain.c", "make hunk")

    def test_many_edits(self):
        names = ["mm/many%d.c" % number for number in range(9)]
        for name in names:
            self.put(self.top, name, "ours\n")
        self.lay()
        for name in names:
            self.put(self.src, name, "edited\n")
        with self.assertRaisesRegex(edits.EditsError, "many0(.|\n)*4 more"):
            self.lay()

    def test_new_file_of_a_tool(self):
        self.put(self.src, "scripts/__pycache__/a.pyc", "a")
        self.assertEqual(self.lay(), [])

    def test_tree_that_is_made_anew(self):
        """What it has is asked for before, without what is to come."""
        command = [os.path.join(context.SCRIPTS, "overlay.py"), "--edits"]
        for name in ("top", "base", "src", "manifest", "stamp"):
            command += ["--" + name, getattr(self, name)]
        self.put(self.top, "mm/policy.c", "newer\n")
        self.assertEqual(context.run(command).stdout, "")
        self.edit("fs/plain.c", "plain", "fancy")
        self.edit("mm/long.c", "(9)", "nine")
        result = context.run(command)
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stdout,
                         "^overlay: mm/long.c: .*\noverlay: fs/plain.c: ")
        self.assertEqual(self.text(self.src, "mm/policy.c"), "ours\n")

    def test_interrupted_overlay(self):
        """Files that were written before are no edits, whatever follows."""
        self.put(self.top, "mm/new.c", "newer\n")
        self.put(self.top, "mm/policy.c", "newer\n")
        real, left = overlay.update, [1]

        def update(*arguments):
            if arguments[1] == "mm/policy.c":
                left.pop()
            return real(*arguments)

        for text in ("newest\n", "newer than that\n"):
            left = []
            with mock.patch("overlay.update", update):
                self.assertRaises(IndexError, self.lay)
            self.put(self.top, "mm/new.c", text)
        self.lay()
        self.assertEqual(self.text(self.src, "mm/new.c"), "newer than that\n")
        self.assertEqual(self.lay(), [])


class Recorded(Edits):
    def test_edit_goes_into_the_hunk_that_is_named(self):
        second = self.diff("30-second")
        self.edit("mm/long.c", "(9)\n", "nine\n")
        self.assertIn("written", self.record("20-first"))
        self.assertTrue(self.diff("20-first").startswith(PATCH))
        self.assertIn("+nine\n", self.diff("20-first"))
        self.assertEqual(self.diff("30-second"), second)
        self.assertEqual(self.lay(), [])

    def test_another_edit_before_the_next_make(self):
        for old, new in (("(9)", "nine"), ("(10)", "ten")):
            self.edit("mm/long.c", old, new)
            self.record("20-first")
            self.assertIn("+%s\n" % new, self.diff("20-first"))
        self.edit("mm/long.c", "ten", "TEN")
        self.refused("mm/long.c")

    def test_lines_count_from_the_base(self):
        self.edit("mm/long.c", "(0!)\n", "one\ntwo\nthree\n")
        self.record("20-first")
        second = self.diff("30-second")
        self.assertIn("nothing", self.record("30-second"))
        self.assertEqual(self.diff("30-second"), second)
        self.assertEqual(list(hunk.not_minimal(self.top, self.base)), [])

    def test_nothing_is_edited(self):
        self.assertIn("nothing", self.record("20-first"))
        self.assertEqual(self.diff("20-first"), PATCH)

    def test_file_that_no_hunk_has(self):
        self.edit("fs/plain.c", "plain", "fancy")
        self.assertIn("mm/long.c fs/plain.c", self.record("20-first"))
        self.assertIn("+fancy\n", self.diff("20-first"))
        self.assertEqual(self.lay(), [])

    def test_new_hunk(self):
        self.put(self.top, "series/hunks/40-new.diff", "")
        self.edit("fs/plain.c", "plain", "fancy")
        self.record("40-new")
        self.assertEqual(self.diff("20-first"), PATCH)
        self.assertTrue(self.diff("40-new").startswith("--- a/fs/plain.c\n"))
        self.assertEqual(self.lay(), [])

    def test_edit_that_takes_a_change_back(self):
        self.edit("mm/long.c", "(0!)", "(0)")
        self.assertIn("files are now none", self.record("20-first"))
        self.assertEqual(self.diff("20-first"), "Why this is so.\n\n")
        self.assertEqual(self.lay(), [])

    def test_edit_that_meets_another_hunk(self):
        for old, new in (("(19!)", "nineteen"), ("(18)", "eighteen")):
            self.edit("mm/long.c", old, new)
            with self.assertRaisesRegex(overlay.OverlayError,
                                        "mm/long.c: .*30-second"):
                self.record("20-first")
            self.assertEqual(self.diff("20-first"), PATCH)
            self.record("30-second")
            self.assertEqual(self.lay(), [])

    def test_hunk_that_has_changed_as_well(self):
        self.edit("mm/long.c", "(9)\n", "nine\n")
        changed = PATCH.replace("!", "?")
        self.put(self.top, "series/hunks/20-first.diff", changed)
        with self.assertRaisesRegex(overlay.OverlayError, "changed as well"):
            self.record("20-first")
        self.assertEqual(self.diff("20-first"), changed)

    def test_functions_are_named_in_code_alone(self):
        old = "int f(void)\n" + LINES
        new = old.replace("(9)", "nine")
        self.assertIn("@@ int f(void)\n", hunk.difference(
            old.encode(), new.encode(), "mm/a.c"))
        self.assertIn("@@\n", hunk.difference(
            old.encode(), new.encode(), "mm/Makefile"))

    def test_hunk_that_is_not_minimal(self):
        self.put(self.top, "series/hunks/20-first.diff",
                 PATCH.replace("-(0)\n+(0!)\n (1)",
                               "-(0)\n-(1)\n+(0!)\n+(1)"))
        self.assertEqual(list(hunk.not_minimal(self.top, self.base)), [
            "20-first.diff is not what \"make hunk NAME=20-first\" writes"])

    def test_list(self):
        self.assertEqual(
            [line.split() for line in hunk.listing(self.options(None))],
            [["20-first", "mm/long.c"], ["30-second", "mm/long.c"]])
