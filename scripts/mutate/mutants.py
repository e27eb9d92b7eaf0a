# SPDX-License-Identifier: GPL-2.0
"""The list of mutants: small ways to break the policy code.

A mutant is a paragraph of the file "mutants": a line with its name, the file
to break, and the tests that should notice, then lines of that file that are
taken out ("-") and what comes in their place ("+").  They may be parts of
lines, but must be there exactly once.
"""

import collections
import os

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "mutants")

Mutant = collections.namedtuple("Mutant", "name file killers old new")


def parse_paragraph(lines):
    words = lines[0].split()
    if len(words) < 3 or words[0][0] in "-+":
        raise ValueError("not 'name file tests...': %s" % lines[0])
    old = "\n".join(line[2:] for line in lines[1:] if line[0] == "-")
    new = "\n".join(line[2:] for line in lines[1:] if line[0] == "+")
    if not old:
        raise ValueError("%s takes nothing out" % words[0])
    return Mutant(words[0], words[1], words[2:], old, new)


def parse(text):
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    paragraphs, now = [], []
    for line in lines + [""]:
        if line:
            now.append(line)
        elif now:
            paragraphs.append(parse_paragraph(now))
            now = []
    names = collections.Counter(mutant.name for mutant in paragraphs)
    doubled = [name for name, count in names.items() if count > 1]
    if doubled:
        raise ValueError("more than one mutant is called " + doubled[0])
    return paragraphs


def load():
    with open(PATH, encoding="utf-8") as stream:
        return parse(stream.read())


def mutate(mutant, text):
    """The text of its file with the mutant in it."""
    found = text.count(mutant.old)
    if found != 1:
        raise ValueError("%s: %s has %d times:\n%s"
                         % (mutant.name, mutant.file, found, mutant.old))
    return text.replace(mutant.old, mutant.new)
