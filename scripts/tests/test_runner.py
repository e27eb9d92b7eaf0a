# SPDX-License-Identifier: GPL-2.0
"""The runner's promises, with real guests."""

import os
import signal
import subprocess
import tempfile
import time
import unittest

import context
import interrupt

SECONDS = 10


def words(*command, options=()):
    return [context.RUNNER, "run", "--topo", "uma", *options, "--", *command]


def guest(*command, options=(), data=b""):
    return interrupt.run(words(*command, options=options), data,
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE)


def emulators(marker):
    """Processes of QEMU that have @marker among their arguments."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            arguments = context.read("/proc/%s/cmdline" % name).split("\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if "qemu-system" in arguments[0] and any(marker in word
                                                 for word in arguments):
            found.append(int(name))
    return found


class Runner(unittest.TestCase):
    def test_status_and_separate_streams(self):
        result = guest("sh", "-c", "echo out; echo err >&2; exit 7")
        self.assertEqual((result.returncode, result.stdout, result.stderr),
                         (7, b"out\n", b"err\n"))

    def test_arguments_arrive_as_they_are(self):
        words = ["a b", "$HOME", "'", '"', "*", "\\", ""]
        result = guest("printf", "%s|", *words)
        self.assertEqual(result.stdout.decode(), "|".join(words) + "|")

    def test_megabytes_go_through(self):
        data = bytes(range(256)) * 8192
        result = guest("cat", data=data)
        self.assertEqual(result.returncode, 0)
        self.assertTrue(result.stdout == data)

    def test_panic_gives_255_and_the_console(self):
        result = guest("sh", "-c", "echo c >/proc/sysrq-trigger")
        self.assertEqual(result.returncode, 255)
        self.assertIn(b"Kernel panic", result.stderr)

    def test_hang_gives_255_in_time(self):
        # A busy host may not even boot in the shortest of these times.
        for limit in (8, 30, 120):
            start = time.monotonic()
            result = guest("sh", "-c", "echo first; sleep 1000",
                           options=("--timeout", str(limit)))
            seconds = time.monotonic() - start
            self.assertEqual(result.returncode, 255)
            self.assertIn(b"no end after %d s" % limit, result.stderr)
            self.assertLess(seconds, limit + 12)
            if result.stdout:
                break
        self.assertEqual(result.stdout, b"first\n")

    def test_killed_command(self):
        self.assertEqual(guest("sh", "-c", "kill -9 $$").returncode, 137)

    def test_added_file_and_cpus(self):
        with tempfile.NamedTemporaryFile() as stream:
            stream.write(b"#!/bin/sh\nnproc\n")
            stream.flush()
            result = guest("sh", "/opt/dir/tool", options=(
                "--add", stream.name + ":/opt/dir/tool", "--cpus", "3"))
        self.assertEqual(result.stdout, b"3\n", result.stderr)

    def test_disks_for_a_file_system_and_for_swap(self):
        result = guest("sh", "-c", "mke2fs /dev/vda >&2 && mkdir /disk && "
                       "mount -t ext4 /dev/vda /disk && echo a >/disk/f && "
                       "mkswap /dev/vdb >&2 && swapon /dev/vdb && "
                       "cat /disk/f && tail -n 1 /proc/swaps",
                       options=("--disk", "32M", "--disk", "16M"))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, rb"^a\n/dev/vdb +partition\s+16380\s")

    def test_nothing_boots_for_bad_usage(self):
        result = guest("true", options=("--topo", "nosuch"))
        self.assertEqual(result.returncode, 2)
        self.assertIn(b"four-node", result.stderr)


class Signals(unittest.TestCase):
    """A runner that ends takes its guest along."""

    def until(self, condition):
        deadline = time.monotonic() + 6 * SECONDS
        while not condition():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)

    def ended_by(self, number):
        """What it says when a signal comes while the guest runs."""
        marker = "test.marker=%d.%d" % (os.getpid(), number)
        with tempfile.TemporaryDirectory() as work:
            environment = {**os.environ, "TMPDIR": work}
            environment.pop("MAKELEVEL", None)
            process = subprocess.Popen(
                words("sleep", "1000", options=("--append", marker)),
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, env=environment)
            self.until(lambda: emulators(marker))
            process.send_signal(number)
            start = time.monotonic()
            out, err = process.communicate(timeout=SECONDS)
            self.until(lambda: not emulators(marker))
            self.assertLess(time.monotonic() - start, SECONDS)
            self.assertEqual(os.listdir(work), [])
        self.assertEqual((process.returncode, out), (-number, b""))
        return err

    def test_interrupt(self):
        self.assertEqual(self.ended_by(signal.SIGINT),
                         b"qemu-numa: interrupted\n")

    def test_termination(self):
        self.assertEqual(self.ended_by(signal.SIGTERM),
                         b"qemu-numa: interrupted\n")

    def test_kill(self):
        self.assertEqual(self.ended_by(signal.SIGKILL), b"")
