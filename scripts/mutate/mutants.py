# SPDX-License-Identifier: GPL-2.0
"""Mutants: small ways to break the policy code.

A line of the file "mutants" is one of them: a file, a function or table, an
operator, which of the places there that it fits (the first without a number),
and the tests that should notice.
"""

import collections
import fnmatch
import os
import re
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.append(os.path.join(TOP, "scripts"))

import source  # noqa: E402

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "mutants")
TOKEN = re.compile(r"\w+|->|\+\+|--|&&|\|\||\?:|<<=?|>>=?|[-<>=!+*/%&|^]=|\S")
FLAG = re.compile(r"_*[A-Z][A-Z0-9_]+$")
SWAPPED = {
    "border": {"<": "<=", "<=": "<", ">": ">=", ">=": ">"},
    "equal": {"==": "!=", "!=": "=="},
    "and-or": {"&&": "||", "||": "&&"},
    "min-max": {"min (": "max(", "max (": "min("},
}
CHANGED = {"negate": "!(%s)", "never": "0 && (%s)", "always": "1 || (%s)"}
OPENING, CLOSING, JOINTS = "([{", ")]}", ("&&", "||", "?:")
LIMITS = {*OPENING, *CLOSING, *",;?:", "return",
          *"= += -= *= /= |= &= ^=".split()}


class Mutant(collections.namedtuple("Mutant", "file function operator number "
                                    "killers")):
    """One way to break the code."""

    @property
    def name(self):
        return ":".join(self[:3]) + (":%d" % self.number
                                     if self.number > 1 else "")

    def is_meant(self, pattern):
        """By its name or whole parts of it, as modes.c or mpol_remap."""
        return fnmatch.fnmatchcase("/%s:" % self.name, "*[:/]%s:*" % pattern)


class Body:
    """The code of one function: where an operator fits, and what it does."""

    def __init__(self, text, function):
        self.is_bool = function.is_bool
        self.text = text
        self.tokens = list(TOKEN.finditer(source.code(text), function.start,
                                          function.end))
        self.words = [token[0] for token in self.tokens] + [""]
        self.other, opened = {}, []
        for i, word in enumerate(self.words[:-1]):
            if word in OPENING:
                opened.append(i)
            elif word in CLOSING:
                self.other[i] = opened.pop()
                self.other[self.other[i]] = i

    def skip(self, i, step, limits):
        """From a token to the next limit at the same level, or bracket."""
        passed = CLOSING if step < 0 else OPENING
        while self.words[i] and (self.words[i] not in limits or
                                 self.words[i] in passed):
            i = self.other.get(i, i) + step
        return i

    def edit(self, first, end, new=""):
        """Another text for some tokens; of %s it is the old one."""
        start, stop = self.tokens[first].start(), self.tokens[end - 1].end()
        return start, stop, new.replace("%s", self.text[start:stop])

    def conditions(self):
        """Of if and while, of "?", and of a return of true or false."""
        for i, word in enumerate(self.words):
            if word in ("if", "while"):
                yield i + 2, self.other[i + 1]
            elif word == "return" and self.is_bool:
                yield i + 1, self.skip(i + 1, 1, ";")
            elif word == "?":
                yield self.skip(i - 1, -1, {*LIMITS, "?:"}) + 1, i

    def inner(self, i):
        """Where a statement begins behind what governs it."""
        while True:
            word, after = self.words[i], self.words[i + 1]
            if word in ("else", "do"):
                i += 1
            elif word in ("case", "default") or after == ":":
                i = self.skip(i, 1, ":") + 1
            elif after == "(" and (word in ("if", "for", "while") or re.match(
                    r"\w", self.words[self.other[i + 1] + 1])):
                i = self.other[i + 1] + 1
            else:
                return i

    def statements(self):
        """Those that are neither declarations nor returns."""
        start = i = 0
        while self.words[i]:
            if self.words[i] in "([":
                i = self.other[i]
            elif self.words[i] in "{};":
                first = self.inner(start)
                words = " ".join(self.words[first:i])
                if self.words[i] == ";" and first < i and not re.match(
                        r"return\b|(?!goto )\w+ (\* )*\w", words):
                    yield first, i
                start = i + 1
            i += 1

    def flags(self):
        """Of A | B, and what an initialiser sets."""
        for i, word in enumerate(self.words):
            if FLAG.match(word) and self.words[i - 1] == "|":
                yield i - 1, i + 1
            elif FLAG.match(word) and self.words[i + 1] == "|":
                yield i, i + 2
            elif word == "." and self.words[i - 1] in ("", "{", ",") and \
                    self.words[i + 2] == "=" and self.words[i + 3] != "{":
                end = self.skip(i + 3, 1, ",}")
                yield i, end + (self.words[end] == ",")

    def edits(self, operator):
        """(start, end, new text) of each place where an operator fits."""
        if operator in CHANGED:
            return [self.edit(*place, CHANGED[operator])
                    for place in self.conditions() if operator == "negate" or
                    self.words[place[0]] not in ("true", "false")]
        if operator == "drop-line":
            return [self.edit(*place) for place in self.statements()]
        if operator == "drop-flag":
            return [self.edit(*place) for place in self.flags()]
        found = []
        for i, word in enumerate(self.words):
            for old, new in SWAPPED.get(operator, {}).items():
                old = old.split()
                if self.words[i:i + len(old)] == old:
                    found.append(self.edit(i, i + len(old), new))
            if operator == "constant" and word[:1].isdigit():
                found.append(self.edit(i, i + 1, "(%s + 1)"))
            elif operator == "drop-left" and word in JOINTS:
                found.append(self.edit(
                    self.skip(i - 1, -1, {*LIMITS, *JOINTS}) + 1, i + 1))
            elif operator == "drop-right" and word in JOINTS:
                found.append(self.edit(
                    i, self.skip(i + 1, 1, {*LIMITS, *JOINTS})))
        return found


OPERATORS = (*SWAPPED, *CHANGED, "drop-line", "drop-flag", "drop-left",
             "drop-right", "constant")
LINE = re.compile(r"(\S+) (\w+) (%s)(?: (\d+))?((?: [a-z]\S*)+)$"
                  % "|".join(OPERATORS))


def load(path=PATH):
    """The mutants of the list, by number of line."""
    return {number: Mutant(*match.groups()[:3], int(match[4] or 1),
                           match[5].split())
            for number, match in source.entries(
                path, LINE, "file function operator [number] tests...', with "
                "an operator of '" + " ".join(OPERATORS))}


def mutate(mutant, text):
    """The text of its file with the mutant in it, and the line it is in."""
    function = source.functions(text).get(mutant.function)
    edits = Body(text, function).edits(mutant.operator) if function else []
    if not 0 < mutant.number <= len(edits):
        raise ValueError("%s: %s" % (mutant.name, "there are %d such places"
                                     % len(edits) if function else
                                     "there is no such function"))
    start, end, new = edits[mutant.number - 1]
    return text[:start] + new + text[end:], text.count("\n", 0, start) + 1


def all_of(name, text, function, killers):
    """Every place of every operator, of a file or of one function of it."""
    for each, place in source.functions(text).items():
        for operator in OPERATORS if function in ("", each) else ():
            for number in range(len(Body(text, place).edits(operator))):
                yield Mutant(name, each, operator, number + 1, killers)
