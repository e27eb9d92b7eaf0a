# SPDX-License-Identifier: GPL-2.0
"""What the runner's shell says where it cannot be one."""

import os
import pty
import subprocess
import unittest

import context


def shell(stdin, stdout):
    """Exit status and complaint; there is no kernel to boot."""
    result = subprocess.run(
        [context.RUNNER, "shell", "--topo", "ring", "--kernel", "/nosuch",
         "--initrd", "/nosuch"], stdin=stdin, stdout=stdout,
        stderr=subprocess.PIPE, encoding="utf-8", check=False)
    return result.returncode, result.stderr


class Shell(unittest.TestCase):
    def test_without_a_terminal(self):
        for streams in ((subprocess.DEVNULL, subprocess.DEVNULL),
                        (subprocess.DEVNULL, subprocess.PIPE)):
            status, said = shell(*streams)
            self.assertEqual(status, 2)
            self.assertEqual(said, "qemu-numa: a shell needs a terminal; to "
                             "run a command in a guest: qemu-numa run --topo "
                             "ring -- COMMAND\n")

    def test_with_half_a_terminal(self):
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        self.addCleanup(os.close, theirs)
        self.assertIn("needs a terminal", shell(theirs, subprocess.PIPE)[1])

    def test_with_a_terminal_it_looks_for_a_kernel(self):
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        self.addCleanup(os.close, theirs)
        self.assertIn("no file '/nosuch'", shell(theirs, theirs)[1])
