# SPDX-License-Identifier: GPL-2.0
"""Laying files and hunks over a base: what is written, what comes back."""

import os
import subprocess
import tempfile
import unittest

import overlay

HUNK = """\
--- a/mm/other.c
+++ b/mm/other.c
@@ -1,3 +1,3 @@
 one
-two
+%s
 three
"""


class Trees(unittest.TestCase):
    """A repository, a base and a work tree, of three files."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.top, self.base, self.src = (
            os.path.join(scratch.name, name) for name in ("top", "base", "src"))
        self.manifest = os.path.join(scratch.name, "manifest.json")
        self.put(self.base, "mm/policy.c", "stock\n")
        self.put(self.base, "mm/other.c", "one\ntwo\nthree\n")
        subprocess.run(["cp", "-al", self.base, self.src], check=True)
        self.stamp = os.path.join(scratch.name, "stamp")
        self.put(scratch.name, "stamp", "")
        self.put(self.top, "mm/policy.c", "ours\n")
        self.put(self.top, "mm/new.c", "new\n")
        self.put(self.top, "series/hunks/10-other.diff", HUNK % "TWO")
        subprocess.run(["git", "init", "-q", self.top], check=True)

    @staticmethod
    def put(root, name, text):
        """Write a file as an editor does, that makes a new one."""
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if os.path.exists(path):
            os.remove(path)
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)

    def text(self, root, name):
        return overlay.read(os.path.join(root, name)).decode()

    def lay(self):
        return overlay.lay(self.top, self.base, self.src, self.manifest,
                           self.stamp)


class Overlay(Trees):
    def test_files_and_hunks_arrive(self):
        self.assertEqual(self.lay(), ["mm/new.c", "mm/other.c", "mm/policy.c"])
        self.assertEqual(self.text(self.src, "mm/policy.c"), "ours\n")
        self.assertEqual(self.text(self.src, "mm/other.c"), "one\nTWO\nthree\n")

    def test_base_stays_pristine_behind_hard_links(self):
        self.lay()
        self.assertEqual(self.text(self.base, "mm/policy.c"), "stock\n")
        self.assertEqual(self.text(self.base, "mm/other.c"), "one\ntwo\nthree\n")

    def test_unchanged_files_keep_their_time(self):
        self.lay()
        path = os.path.join(self.src, "mm/other.c")
        before = os.stat(path).st_mtime_ns
        self.put(self.top, "mm/policy.c", "ours again\n")
        self.assertEqual(self.lay(), ["mm/policy.c"])
        self.assertEqual(os.stat(path).st_mtime_ns, before)

    def test_removed_file_goes_back_to_base(self):
        self.lay()
        os.remove(os.path.join(self.top, "mm/policy.c"))
        os.remove(os.path.join(self.top, "mm/new.c"))
        self.lay()
        self.assertEqual(self.text(self.src, "mm/policy.c"), "stock\n")
        self.assertFalse(os.path.exists(os.path.join(self.src, "mm/new.c")))

    def test_changed_and_removed_hunk(self):
        self.lay()
        self.put(self.top, "series/hunks/10-other.diff", HUNK % "zwei")
        self.lay()
        self.assertEqual(self.text(self.src, "mm/other.c"), "one\nzwei\nthree\n")
        os.remove(os.path.join(self.top, "series/hunks/10-other.diff"))
        self.lay()
        self.assertEqual(self.text(self.src, "mm/other.c"), "one\ntwo\nthree\n")

    def test_ignored_files_stay_out(self):
        self.put(self.top, ".gitignore", "*.o\n")
        self.put(self.top, "mm/policy.o", "binary\n")
        self.assertNotIn("mm/policy.o", self.lay())

    def test_failing_hunk_is_named_with_target_and_reason(self):
        self.put(self.base, "mm/other.c", "one\nthree\n")
        with self.assertRaisesRegex(
                overlay.OverlayError,
                r"series/hunks/10-other.diff .* mm/other.c: Hunk #1 FAILED"):
            self.lay()

    def test_hunk_for_missing_file(self):
        os.remove(os.path.join(self.base, "mm/other.c"))
        with self.assertRaisesRegex(overlay.OverlayError,
                                    "10-other.diff: .* no file mm/other.c"):
            self.lay()

    def test_hunk_for_file_of_the_overlay(self):
        self.put(self.top, "mm/other.c", "whole\n")
        with self.assertRaisesRegex(overlay.OverlayError, "whole file"):
            self.lay()
