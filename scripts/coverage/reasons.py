# SPDX-License-Identifier: GPL-2.0
"""Lines that are never run, each with its reason, and the report.

A line of the file "uncovered" is a file, the text of a line of it in
backquotes, and the reason.  A line of code with that text that is not run is
known; a reason whose line is run is out of date, unless it begins with
"at times:".
"""

import collections
import os
import re

import counts

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "uncovered")
AT_TIMES = "at times:"
LINE = re.compile(r"^(\S+) `(.+)` (.+)$")

Reason = collections.namedtuple("Reason", "file text why")


def load(path=PATH):
    found = []
    with open(path, encoding="utf-8") as stream:
        for line in stream.read().splitlines():
            if line and not line.startswith("#"):
                match = LINE.match(line)
                if not match:
                    raise ValueError("%s: not 'file `code` reason': %s"
                                     % (path, line))
                found.append(Reason(*match.groups()))
    return found


def table(total):
    rows, all_lines, all_branches = [], [0, 0], [0, 0]
    for name in sorted(total.lines):
        lines = counts.run_of(total.lines[name])
        branches = counts.run_of(total.branches[name])
        rows.append((name, lines, branches))
        for part, sums in ((lines, all_lines), (branches, all_branches)):
            sums[0] += part[0]
            sums[1] += part[1]
    rows.append(("all", tuple(all_lines), tuple(all_branches)))
    return rows


def percent(part):
    return 100 * part[0] / part[1] if part[1] else 100


def explain(total, top, known):
    """Lines for the report, and whether reasons and lines go together."""
    text, used = [], set()
    for name in sorted(total.lines):
        with open(os.path.join(top, name), encoding="utf-8") as stream:
            source = stream.read().splitlines()
        for number in total.never(name):
            code = source[number - 1].strip()
            why = next((reason for reason in known if reason.file == name
                        and reason.text == code), None)
            used.add(why)
            text.append("%s:%d: %s\n    %s" % (
                name, number, code, why.why if why else "NO REASON IS GIVEN"))
    stale = [reason for reason in known if reason not in used
             and not reason.why.startswith(AT_TIMES)]
    text += ["%s: `%s` is run now" % (reason.file, reason.text)
             for reason in stale]
    return text, None not in used and not stale


def report(total, top):
    rows = table(total)
    text = ["%-28s %-20s %s" % ("", "lines", "branches")]
    text += ["%-28s %4d of %4d %5.1f %% %4d of %4d %5.1f %%" % (
        (name,) + lines + (percent(lines),) + branches + (percent(branches),))
        for name, lines, branches in rows]
    never, fine = explain(total, top, load())
    text += ["", "never run:"] + never
    return "\n".join(text) + "\n", percent(rows[-1][1]) / 100, fine
