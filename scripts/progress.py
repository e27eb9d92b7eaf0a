#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""progress.py LOG EXPECTED -- COMMAND: run a build and show how far it is.

All output goes to LOG.  A terminal sees one line that changes, a file sees a
line every now and then; when the command fails, the errors and the end of
the log are shown.  EXPECTED is about how many steps a full build takes.
"""

import os
import re
import subprocess
import sys
import time

sys.dont_write_bytecode = True

import interrupt  # noqa: E402

STEP = re.compile(r"^  ([A-Z0-9]+) +(\S+)")
ERROR = re.compile(r"\berror\b|\bundefined reference\b|\*\*\*", re.IGNORECASE)
SECONDS_BETWEEN_LINES = 20
TAIL_LINES = 15
ERROR_LINES = 20


class Display:
    """Shows steps on a terminal or, sparsely, in a file."""

    def __init__(self, expected):
        self.expected = expected
        self.steps = 0
        self.start = self.last = time.monotonic()
        self.tty = sys.stdout.isatty()

    def step(self, what):
        self.steps += 1
        now = time.monotonic()
        if now - self.last < (0.1 if self.tty else SECONDS_BETWEEN_LINES):
            return
        self.last = now
        share = min(99, 100 * self.steps // self.expected)
        line = "  %4d s  %2d %%  %5d steps  %s" % (now - self.start, share,
                                                  self.steps, what)
        if self.tty:
            # Room for the ^C of a terminal, which clear() could not take back
            # from the line after this one.
            width = os.get_terminal_size().columns - 3
            print("\r" + line[:width].ljust(width), end="", flush=True)
        else:
            print(line, flush=True)

    def clear(self):
        if self.tty and self.steps:
            print("\r" + " " * (os.get_terminal_size().columns - 1) + "\r",
                  end="", flush=True)

    def finish(self, status):
        self.clear()
        print("  %s after %d s, %d steps" % (
            "failed" if status else "done",
            time.monotonic() - self.start, self.steps), flush=True)


def run(command, log, display):
    with open(log, "w", encoding="utf-8", errors="replace") as stream:
        process = subprocess.Popen(command, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT,
                                   stdin=subprocess.DEVNULL)
        try:
            for raw in process.stdout:
                line = raw.decode(errors="replace")
                stream.write(line)
                match = STEP.match(line)
                if match:
                    display.step("%-7s %s" % match.groups())
            return process.wait()
        except interrupt.Interrupted:
            display.clear()
            # Make removes what is not complete.
            process.terminate()
            process.wait()
            raise


def explain(log):
    with open(log, encoding="utf-8", errors="replace") as stream:
        lines = stream.read().splitlines()
    for line in [line for line in lines if ERROR.search(line)][:ERROR_LINES]:
        print("    " + line)
    print("  the last lines of %s:" % log)
    for line in lines[-TAIL_LINES:]:
        print("    " + line)


def main():
    if len(sys.argv) < 5 or sys.argv[3] != "--":
        sys.exit(__doc__)
    display = Display(int(sys.argv[2]))
    status = run(sys.argv[4:], sys.argv[1], display)
    display.finish(status)
    if status:
        explain(sys.argv[1])
    return 1 if status else 0


if __name__ == "__main__":
    interrupt.command("build", main)
