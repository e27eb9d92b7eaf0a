# SPDX-License-Identifier: GPL-2.0
"""Bases that are refused, and what has no room."""

import os
import shutil
import subprocess
import tempfile
import unittest

import context

SPACE = os.path.join(context.SCRIPTS, "space.sh")
BASE = os.path.join(context.SCRIPTS, "base.sh")
DF = """\
echo 'Filesystem 1048576-blocks Used Available Capacity Mounted on'
echo 'none 1000 %d %d 1%% /'
"""


class Scratch(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = scratch.name

    def put(self, name, text, mode=0o644):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)
        os.chmod(path, mode)

    def tool(self, name, script):
        self.put("bin/" + name, "#!/bin/sh\n" + script, 0o755)

    def run_with_tools(self, *command, **variables):
        path = os.path.join(self.folder, "bin") + os.pathsep + os.environ[
            "PATH"]
        result = subprocess.run(
            command, env={**os.environ, "KDIR": "", "ARCH": "", "PATH": path,
                          "XDG_CACHE_HOME": self.folder, **variables},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, encoding="utf-8", check=False)
        return result.returncode, result.stdout


class Room(Scratch):
    def free(self, megabytes):
        self.tool("df", DF % (1000 - megabytes, megabytes))

    def test_enough(self):
        self.free(500)
        self.assertEqual(self.run_with_tools(SPACE, "/a/b", "500", "It"),
                         (0, ""))

    def test_too_little(self):
        self.free(499)
        self.assertEqual(
            self.run_with_tools(SPACE, "/a/b", "500", "It"),
            (1, "space: It takes 500 MB in /a/b, where 499 MB are free\n"))

    def package(self, tar):
        self.tool("dpkg-query", "echo 6.12.1-1")
        self.tool("xz", "echo 'totals 1 1 100000000 1048576000 0 CRC64 0 1'")
        self.tool("tar", tar)

    def test_nothing_is_unpacked_without_room(self):
        self.free(1000)
        self.package("touch %s/unpacked" % self.folder)
        status, said = self.run_with_tools(BASE)
        self.assertEqual(status, 1)
        self.assertRegex(said, r"takes 1100 MB in %s/mempolicy, where 1000 MB"
                         % self.folder)
        self.assertFalse(os.path.exists(self.folder + "/unpacked"))

    def test_one_error_for_many(self):
        self.free(2000)
        self.package("seq 77538 >&2; exit 2")
        status, said = self.run_with_tools(BASE)
        self.assertEqual(status, 1)
        self.assertIn("77535 lines more", said)
        self.assertLess(len(said.splitlines()), 8)
        self.assertEqual(os.listdir(self.folder + "/mempolicy"), [])


class Tree(Scratch):
    """A repository that replaces mm/mempolicy.c, and a kernel."""

    def setUp(self):
        super().setUp()
        os.makedirs(self.folder + "/top/scripts")
        shutil.copy(os.path.join(context.SCRIPTS, "kdir.sh"),
                    self.folder + "/top/scripts/")
        subprocess.run(["git", "init", "-q", self.folder + "/top"], check=True)
        self.put("top/mm/mempolicy.c", "ours\n")
        self.put("top/mm/new.c", "new\n")
        subprocess.run(["git", "-C", self.folder + "/top", "add", "mm"],
                       check=True)
        self.version(117)
        self.put("tree/mm/mempolicy.c", "stock\n")
        self.put("top/series/base", "6.12.117\n%s mm/mempolicy.c\n"
                 % subprocess.run(["git", "hash-object", self.folder +
                                   "/tree/mm/mempolicy.c"], check=True,
                                  stdout=subprocess.PIPE,
                                  encoding="utf-8").stdout.strip())

    def version(self, sublevel, patchlevel=12):
        self.put("tree/Makefile", "VERSION = 6\nPATCHLEVEL = %d\n"
                 "SUBLEVEL = %d\nEXTRAVERSION =\n" % (patchlevel, sublevel))

    def said(self, *options):
        return self.run_with_tools(self.folder + "/top/scripts/kdir.sh",
                                   *options, self.folder + "/tree")

    def refused(self, pattern):
        status, said = self.said("--edits")
        self.assertEqual((status, said.count("\n")), (1, 1), said)
        self.assertRegex(said, pattern)
        self.assertEqual(self.said(), (status, said))

    def test_as_it_was_verified(self):
        self.assertEqual(self.said("--edits"), (0, ""))
        self.version(107)
        self.assertEqual(self.said("--edits"), (0, ""))

    def test_too_old(self):
        self.version(106)
        self.refused("is Linux 6.12.106; this code is for 6.12.107 or newer")

    def test_another_series(self):
        self.version(117, 13)
        self.refused("is Linux 6.13.117; this code is for 6.12.y")

    def test_no_kernel(self):
        os.remove(self.folder + "/tree/mm/mempolicy.c")
        self.refused("not a kernel source tree")

    def test_the_series_is_there(self):
        self.put("tree/mm/mempolicy/internal.h", "")
        self.refused("has this memory policy already")

    def test_edits_that_would_be_lost(self):
        self.put("tree/mm/mempolicy.c", "stock\nand more\n")
        status, said = self.said("--edits")
        self.assertEqual((status, said.count("\n")), (0, 1))
        self.assertRegex(said, "has its own mm/mempolicy.c, .* replaces")
        self.assertEqual(self.said(), (0, ""))

    def test_a_file_that_the_base_has_not(self):
        self.put("tree/mm/new.c", "theirs\n")
        self.assertRegex(self.said("--edits")[1], "has its own mm/new.c,")
