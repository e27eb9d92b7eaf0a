# SPDX-License-Identifier: GPL-2.0
"""Functions and tables of a C file in kernel style, without a parser of C, and
lists that name them.
"""

import collections
import re

NO_CODE = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|"
                     r"'(?:\\.|[^'\\\n])+'|^#(?:\\\n|[^\n])*", re.S | re.M)
BODY = re.compile(r"^(\w[^;{}]*?)\s*\{[ \t]*\n(.*?)^\}", re.S | re.M)
NAME = re.compile(r"(\w+)(?:\[[^]]*\])* =$|"
                  r"(?:\bSYSCALL_DEFINE\d\()?\b(\w+)[(,]")

# Offsets of the head, and of the body and its end.
Function = collections.namedtuple("Function", "head start end is_bool")


def code(text):
    """Comments and directives become blanks, strings words, of one length."""
    return NO_CODE.sub(lambda found: re.sub(
        r"\S", " ", found[0]) if found[0][0] in "/#" else
        "_" * len(found[0]), text)


def functions(text):
    """Function by name, of all in a file, tables with values included."""
    found = {}
    for match in BODY.finditer(code(text)):
        name = NAME.search(match[1])
        if name:
            found.setdefault(name[1] or name[2], Function(
                match.start(), match.start(2), match.end(2),
                "bool" in match[1][:name.start()].split()))
    return found


def by_line(text):
    """The names of functions by number of line."""
    return {line: name for name, each in functions(text).items()
            for line in range(text.count("\n", 0, each.head) + 1,
                              text.count("\n", 0, each.end) + 2)}


def entries(path, pattern, form):
    """(number, match) of the lines of a list, which are like @pattern."""
    with open(path, encoding="utf-8") as stream:
        for number, line in enumerate(stream.read().splitlines(), 1):
            match = pattern.match(line)
            if match:
                yield number, match
            elif line and not line.startswith("#"):
                raise ValueError("%s:%d: not '%s'" % (path, number, form))
