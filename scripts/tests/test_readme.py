# SPDX-License-Identifier: GPL-2.0
"""What the two READMEs and the help tell people to type."""

import os
import re
import shlex
import unittest

import context

COMMAND = re.compile(r"^    (?:\$ )?(make\b[^#\n]*?) *(?:#.*)?$", re.M)
PATHS = re.compile(r"`(build/[a-z-]+/?|\$\{[^`]*)`")


def text(name):
    return context.text(name)


def commands(name):
    return set(COMMAND.findall(text(name)))


def goals():
    """Those of the Makefile that begin with names.sh, and the others."""
    makefile = text("Makefile").replace("\\\n", " ")
    return (re.search(r"^goals := (.*)$", makefile, re.M).group(1).split(),
            re.search(r"^\.PHONY: (.*)$", makefile, re.M).group(1).split())


class Readme(unittest.TestCase):
    def test_both_languages_have_the_same_commands(self):
        found = commands("README.md")
        self.assertGreater(len(found), 10)
        self.assertEqual(found, commands("README.zh_CN.md"))

    def test_both_languages_name_the_same_places(self):
        found = set(PATHS.findall(text("README.md")))
        self.assertIn("${TMPDIR:-/tmp}", found)
        self.assertEqual(found, set(PATHS.findall(text("README.zh_CN.md"))))

    def test_commands_are_goals(self):
        known = {"make", *("make " + goal for pair in goals()
                           for goal in pair)}
        for command in commands("README.md"):
            words = [word for word in shlex.split(command)
                     if "=" not in word]
            self.assertIn(" ".join(words), known)

    def test_help_has_every_goal(self):
        told = set(re.findall(r"^  make ([a-z-]+) ",
                              text("scripts/help.txt"), re.M))
        self.assertEqual(set(goals()[0]) - told, {"all", "guest", "demo"})
