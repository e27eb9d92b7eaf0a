# SPDX-License-Identifier: GPL-2.0
"""Which compilers the programs are compiled with, and that they can refuse."""

import os
import tempfile
import unittest
from unittest import mock

import compilers


class Compilers(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = scratch.name

    def tool(self, name, target=None):
        path = os.path.join(self.folder, name)
        if target:
            os.symlink(target, path)
            return
        with open(path, "w", encoding="utf-8"):
            os.chmod(path, 0o755)

    def test_each_compiler_once_and_no_other_tool(self):
        for name in ("gcc-12", "gcc-14", "clang-14", "gcc-ar-12", "clangd",
                     "clang-tidy-14", "x86_64-linux-gnu-gcc-12"):
            self.tool(name)
        self.tool("gcc", "gcc-12")
        self.tool("clang", "clang-14")
        self.assertEqual(compilers.installed(self.folder),
                         ["clang-14", "gcc-12", "gcc-14"])

    def test_none_is_a_failure(self):
        with mock.patch.dict(os.environ, {"PATH": self.folder}):
            result, = compilers.suite("style/")
        self.assertEqual(result.status, "fail")

    def test_what_is_said_is_a_failure(self):
        self.tool("gcc-12")
        with mock.patch.dict(os.environ, {"PATH": self.folder}), \
                mock.patch("compilers.build", lambda kind, name:
                           name + " says no" if kind == "guest" else ""):
            found = {result.name: result.status
                     for result in compilers.suite("style/")}
        self.assertEqual(found, {
            "style/guest programs with gcc-12": "fail",
            "style/bench programs with gcc-12": "pass",
            "style/host programs with gcc-12": "pass"})
