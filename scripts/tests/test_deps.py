# SPDX-License-Identifier: GPL-2.0
"""Missing packages: what is said to those who may not install them."""

import os
import shutil
import subprocess
import tempfile
import unittest

import context

NEEDED = ("sh", "cat", "cut", "grep", "env")


class Deps(unittest.TestCase):
    """A machine of a user's with nothing installed but what is put there."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = scratch.name
        for name in NEEDED:
            os.symlink(shutil.which(name), os.path.join(self.folder, name))
        self.tool("id", "echo 1000")
        self.tool("dpkg-query", "exit 1")

    def tool(self, name, script):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as stream:
            stream.write("#!/bin/sh\n%s\n" % script)
        os.chmod(path, 0o755)

    def said(self, tier="debian"):
        result = subprocess.run(
            [os.path.join(context.SCRIPTS, "deps.sh"), tier],
            env={"PATH": self.folder}, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, encoding="utf-8", check=False)
        self.assertEqual(result.returncode, 1, result.stdout)
        return result.stdout

    def test_no_sudo_is_not_told_to_use_it(self):
        self.assertRegex(
            self.said(), r"there is no sudo; please run as root:\n"
            r"  apt-get update && apt-get install debootstrap git\n")

    def test_sudo_with_a_password(self):
        self.tool("sudo", "exit 1")
        self.assertRegex(self.said(), r"asks for a password; please run:\n"
                         r"  sudo apt-get update && sudo apt-get install deb")

    def test_no_debian(self):
        os.remove(os.path.join(self.folder, "dpkg-query"))
        self.assertRegex(self.said(), "not a Debian system.*\ndebootstrap ")
