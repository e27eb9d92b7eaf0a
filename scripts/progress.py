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

START = time.monotonic()


def show(text):
    """On a terminal in place of the line before, with room for the ^C that it
    adds, which could not be taken back from a line after this one.
    """
    if sys.stdout.isatty():
        width = os.get_terminal_size().columns - 3
        text = "\r" + text[:width].ljust(width) + ("" if text else "  \r")
    print(text, end="" if sys.stdout.isatty() else "\n", flush=True)


def run(command, log, expected):
    """Exit status and number of steps."""
    steps, last = 0, START
    process = subprocess.Popen(command, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT,
                               stdin=subprocess.DEVNULL)
    try:
        for raw in process.stdout:
            line = raw.decode(errors="replace")
            log.write(line)
            match, now = STEP.match(line), time.monotonic()
            steps += bool(match)
            if match and now - last >= (0.1 if sys.stdout.isatty()
                                        else SECONDS_BETWEEN_LINES):
                last = now
                show("  %4d s  %2d %%  %5d steps  %-7s %s" % (
                    now - START, min(99, 100 * steps // expected), steps,
                    *match.groups()))
        return process.wait(), steps
    except interrupt.Interrupted:
        # Make removes what is not complete.
        process.terminate()
        process.wait()
        raise
    finally:
        if sys.stdout.isatty():
            show("")


def explain(name):
    with open(name, encoding="utf-8", errors="replace") as stream:
        lines = stream.read().splitlines()
    for line in list(filter(ERROR.search, lines))[:ERROR_LINES]:
        print("    " + line)
    print("  the last lines of %s:" % name)
    for line in lines[-TAIL_LINES:]:
        print("    " + line)


def main():
    if len(sys.argv) < 5 or sys.argv[3] != "--":
        sys.exit(__doc__)
    with open(sys.argv[1], "w", encoding="utf-8", errors="replace") as log:
        status, steps = run(sys.argv[4:], log, int(sys.argv[2]))
    print("  %s after %d s, %d steps" % ("failed" if status else "done",
                                         time.monotonic() - START, steps),
          flush=True)
    if status:
        explain(sys.argv[1])
    return 1 if status else 0


if __name__ == "__main__":
    interrupt.command("build", main)
