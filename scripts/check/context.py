# SPDX-License-Identifier: GPL-2.0
"""Paths and the small helpers that all suites share."""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPTS = os.path.dirname(HERE)
TOP = os.path.dirname(SCRIPTS)
sys.path.insert(0, SCRIPTS)

import interrupt  # noqa: E402

RUNNER = os.path.join(SCRIPTS, "qemu-numa", "qemu-numa")

# Whether only some tests are run.
part = False


def path(name):
    """A path from paths.sh."""
    return subprocess.run([os.path.join(SCRIPTS, "paths.sh"), name],
                          stdout=subprocess.PIPE, check=True,
                          universal_newlines=True).stdout.strip()


def foreign():
    """Whether the guests are of another architecture than x86-64."""
    return path("arch") != "x86"


def read(name):
    with open(name, encoding="utf-8", errors="replace") as stream:
        return stream.read()


def text(name):
    """A file of this checkout."""
    return read(os.path.join(TOP, name))


def results_folder():
    """Where results are kept: those of the last whole run stay."""
    return path("results") + ("-part" if part else "")


def result_file(name):
    os.makedirs(results_folder(), exist_ok=True)
    return os.path.join(results_folder(), name)


def save(name, content):
    """Keep @content as @name among the results."""
    with open(result_file(name), "w", encoding="utf-8") as stream:
        stream.write(content)


def run(command, **options):
    """Run a command without input; standard error joins the output."""
    return interrupt.run(command, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         encoding="utf-8", errors="replace", **options)
