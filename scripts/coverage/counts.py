# SPDX-License-Identifier: GPL-2.0
"""What gcov counted, of several runs together."""

import collections
import glob
import gzip
import json
import os
import re
import subprocess

OURS = re.compile(r"(?:^|/)(mm/mempolicy(?:\.c|/[^/]+\.[ch]))$")


def gcov(place):
    """The documents of all counts in a directory."""
    for name in sorted(glob.glob(os.path.join(place, "*.gcda"))):
        result = subprocess.run(
            ["gcov", "--json-format", "--stdout", "--branch-probabilities",
             name], cwd=place, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, check=True)
        data = result.stdout
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
        for line in data.splitlines():
            if line.strip():
                yield json.loads(line)


class Counts:
    """How often each line and branch was run."""

    def __init__(self):
        # {file: {line: count}}, {file: {(line, function, n): count}}
        self.lines = collections.defaultdict(collections.Counter)
        self.branches = collections.defaultdict(collections.Counter)

    def add(self, place, source):
        """Add what one run counted; @source is the kernel's source."""
        for document in gcov(place):
            for entry in document["files"]:
                name = os.path.normpath(os.path.join(
                    source, "x", entry["file"]))
                match = OURS.search(name)
                if match:
                    self._add_file(match.group(1), entry["lines"])

    def _add_file(self, name, lines):
        for line in lines:
            number = line["line_number"]
            self.lines[name][number] += line["count"]
            for n, branch in enumerate(line["branches"]):
                key = (number, line.get("function_name", ""), n)
                self.branches[name][key] += branch["count"]

    def never(self, name):
        """Numbers of the lines of a file that were never run."""
        return sorted(number for number, count in self.lines[name].items()
                      if not count)


def run_of(counter):
    """How many of them were run, and how many there are."""
    return sum(1 for count in counter.values() if count), len(counter)
