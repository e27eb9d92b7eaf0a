# SPDX-License-Identifier: GPL-2.0
"""Suites that are one command each, which prints KTAP."""

import os

import context
import ktap

# Of each target of the fuzzers.
FUZZ_SECONDS = "3"


def tap(name, words):
    """The results of a command; what it prints is kept."""
    result = context.run(words)
    context.save(name + ".tap", result.stdout)
    return ktap.parse(result.stdout, name + "/", result.returncode)


def make(name, folder, *words):
    """The results of "make check" in a folder of this checkout."""
    return tap(name, ["make", "-s", "-C", os.path.join(context.TOP, folder),
                      "O=" + os.path.join(context.path("work"), name + "-tests"),
                      "TREE=" + context.path("src"), *words, "check"])


def host():
    """The pure parts, compiled and tested on the host."""
    return make("host", "tools/testing/mempolicy")


def fuzz():
    """The pure parts under libFuzzer, each target for a few seconds."""
    return make("fuzz", "laboratory/fuzz", "FUZZ_SECONDS="
                + os.environ.get("FUZZ_SECONDS", FUZZ_SECONDS))


def objects():
    """What compiler, sparse and kernel-doc say of the kernel's files."""
    return tap("objects", [os.path.join(context.SCRIPTS, "lint.sh")])


def series():
    """Whether all patches apply and build."""
    return tap("series", [os.path.join(context.SCRIPTS, "series.sh"),
                          "objects"])
