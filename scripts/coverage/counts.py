# SPDX-License-Identifier: GPL-2.0
"""What gcov counted, of several runs together, and the report: lines that are
never run, each with its reason.

A line of the file "uncovered" is a file, a function, how many of its lines are
not run at most, and why.  Where all of them are run it is out of date, unless
the reason begins with "at times:".
"""

import collections
import glob
import gzip
import json
import os
import re
import subprocess
import sys

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import source  # noqa: E402

OURS = re.compile(r"(?:^|/)(mm/mempolicy(?:\.c|/[^/]+\.[ch]))$")
PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "uncovered")
LINE = re.compile(r"(\S+) (\w+) ([1-9]\d*) (\S.*)$")


def gcov(place):
    """The documents of all counts in a directory."""
    for name in sorted(glob.glob(os.path.join(place, "*.gcda"))):
        data = subprocess.run(
            ["gcov", "--json-format", "--stdout", "--branch-probabilities",
             name], cwd=place, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, check=True).stdout
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
        yield from (json.loads(line) for line in data.splitlines()
                    if line.strip())


class Counts:
    """How often each line and branch was run."""

    def __init__(self):
        # {file: {line: count}}, {file: {(line, function, n): count}}
        self.lines = collections.defaultdict(collections.Counter)
        self.branches = collections.defaultdict(collections.Counter)

    def add(self, place, top):
        """Add what one run counted; @top is the kernel's source."""
        for document in gcov(place):
            for entry in document["files"]:
                match = OURS.search(os.path.normpath(os.path.join(
                    top, "x", entry["file"])))
                if match:
                    self.add_file(match[1], entry["lines"])

    def add_file(self, name, lines):
        for line in lines:
            number = line["line_number"]
            self.lines[name][number] += line["count"]
            for n, branch in enumerate(line["branches"]):
                self.branches[name][number, line.get("function_name", ""),
                                    n] += branch["count"]

    def table(self):
        """Rows of the report, and the share of lines that are run."""
        rows = [(name, [number for counter in (lines, self.branches[name])
                        for number in (sum(map(bool, counter.values())),
                                       len(counter))])
                for name, lines in sorted(self.lines.items())]
        sums = [sum(column) for column in zip(*(row for _, row in rows))]
        return ["%-28s %-20s %s" % ("", "lines", "branches")] + [
            "%-28s %4d of %4d %5.1f %% %4d of %4d %5.1f %%" % (
                name, *row[:2], 100 * row[0] / (row[1] or 1),
                *row[2:], 100 * row[2] / (row[3] or 1))
            for name, row in [*rows, ("all", sums)]], sums[0] / sums[1]

    def explain(self, top, known):
        """Lines that are never run, and what has no reason or no line."""
        never, found, wrong = [], collections.Counter(), []
        for name in sorted(self.lines):
            with open(os.path.join(top, name), encoding="utf-8") as stream:
                text = stream.read()
            code, names = text.splitlines(), source.by_line(text)
            for line in sorted(self.lines[name]):
                if not self.lines[name][line]:
                    key = name, names.get(line, "")
                    found[key] += 1
                    never += ["%s:%d: %s" % (name, line, code[line - 1]),
                              "    " + known[key][1] if key in known
                              else "    NO REASON IS GIVEN"]
        for key in sorted({*found, *known}):
            most, why = known.get(key, (0, ""))
            if found[key] > most or not (found[key] or why.startswith(
                    "at times:")):
                wrong.append("%s %s: %d lines are not run, up to %d are known"
                             % (*key, found[key], most))
        return never, wrong


def load(path=PATH):
    """{(file, function): (most, why)}"""
    return {(match[1], match[2]): (int(match[3]), match[4])
            for _, match in source.entries(path, LINE,
                                           "file function lines reason")}
