# SPDX-License-Identifier: GPL-2.0
"""Commands that are interrupted, by real signals."""

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest

import context

SECONDS = 10

# For the end of each test.
STARTED = []

# Tells with "ready" when it can be interrupted.
SCRIPT = """\
import os, subprocess, sys, time
sys.dont_write_bytecode = True
sys.path.insert(0, %r)
import interrupt

def wait():
    print("ready", flush=True)
    time.sleep(1000)

def main():
%s

interrupt.command("name", main)
"""


def started(body, level=None):
    """A Python process that runs @body as its main()."""
    environment = {key: value for key, value in os.environ.items()
                   if key != "MAKELEVEL"}
    if level:
        environment["MAKELEVEL"] = level
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT % (context.SCRIPTS, "".join(
            "    %s\n" % line for line in body.splitlines()))],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        env=environment, start_new_session=True)
    STARTED.append(process)
    assert process.stdout.readline() == "ready\n"
    return process


def gone(pid):
    """Whether a process ends within some seconds."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
            with open("/proc/%d/stat" % pid, encoding="utf-8") as stream:
                if stream.read().rpartition(")")[2].split()[0] == "Z":
                    return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.02)
    return False


class Interrupt(unittest.TestCase):
    def tearDown(self):
        while STARTED:
            process = STARTED.pop()
            process.kill()
            # Not to their end: what it has started may hold them open, where
            # a test has failed.
            process.stdout.close()
            process.stderr.close()
            process.wait()

    def interrupted(self, process, number):
        """What it says; it has to end soon, and by that signal."""
        process.send_signal(number)
        out, err = process.communicate(timeout=SECONDS)
        self.assertEqual(process.returncode, -number)
        return out, err

    def test_one_line_and_the_signal(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self.assertEqual(self.interrupted(started("wait()"), number),
                             ("", "name: interrupted\n"))

    def test_make_has_its_own_line(self):
        self.assertEqual(self.interrupted(started("wait()", "1"),
                                          signal.SIGINT), ("", ""))

    def test_the_second_one_does_not_stop_the_cleaning(self):
        process = started("try:\n    wait()\nfinally:\n"
                          "    time.sleep(0.5)\n    print('clean')")
        process.send_signal(signal.SIGINT)
        time.sleep(0.1)
        self.assertEqual(self.interrupted(process, signal.SIGINT),
                         ("clean\n", "name: interrupted\n"))

    def test_nothing_is_ignored_by_what_cleans_up(self):
        process = started("try:\n    wait()\nfinally:\n    subprocess.run("
                          "['grep', 'SigIgn', '/proc/self/status'])")
        out, _ = self.interrupted(process, signal.SIGTERM)
        ignored = int(out.split()[1], 16)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self.assertFalse(ignored & 1 << (number - 1))

    def test_what_nohup_ignores(self):
        process = subprocess.Popen(
            ["sh", "-c", "trap '' HUP; exec \"$@\"", "sh", sys.executable,
             "-c", SCRIPT % (context.SCRIPTS, "    print('ready', flush=True)"
                             "\n    time.sleep(0.5)\n    return 7\n")],
            stdout=subprocess.PIPE, encoding="utf-8")
        self.assertEqual(process.stdout.readline(), "ready\n")
        process.send_signal(signal.SIGHUP)
        process.communicate(timeout=SECONDS)
        self.assertEqual(process.returncode, 7)

    def test_children_and_theirs(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            process = started("interrupt.run(['sh', '-c', 'sleep 1000 & "
                              "echo ready; echo $!; wait'])")
            pid = int(process.stdout.readline())
            self.interrupted(process, number)
            self.assertTrue(gone(pid))

    def test_child_that_is_just_being_started(self):
        """It is not known yet, but has processes that hold its output open."""
        process = started("popen = subprocess.Popen\n"
                          "def slow(*words, **options):\n"
                          "    child = popen(*words, **options)\n"
                          "    print('ready', flush=True)\n"
                          "    time.sleep(1)\n"
                          "    return child\n"
                          "subprocess.Popen = slow\n"
                          "interrupt.run(['sh', '-c', 'sleep 1000 & wait'])")
        time.sleep(0.2)
        self.interrupted(process, signal.SIGTERM)

    def test_killed(self):
        process = started("interrupt.run(['sh', '-c', 'echo ready; echo $$;"
                          " exec sleep 1000'])")
        pid = int(process.stdout.readline())
        process.kill()
        process.communicate()
        self.assertTrue(gone(pid))

    def test_child_that_takes_its_time(self):
        with tempfile.TemporaryDirectory() as work:
            path = os.path.join(work, "cleaned")
            process = started(
                "interrupt.run(['sh', '-c', 'trap \"sleep 0.3; echo >%s;"
                " exit\" TERM; echo ready; while :; do sleep 0.1; done'])"
                % path)
            self.interrupted(process, signal.SIGINT)
            self.assertTrue(os.path.exists(path))

    def test_queued_work_is_not_begun(self):
        with tempfile.TemporaryDirectory() as work:
            process = started(
                "with interrupt.Pool(2) as pool:\n"
                "    for number in range(5):\n"
                "        pool.submit(interrupt.run, ['sh', '-c',\n"
                "                    'echo >%s/%%d; sleep 1000' %% number])\n"
                "    while len(os.listdir(%r)) < 2:\n"
                "        time.sleep(0.02)\n"
                "    wait()" % (work, work))
            self.interrupted(process, signal.SIGINT)
            time.sleep(0.3)
            self.assertEqual(sorted(os.listdir(work)), ["0", "1"])

    def test_late_child_is_ended(self):
        process = started(
            "try:\n"
            "    interrupt.run(['sh', '-c', 'sleep 1000 & echo ready;"
            " echo $!; wait'], timeout=1)\n"
            "except subprocess.TimeoutExpired:\n"
            "    print('late')")
        pid = int(process.stdout.readline())
        self.assertEqual(process.communicate(timeout=SECONDS)[0], "late\n")
        self.assertTrue(gone(pid))


class Progress(unittest.TestCase):
    def test_line_has_room_for_what_the_terminal_adds(self):
        """The ^C must not begin a line, which would keep the last one."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ,
                    struct.pack("HHHH", 24, 60, 0, 0))
        with tempfile.NamedTemporaryFile() as log:
            subprocess.run(
                [os.path.join(context.SCRIPTS, "progress.py"), log.name, "9",
                 "--", "sh", "-c", "sleep 0.2; echo '  CC      %s.o'" %
                 ("x" * 70)], stdout=theirs, stdin=subprocess.DEVNULL,
                check=True)
        os.close(theirs)
        said = os.read(ours, 65536).decode()
        os.close(ours)
        shown = [line for line in said.split("\r") if "xxx" in line]
        self.assertEqual([len(line) for line in shown], [57])


class Commands(unittest.TestCase):
    def test_all_end_that_way(self):
        """Each program in Python ends by interrupt.command()."""
        found = []
        for folder, _, names in os.walk(context.SCRIPTS):
            for path in (os.path.join(folder, name) for name in names):
                if os.access(path, os.X_OK) and context.read(
                        path).startswith("#!/usr/bin/env python3\n"):
                    found.append(path)
                    self.assertIn("    interrupt.command(",
                                  context.read(path), path)
        self.assertGreater(len(found), 10)
